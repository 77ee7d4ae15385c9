/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * How far a log file is read, in such a way that a restart loses and doubles nothing: an offset at
 * which a record begins (base) with what the format remembered there, the number of events given
 * since, and the offsets at which a pause gave out what waited. A restart restores the memory,
 * reads again from the base, gives out at the same offsets, and passes over that many events: the
 * same bytes give the same events. docs/log-sources.md states the bytes.
 *
 * A file is known by its content: hashes of its first bytes and of those before the place up to
 * which it was read. Device and inode only say where to look first.
 */
#ifndef COLLECTOR_LOG_POSITION_H
#define COLLECTOR_LOG_POSITION_H

#include "base/buffer.h"
#include "base/reader.h"

enum {
    LOG_POSITION_PAUSES = 64,
    LOG_POSITION_HEAD = 1024, /* bytes of the beginning that are hashed, at most */
    LOG_POSITION_TAIL = 256,  /* bytes before `checked` */
    LOG_POSITION_HASH = 16,
};

/* Bit of a pause: the log was taken for ended there, so an open record was given too. */
#define LOG_PAUSE_END (UINT64_C(1) << 63)

struct log_position {
    uint64_t device, inode;
    uint64_t head_len, checked, tail_len;
    uint8_t head[LOG_POSITION_HASH]; /* BLAKE2b-128 of the first head_len bytes */
    uint8_t tail[LOG_POSITION_HASH]; /* of the tail_len bytes before offset `checked` */
    uint64_t base;                   /* offsets count plain bytes, in compressed files too */
    uint64_t events;                 /* given since */
    uint64_t format_head;            /* bytes of the beginning that the format was found from */
    int64_t written_ns;              /* the time of the file then */
    bool done;                       /* read to its end, and nobody writes to it any more */
    bool packed;                     /* it was a compressed file, which does not grow */
    size_t pause_count;
    uint64_t pauses[LOG_POSITION_PAUSES]; /* offset, with LOG_PAUSE_END */
};

void log_position_write(const struct log_position *position, struct buffer *to);
bool log_position_read(struct slice bytes, struct log_position *position);

void log_position_hash(struct slice bytes, uint8_t hash[LOG_POSITION_HASH]);

#endif
