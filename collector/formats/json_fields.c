/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A cursor over JSON text.
 */
#include "collector/formats/json_fields.h"

#include "base/text.h"

static struct slice left(const struct json_fields *j)
{
    return slice_make(j->at.at, reader_left(&j->at));
}

static uint8_t peek(const struct json_fields *j)
{
    return reader_left(&j->at) > 0 ? *j->at.at : 0;
}

static void skip_space(struct json_fields *j)
{
    for (uint8_t c = peek(j); c == ' ' || c == '\n' || c == '\t' || c == '\r'; c = peek(j))
        reader_skip(&j->at, 1);
}

struct json_fields json_fields_of(struct slice text)
{
    struct json_fields j = {.at = reader_of(text)};
    skip_space(&j);
    uint8_t open = reader_u8(&j.at);
    j.array = open == '[';
    if (open != '{' && open != '[')
        reader_fail(&j.at);
    return j;
}

/* The string behind its opening quote; passes the closing one. */
static struct slice string(struct json_fields *j, bool *escaped)
{
    struct slice s = left(j);
    size_t end = slice_find(s, '"', 0);
    struct slice front = slice_part(s, 0, end);
    size_t at = slice_find(front, '\\', 0);
    *escaped = at < front.len;
    while (at < end && end < s.len) {
        /* Each backslash takes the byte behind it along, perhaps the quote that was found. */
        if (at + 1 == end)
            end = slice_find(s, '"', end + 1);
        front = slice_part(s, 0, end);
        at = slice_find(front, '\\', at + 2);
    }
    reader_skip(&j->at, end < s.len ? end + 1 : s.len + 1);
    return slice_part(s, 0, end);
}

/* Passes an object or array with all that is in it. */
static struct slice nested(struct json_fields *j)
{
    struct slice all = left(j);
    size_t depth = 0;
    bool escaped;
    do {
        uint8_t c = reader_u8(&j->at);
        if (c == '{' || c == '[')
            depth++;
        else if (c == '}' || c == ']')
            depth--;
        else if (c == '"')
            (void)string(j, &escaped);
    } while (depth > 0 && reader_ok(&j->at));
    return slice_part(all, 0, all.len - reader_left(&j->at));
}

static bool ends_literal(uint8_t c)
{
    return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static struct slice literal(struct json_fields *j)
{
    struct slice all = left(j);
    while (reader_left(&j->at) > 0 && !ends_literal(peek(j)))
        reader_skip(&j->at, 1);
    size_t len = all.len - reader_left(&j->at);
    if (len == 0)
        reader_fail(&j->at);
    return slice_part(all, 0, len);
}

static void read_value(struct json_fields *j, struct json_value *value)
{
    uint8_t c = peek(j);
    *value = (struct json_value){.kind = JSON_LITERAL};
    if (c == '"') {
        reader_skip(&j->at, 1);
        value->kind = JSON_STRING;
        value->raw = string(j, &value->escaped);
    } else if (c == '{' || c == '[') {
        value->kind = c == '{' ? JSON_OBJECT : JSON_ARRAY;
        value->raw = nested(j);
    } else {
        value->raw = literal(j);
    }
}

static void read_key(struct json_fields *j, struct slice *key)
{
    bool escaped;
    if (reader_u8(&j->at) != '"')
        reader_fail(&j->at);
    *key = string(j, &escaped);
    skip_space(j);
    if (reader_u8(&j->at) != ':')
        reader_fail(&j->at);
    skip_space(j);
}

bool json_fields_next(struct json_fields *j, struct slice *key, struct json_value *value)
{
    *key = (struct slice){NULL, 0};
    skip_space(j);
    uint8_t c = peek(j);
    if (c == (j->array ? ']' : '}') || !reader_ok(&j->at))
        return false;
    if (j->begun && reader_u8(&j->at) != ',')
        reader_fail(&j->at);
    j->begun = true;
    skip_space(j);
    if (!j->array)
        read_key(j, key);
    read_value(j, value);
    return reader_ok(&j->at);
}

bool json_fields_ok(const struct json_fields *j)
{
    return reader_ok(&j->at);
}

static uint32_t hex4(struct reader *r)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t c = reader_u8(r);
        uint8_t low = (uint8_t)(c | 0x20);
        if (c >= '0' && c <= '9')
            value = value << 4 | (uint32_t)(c - '0');
        else if (low >= 'a' && low <= 'f')
            value = value << 4 | (uint32_t)(low - 'a' + 10);
        else
            reader_fail(r);
    }
    return value;
}

