/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Finding log_line_prefix from the lines of a log: formats in use are tried on the first lines,
 * and formats made up from the look of some of them; the one that reads most of them wins, and of
 * equals the one that names more fields.
 */
#include "collector/formats/postgresql_prefix.h"

enum { LINES_TRIED = 200, LINES_IMITATED = 12, EPOCH_LENGTH = 14, TIME_LENGTH = 19 };

/* The default, the distributions', the services' and the manuals'. */
static const char *const in_use[] = {
    "%n %c %l %v %x %r|%i|%e|%b|%Q ",
    "%m [%p] %q%u@%d ",
    "%m [%p] %q%u@%d/%a ",
    "%m [%p] %q[user=%u,db=%d,app=%a] ",
    "%m [%p] %u@%d ",
    "%m [%p] %u@%d %r ",
    "%m [%p] %r %u@%d %a ",
    "%t:%r:%u@%d:[%p]:",
    "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: db=%d,user=%u,app=%a,client=%h ",
    "%t [%p]: [%l-1] db=%d,user=%u,app=%a,client=%h ",
    "%t [%p]: [%l-1] user=%u,db=%d ",
    "%t [%p-%l] %q%u@%d ",
    "%m [%p] ",
    "%t [%p]: ",
    "%m ",
    "",
};

static size_t count_matches(const struct pg_prefix *prefix, struct slice lines)
{
    size_t matched = 0;
    struct pg_line line;
    for (int i = 0; i < LINES_TRIED && lines.len > 0; i++)
        matched += pg_prefix_read(prefix, NULL, log_cut(&lines, '\n'), &line);
    return matched;
}

static size_t count_fields(const struct pg_prefix *prefix)
{
    size_t n = 0;
    for (size_t i = 0; i < prefix->count; i++)
        n += prefix->token[i].field != 0 && prefix->token[i].field != '*';
    return n;
}

/* What the name before "=" says its value is. */
static const struct {
    const char *name;
    char field;
} named_fields[] = {
    {"user", 'u'},
    {"usr", 'u'},
    {"username", 'u'},
    {"db", 'd'},
    {"dbname", 'd'},
    {"database", 'd'},
    {"app", 'a'},
    {"appli", 'a'},
    {"appname", 'a'},
    {"application", 'a'},
    {"application_name", 'a'},
    {"client", 'r'},
    {"remote", 'r'},
    {"host", 'r'},
    {"pid", 'p'},
    {"session", 'c'},
    {"sid", 'c'},
    {"queryid", 'Q'},
    {"state", 'e'},
    {"sqlstate", 'e'},
    {"code", 'e'},
    {"sql_error_code", 'e'},
    {"tag", 'i'},
    {"command", 'i'},
};

static char field_named(struct slice key)
{
    for (size_t i = 0; i < sizeof named_fields / sizeof *named_fields; i++)
        if (slice_equal_nocase(key, slice_from(named_fields[i].name)))
            return named_fields[i].field;
    return '*';
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(uint8_t c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.' || c == '/' || c >= 0x80;
}

/* A word, or one of the server's own in brackets. */
static size_t word_length(struct slice s)
{
    size_t n = 0;
    if (slice_starts(s, SLICE("[unknown]")))
        return 9;
    if (slice_starts(s, SLICE("[local]")))
        return 7;
    while (n < s.len && is_word(s.ptr[n]))
        n++;
    return n;
}

static bool all_digits(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit(s.ptr[i]))
            return false;
    return s.len > 0;
}

/* A format under construction from the prefix of one line. */
struct draft {
    char text[PG_PREFIX_TEXT];
    size_t len;
    struct slice rest; /* of the prefix */
    bool has_process;
};

static void put(struct draft *d, char c)
{
    if (d->len + 1 < sizeof d->text)
        d->text[d->len++] = c;
}

/* Puts the field for the next `len` bytes. */
static void put_field(struct draft *d, char field, size_t len)
{
    put(d, '%');
    put(d, field);
    d->rest = slice_part(d->rest, len, d->rest.len);
}

