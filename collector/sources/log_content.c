/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Looking into files.
 */
#include "collector/sources/log_content.h"

#include "collector/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { BLOCK = 1 << 16 };

/* What is wanted of the plain bytes: those from `from` on, up to `max` of them. */
struct window {
    uint64_t offset, from;
    size_t max;
    struct buffer *to;
};

static void take_plain(void *context, struct slice plain)
{
    struct window *w = context;
    uint64_t before = w->from > w->offset ? w->from - w->offset : 0;
    w->offset += plain.len;
    plain = slice_part(plain, before < plain.len ? (size_t)before : plain.len, plain.len);
    buffer_append_slice(w->to, slice_part(plain, 0, w->max - w->to->len));
}

static ssize_t read_at(int fd, void *to, size_t len, uint64_t offset)
{
    ssize_t n;
    do
        n = pread(fd, to, len, (off_t)offset);
    while (n < 0 && errno == EINTR);
    return n;
}

static enum status unpack_window(int fd, struct window *w)
{
    uint8_t block[BLOCK];
    uint64_t at = 0;
    enum status status = STATUS_OK;
    struct unpack *unpack = unpack_new_file();
    if (!unpack)
        return STATUS_NO_MEMORY;
    while (status == STATUS_OK && w->to->len < w->max) {
        ssize_t n = read_at(fd, block, sizeof block, at);
        if (n <= 0)
            break;
        at += (uint64_t)n;
        status = unpack_feed(unpack, slice_make(block, (size_t)n), take_plain, w);
    }
    unpack_free(&unpack);
    return status == STATUS_END ? STATUS_OK : status;
}

/* Up to `max` plain bytes from an offset on, into an empty buffer. */
static enum status read_window(const struct log_content *content, uint64_t from, size_t max,
                               struct buffer *to)
{
    struct window window = {.from = from, .max = max, .to = to};
    if (content->gzip)
        return unpack_window(content->fd, &window);
    while (to->len < max) {
        uint8_t *room = buffer_reserve(to, max - to->len);
        ssize_t n = room ? read_at(content->fd, room, max - to->len, from + to->len) : -1;
        if (n < 0)
            return STATUS_IO;
        if (n == 0)
            break;
        buffer_extend(to, (size_t)n);
    }
    return STATUS_OK;
}

enum status log_content_read_head(struct log_content *content, size_t max)
{
    buffer_reset(&content->head);
    return read_window(content, 0, max < LOG_HEAD_MAX ? max : LOG_HEAD_MAX, &content->head);
}

enum status log_content_open(struct log_content *content, const char *path)
{
    uint8_t magic[2] = {0};
    *content = (struct log_content){.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    buffer_init(&content->head, LOG_HEAD_MAX);
    if (content->fd < 0 || fstat(content->fd, &content->stat) != 0)
        return status_from_errno(errno);
    if (!S_ISREG(content->stat.st_mode))
        return STATUS_UNSUPPORTED;
    content->gzip = read_at(content->fd, magic, sizeof magic, 0) == sizeof magic &&
                    magic[0] == 0x1f && magic[1] == 0x8b;
    return log_content_read_head(content, LOG_HEAD_MAX);
}

void log_content_close(struct log_content *content)
{
    if (content->fd >= 0)
        close(content->fd);
    content->fd = -1;
    buffer_release(&content->head);
}

static bool same_hash(struct slice bytes, uint64_t len, const uint8_t want[LOG_POSITION_HASH])
{
    uint8_t hash[LOG_POSITION_HASH];
    if (bytes.len != len)
        return false;
    if (len == 0)
        return true;
    log_position_hash(bytes, hash);
    return memcmp(hash, want, sizeof hash) == 0;
}

bool log_content_begins(const struct log_content *content, const struct log_position *p)
{
    struct slice head = slice_part(buffer_slice(&content->head), 0, (size_t)p->head_len);
    return same_hash(head, p->head_len, p->head);
}

bool log_content_fits(const struct log_content *content, const struct log_position *p)
{
    struct buffer tail;
    if (!log_content_begins(content, p))
        return false;
    buffer_init(&tail, LOG_POSITION_TAIL);
    bool same =
        read_window(content, p->checked - p->tail_len, (size_t)p->tail_len, &tail) == STATUS_OK &&
        same_hash(buffer_slice(&tail), p->tail_len, p->tail);
    buffer_release(&tail);
    return same;
}