/* "\u00e9" behind its u, with the second half of a pair. */
static uint32_t unicode(struct reader *r)
{
    uint32_t code = hex4(r);
    struct reader ahead = *r;
    if (code >= 0xd800 && code < 0xdc00 && reader_u8(&ahead) == '\\' && reader_u8(&ahead) == 'u') {
        uint32_t low = hex4(&ahead);
        if (low >= 0xdc00 && low < 0xe000) {
            *r = ahead;
            return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    return code >= 0xd800 && code < 0xe000 ? TEXT_REPLACEMENT : code;
}

static size_t put_utf8(uint8_t *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (uint8_t)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (uint8_t)(0xc0 | code >> 6);
        to[1] = (uint8_t)(0x80 | (code & 63));
        return 2;
    }
    if (code < 0x10000) {
        to[0] = (uint8_t)(0xe0 | code >> 12);
        to[1] = (uint8_t)(0x80 | (code >> 6 & 63));
        to[2] = (uint8_t)(0x80 | (code & 63));
        return 3;
    }
    to[0] = (uint8_t)(0xf0 | code >> 18);
    to[1] = (uint8_t)(0x80 | (code >> 12 & 63));
    to[2] = (uint8_t)(0x80 | (code >> 6 & 63));
    to[3] = (uint8_t)(0x80 | (code & 63));
    return 4;
}

/* What a backslash stands for, read behind it; no escape is shorter than its UTF-8. */
static size_t unescape_one(struct reader *r, uint8_t *to)
{
    uint8_t c = reader_u8(r);
    switch (c) {
    case 'n':
        return put_utf8(to, '\n');
    case 't':
        return put_utf8(to, '\t');
    case 'r':
        return put_utf8(to, '\r');
    case 'b':
        return put_utf8(to, '\b');
    case 'f':
        return put_utf8(to, '\f');
    case 'u':
        return put_utf8(to, unicode(r));
    default:
        return put_utf8(to, c < 0x80 ? c : TEXT_REPLACEMENT);
    }
}

struct slice json_text(const struct json_value *value, struct arena *scratch)
{
    if (value->kind == JSON_LITERAL && slice_equal(value->raw, SLICE("null")))
        return (struct slice){NULL, 0};
    if (value->kind != JSON_STRING || !value->escaped)
        return value->raw;
    /* One byte of nonsense behind a backslash may become three. */
    uint8_t *to = arena_alloc(scratch, value->raw.len * 2);
    if (!to)
        return (struct slice){NULL, 0};
    size_t n = 0;
    struct reader r = reader_of(value->raw);
    while (reader_left(&r) > 0) {
        struct slice rest = slice_make(r.at, reader_left(&r));
        struct slice plain = reader_bytes(&r, slice_find(rest, '\\', 0));
        if (plain.len > 0)
            memcpy(to + n, plain.ptr, plain.len);
        n += plain.len;
        if (reader_left(&r) > 0) {
            reader_skip(&r, 1);
            n += unescape_one(&r, to + n);
        }
    }
    return slice_make(to, n);
}

/* A member by its name, an element by its index. */
static bool find_member(struct slice name, struct json_value *value)
{
    struct json_fields j = json_fields_of(value->raw);
    uint64_t index = 0;
    struct slice key;
    if (value->kind != JSON_OBJECT && (value->kind != JSON_ARRAY || !slice_to_u64(name, &index)))
        return false;
    while (json_fields_next(&j, &key, value))
        if (j.array ? index-- == 0 : slice_equal(key, name))
            return true;
    return false;
}

bool json_find(struct slice object, struct slice path, struct json_value *value)
{
    *value = (struct json_value){.kind = JSON_OBJECT, .raw = object};
    while (path.len > 0) {
        size_t dot = slice_find(path, '.', 0);
        if (!find_member(slice_part(path, 0, dot), value))
            return false;
        path = slice_part(path, dot + 1, path.len);
    }
    return true;
}
