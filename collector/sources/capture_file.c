/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Capture files: pcap and pcapng, each read by its format's file, compressed with gzip or not (zlib
 * passes through, without a copy, what is not). Times are given in nanoseconds whatever the file
 * has.
 */
#include "collector/sources/capture_format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

struct capture_file {
    struct source source;
    char *path;
    gzFile gz;
    int gz_error;      /* of zlib, 0: none */
    char gz_text[128]; /* its words */
    struct capture_input input;
    const struct capture_format *format;
    void *state; /* the format's */
};

static const struct capture_format *const formats[] = {&pcap_format, &pcapng_format};

static ssize_t read_bytes(void *cookie, void *to, size_t size)
{
    struct capture_file *file = cookie;
    int n = gzread(file->gz, to, (unsigned)size);
    int code = Z_OK;
    const char *text = gzerror(file->gz, &code);
    if (code == Z_OK || code == Z_STREAM_END)
        return n;
    file->gz_error = code;
    snprintf(file->gz_text, sizeof file->gz_text, "%s", code == Z_ERRNO ? strerror(errno) : text);
    return n > 0 ? n : -1;
}

/* What failed below the format, if anything did. */
static enum status input_status(const struct capture_file *file, const char **what)
{
    switch (file->gz_error) {
    case Z_OK:
        return STATUS_OK;
    case Z_BUF_ERROR:
        *what = "the compressed file ends early";
        return STATUS_TRUNCATED;
    case Z_ERRNO:
        *what = file->gz_text;
        return STATUS_IO;
    default:
        *what = file->gz_text;
        return STATUS_MALFORMED;
    }
}

/* Why the format could not go on, with the place. */
static enum status read_failed(struct capture_file *file, enum status status)
{
    const char *what = file->input.what;
    enum status below = input_status(file, &what);
    snprintf(file->source.error, sizeof file->source.error, "%s: at byte %llu: %s", file->path,
             (unsigned long long)file->input.passed, what);
    return below != STATUS_OK ? below : status;
}

static enum status file_next(struct source *source, struct packet *packet)
{
    struct capture_file *file = (struct capture_file *)source;
    enum status status = file->format->next(file->state, &file->input, packet);
    if (status == STATUS_OK || (status == STATUS_END && !file->gz_error))
        return status;
    return read_failed(file, status);
}

static void file_stats(struct source *source, struct source_stats *stats)
{
    (void)source;
    *stats = (struct source_stats){0};
}

static void file_free(struct source *source)
{
    struct capture_file *file = (struct capture_file *)source;
    if (file->gz)
        gzclose_r(file->gz);
    capture_input_release(&file->input);
    free(file->state);
    free(file->path);
    free(file);
}

static bool open_input(struct capture_file *file, const char *path, char *error)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        file->gz = gzdopen(fd, "rb");
    if (!file->gz) {
        snprintf(error, SOURCE_ERROR_MAX, "%s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    gzbuffer(file->gz, 128 << 10);
    if (capture_input_init(&file->input, read_bytes, file))
        return true;
    snprintf(error, SOURCE_ERROR_MAX, "%s: %s", path, status_text(STATUS_NO_MEMORY));
    return false;
}

/* An empty file and a wrong one are told apart from one that cannot be read. */
static bool find_format(struct capture_file *file, const char **what)
{
    struct slice magic = capture_input_peek(&file->input, CAPTURE_MAGIC_SIZE);
    for (size_t i = 0; i < sizeof formats / sizeof *formats && !file->format; i++)
        if (magic.len == CAPTURE_MAGIC_SIZE && formats[i]->is(magic))
            file->format = formats[i];
    if (file->format)
        return true;
    *what = magic.len == 0 ? "the file is empty" : "unknown file format";
    (void)input_status(file, what);
    return false;
}

static bool open_format(struct capture_file *file, char *error)
{
    const char *what = status_text(STATUS_NO_MEMORY);
    bool ok = find_format(file, &what);
    if (ok) {
        file->state = calloc(1, file->format->state_size);
        ok = file->state && file->format->open(file->state, &file->input) == STATUS_OK;
        what = file->input.what ? file->input.what : what;
        (void)input_status(file, &what);
    }
    if (!ok)
        snprintf(error, SOURCE_ERROR_MAX, "%s: not a pcap or pcapng capture: %s", file->path, what);
    return ok;
}

struct source *capture_file_open(const char *path, char *error)
{
    struct capture_file *file = calloc(1, sizeof *file);
    error[0] = '\0';
    if (!file || !(file->path = strdup(path))) {
        free(file);
        snprintf(error, SOURCE_ERROR_MAX, "%s: %s", path, status_text(STATUS_NO_MEMORY));
        return NULL;
    }
    file->source = (struct source){
        .name = file->path, .fd = -1, .next = file_next, .stats = file_stats, .free = file_free};
    if (open_input(file, path, error) && open_format(file, error))
        return &file->source;
    file_free(&file->source);
    return NULL;
}
