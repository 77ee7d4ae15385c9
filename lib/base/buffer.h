/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A growing run of bytes with a hard maximum given at creation. The error is sticky: an append that
 * would pass the maximum, or finds no memory, appends nothing and marks the buffer; test once at
 * the end with buffer_status(). The owner releases it.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include "base/slice.h"
#include "base/status.h"

#include <stdarg.h>

struct buffer {
    uint8_t *ptr;
    size_t len;
    size_t capacity;
    size_t max;
    enum status status;
};

void buffer_init(struct buffer *b, size_t max);
void buffer_release(struct buffer *b);

/* Empties it and clears the error; the memory is kept. */
void buffer_reset(struct buffer *b);

static inline enum status buffer_status(const struct buffer *b)
{
    return b->status;
}

static inline struct slice buffer_slice(const struct buffer *b)
{
    return (struct slice){b->ptr, b->len};
}

/* buffer_reserve() where the memory has to grow, or the buffer has failed. */
uint8_t *buffer_make_room(struct buffer *b, size_t len);

/* Room for `len` bytes at the end, to be filled by the caller and counted by buffer_extend(); NULL
 * (and the error) when there is none. */
static inline uint8_t *buffer_reserve(struct buffer *b, size_t len)
{
    if (b->status == STATUS_OK && b->ptr && len <= b->capacity - b->len && len <= b->max - b->len)
        return b->ptr + b->len;
    return buffer_make_room(b, len);
}

static inline void buffer_extend(struct buffer *b, size_t len)
{
    b->len += len;
}

static inline void buffer_append(struct buffer *b, const void *bytes, size_t len)
{
    uint8_t *to = buffer_reserve(b, len);
    if (!to || len == 0)
        return;
    memcpy(to, bytes, len);
    b->len += len;
}

static inline void buffer_append_byte(struct buffer *b, uint8_t byte)
{
    uint8_t *to = buffer_reserve(b, 1);
    if (to) {
        *to = byte;
        b->len++;
    }
}

void buffer_append_slice(struct buffer *b, struct slice s);
void buffer_append_text(struct buffer *b, const char *text);
void buffer_append_format(struct buffer *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_append_le16(struct buffer *b, uint16_t value);
void buffer_append_le32(struct buffer *b, uint32_t value);
void buffer_append_le64(struct buffer *b, uint64_t value);
void buffer_append_varint(struct buffer *b, uint64_t value);

/* Removes the first `len` bytes (linear in what stays). */
void buffer_consume(struct buffer *b, size_t len);

/* The content as a terminated string, valid until the next call; "" when the terminator finds no
 * room. The terminator is not counted in `len`. */
const char *buffer_text(struct buffer *b);

#endif
