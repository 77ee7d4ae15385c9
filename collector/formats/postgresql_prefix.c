/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Matching a line against log_line_prefix. Fields with a form of their own (times, numbers) end
 * where that ends; free ones (user, database, application) end at the first place from which the
 * rest matches. Tries are bounded.
 */
#include "collector/formats/postgresql_prefix.h"

#include "collector/formats/log_time.h"

enum { TRIES_MAX = 512 };

bool pg_prefix_compile(struct pg_prefix *prefix, struct slice format)
{
    *prefix = (struct pg_prefix){0};
    if (format.len >= sizeof prefix->text)
        return false;
    memcpy(prefix->text, format.ptr ? (const void *)format.ptr : "", format.len);
    struct reader r = reader_of(format);
    while (reader_left(&r) > 0) {
        struct pg_prefix_token token = {.at = (uint16_t)reader_offset(&r), .len = 1};
        uint8_t c = reader_u8(&r);
        if (c == '%') {
            c = reader_u8(&r);
            while (c == '-' || (c >= '0' && c <= '9')) /* padding */
                c = reader_u8(&r);
            if (c == 0 || !strchr("audrhbpPtmnielcsvxqQ%*", c))
                return false;
            token.at++;
            token.field = c == '%' ? 0 : (char)c;
        }
        if (prefix->count == PG_PREFIX_TOKENS)
            return false;
        prefix->token[prefix->count++] = token;
    }
    return true;
}

/* One attempt to read a line, and how much was tried. */
struct match {
    const struct pg_prefix *prefix;
    const struct zone *zone;
    struct slice line;
    struct pg_line *to;
    unsigned tries;
};

static const struct {
    const char *name;
    bool follows;
} severities[] = {
    {"LOG", false},     {"ERROR", false},   {"FATAL", false},    {"PANIC", false},
    {"WARNING", false}, {"NOTICE", false},  {"INFO", false},     {"DEBUG", false},
    {"DEBUG1", false},  {"DEBUG2", false},  {"DEBUG3", false},   {"DEBUG4", false},
    {"DEBUG5", false},  {"DETAIL", true},   {"HINT", true},      {"QUERY", true},
    {"CONTEXT", true},  {"LOCATION", true}, {"STATEMENT", true},
};

/* "SEVERITY:  message" at the end of the prefix. */
static bool read_severity(struct match *m, size_t at)
{
    struct slice rest = slice_part(m->line, at, m->line.len);
    size_t colon = slice_find(slice_part(rest, 0, 10), ':', 0);
    struct slice name = slice_part(rest, 0, colon);
    if (colon >= rest.len)
        return false;
    for (size_t i = 0; i < sizeof severities / sizeof *severities; i++) {
        if (!slice_equal(name, slice_from(severities[i].name)))
            continue;
        rest = slice_part(rest, colon + 1, rest.len);
        if (!log_skip(&rest, SLICE("  ")) && !log_skip(&rest, SLICE(" ")) && rest.len > 0)
            return false;
        m->to->record.severity = name;
        m->to->record.message = rest;
        m->to->follows = severities[i].follows;
        return true;
    }
    return false;
}

static bool in_set(uint8_t c, const char *set)
{
    return c != 0 && strchr(set, c) != NULL;
}

/* The length of the run of such characters. */
static size_t run_of(struct slice s, const char *set)
{
    size_t n = 0;
    while (n < s.len && in_set(s.ptr[n], set))
        n++;
    return n;
}

static bool is_unknown(struct slice s)
{
    return slice_equal(s, SLICE("[unknown]"));
}

static void set_field(struct match *m, char field, struct slice value)
{
    struct pg_log_record *record = &m->to->record;
    struct slice known = is_unknown(value) ? (struct slice){NULL, 0} : value;
    if (field == 'u')
        record->user = known;
    else if (field == 'd')
        record->database = known;
    else if (field == 'a')
        record->program = known;
    else if (field == 'r' || field == 'h')
        (void)log_address(value, &record->client);
    else if (field == 'c' || (field == 'p' && record->session.len == 0))
        record->session = value;
    else if (field == 'e')
        record->code = value;
    else if (field == 'i')
        record->tag = value;
}

#define DIGITS "0123456789"

/* The length of a field with a form of its own, at the front; SIZE_MAX: it has none, 0 may be. */
static bool formed_length(struct match *m, char field, struct slice rest, size_t *len)
{
    struct reader r = reader_of(rest);
    int64_t time_ns;
    switch (field) {
    case 't':
    case 'm':
    case 's':
        time_ns = log_time_iso(&r, m->zone);
        break;
    case 'n':
        time_ns = log_time_epoch(&r);
        break;
    case 'c':
        *len = run_of(rest, DIGITS "abcdef.");
        return true;
    case 'p':
    case 'P':
    case 'l':
    case 'x':
        *len = run_of(rest, DIGITS);
        return true;
    case 'Q':
        *len = run_of(rest, DIGITS "-");
        return true;
    case 'v':
        *len = run_of(rest, DIGITS "/");
        return true;
    default:
        return false;
    }
    *len = reader_ok(&r) ? reader_offset(&r) : SIZE_MAX;
    if (reader_ok(&r) && field != 's')
        m->to->record.time_ns = time_ns;
    return true;
}

