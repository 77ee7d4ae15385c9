/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The bounded, growing buffer.
 */
#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>

void buffer_init(struct buffer *b, size_t max)
{
    *b = (struct buffer){.max = max};
}

void buffer_release(struct buffer *b)
{
    free(b->ptr);
    buffer_init(b, b->max);
}

void buffer_reset(struct buffer *b)
{
    b->len = 0;
    b->status = STATUS_OK;
}

static void fail(struct buffer *b, enum status status)
{
    if (b->status == STATUS_OK)
        b->status = status;
}

static bool grow(struct buffer *b, size_t need)
{
    size_t capacity = b->capacity ? b->capacity : 64;
    while (capacity < need)
        capacity = capacity > SIZE_MAX / 2 ? need : capacity * 2;
    uint8_t *ptr = realloc(b->ptr, capacity);
    if (!ptr) {
        fail(b, STATUS_NO_MEMORY);
        return false;
    }
    b->ptr = ptr;
    b->capacity = capacity;
    return true;
}

uint8_t *buffer_make_room(struct buffer *b, size_t len)
{
    if (b->status != STATUS_OK)
        return NULL;
    if (len > b->max || b->len > b->max - len) {
        fail(b, STATUS_LIMIT);
        return NULL;
    }
    if (b->capacity - b->len < len || !b->ptr)
        if (!grow(b, b->len + (len ? len : 1)))
            return NULL;
    return b->ptr + b->len;
}

void buffer_append_slice(struct buffer *b, struct slice s)
{
    buffer_append(b, s.ptr, s.len);
}

void buffer_append_text(struct buffer *b, const char *text)
{
    buffer_append(b, text, strlen(text));
}

void buffer_append_format(struct buffer *b, const char *format, ...)
{
    va_list args;
    char small[256];
    va_start(args, format);
    int len = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (len < 0) {
        fail(b, STATUS_INVALID);
        return;
    }
    if ((size_t)len < sizeof small) {
        buffer_append(b, small, (size_t)len);
        return;
    }
    size_t max = b->max;
    b->max = max < SIZE_MAX ? max + 1 : max; /* vsnprintf writes a terminator too */
    uint8_t *to = buffer_reserve(b, (size_t)len + 1);
    b->max = max;
    if (!to)
        return;
    va_start(args, format);
    vsnprintf((char *)to, (size_t)len + 1, format, args);
    va_end(args);
    b->len += (size_t)len;
}

static void append_le(struct buffer *b, uint64_t value, size_t bytes)
{
    uint8_t le[8];
    for (size_t i = 0; i < bytes; i++)
        le[i] = (uint8_t)(value >> (8 * i));
    buffer_append(b, le, bytes);
}

void buffer_append_le16(struct buffer *b, uint16_t value)
{
    append_le(b, value, 2);
}

void buffer_append_le32(struct buffer *b, uint32_t value)
{
    append_le(b, value, 4);
}

void buffer_append_le64(struct buffer *b, uint64_t value)
{
    append_le(b, value, 8);
}

void buffer_append_varint(struct buffer *b, uint64_t value)
{
    uint8_t bytes[10];
    size_t n = 0;
    while (value >= 0x80) {
        bytes[n++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    bytes[n++] = (uint8_t)value;
    buffer_append(b, bytes, n);
}

void buffer_consume(struct buffer *b, size_t len)
{
    if (len > b->len)
        len = b->len;
    b->len -= len;
    if (b->len > 0 && len > 0)
        memmove(b->ptr, b->ptr + len, b->len);
}

const char *buffer_text(struct buffer *b)
{
    if (b->capacity == b->len && !grow(b, b->len + 1))
        return "";
    b->ptr[b->len] = '\0';
    return (const char *)b->ptr;
}
