/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Scans JSON (RFC 8259) in any cut, without recursion: a bit per level says object or array, a
 * scalar is given with the key it stands under. Broken JSON gives what was seen before the damage.
 *
 * Several documents one after the other (NDJSON) are records of their own.
 */
#include "collector/decoders/http_body.h"

enum state {
    VALUE,     /* a value, or what follows one */
    IN_STRING, /* of the value */
    IN_KEY,    /* a string of an object that may be a key */
    AFTER_KEY, /* the string of an object ended: ':' makes it a key */
    SCALAR,    /* number, true, false, null */
};

static bool in_object(const struct http_json *json)
{
    return json->depth > 0 && (json->objects >> (json->depth - 1) & 1);
}

static bool default_key(struct slice name)
{
    return slice_equal_nocase(name, SLICE("id")) || slice_equal_nocase(name, SLICE("_id"));
}

/* An object with an identifying key is a record, unless one around it is one already. */
static void count_keyed(struct http_body *body)
{
    struct http_json *json = &body->json;
    uint64_t around = (UINT64_C(2) << (json->depth - 1)) - 1;
    struct slice key = http_token_slice(&json->key);
    bool is_key =
        body->cells.is_key ? body->cells.is_key(body->cells.context, key) : default_key(key);
    if (!is_key || (json->counted & around))
        return;
    json->counted |= UINT64_C(1) << (json->depth - 1);
    json->keyed_records++;
}

static void give_value(struct http_body *body, bool is_null)
{
    struct http_json *json = &body->json;
    if (!is_null && json->value.len > 0 && !json->too_deep) {
        struct slice name =
            in_object(json) ? http_token_slice(&json->key) : (struct slice){NULL, 0};
        if (in_object(json))
            count_keyed(body);
        body->cells.cell(body->cells.context, name, http_token_slice(&json->value), json->depth);
    }
    json->value.len = 0;
    json->value.cut = false;
}

static void open_level(struct http_json *json, bool object)
{
    if (json->array_level > 0 && json->depth == json->array_level && !in_object(json))
        json->array_records++;
    else if (json->array_level == 0 && json->depth > 0 && !in_object(json)) {
        json->array_level = json->depth;
        json->array_records = 1;
    }
    if (json->depth == HTTP_DEPTH_MAX) {
        json->too_deep++;
        return;
    }
    uint64_t bit = UINT64_C(1) << json->depth++;
    json->objects = object ? json->objects | bit : json->objects & ~bit;
    json->counted &= ~bit;
    json->key.len = 0;
}

static void close_level(struct http_json *json)
{
    if (json->too_deep > 0) {
        json->too_deep--;
        return;
    }
    if (json->depth == 0)
        return;
    json->depth--;
    json->counted &= ~(UINT64_C(1) << json->depth);
    json->key.len = 0;
}

static void begin_string(struct http_json *json)
{
    bool key = in_object(json) && json->key.len == 0 && !json->too_deep;
    json->state = key ? IN_KEY : IN_STRING;
}

static void value_byte(struct http_body *body, uint8_t c)
{
    struct http_json *json = &body->json;
    switch (c) {
    case '{':
        open_level(json, true);
        break;
    case '[':
        open_level(json, false);
        break;
    case '}':
    case ']':
        close_level(json);
        break;
    case '"':
        begin_string(json);
        break;
    case ',':
        json->key.len = 0;
        break;
    case ':':
    case ' ':
    case '\t':
    case '\r':
    case '\n':
        break;
    default:
        json->state = SCALAR;
        http_token_add(&json->value, c);
    }
}

