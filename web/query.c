/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * RFC 3986 percent-decoding and parameter look-up.
 */
#include "web/query.h"

#include "base/reader.h"
#include "base/text.h"

static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}

bool query_text_ok(struct slice text)
{
    while (text.len) {
        uint32_t code;
        bool valid;
        size_t len = text_decode(text, &code, &valid);
        if (!valid || code < 0x20 || (code >= 0x7f && code < 0xa0))
            return false;
        text = slice_part(text, len, text.len);
    }
    return true;
}

/* One decoded byte, or -1. */
static int decode_byte(struct reader *r, bool plus_is_space)
{
    uint8_t byte = reader_u8(r);
    if (byte == '+' && plus_is_space)
        return ' ';
    if (byte != '%')
        return byte;
    int high = hex_digit(reader_u8(r)), low = hex_digit(reader_u8(r));
    return high < 0 || low < 0 || !reader_ok(r) ? -1 : high * 16 + low;
}

enum status query_decode(struct slice text, bool plus_is_space, struct arena *arena,
                         struct slice *decoded)
{
    *decoded = (struct slice){NULL, 0};
    uint8_t *to = arena_alloc(arena, text.len + 1);
    if (!to)
        return STATUS_NO_MEMORY;
    size_t len = 0;
    struct reader r = reader_of(text);
    while (reader_left(&r)) {
        int byte = decode_byte(&r, plus_is_space);
        if (byte < 0)
            return STATUS_MALFORMED;
        to[len++] = (uint8_t)byte;
    }
    struct slice made = slice_make(to, len);
    if (!query_text_ok(made))
        return STATUS_MALFORMED;
    *decoded = made;
    return STATUS_OK;
}

/* Finds the one raw value of a name. */
static enum status raw_value(struct slice query, const char *name, struct slice *value)
{
    enum status status = STATUS_NOT_FOUND;
    *value = (struct slice){NULL, 0};
    for (size_t at = 0; at < query.len;) {
        size_t end = slice_find(query, '&', at);
        struct slice pair = slice_part(query, at, end - at);
        size_t equals = slice_find(pair, '=', 0);
        if (slice_equal(slice_part(pair, 0, equals), slice_from(name))) {
            if (status == STATUS_OK)
                return STATUS_MALFORMED;
            *value = slice_part(pair, equals + 1, pair.len);
            status = STATUS_OK;
        }
        at = end + 1;
    }
    return status;
}

enum status query_value(struct slice query, const char *name, struct arena *arena,
                        struct slice *value)
{
    struct slice raw;
    enum status status = raw_value(query, name, &raw);
    *value = (struct slice){NULL, 0};
    return status == STATUS_OK ? query_decode(raw, true, arena, value) : status;
}

enum status query_number(struct slice query, const char *name, uint64_t least, uint64_t most,
                         uint64_t otherwise, uint64_t *value)
{
    struct slice raw;
    enum status status = raw_value(query, name, &raw);
    *value = otherwise;
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (status != STATUS_OK || !slice_to_u64(raw, value) || *value < least || *value > most)
        return STATUS_MALFORMED;
    return STATUS_OK;
}
