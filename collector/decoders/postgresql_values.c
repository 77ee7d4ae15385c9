/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which PostgreSQL types are known by their OID, and their binary form (the types' send functions)
 * turned into text. An array on the wire:
 *
 *     dimensions(4) has-nulls(4) element-oid(4) { size(4) lower-bound(4) }... { length(4) bytes
 * }...
 */
#include "collector/decoders/postgresql_values.h"

#include "base/reader.h"
#include "collector/decoders/postgresql_writer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { DIMENSIONS_MAX = 6 };

static const struct {
    uint32_t oid;
    uint8_t type;
} types[] = {
    {16, PG_TYPE_BOOL},        {17, PG_TYPE_BYTEA},         {18, PG_TYPE_SAME}, /* "char" */
    {19, PG_TYPE_SAME},        {20, PG_TYPE_INT8},          {21, PG_TYPE_INT2},
    {23, PG_TYPE_INT4},        {24, PG_TYPE_OID},           {25, PG_TYPE_SAME},
    {26, PG_TYPE_OID},         {28, PG_TYPE_OID},           {29, PG_TYPE_OID},
    {114, PG_TYPE_SAME},       {142, PG_TYPE_SAME},         {199, PG_TYPE_ARRAY},
    {650, PG_TYPE_INET},       {651, PG_TYPE_ARRAY},        {700, PG_TYPE_FLOAT4},
    {701, PG_TYPE_FLOAT8},     {705, PG_TYPE_SAME},         {869, PG_TYPE_INET},
    {1000, PG_TYPE_ARRAY},     {1001, PG_TYPE_ARRAY},       {1002, PG_TYPE_ARRAY},
    {1003, PG_TYPE_ARRAY},     {1005, PG_TYPE_ARRAY},       {1007, PG_TYPE_ARRAY},
    {1009, PG_TYPE_ARRAY},     {1014, PG_TYPE_ARRAY},       {1015, PG_TYPE_ARRAY},
    {1016, PG_TYPE_ARRAY},     {1021, PG_TYPE_ARRAY},       {1022, PG_TYPE_ARRAY},
    {1028, PG_TYPE_ARRAY},     {1041, PG_TYPE_ARRAY},       {1042, PG_TYPE_SAME},
    {1043, PG_TYPE_SAME},      {1082, PG_TYPE_DATE},        {1083, PG_TYPE_TIME},
    {1114, PG_TYPE_TIMESTAMP}, {1115, PG_TYPE_ARRAY},       {1182, PG_TYPE_ARRAY},
    {1183, PG_TYPE_ARRAY},     {1184, PG_TYPE_TIMESTAMPTZ}, {1185, PG_TYPE_ARRAY},
    {1186, PG_TYPE_INTERVAL},  {1187, PG_TYPE_ARRAY},       {1231, PG_TYPE_ARRAY},
    {1266, PG_TYPE_TIMETZ},    {1270, PG_TYPE_ARRAY},       {1700, PG_TYPE_NUMERIC},
    {2205, PG_TYPE_OID},       {2206, PG_TYPE_OID},         {2950, PG_TYPE_UUID},
    {2951, PG_TYPE_ARRAY},     {3802, PG_TYPE_JSONB},       {3807, PG_TYPE_ARRAY},
};

enum pg_type pg_type_of(uint32_t oid)
{
    size_t low = 0, high = sizeof types / sizeof types[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (types[middle].oid == oid)
            return types[middle].type;
        if (types[middle].oid < oid)
            low = middle + 1;
        else
            high = middle;
    }
    return PG_TYPE_UNKNOWN;
}

void pg_write_format(struct pg_writer *w, const char *format, ...)
{
    char text[64];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    pg_write(w, slice_make(text, (size_t)len < sizeof text ? (size_t)len : sizeof text - 1));
}

void pg_write_hex(struct pg_writer *w, struct slice bytes)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.len && !w->full; i++) {
        uint8_t pair[2] = {(uint8_t)digits[bytes.ptr[i] >> 4], (uint8_t)digits[bytes.ptr[i] & 15]};
        pg_write(w, slice_make(pair, 2));
    }
}

static void write_uuid(struct pg_writer *w, struct reader *r)
{
    static const uint8_t groups[] = {4, 2, 2, 2, 6};
    for (size_t i = 0; i < sizeof groups; i++) {
        if (i > 0)
            pg_write_byte(w, '-');
        pg_write_hex(w, reader_bytes(r, groups[i]));
    }
}

static void write_ipv6(struct pg_writer *w, struct reader *r)
{
    uint16_t group[8];
    size_t best = 8, best_len = 1; /* the longest run of zeros, of two or more */
    for (size_t i = 0; i < 8; i++)
        group[i] = reader_be16(r);
    for (size_t i = 0, run = 0; i < 8; i++) {
        run = group[i] ? 0 : run + 1;
        if (run > best_len) {
            best_len = run;
            best = i + 1 - run;
        }
    }
    for (size_t i = 0; i < 8; i++) {
        if (i == best) {
            pg_write(w, SLICE("::"));
            i += best_len - 1;
            continue;
        }
        pg_write_format(w, "%s%x", i > 0 && i != best + best_len ? ":" : "", group[i]);
    }
}