static void add_utf8(struct http_token *token, uint32_t code)
{
    if (code < 0x80) {
        http_token_add(token, (uint8_t)code);
    } else if (code < 0x800) {
        http_token_add(token, (uint8_t)(0xc0 | code >> 6));
        http_token_add(token, (uint8_t)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        http_token_add(token, (uint8_t)(0xe0 | code >> 12));
        http_token_add(token, (uint8_t)(0x80 | (code >> 6 & 0x3f)));
        http_token_add(token, (uint8_t)(0x80 | (code & 0x3f)));
    } else {
        http_token_add(token, (uint8_t)(0xf0 | code >> 18));
        http_token_add(token, (uint8_t)(0x80 | (code >> 12 & 0x3f)));
        http_token_add(token, (uint8_t)(0x80 | (code >> 6 & 0x3f)));
        http_token_add(token, (uint8_t)(0x80 | (code & 0x3f)));
    }
}

static void unicode_done(struct http_json *json, struct http_token *token)
{
    uint16_t unit = json->unicode;
    if (unit >= 0xd800 && unit < 0xdc00) {
        json->high_surrogate = unit;
        return;
    }
    uint32_t code = unit;
    if (unit >= 0xdc00 && unit < 0xe000)
        code = json->high_surrogate
                   ? 0x10000u + ((uint32_t)(json->high_surrogate - 0xd800) << 10) + (unit - 0xdc00u)
                   : 0xfffd;
    json->high_surrogate = 0;
    add_utf8(token, code);
}

static void escape_byte(struct http_json *json, struct http_token *token, uint8_t c)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    if (json->hex_digits > 0) {
        uint8_t digit = c <= '9' ? (uint8_t)(c - '0') : (uint8_t)((c | 0x20) - 'a' + 10);
        json->unicode = (uint16_t)(json->unicode << 4 | (digit & 15));
        if (--json->hex_digits == 0) {
            json->escape = 0;
            unicode_done(json, token);
        }
        return;
    }
    if (c == 'u') {
        json->hex_digits = 4;
        json->unicode = 0;
        return;
    }
    const char *hit = c ? strchr(from, c) : NULL;
    http_token_add(token, hit ? (uint8_t)to[hit - from] : c);
    json->escape = 0;
}

static void string_byte(struct http_body *body, uint8_t c)
{
    struct http_json *json = &body->json;
    struct http_token *token = json->state == IN_KEY ? &json->key : &json->value;
    if (json->escape) {
        escape_byte(json, token, c);
    } else if (c == '\\') {
        json->escape = 1;
    } else if (c != '"') {
        http_token_add(token, c);
    } else if (json->state == IN_KEY) {
        json->state = AFTER_KEY;
    } else {
        json->state = VALUE;
        give_value(body, false);
    }
}

/* Takes what has no meaning of its own inside a string; gives its length. */
static size_t plain_run(struct http_json *json, struct slice bytes)
{
    size_t n = 0;
    if (json->escape)
        return 0;
    while (n < bytes.len && bytes.ptr[n] != '"' && bytes.ptr[n] != '\\')
        n++;
    http_token_add_run(json->state == IN_KEY ? &json->key : &json->value, slice_part(bytes, 0, n));
    return n;
}

static bool ends_scalar(uint8_t c)
{
    return c == ',' || c == '}' || c == ']' || c == ' ' || (c >= '\t' && c <= '\r');
}

static void end_scalar(struct http_body *body)
{
    struct http_json *json = &body->json;
    json->state = VALUE;
    give_value(body, slice_equal(http_token_slice(&json->value), SLICE("null")));
}

void http_json_feed(struct http_body *body, struct slice bytes)
{
    struct http_json *json = &body->json;
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.ptr[i];
        if (json->state == IN_STRING || json->state == IN_KEY) {
            size_t run = plain_run(json, slice_part(bytes, i, bytes.len));
            if (run > 0)
                i += run - 1;
            else
                string_byte(body, c);
            continue;
        }
        if (json->state == SCALAR) {
            if (!ends_scalar(c)) {
                http_token_add(&json->value, c);
                continue;
            }
            end_scalar(body);
        }
        if (json->state == AFTER_KEY)
            json->state = VALUE;
        value_byte(body, c);
    }
}

void http_json_end(struct http_body *body)
{
    if (body->json.state == SCALAR)
        end_scalar(body);
}
