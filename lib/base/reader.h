/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The one cursor through which bytes from outside are read. Every bounds check is here; the error
 * is sticky: after a read beyond the end all further reads give 0 or the empty slice, so a parser
 * makes its reads in the order of the message's fields and tests once, with reader_ok().
 *
 * A nested length becomes a nested reader (reader_nested), which cannot leave its part.
 */
#ifndef BASE_READER_H
#define BASE_READER_H

#include "base/slice.h"

struct reader {
    const uint8_t *at;  /* next byte */
    const uint8_t *end; /* one past the last */
    const uint8_t *start;
    bool failed;
};

static inline struct reader reader_of(struct slice bytes)
{
    return (struct reader){bytes.ptr, bytes.len ? bytes.ptr + bytes.len : bytes.ptr, bytes.ptr,
                           false};
}

static inline bool reader_ok(const struct reader *r)
{
    return !r->failed;
}

static inline size_t reader_left(const struct reader *r)
{
    return (size_t)(r->end - r->at);
}

/* Bytes consumed since reader_of(). */
static inline size_t reader_offset(const struct reader *r)
{
    return (size_t)(r->at - r->start);
}

static inline void reader_fail(struct reader *r)
{
    r->failed = true;
    r->at = r->end;
}

/* The next `n` bytes, or NULL and failure. */
static inline const uint8_t *reader_take(struct reader *r, size_t n)
{
    if (reader_left(r) < n) {
        reader_fail(r);
        return NULL;
    }
    const uint8_t *p = r->at;
    r->at = n ? p + n : p;
    return p;
}

static inline uint8_t reader_u8(struct reader *r)
{
    const uint8_t *p = reader_take(r, 1);
    return p ? p[0] : 0;
}

static inline uint16_t reader_be16(struct reader *r)
{
    const uint8_t *p = reader_take(r, 2);
    return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint16_t reader_le16(struct reader *r)
{
    const uint8_t *p = reader_take(r, 2);
    return p ? (uint16_t)(p[1] << 8 | p[0]) : 0;
}

static inline uint32_t reader_le24(struct reader *r)
{
    const uint8_t *p = reader_take(r, 3);
    return p ? (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0] : 0;
}

static inline uint32_t reader_be32(struct reader *r)
{
    const uint8_t *p = reader_take(r, 4);
    return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint32_t reader_le32(struct reader *r)
{
    const uint8_t *p = reader_take(r, 4);
    return p ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0] : 0;
}

static inline uint64_t reader_be64(struct reader *r)
{
    if (reader_left(r) < 8) {
        reader_fail(r);
        return 0;
    }
    uint64_t high = reader_be32(r);
    return high << 32 | reader_be32(r);
}

static inline uint64_t reader_le64(struct reader *r)
{
    if (reader_left(r) < 8) {
        reader_fail(r);
        return 0;
    }
    uint64_t low = reader_le32(r);
    return (uint64_t)reader_le32(r) << 32 | low;
}

/* The next `n` bytes as a slice of the input; empty on failure. */
static inline struct slice reader_bytes(struct reader *r, size_t n)
{
    const uint8_t *p = reader_take(r, n);
    return p ? (struct slice){p, n} : (struct slice){NULL, 0};
}

static inline void reader_skip(struct reader *r, size_t n)
{
    (void)reader_take(r, n);
}

static inline struct slice reader_rest(struct reader *r)
{
    return reader_bytes(r, reader_left(r));
}

/* A reader over the next `n` bytes, which this reader passes over; failed when they are not there.
 */
static inline struct reader reader_nested(struct reader *r, size_t n)
{
    struct slice part = reader_bytes(r, n);
    struct reader nested = reader_of(part);
    nested.failed = r->failed;
    return nested;
}

/* The bytes before the next `stop`, which is passed over too; failure when there is none. */
struct slice reader_until(struct reader *r, uint8_t stop);

/* A string ended by a zero byte, which is passed over too. */
static inline struct slice reader_cstring(struct reader *r)
{
    return reader_until(r, 0);
}

/* LEB128, at most ten bytes; failure on more or on bits beyond 64. */
uint64_t reader_varint(struct reader *r);

#endif