static void write_inet(struct pg_writer *w, struct reader *r)
{
    uint8_t family = reader_u8(r);
    unsigned bits = reader_u8(r);
    bool network = reader_u8(r) != 0;
    bool v6 = family == 3;
    if (reader_u8(r) != (v6 ? 16 : 4)) {
        reader_fail(r);
        return;
    }
    if (v6) {
        write_ipv6(w, r);
    } else {
        const uint8_t *a = reader_take(r, 4);
        if (a)
            pg_write_format(w, "%u.%u.%u.%u", a[0], a[1], a[2], a[3]);
    }
    if (network || bits != (v6 ? 128u : 32u))
        pg_write_format(w, "/%u", bits);
}

static void write_scalar(struct pg_writer *w, enum pg_type type, struct reader *r)
{
    switch (type) {
    case PG_TYPE_BOOL:
        pg_write_byte(w, reader_u8(r) ? 't' : 'f');
        break;
    case PG_TYPE_BYTEA:
        pg_write(w, SLICE("\\x"));
        pg_write_hex(w, reader_rest(r));
        break;
    case PG_TYPE_INT2:
        pg_write_format(w, "%" PRId16, (int16_t)reader_be16(r));
        break;
    case PG_TYPE_INT4:
        pg_write_format(w, "%" PRId32, (int32_t)reader_be32(r));
        break;
    case PG_TYPE_INT8:
        pg_write_format(w, "%" PRId64, (int64_t)reader_be64(r));
        break;
    case PG_TYPE_OID:
        pg_write_format(w, "%" PRIu32, reader_be32(r));
        break;
    case PG_TYPE_UUID:
        write_uuid(w, r);
        break;
    case PG_TYPE_JSONB:
        if (reader_u8(r) != 1)
            reader_fail(r);
        pg_write(w, reader_rest(r));
        break;
    case PG_TYPE_INET:
        write_inet(w, r);
        break;
    default:
        pg_write(w, reader_rest(r));
        break;
    }
}

typedef void write_value(struct pg_writer *w, struct reader *r);

static write_value *const writers[] = {
    [PG_TYPE_FLOAT4] = pg_write_float4,       [PG_TYPE_FLOAT8] = pg_write_float8,
    [PG_TYPE_NUMERIC] = pg_write_numeric,     [PG_TYPE_DATE] = pg_write_date,
    [PG_TYPE_TIME] = pg_write_time,           [PG_TYPE_TIMETZ] = pg_write_timetz,
    [PG_TYPE_TIMESTAMP] = pg_write_timestamp, [PG_TYPE_TIMESTAMPTZ] = pg_write_timestamptz,
    [PG_TYPE_INTERVAL] = pg_write_interval,   [PG_TYPE_ARRAY] = NULL,
};

/* Reads a whole value that is no array; false (and nothing written) when it is not one of its type.
 */
static bool write_one(struct pg_writer *w, enum pg_type type, struct slice value)
{
    struct reader r = reader_of(value);
    size_t before = w->len;
    if (type == PG_TYPE_UNKNOWN || type == PG_TYPE_ARRAY)
        return false;
    if (writers[type])
        writers[type](w, &r);
    else
        write_scalar(w, type, &r);
    if (reader_ok(&r) && reader_left(&r) == 0)
        return true;
    w->len = before;
    return false;
}

static bool must_quote(struct slice text)
{
    if (text.len == 0 || slice_equal_nocase(text, SLICE("NULL")))
        return true;
    for (size_t i = 0; i < text.len; i++)
        if (memchr("\"\\{}, \t\n\r\v\f", text.ptr[i], 11))
            return true;
    return false;
}

/* Quotes what was written since `from`, where it needs it: in place, from its end. */
static void quote_from(struct pg_writer *w, size_t from)
{
    struct slice text = slice_make(w->ptr + from, w->len - from);
    if (w->full || !must_quote(text))
        return;
    size_t more = 2;
    for (size_t i = 0; i < text.len; i++)
        more += text.ptr[i] == '"' || text.ptr[i] == '\\';
    if (more > w->size - w->len) {
        w->full = true;
        return;
    }
    size_t to = w->len + more;
    w->ptr[--to] = '"';
    for (size_t i = w->len; i > from; i--) {
        uint8_t c = w->ptr[i - 1];
        w->ptr[--to] = c;
        if (c == '"' || c == '\\')
            w->ptr[--to] = '\\';
    }
    w->ptr[from] = '"';
    w->len += more;
}

