/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which records a web exchange is about: by its address and by the cells of its response. Subject
 * keys are hashed with the site's key as they pass; cells are classed by name and dropped.
 */
#include "collector/decoders/http_exchange.h"

#include "base/hash.h"

void http_records_match(struct http_exchange *x)
{
    x->matched = true;
    assets_http_match(x->env->assets, x->env->asset, HTTP_TEXT_SLICE(&x->method),
                      HTTP_TEXT_SLICE(&x->uri), &x->match);
}

bool http_records_is_key(void *exchange, struct slice name)
{
    const struct http_exchange *x = exchange;
    if (x->match.body_key.len > 0)
        return slice_equal_nocase(name, x->match.body_key);
    return slice_equal_nocase(name, SLICE("id")) || slice_equal_nocase(name, SLICE("_id"));
}

/* Percent-decodes into `to`; gives the length. */
static size_t percent_decode(struct slice s, uint8_t *to, size_t max)
{
    static const char digits[] = "0123456789abcdef";
    size_t n = 0;
    for (size_t i = 0; i < s.len && n < max; i++) {
        const char *high = NULL, *low = NULL;
        if (s.ptr[i] == '%' && i + 2 < s.len && s.ptr[i + 1] && s.ptr[i + 2]) {
            high = strchr(digits, s.ptr[i + 1] | 0x20);
            low = strchr(digits, s.ptr[i + 2] | 0x20);
        }
        if (high && low) {
            to[n++] = (uint8_t)((high - digits) << 4 | (low - digits));
            i += 2;
        } else {
            to[n++] = s.ptr[i];
        }
    }
    return n;
}

static void hash_subject(const struct http_exchange *x, struct slice key,
                         struct event_subject *subject)
{
    if (x->env->site_key)
        event_subject_hash(x->env->site_key, x->match.space, key, subject->hash);
    else
        blake2b(subject->hash, sizeof subject->hash, NULL, x->match.space, SLICE(""), key);
    if (x->match.sequence && slice_to_u64(key, &subject->number)) {
        subject->has_number = true;
        subject->space = hash64(x->match.space);
    }
}

static void add_subject(struct http_exchange *x, struct slice key)
{
    struct event_subject subject = {0};
    if (key.len == 0)
        return;
    hash_subject(x, key, &subject);
    if (!subject_set_add(&x->subjects, &subject))
        x->limit = true; /* the number of subjects is a lower bound from here on */
}

static void class_cell(struct http_exchange *x, struct slice name)
{
    if (name.len == 0)
        return;
    struct assets_column column =
        assets_column(x->env->assets, x->env->asset, x->match.object, name);
    x->classes[column.class & 3]++;
}

/* In HTML a row of a table carries its record's id as data-id (or data-customer-id, ...). */
static bool is_html_key(struct slice name)
{
    return slice_equal_nocase(name, SLICE("data-id")) ||
           slice_equal_nocase(name, SLICE("data-key")) ||
           (name.len > 8 && slice_starts_nocase(name, SLICE("data-")) &&
            slice_equal_nocase(slice_part(name, name.len - 3, 3), SLICE("-id")));
}

void http_records_cell(struct http_exchange *x, struct slice name, struct slice value)
{
    bool html = x->response.kind == HTTP_BODY_HTML;
    if (!html)
        class_cell(x, name);
    if (!x->match.body_subjects || x->status >= 300)
        return;
    if (html ? is_html_key(name) : http_records_is_key(x, name))
        add_subject(x, value);
}

static void address_subject(struct http_exchange *x)
{
    uint8_t key[HTTP_CELL_MAX];
    if (x->match.subject.len > 0)
        add_subject(x, slice_make(key, percent_decode(x->match.subject, key, sizeof key)));
}

/* One record is shown by its own page, however many rows that has. */
static uint64_t rows_of(const struct http_exchange *x)
{
    if (x->match.action == EVENT_ACTION_view ||
        (x->match.subject.len > 0 && x->response.records == 0))
        return 1;
    return x->response.records;
}

static void fill_subjects(struct http_exchange *x, struct event *event)
{
    event->subjects = x->subjects.count;
    event->known |= EVENT_KNOWS_subjects;
    if (x->env->site_key) {
        event->keys = x->subjects.items;
        event->key_count = x->subjects.count;
    }
}

void http_records_fill(struct http_exchange *x, struct event *event, bool whole)
{
    if (!x->response_begun) {
        address_subject(x); /* asked for; whether it was shown nobody saw */
        fill_subjects(x, event);
        return;
    }
    if (x->status >= 300 && x->status != 304)
        return;
    bool shown = x->status < 300;
    if (shown)
        address_subject(x);
    if (whole) {
        event->rows = shown ? rows_of(x) : 0;
        event->known |= EVENT_KNOWS_rows;
    }
    if (x->match.class > 0 && shown && x->classes[x->match.class & 3] == 0)
        x->classes[x->match.class & 3] = event->rows ? event->rows : 1;
    memcpy(event->classes, x->classes, sizeof event->classes);
    fill_subjects(x, event);
}
