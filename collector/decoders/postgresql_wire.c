/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Messages of PostgreSQL's frontend/backend protocol 3.0 and 3.2 (PostgreSQL documentation, chapter
 * "Frontend/Backend Protocol", section "Message Formats").
 *
 *     +------+----------------+------------------+
 *     | type | length (4, BE) | body (length-4)  |     the start-up messages have no type byte
 *     +------+----------------+------------------+
 *
 * After lost bytes the boundaries are found by the messages' own structure: a type that this side
 * sends, a length in its bounds, and a body that reads to its very end. What has little structure
 * of its own (CopyData, Sync) counts only where others follow it.
 */
#include "collector/decoders/postgresql_wire.h"

#include "base/reader.h"

enum {
    SMALL = 10000,          /* the server's own bound for messages without bulk */
    BULK = 0x3fffffff - 4,  /* and for those with */
    ANCHOR_MAX = 64 * 1024, /* longer messages are no boundary to start from */
    CHAIN_MAX = 4,          /* messages looked at behind one without structure */
    LOOK_MAX = 4096,        /* bytes of a text that are looked through */
    FIELDS_MAX = 64         /* fields of a message that are walked */
};

enum shape {
    ANY,      /* bytes without structure */
    EMPTY,    /* no body */
    TEXT,     /* one terminated string */
    TEXTS,    /* two terminated strings */
    NAMED,    /* 'S' or 'P' and a terminated string */
    EXECUTE,  /* a terminated string and a 32-bit number */
    PARSE,    /* two terminated strings and a counted list of 32-bit numbers */
    BIND,     /* names, formats, values, formats */
    ROW,      /* a counted list of 32-bit lengths and bytes */
    COLUMNS,  /* a counted list of column descriptions */
    OIDS,     /* a counted list of 32-bit numbers */
    FIELDS,   /* error fields: a letter and a terminated string each, ended by zero */
    STATE,    /* 'I', 'T' or 'E' */
    COPY,     /* overall format and a counted list of 16-bit formats */
    NUMBERED, /* a 32-bit number and anything */
};

struct rule {
    uint8_t type;
    uint8_t shape;
    uint32_t min, max;
};

static const struct rule to_server[] = {
    {'Q', TEXT, 1, BULK}, {'P', PARSE, 4, BULK},  {'B', BIND, 8, BULK},   {'E', EXECUTE, 5, SMALL},
    {'S', EMPTY, 0, 0},   {'D', NAMED, 2, SMALL}, {'C', NAMED, 2, SMALL}, {'H', EMPTY, 0, 0},
    {'d', ANY, 0, BULK},  {'c', EMPTY, 0, 0},     {'f', TEXT, 1, SMALL},  {'F', NUMBERED, 10, BULK},
    {'X', EMPTY, 0, 0},   {'p', ANY, 0, 65535},   {0, ANY, 0, 0},
};

static const struct rule to_client[] = {
    {'D', ROW, 2, BULK},
    {'T', COLUMNS, 2, BULK},
    {'C', TEXT, 1, SMALL},
    {'Z', STATE, 1, 1},
    {'1', EMPTY, 0, 0},
    {'2', EMPTY, 0, 0},
    {'3', EMPTY, 0, 0},
    {'t', OIDS, 2, BULK},
    {'n', EMPTY, 0, 0},
    {'s', EMPTY, 0, 0},
    {'I', EMPTY, 0, 0},
    {'E', FIELDS, 1, BULK},
    {'N', FIELDS, 1, BULK},
    {'S', TEXTS, 2, BULK},
    {'A', NUMBERED, 6, SMALL},
    {'d', ANY, 0, BULK},
    {'c', EMPTY, 0, 0},
    {'G', COPY, 3, SMALL},
    {'H', COPY, 3, SMALL},
    {'W', COPY, 3, SMALL},
    {'V', NUMBERED, 4, BULK},
    {'R', NUMBERED, 4, 65535},
    {'K', NUMBERED, 8, 260},
    {'v', NUMBERED, 8, SMALL},
    {0, ANY, 0, 0},
};

static const struct rule *rule_of(enum direction direction, uint8_t type)
{
    const struct rule *rule = direction == TO_SERVER ? to_server : to_client;
    while (rule->type && rule->type != type)
        rule++;
    return rule->type ? rule : NULL;
}

bool pg_header_read(struct slice bytes, struct pg_header *header)
{
    struct reader r = reader_of(bytes);
    header->type = reader_u8(&r);
    uint32_t length = reader_be32(&r);
    header->body = length - 4;
    return reader_ok(&r) && length >= 4;
}

bool pg_header_plausible(enum direction direction, const struct pg_header *header)
{
    const struct rule *rule = rule_of(direction, header->type);
    return rule && header->body >= rule->min && header->body <= rule->max;
}

/* A string that ends at the body's end: its last byte is the only zero. */
static bool one_text(struct slice body)
{
    return body.len > 0 && body.ptr[body.len - 1] == 0 &&
           slice_find(slice_part(body, 0, LOOK_MAX), 0, 0) + 1 >=
               (body.len < LOOK_MAX ? body.len : LOOK_MAX);
}

/* A terminated string of printable bytes (or of none). */
static bool skip_name(struct reader *r)
{
    struct slice name = reader_cstring(r);
    for (size_t i = 0; i < name.len && i < FIELDS_MAX; i++)
        if (name.ptr[i] < ' ')
            return false;
    return reader_ok(r);
}