static void put_literal(struct draft *d, size_t len)
{
    for (size_t i = 0; i < len && i < d->rest.len; i++) {
        put(d, (char)d->rest.ptr[i]);
        if (d->rest.ptr[i] == '%')
            put(d, '%');
    }
    d->rest = slice_part(d->rest, len, d->rest.len);
}

/* The value behind "name=": up to what separates it from the next. */
static size_t value_length(struct slice s)
{
    size_t n = word_length(s);
    while (n < s.len && !strchr(", ]|;", s.ptr[n]))
        n++;
    return n;
}

static void put_word(struct draft *d, size_t len)
{
    struct slice word = slice_part(d->rest, 0, len);
    struct event_address address;
    uint8_t next = len < d->rest.len ? d->rest.ptr[len] : 0;
    size_t dash = slice_find(word, '-', 0);
    struct slice with_port = slice_part(d->rest, 0, slice_find(d->rest, ')', 0) + 1);
    if (next == '=') {
        char field = field_named(word);
        put_literal(d, len + 1);
        put_field(d, field, value_length(d->rest));
    } else if (next == '@') {
        put_field(d, 'u', len);
        put_literal(d, 1);
        put_field(d, 'd', word_length(d->rest));
    } else if (next == '(' && log_address(with_port, &address)) {
        put_field(d, 'r', with_port.len);
    } else if (log_address(word, &address) || slice_equal(word, SLICE("[local]"))) {
        put_field(d, 'r', len);
    } else if (all_digits(word) && !d->has_process) {
        d->has_process = true;
        put_field(d, 'p', len);
    } else if (dash < len && all_digits(slice_part(word, 0, dash)) &&
               all_digits(slice_part(word, dash + 1, len))) {
        put_field(d, 'l', dash);
        put_literal(d, len - dash);
    } else {
        bool session = slice_find(word, '.', 0) < len && pg_prefix_field_length('c', word) == len;
        put_field(d, session ? 'c' : '*', len);
    }
}

static void put_next(struct draft *d)
{
    size_t time = pg_prefix_field_length('m', d->rest);
    size_t epoch = pg_prefix_field_length('n', d->rest);
    size_t word = word_length(d->rest);
    if (time >= TIME_LENGTH)
        put_field(d, 'm', time);
    else if (epoch >= EPOCH_LENGTH)
        put_field(d, 'n', epoch);
    else if (word > 0)
        put_word(d, word);
    else
        put_literal(d, 1);
}

/* The prefix of a line: what stands before the first word that is a severity. */
static bool prefix_of(struct slice line, struct slice *before)
{
    struct pg_prefix none = {0};
    struct pg_line read;
    for (size_t at = 0; at < line.len && at < PG_PREFIX_TEXT; at++) {
        *before = slice_part(line, 0, at);
        bool fresh = at == 0 || !is_word(line.ptr[at - 1]);
        if (fresh && pg_prefix_read(&none, NULL, slice_part(line, at, line.len), &read))
            return true;
    }
    return false;
}

struct best {
    struct pg_prefix *prefix;
    size_t matches, fields;
};

static void offer(struct best *best, struct slice format, struct slice lines)
{
    struct pg_prefix candidate;
    if (!pg_prefix_compile(&candidate, format))
        return;
    size_t matches = count_matches(&candidate, lines), fields = count_fields(&candidate);
    if (matches < best->matches || (matches == best->matches && fields <= best->fields))
        return;
    *best->prefix = candidate;
    best->matches = matches;
    best->fields = fields;
}

void pg_prefix_find(struct pg_prefix *prefix, struct slice lines)
{
    struct best best = {.prefix = prefix};
    struct slice rest = lines;
    *prefix = (struct pg_prefix){0};
    for (size_t i = 0; i < sizeof in_use / sizeof *in_use; i++)
        offer(&best, slice_from(in_use[i]), lines);
    for (int i = 0; i < LINES_IMITATED && rest.len > 0; i++) {
        struct draft draft = {.len = 0};
        if (!prefix_of(log_cut(&rest, '\n'), &draft.rest))
            continue;
        while (draft.rest.len > 0)
            put_next(&draft);
        offer(&best, slice_make(draft.text, draft.len), lines);
    }
}