size_t pg_prefix_field_length(char field, struct slice text)
{
    static const struct zone utc;
    struct pg_line line = {0};
    struct match m = {.zone = &utc, .to = &line};
    size_t len;
    return formed_length(&m, field, text, &len) && len != SIZE_MAX ? len : 0;
}

/* Where a free field began and how far it reached, to be tried longer. */
struct choice {
    size_t token, from, to;
};

/* One byte more; an address holds none that separates fields, and then cannot grow at all. */
static void grow(const struct match *m, struct choice *c)
{
    char field = m->prefix->token[c->token].field;
    bool address = field == 'r' || field == 'h';
    if (address && in_set(m->line.ptr[c->to], " ,@=|"))
        c->to = m->line.len;
    else
        c->to++;
}

/* Matches tokens up to the next free field, or to the severity; false: no match. */
static bool match_formed(struct match *m, size_t *token, size_t *at)
{
    for (; *token < m->prefix->count; ++*token) {
        const struct pg_prefix_token *t = &m->prefix->token[*token];
        struct slice rest = slice_part(m->line, *at, m->line.len);
        size_t len;
        if (t->field == 'q') {
            if (read_severity(m, *at)) { /* a process without a session */
                *token = m->prefix->count;
                return true;
            }
        } else if (t->field == 0) {
            if (rest.len == 0 || rest.ptr[0] != (uint8_t)m->prefix->text[t->at])
                return false;
            ++*at;
        } else if (formed_length(m, t->field, rest, &len)) {
            if (len == SIZE_MAX)
                return false;
            set_field(m, t->field, slice_part(rest, 0, len));
            *at += len;
        } else {
            return true;
        }
    }
    return read_severity(m, *at);
}

/* Free fields are tried short first; the last one that can grow does. No recursion. */
static bool match_line(struct match *m)
{
    struct choice choices[PG_PREFIX_TOKENS];
    size_t count = 0, token = 0, at = 0;
    bool ok = match_formed(m, &token, &at);
    while (m->tries++ < TRIES_MAX) {
        if (ok && token >= m->prefix->count)
            return true;
        if (ok) { /* a free field: empty to begin with */
            choices[count++] = (struct choice){token, at, at};
        } else {
            while (count > 0 && choices[count - 1].to >= m->line.len)
                count--;
            if (count == 0)
                return false;
            grow(m, &choices[count - 1]);
        }
        struct choice *c = &choices[count - 1];
        token = c->token + 1;
        at = c->to;
        set_field(m, m->prefix->token[c->token].field,
                  slice_part(m->line, c->from, c->to - c->from));
        ok = match_formed(m, &token, &at);
    }
    return false;
}

/* The place of an error in its statement is a column of the other forms: "... at character 15". */
static void drop_position(struct pg_log_record *record)
{
    struct slice message = record->message;
    size_t at = message.len;
    while (at > 0 && in_set(message.ptr[at - 1], DIGITS))
        at--;
    if (at < message.len && slice_ends(slice_part(message, 0, at), SLICE(" at character ")))
        record->message = slice_part(message, 0, at - 14);
}

/* log_error_verbosity = verbose puts the code in front of the message: "22P02: invalid". */
static void take_code(struct pg_log_record *record)
{
    struct slice message = record->message;
    struct slice code = slice_part(message, 0, 5);
    if (message.len < 7 || run_of(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 ||
        message.ptr[5] != ':' || message.ptr[6] != ' ' ||
        run_of(message, DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 5)
        return;
    record->code = code;
    record->message = slice_part(message, 7, message.len);
}

bool pg_prefix_read(const struct pg_prefix *prefix, const struct log_env *env, struct slice line,
                    struct pg_line *to)
{
    static const struct zone utc;
    *to = (struct pg_line){.record = {.time_ns = env ? env->reference_ns : 0}};
    struct match m = {.prefix = prefix,
                      .zone = env ? env->zone : &utc,
                      .line = slice_part(line, 0, slice_find(line, '\n', 0)),
                      .to = to};
    if (!match_line(&m))
        return false;
    /* The message may have further lines. */
    size_t from = (size_t)(to->record.message.ptr - line.ptr);
    if (to->record.message.len > 0)
        to->record.message = slice_part(line, from, line.len);
    if (!to->follows)
        take_code(&to->record);
    if (slice_equal(to->record.severity, SLICE("ERROR")))
        drop_position(&to->record);
    return true;
}