static void write_element(struct pg_writer *w, enum pg_type type, struct reader *r)
{
    uint32_t len = reader_be32(r);
    size_t from = w->len;
    if (len == UINT32_MAX) {
        pg_write(w, SLICE("NULL"));
        return;
    }
    struct slice value = reader_bytes(r, len);
    if (!write_one(w, type, value)) {
        pg_write(w, SLICE("\\x"));
        pg_write_hex(w, value);
    }
    quote_from(w, from);
}

struct dimensions {
    uint32_t count;
    uint32_t size[DIMENSIONS_MAX];
    uint32_t inner[DIMENSIONS_MAX]; /* elements of one step of this dimension */
    uint32_t elements;
};

/* Sizes and, where a lower bound is not 1, the "[l:u]=" before the braces. */
static void read_dimensions(struct pg_writer *w, struct reader *r, struct dimensions *d)
{
    struct reader bounds = *r;
    bool shifted = false;
    uint64_t elements = 1;
    for (uint32_t i = 0; i < d->count; i++) {
        d->size[i] = reader_be32(r);
        shifted |= reader_be32(r) != 1;
    }
    for (uint32_t i = d->count; i > 0; i--) {
        d->inner[i - 1] = (uint32_t)elements;
        elements *= d->size[i - 1];
        if (elements > reader_left(r) / 4)
            reader_fail(r);
        if (!reader_ok(r))
            return;
    }
    d->elements = (uint32_t)elements;
    for (uint32_t i = 0; shifted && i < d->count; i++) {
        int64_t size = reader_be32(&bounds);
        int64_t lower = (int32_t)reader_be32(&bounds);
        pg_write_format(w, "[%" PRId64 ":%" PRId64 "]", lower, lower + size - 1);
    }
    if (shifted)
        pg_write_byte(w, '=');
}

static bool write_array(struct pg_writer *w, struct slice value)
{
    struct reader r = reader_of(value);
    struct dimensions d = {.count = reader_be32(&r)};
    reader_skip(&r, 4);
    enum pg_type type = pg_type_of(reader_be32(&r));
    if (d.count > DIMENSIONS_MAX)
        return false;
    read_dimensions(w, &r, &d);
    if (reader_ok(&r) && (d.count == 0 || d.elements == 0)) {
        pg_write(w, SLICE("{}"));
        return reader_left(&r) == 0;
    }
    for (uint32_t i = 0; i < d.elements && reader_ok(&r) && !w->full; i++) {
        if (i > 0)
            pg_write_byte(w, ',');
        for (uint32_t k = 0; k < d.count; k++)
            if (i % ((uint64_t)d.inner[k] * d.size[k]) == 0)
                pg_write_byte(w, '{');
        write_element(w, type, &r);
        for (uint32_t k = 0; k < d.count; k++)
            if ((i + 1) % ((uint64_t)d.inner[k] * d.size[k]) == 0)
                pg_write_byte(w, '}');
    }
    return reader_ok(&r) && reader_left(&r) == 0;
}

/* Zeros before and behind the digits are not on the wire. */
static size_t room_for_numeric(struct slice value)
{
    struct reader r = reader_of(value);
    reader_skip(&r, 2);
    int weight = (int16_t)reader_be16(&r);
    reader_skip(&r, 2);
    size_t scale = reader_be16(&r);
    return 32 + 4 * (size_t)(weight < 0 ? 1 : weight + 1) + scale;
}

/* Room enough for any honest value of the type. */
static size_t room_for(enum pg_type type, struct slice value)
{
    switch (type) {
    case PG_TYPE_NUMERIC:
        return room_for_numeric(value) + value.len * 2;
    case PG_TYPE_UNKNOWN:
    case PG_TYPE_BYTEA:
    case PG_TYPE_JSONB:
        return 8 + value.len * 2;
    default:
        return 128 + value.len * 8;
    }
}

static bool finish(struct pg_writer *w, struct slice *text)
{
    *text = slice_make(w->ptr, w->full ? 0 : w->len);
    return !w->full;
}

bool pg_typed_value_text(enum pg_type type, struct slice value, struct arena *arena,
                         struct slice *text)
{
    *text = value;
    if (type == PG_TYPE_SAME)
        return true;
    size_t size = room_for(type, value);
    struct pg_writer w = {.ptr = arena_alloc(arena, size), .size = size};
    *text = slice_make(NULL, 0);
    if (!w.ptr)
        return false;
    if (type == PG_TYPE_ARRAY ? write_array(&w, value) : write_one(&w, type, value))
        return finish(&w, text);
    if (w.full)
        return false;
    w.len = 0;
    pg_write(&w, SLICE("\\x"));
    pg_write_hex(&w, value);
    return finish(&w, text);
}

bool pg_value_text(uint32_t oid, struct slice value, struct arena *arena, struct slice *text)
{
    return pg_typed_value_text(pg_type_of(oid), value, arena, text);
}
