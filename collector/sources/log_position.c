/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of a position.
 */
#include "collector/sources/log_position.h"

#include "base/hash.h"

enum { VERSION = 1 };

/* The numbers in their order in the bytes. */
#define NUMBERS(X) \
    X(device)      \
    X(inode)       \
    X(head_len)    \
    X(checked)     \
    X(tail_len)    \
    X(base)        \
    X(events)      \
    X(format_head)

void log_position_write(const struct log_position *p, struct buffer *to)
{
    buffer_append_byte(to, VERSION);
    buffer_append_byte(to, (uint8_t)(p->done | p->packed << 1));
#define WRITE(name) buffer_append_le64(to, p->name);
    NUMBERS(WRITE)
#undef WRITE
    buffer_append_le64(to, (uint64_t)p->written_ns);
    buffer_append(to, p->head, sizeof p->head);
    buffer_append(to, p->tail, sizeof p->tail);
    for (size_t i = 0; i < p->pause_count; i++)
        buffer_append_le64(to, p->pauses[i]);
}

static void read_hash(struct reader *r, uint8_t hash[LOG_POSITION_HASH])
{
    struct slice bytes = reader_bytes(r, LOG_POSITION_HASH);
    if (bytes.len > 0)
        memcpy(hash, bytes.ptr, bytes.len);
}

bool log_position_read(struct slice bytes, struct log_position *p)
{
    struct reader r = reader_of(bytes);
    *p = (struct log_position){0};
    if (reader_u8(&r) != VERSION)
        return false;
    uint8_t flags = reader_u8(&r);
    p->done = flags & 1;
    p->packed = flags & 2;
#define READ(name) p->name = reader_le64(&r);
    NUMBERS(READ)
#undef READ
    p->written_ns = (int64_t)reader_le64(&r);
    read_hash(&r, p->head);
    read_hash(&r, p->tail);
    while (reader_left(&r) > 0 && p->pause_count < LOG_POSITION_PAUSES)
        p->pauses[p->pause_count++] = reader_le64(&r);
    return reader_ok(&r) && reader_left(&r) == 0 && p->head_len <= LOG_POSITION_HEAD &&
           p->tail_len <= LOG_POSITION_TAIL && p->tail_len <= p->checked;
}

void log_position_hash(struct slice bytes, uint8_t hash[LOG_POSITION_HASH])
{
    const struct slice none = {NULL, 0};
    blake2b(hash, LOG_POSITION_HASH, NULL, bytes, none, none);
}
