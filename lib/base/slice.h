/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A borrowed run of bytes: pointer and length, never terminated, never owned. The holder must not
 * outlive the bytes. An empty slice may have a NULL pointer.
 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const uint8_t *ptr;
    size_t len;
};

/* A slice of a string literal, usable in initialisers. */
#define SLICE(literal) ((struct slice){(const uint8_t *)("" literal), sizeof(literal) - 1})

static inline struct slice slice_make(const void *ptr, size_t len)
{
    return (struct slice){ptr, len};
}

/* A slice of a terminated string; NULL gives the empty slice. */
static inline struct slice slice_from(const char *text)
{
    return (struct slice){(const uint8_t *)text, text ? strlen(text) : 0};
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* The bytes from offset `from`, at most `len` of them; what lies outside is cut off. */
static inline struct slice slice_part(struct slice s, size_t from, size_t len)
{
    if (from > s.len)
        from = s.len;
    if (len > s.len - from)
        len = s.len - from;
    return (struct slice){s.len ? s.ptr + from : s.ptr, len};
}

/* ASCII case-insensitive; no locale. */
bool slice_starts_nocase(struct slice s, struct slice prefix);

/* Most that are not equal are told by their length, or by a first byte that differs in more than
 * the bit of a letter's case. */
static inline bool slice_equal_nocase(struct slice a, struct slice b)
{
    if (a.len != b.len || (a.len > 0 && ((a.ptr[0] ^ b.ptr[0]) & ~0x20)))
        return false;
    return slice_starts_nocase(a, b);
}

bool slice_starts(struct slice s, struct slice prefix);
bool slice_ends(struct slice s, struct slice suffix);

/* Byte order, shorter first when one is a prefix of the other; <0, 0, >0. */
int slice_compare(struct slice a, struct slice b);

/* Offset of the first `byte` at or after `from`; s.len when there is none. */
size_t slice_find(struct slice s, uint8_t byte, size_t from);

/* Without ASCII white space at both ends. */
struct slice slice_trim(struct slice s);

/* Reads a whole decimal unsigned number, nothing else; false on anything else or overflow. */
bool slice_to_u64(struct slice s, uint64_t *value);

/* Copies into a terminated string of `size` bytes, cut to fit; returns `to`. */
char *slice_copy_text(struct slice s, char *to, size_t size);

#endif
