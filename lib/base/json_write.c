/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The JSON writer.
 */
#include "base/json_write.h"

#include "base/text.h"

#include <assert.h>
#include <endian.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct json_writer json_write_to(struct buffer *out)
{
    return (struct json_writer){.out = out};
}

static uint64_t level(const struct json_writer *w)
{
    return UINT64_C(1) << w->depth;
}

/* The comma before all but the first of a level. */
static void separate(struct json_writer *w)
{
    if (w->started & level(w))
        buffer_append_byte(w->out, ',');
    w->started |= level(w);
}

static void before_value(struct json_writer *w)
{
    if (w->keyed) {
        w->keyed = false;
        return;
    }
    assert(!(w->objects & level(w)));
    if (w->depth > 0)
        separate(w);
}

static void open_level(struct json_writer *w, bool object)
{
    before_value(w);
    buffer_append_byte(w->out, object ? '{' : '[');
    assert(w->depth < JSON_WRITE_MAX_DEPTH);
    w->depth++;
    w->started &= ~level(w);
    w->objects &= ~level(w);
    if (object)
        w->objects |= level(w);
}

static void close_level(struct json_writer *w, bool object)
{
    assert(w->depth > 0 && !w->keyed && !(w->objects & level(w)) == !object);
    buffer_append_byte(w->out, object ? '}' : ']');
    w->depth--;
}

void json_write_object_open(struct json_writer *w)
{
    open_level(w, true);
}

void json_write_object_close(struct json_writer *w)
{
    close_level(w, true);
}

void json_write_array_open(struct json_writer *w)
{
    open_level(w, false);
}

void json_write_array_close(struct json_writer *w)
{
    close_level(w, false);
}

/* Bytes that stand for themselves. */
static bool is_plain(uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

/* Of eight bytes, the high bit of each that does not stand for itself: control characters, '"',
 * '\\', DEL and all beyond ASCII. A borrow may mark bytes above the first such one, never one below
 * it. */
static uint64_t special_bytes(uint64_t eight)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t quote = eight ^ (ones * '"'), backslash = eight ^ (ones * '\\');
    uint64_t del = eight ^ (ones * 0x7F);
    uint64_t marks = (eight - ones * 0x20) | (quote - ones) | (backslash - ones) | (del - ones);
    return (marks | eight) & (ones * 0x80);
}

static uint64_t load_eight(const uint8_t *from)
{
    uint64_t eight;
    memcpy(&eight, from, 8);
    return le64toh(eight);
}

/* Whether the last bytes, from `at` on and less than eight, stand for themselves. What stands
 * before them may be looked at again. */
static bool is_plain_tail(struct slice s, size_t at)
{
    if (s.len >= 8)
        return !special_bytes(load_eight(s.ptr + s.len - 8));
    while (at < s.len && is_plain(s.ptr[at]))
        at++;
    return at == s.len;
}

/* How many bytes from the front stand for themselves. */
static size_t plain_bytes(struct slice s)
{
    size_t at = 0;
    for (; s.len - at >= 8; at += 8) {
        uint64_t marks = special_bytes(load_eight(s.ptr + at));
        if (marks)
            return at + (size_t)__builtin_ctzll(marks) / 8;
    }
    if (is_plain_tail(s, at))
        return s.len;
    while (at < s.len && is_plain(s.ptr[at]))
        at++;
    return at;
}

static bool turns_text(uint32_t code)
{
    return (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

static void append_code(struct buffer *out, uint32_t code)
{
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* character, letter */
    for (size_t i = 0; i + 1 < sizeof shorts; i += 2) {
        if (code == (uint32_t)shorts[i]) {
            buffer_append_byte(out, '\\');
            buffer_append_byte(out, (uint8_t)shorts[i + 1]);
            return;
        }
    }
    if (code < 0x20 || (code >= 0x7F && code < 0xA0) || turns_text(code))
        buffer_append_format(out, "\\u%04x", (unsigned)code);
    else
        text_append_code(out, code);
}

static void append_escaped(struct buffer *out, struct slice s)
{
    while (s.len > 0) {
        size_t plain = plain_bytes(s);
        buffer_append(out, s.ptr, plain);
        s = slice_part(s, plain, s.len);
        if (s.len == 0)
            break;
        uint32_t code;
        bool valid;
        size_t read = text_decode(s, &code, &valid);
        append_code(out, code);
        s = slice_part(s, read, s.len);
    }
}

static void append_plain_string(struct buffer *out, struct slice s)
{
    uint8_t *to = buffer_reserve(out, s.len + 2);
    if (!to)
        return;
    to[0] = '"';
    if (s.len > 0)
        memcpy(to + 1, s.ptr, s.len);
    to[1 + s.len] = '"';
    buffer_extend(out, s.len + 2);
}

static void append_string(struct buffer *out, struct slice s)
{
    if (plain_bytes(s) == s.len) {
        append_plain_string(out, s);
        return;
    }
    buffer_append_byte(out, '"');
    append_escaped(out, s);
    buffer_append_byte(out, '"');
}

void json_write_key_slice(struct json_writer *w, struct slice key)
{
    assert((w->objects & level(w)) && !w->keyed);
    separate(w);
    append_string(w->out, key);
    buffer_append_byte(w->out, ':');
    w->keyed = true;
}

void json_write_key(struct json_writer *w, const char *key)
{
    size_t len = strlen(key);
    assert((w->objects & level(w)) && !w->keyed);
    assert(plain_bytes(slice_make(key, len)) == len);
    separate(w);
    append_plain_string(w->out, slice_make(key, len));
    buffer_append_byte(w->out, ':');
    w->keyed = true;
}

void json_write_string(struct json_writer *w, struct slice value)
{
    before_value(w);
    append_string(w->out, value);
}

void json_write_text(struct json_writer *w, const char *value)
{
    json_write_string(w, slice_make(value, strlen(value)));
}

static void append_decimal(struct buffer *out, uint64_t value, bool negative)
{
    char text[21];
    size_t at = sizeof text;
    do {
        text[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    if (negative)
        text[--at] = '-';
    buffer_append(out, text + at, sizeof text - at);
}

void json_write_integer(struct json_writer *w, int64_t value)
{
    before_value(w);
    append_decimal(w->out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0);
}

void json_write_unsigned(struct json_writer *w, uint64_t value)
{
    before_value(w);
    append_decimal(w->out, value, false);
}

void json_write_boolean(struct json_writer *w, bool value)
{
    before_value(w);
    buffer_append_text(w->out, value ? "true" : "false");
}

void json_write_null(struct json_writer *w)
{
    before_value(w);
    buffer_append_text(w->out, "null");
}

void json_write_real(struct json_writer *w, double value)
{
    if (!isfinite(value)) {
        json_write_null(w);
        return;
    }
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        double back = strtod(text, NULL);
        if (memcmp(&back, &value, sizeof back) == 0)
            break;
    }
    before_value(w);
    buffer_append_text(w->out, text);
}

void json_write_raw(struct json_writer *w, struct slice json)
{
    before_value(w);
    buffer_append_slice(w->out, json);
}
