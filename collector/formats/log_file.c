/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading a log file in blocks.
 */
#include "collector/formats/log_file.h"

#include "base/clock.h"
#include "collector/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 17 };

struct log_file {
    struct log_reader *reader;
    const char *path;
    int fd;
    struct unpack *unpack; /* NULL: not compressed */
    struct buffer head;    /* read ahead to recognise it; plain text */
    bool head_given, input_ended, unpack_ended;
    enum status status; /* of the reader, during unpacking */
    uint64_t offset;
    uint8_t block[BLOCK];
};

static void tell(const struct log_file *file, char error[LOG_FILE_ERROR_MAX], const char *what)
{
    snprintf(error, LOG_FILE_ERROR_MAX, "%.300s: %.200s", file->path, what);
}

static void take_head(void *context, struct slice plain)
{
    struct log_file *file = context;
    buffer_append_slice(&file->head, plain);
}

static void take_plain(void *context, struct slice plain)
{
    struct log_file *file = context;
    if (file->status == STATUS_OK)
        file->status = log_reader_feed(file->reader, plain);
}

/* Reads one block; what it holds goes to `take`, unpacked. */
static enum status read_block(struct log_file *file, unpack_output *take)
{
    ssize_t n;
    do
        n = read(file->fd, file->block, sizeof file->block);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return status_from_errno(errno);
    struct slice bytes = slice_make(file->block, (size_t)n);
    file->input_ended = n == 0;
    if (file->offset == 0 && bytes.len > 2 && bytes.ptr[0] == 0x1f && bytes.ptr[1] == 0x8b) {
        file->unpack = unpack_new_file();
        if (!file->unpack)
            return STATUS_NO_MEMORY;
    }
    file->offset += bytes.len;
    if (!file->unpack) {
        take(file, bytes);
        return STATUS_OK;
    }
    if (file->input_ended)
        return file->unpack_ended ? STATUS_OK : STATUS_TRUNCATED;
    enum status status = unpack_feed(file->unpack, bytes, take, file);
    file->unpack_ended = status == STATUS_END;
    return status == STATUS_END ? STATUS_OK : status;
}

/* At least LOG_HEAD_MAX bytes, or all there are. */
static enum status read_head(struct log_file *file)
{
    enum status status = STATUS_OK;
    buffer_init(&file->head, SIZE_MAX / 2);
    while (status == STATUS_OK && file->head.len < LOG_HEAD_MAX && !file->input_ended)
        status = read_block(file, take_head);
    return status == STATUS_TRUNCATED ? STATUS_OK : status;
}

static struct log_file *open_head(const char *path, char error[LOG_FILE_ERROR_MAX])
{
    struct log_file *file = calloc(1, sizeof *file);
    if (!file) {
        snprintf(error, LOG_FILE_ERROR_MAX, "%s", status_text(STATUS_NO_MEMORY));
        return NULL;
    }
    file->path = path;
    file->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    enum status status = file->fd < 0 ? status_from_errno(errno) : read_head(file);
    if (status == STATUS_OK)
        return file;
    tell(file, error, status_text(status));
    log_file_close(&file);
    return NULL;
}

static int64_t written(const struct log_file *file)
{
    struct stat stat;
    struct clock clock = clock_real();
    if (fstat(file->fd, &stat) != 0 || !S_ISREG(stat.st_mode))
        return clock_now(&clock);
    return (int64_t)stat.st_mtim.tv_sec * NS_PER_S;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

struct log_file *log_file_open(struct log_reader *reader, const char *path,
                               char error[LOG_FILE_ERROR_MAX])
{
    struct log_file *file = open_head(path, error);
    if (!file)
        return NULL;
    file->reader = reader;
    enum status status = log_reader_begin(reader, slice_from(base_name(path)),
                                          buffer_slice(&file->head), written(file));
    if (status == STATUS_OK)
        return file;
    tell(file, error,
         status == STATUS_NOT_FOUND ? "no log format looks like it: name one with --format"
         : status == STATUS_INVALID ? "the format's argument (after \":\") is not right"
                                    : status_text(status));
    log_file_close(&file);
    return NULL;
}

void log_file_close(struct log_file **file)
{
    if (!*file)
        return;
    if ((*file)->fd >= 0)
        close((*file)->fd);
    unpack_free(&(*file)->unpack);
    buffer_release(&(*file)->head);
    free(*file);
    *file = NULL;
}

static enum status end(struct log_file *file)
{
    enum status status = log_reader_end(file->reader);
    return status == STATUS_OK ? STATUS_END : status;
}

enum status log_file_next(struct log_file *file, char error[LOG_FILE_ERROR_MAX])
{
    error[0] = '\0';
    if (!file->head_given) {
        file->head_given = true;
        enum status status = log_reader_feed(file->reader, buffer_slice(&file->head));
        buffer_release(&file->head);
        buffer_init(&file->head, 0);
        return status;
    }
    if (file->input_ended)
        return end(file);
    enum status status = read_block(file, take_plain);
    if (file->status != STATUS_OK)
        return file->status;
    if (status == STATUS_OK)
        return file->input_ended ? end(file) : STATUS_OK;
    tell(file, error, status_text(status));
    (void)end(file);
    return status;
}

uint64_t log_file_offset(const struct log_file *file)
{
    return file->offset;
}

bool log_file_is_log(const char *path)
{
    char error[LOG_FILE_ERROR_MAX];
    struct log_file *file = open_head(path, error);
    if (!file)
        return false;
    bool known = log_format_recognise(slice_part(buffer_slice(&file->head), 0, LOG_HEAD_MAX));
    log_file_close(&file);
    return known;
}