static bool counted(struct reader *r, size_t width)
{
    reader_skip(r, reader_be16(r) * width);
    return reader_ok(r);
}

/* A counted list of 32-bit lengths and bytes; true where it can be so as far as it was walked, with
 * *all where that was to its end. */
static bool values(struct reader *r, bool *all)
{
    unsigned count = reader_be16(r);
    *all = count <= FIELDS_MAX;
    for (unsigned i = 0; i < count && i < FIELDS_MAX; i++) {
        uint32_t len = reader_be32(r);
        if (len != UINT32_MAX)
            reader_skip(r, len);
    }
    return reader_ok(r);
}

static bool row(struct reader r)
{
    bool all;
    return values(&r, &all) && (!all || reader_left(&r) == 0);
}

static bool bind(struct reader r)
{
    bool all;
    if (!skip_name(&r) || !skip_name(&r) || !counted(&r, 2) || !values(&r, &all))
        return false;
    return !all || (counted(&r, 2) && reader_left(&r) == 0);
}

static bool parse(struct reader r)
{
    if (!skip_name(&r))
        return false;
    struct slice text = reader_cstring(&r);
    return text.len <= ANCHOR_MAX && counted(&r, 4) && reader_left(&r) == 0;
}

static bool columns(struct reader r)
{
    unsigned count = reader_be16(&r);
    for (unsigned i = 0; i < count && i < FIELDS_MAX; i++) {
        if (!skip_name(&r))
            return false;
        reader_skip(&r, 18);
    }
    return reader_ok(&r) && (count > FIELDS_MAX || reader_left(&r) == 0);
}

static bool fields(struct reader r)
{
    for (int i = 0; i < FIELDS_MAX; i++) {
        uint8_t letter = reader_u8(&r);
        if (letter == 0)
            return i > 0 && reader_ok(&r) && reader_left(&r) == 0;
        if (letter < 'A' || letter > 'z')
            return false;
        (void)reader_cstring(&r);
    }
    return false;
}

static bool copy_formats(struct reader r)
{
    return reader_u8(&r) <= 1 && counted(&r, 2) && reader_left(&r) == 0;
}

static bool named(struct reader r)
{
    uint8_t kind = reader_u8(&r);
    return (kind == 'S' || kind == 'P') && skip_name(&r) && reader_left(&r) == 0;
}

bool pg_body_plausible(enum direction direction, uint8_t type, struct slice body)
{
    const struct rule *rule = rule_of(direction, type);
    struct reader r = reader_of(body);
    switch (rule ? rule->shape : ANY) {
    case EMPTY:
        return body.len == 0;
    case TEXT:
        return one_text(body);
    case TEXTS:
        return skip_name(&r) && skip_name(&r) && reader_left(&r) == 0;
    case NAMED:
        return named(r);
    case EXECUTE:
        return skip_name(&r) && reader_left(&r) == 4;
    case PARSE:
        return parse(r);
    case BIND:
        return bind(r);
    case ROW:
        return row(r);
    case COLUMNS:
        return columns(r);
    case OIDS:
        return counted(&r, 4) && reader_left(&r) == 0;
    case FIELDS:
        return fields(r);
    case STATE:
        return body.len == 1 && memchr("ITE", body.ptr[0], 3);
    case COPY:
        return copy_formats(r);
    default:
        return rule != NULL;
    }
}

/* Short messages can stand inside a row: a cell's last letter and the next cell's length. */
static bool proves_itself(const struct rule *rule)
{
    return rule->shape != ANY && rule->shape != EMPTY && rule->shape != STATE &&
           rule->shape != NUMBERED;
}

/* What stands at one offset: a boundary, none, or more bytes are needed to tell. */
enum verdict { NO, YES, MORE };

static enum verdict boundary_at(enum direction direction, struct slice bytes, size_t *needed)
{
    size_t at = 0;
    for (int i = 0; i < CHAIN_MAX; i++) {
        struct pg_header header;
        struct slice left = slice_part(bytes, at, SIZE_MAX);
        const struct rule *rule = left.len ? rule_of(direction, left.ptr[0]) : NULL;
        if (left.len && !rule)
            return NO;
        *needed = at + PG_HEADER;
        if (left.len < PG_HEADER)
            return MORE;
        if (!pg_header_read(left, &header) || !pg_header_plausible(direction, &header) ||
            header.body > ANCHOR_MAX)
            return NO;
        *needed += header.body;
        if (bytes.len < *needed)
            return MORE;
        if (!pg_body_plausible(direction, header.type, slice_part(left, PG_HEADER, header.body)))
            return NO;
        if (proves_itself(rule))
            return YES;
        at = *needed;
    }
    return YES;
}

struct pg_boundary pg_boundary_find(enum direction direction, struct slice bytes, bool end)
{
    for (size_t at = 0; at < bytes.len; at++) {
        size_t needed;
        switch (boundary_at(direction, slice_part(bytes, at, SIZE_MAX), &needed)) {
        case YES:
            return (struct pg_boundary){.found = true, .skip = at};
        case MORE:
            if (!end)
                return (struct pg_boundary){.skip = at, .needed = needed};
            break;
        default:
            break;
        }
    }
    return (struct pg_boundary){.skip = bytes.len};
}
