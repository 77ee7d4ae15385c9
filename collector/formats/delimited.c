/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading delimited fields.
 */
#include "collector/formats/delimited.h"

enum { SHORT_FIELD = 24 };

struct delimited delimited_of(struct slice record, uint8_t separator)
{
    return (struct delimited){reader_of(record), separator, true};
}

static struct slice left(const struct delimited *d)
{
    return slice_make(d->at.at, reader_left(&d->at));
}

/* Undoes doubled quotes: copies once, closing the gaps. */
static struct slice undouble(struct slice s, struct arena *scratch)
{
    struct slice copy = arena_copy(scratch, s);
    uint8_t *to = (uint8_t *)(uintptr_t)copy.ptr;
    size_t n = 0;
    for (size_t from = 0; from < copy.len;) {
        size_t quote = slice_find(copy, '"', from);
        size_t len = quote < copy.len ? quote + 1 - from : copy.len - from;
        memmove(to + n, to + from, len);
        n += len;
        from += len + (quote < copy.len);
    }
    return slice_make(to, n);
}

/* The cursor stands behind the opening quote. */
static bool quoted_field(struct delimited *d, struct arena *scratch, struct slice *field)
{
    struct slice s = left(d);
    bool doubled = false;
    size_t end = slice_find(s, '"', 0);
    while (end + 1 < s.len && s.ptr[end + 1] == '"') {
        doubled = true;
        end = slice_find(s, '"', end + 2);
    }
    *field = slice_part(s, 0, end);
    if (doubled)
        *field = undouble(*field, scratch);
    reader_skip(&d->at, end < s.len ? end + 1 : s.len + 1);
    return reader_ok(&d->at);
}

/* The bytes up to the separator, which is passed; most fields are short. */
static struct slice up_to_separator(struct delimited *d)
{
    struct slice s = left(d);
    size_t stop = 0;
    while (stop < s.len && stop < SHORT_FIELD && s.ptr[stop] != d->separator)
        stop++;
    if (stop == SHORT_FIELD)
        stop = slice_find(s, d->separator, stop);
    d->more = stop < s.len;
    reader_skip(&d->at, stop < s.len ? stop + 1 : s.len);
    return slice_part(s, 0, stop);
}

bool delimited_next(struct delimited *d, struct arena *scratch, struct slice *field, bool *quoted)
{
    *field = (struct slice){NULL, 0};
    if (!d->more || !reader_ok(&d->at))
        return false;
    struct slice s = left(d);
    bool is_quoted = s.len > 0 && s.ptr[0] == '"';
    if (quoted)
        *quoted = is_quoted;
    if (!is_quoted) {
        *field = up_to_separator(d);
        return true;
    }
    reader_skip(&d->at, 1);
    bool closed = quoted_field(d, scratch, field);
    (void)up_to_separator(d);
    return closed;
}
