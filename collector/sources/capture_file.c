/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Capture files through libpcap: pcap in both byte orders, with micro- or nanoseconds, and pcapng;
 * all of them compressed with gzip too (zlib passes through what is not compressed). Times are
 * given in nanoseconds whatever the file has.
 */
#include "collector/sources/source.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

struct capture_file {
    struct source source;
    char *path;
    gzFile gz;
    FILE *stream; /* reads from gz; owned by pcap once that is open */
    pcap_t *pcap;
    uint32_t link;
    bool input_ended;   /* the last read found the end of the file */
    int gz_error;       /* of zlib, 0: none */
    char gz_text[128];  /* its words */
    int64_t bytes_read; /* decompressed, by the stream */
};

enum { READ_BLOCK = 1 << 20 };

static ssize_t stream_read(void *cookie, char *to, size_t size)
{
    struct capture_file *file = cookie;
    int n = gzread(file->gz, to, size > READ_BLOCK ? READ_BLOCK : (unsigned)size);
    if (n > 0)
        file->bytes_read += n;
    if (n >= 0 && gzeof(file->gz))
        file->input_ended = true;
    int code = Z_OK;
    const char *text = gzerror(file->gz, &code);
    if (code != Z_OK && code != Z_STREAM_END) {
        file->gz_error = code;
        snprintf(file->gz_text, sizeof file->gz_text, "%s",
                 code == Z_ERRNO ? strerror(errno) : text);
    }
    return n;
}

/* Only the question where the stream stands can be answered. */
static int stream_seek(void *cookie, off64_t *offset, int whence)
{
    struct capture_file *file = cookie;
    if (whence != SEEK_CUR || *offset != 0)
        return -1;
    *offset = file->bytes_read;
    return 0;
}

/* Why libpcap could not go on, in our words, with the place. */
static enum status read_failed(struct capture_file *file)
{
    long at = ftell(pcap_file(file->pcap));
    enum status status = STATUS_MALFORMED;
    const char *what = pcap_geterr(file->pcap);
    if (file->gz_error == Z_BUF_ERROR) {
        status = STATUS_TRUNCATED;
        what = "the compressed file ends early";
    } else if (file->gz_error) {
        status = file->gz_error == Z_ERRNO ? STATUS_IO : STATUS_MALFORMED;
        what = file->gz_text;
    } else if (feof(pcap_file(file->pcap))) {
        status = STATUS_TRUNCATED;
        what = "the file ends inside a packet";
    }
    snprintf(file->source.error, sizeof file->source.error, "%s: at byte %ld: %s", file->path,
             at < 0 ? (long)file->bytes_read : at, what);
    return status;
}

/* A gzip file cut between two packets looks like an end to libpcap. */
static enum status read_ended(struct capture_file *file)
{
    return file->gz_error ? read_failed(file) : STATUS_END;
}

static enum status file_next(struct source *source, struct packet *packet)
{
    struct capture_file *file = (struct capture_file *)source;
    struct pcap_pkthdr *header;
    const unsigned char *bytes;
    int got = pcap_next_ex(file->pcap, &header, &bytes);
    if (got == PCAP_ERROR_BREAK)
        return read_ended(file);
    if (got != 1)
        return read_failed(file);
    *packet =
        (struct packet){.bytes = slice_make(bytes, header->caplen),
                        .wire_len = header->len > header->caplen ? header->len : header->caplen,
                        .time_ns = (int64_t)header->ts.tv_sec * NS_PER_S + header->ts.tv_usec,
                        .link = file->link};
    return STATUS_OK;
}

static void file_stats(struct source *source, struct source_stats *stats)
{
    (void)source;
    *stats = (struct source_stats){0};
}

static void file_free(struct source *source)
{
    struct capture_file *file = (struct capture_file *)source;
    if (file->pcap)
        pcap_close(file->pcap);
    else if (file->stream)
        fclose(file->stream);
    if (file->gz)
        gzclose_r(file->gz);
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
    gzbuffer(file->gz, 256 << 10);
    const cookie_io_functions_t functions = {.read = stream_read, .seek = stream_seek};
    file->stream = fopencookie(file, "r", functions);
    if (!file->stream) {
        snprintf(error, SOURCE_ERROR_MAX, "%s: %s", path, strerror(errno));
        return false;
    }
    setvbuf(file->stream, NULL, _IOFBF, READ_BLOCK);
    return true;
}

/* An empty file and a wrong one are told apart from one that cannot be read. */
static void tell_open_failure(const struct capture_file *file, const char *pcap_error, char *error)
{
    const char *what = pcap_error;
    if (file->gz_error)
        what = file->gz_text;
    else if (file->bytes_read == 0 && !file->input_ended)
        what = "cannot be read";
    else if (file->bytes_read == 0)
        what = "the file is empty";
    snprintf(error, SOURCE_ERROR_MAX, "%s: not a pcap or pcapng capture: %s", file->path, what);
}

struct source *capture_file_open(const char *path, char *error)
{
    struct capture_file *file = calloc(1, sizeof *file);
    char pcap_error[PCAP_ERRBUF_SIZE] = "";
    error[0] = '\0';
    if (!file || !(file->path = strdup(path))) {
        free(file);
        snprintf(error, SOURCE_ERROR_MAX, "%s: %s", path, status_text(STATUS_NO_MEMORY));
        return NULL;
    }
    file->source = (struct source){
        .name = file->path, .next = file_next, .stats = file_stats, .free = file_free};
    if (!open_input(file, path, error))
        goto fail;
    file->pcap = pcap_fopen_offline_with_tstamp_precision(file->stream, PCAP_TSTAMP_PRECISION_NANO,
                                                          pcap_error);
    if (!file->pcap) {
        tell_open_failure(file, pcap_error, error);
        goto fail;
    }
    file->link = link_type_of_dlt(pcap_datalink(file->pcap));
    return &file->source;
fail:
    file_free(&file->source);
    return NULL;
}
