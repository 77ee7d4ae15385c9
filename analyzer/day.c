/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Folding events into one employee's day: docs/scoring.md, sections 3 and 11.
 */
#include "analyzer/day.h"

#include "analyzer/stats/tools.h"
#include "base/hash.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RELOAD_S    60.0   /* a view this soon after the one before is a reload */
#define PAIR_S      1800.0 /* two tokens further apart are no pair */
#define DWELL_MAX_S 3600.0

static const double row_weight[EVENT_CLASSES] = {0, 0.3, 1, 3};

void day_record_init(struct day_record *d)
{
    *d = (struct day_record){.least_cv = -1};
    table_init(&d->token_index, DAY_TOKENS_MAX);
    table_init(&d->pair_index, DAY_PAIRS_MAX);
    table_init(&d->subject_index, DAY_SUBJECTS_MAX);
    table_init(&d->item_index, (size_t)DAY_ITEMS_MAX * ITEM_KINDS);
    table_init(&d->session_last, DAY_ITEMS_MAX);
    table_init(&d->session_seen, DAY_ITEMS_MAX);
    arena_init(&d->texts, DAY_TEXT_MAX);
}

void day_record_release(struct day_record *d)
{
    free(d->tokens);
    free(d->pairs);
    free(d->subjects);
    for (size_t i = 0; i < ITEM_KINDS; i++)
        free(d->items[i].list);
    struct table *tables[] = {&d->token_index, &d->pair_index,   &d->subject_index,
                              &d->item_index,  &d->session_last, &d->session_seen};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        table_release(tables[i]);
    arena_release(&d->texts);
}

/* The element for a new index at the end of a list, zeroed, or NULL. */
static void *append(void *list, size_t *count, size_t *capacity, size_t size)
{
    void **array = list;
    if (*count == *capacity) {
        size_t more = *capacity ? *capacity * 2 : 16;
        void *bigger = realloc(*array, more * size);
        if (!bigger)
            return NULL;
        *array = bigger;
        *capacity = more;
    }
    void *element = (uint8_t *)*array + (*count)++ * size;
    memset(element, 0, size);
    return element;
}

/* The index of a key in a list; `created` when the caller has to append it. False when refused. */
static bool index_of(struct day_record *d, struct table *index, uint64_t key, size_t count,
                     size_t *at, bool *created)
{
    const double *found = table_get(index, key);
    *created = !found;
    if (found) {
        *at = (size_t)*found;
        return true;
    }
    double *made = table_put(index, key);
    if (!made) {
        d->refused++;
        return false;
    }
    *made = (double)count;
    *at = count;
    return true;
}

static void add_item(struct day_record *d, enum item_kind kind, struct slice text, uint32_t token)
{
    static const char prefix[ITEM_KINDS][2] = {"t:", "p:", "a:", "s:"};
    if (text.len == 0)
        return;
    struct day_items *items = &d->items[kind];
    size_t at;
    bool created;
    if (items->count >= DAY_ITEMS_MAX && kind != ITEM_TOKEN)
        return;
    if (!index_of(d, &d->item_index, hash64_seeded(text, (uint64_t)kind + 1), items->count, &at,
                  &created) ||
        !created)
        return;
    struct day_item *item = append(&items->list, &items->count, &items->capacity, sizeof *item);
    if (!item)
        return;
    item->key = fnv1a(fnv1a(FNV1A_START, prefix[kind], 2), text.ptr, text.len);
    item->token = token;
    item->text = arena_copy(&d->texts, text);
}

/* "system:action:object" and the marks of what is special about it. */
struct slice day_token_text(const struct model_event *e, char *to, size_t size)
{
    static const struct {
        unsigned flag;
        const char *mark;
    } marks[] = {
        {MODEL_STAR, "*"}, {MODEL_SELF, ":self"}, {MODEL_AUDIT, ":audit"}, {MODEL_ERROR, ":error"}};
    int n = snprintf(to, size, "%.*s:%.*s:%.*s", (int)slice_part(e->system, 0, 100).len,
                     e->system.ptr, (int)slice_part(e->action, 0, 60).len, e->action.ptr,
                     (int)slice_part(e->object, 0, 300).len, e->object.ptr);
    size_t len = n > 0 ? (size_t)n : 0;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (e->flags & marks[i].flag)
            len += (size_t)snprintf(to + len, size - len, "%s", marks[i].mark);
    return slice_make(to, len);
}

static void add_pair(struct day_record *d, uint32_t token, double seconds)
{
    if (d->has_last_token && seconds - d->last_token_at <= PAIR_S) {
        size_t at;
        bool created;
        uint64_t key = (uint64_t)d->last_token << 32 | token;
        if (index_of(d, &d->pair_index, key, d->pair_count, &at, &created)) {
            if (created) {
                struct day_pair *pair =
                    append(&d->pairs, &d->pair_count, &d->pair_capacity, sizeof *pair);
                if (!pair)
                    return;
                *pair = (struct day_pair){d->last_token, token, 0};
            }
            d->pairs[at].count++;
        }
    }
    d->has_last_token = true;
    d->last_token = token;
    d->last_token_at = seconds;
}

static void add_token(struct day_record *d, const struct model_event *e)
{
    char text[DAY_TOKEN_TEXT_MAX];
    struct slice token = day_token_text(e, text, sizeof text);
    uint64_t id = hash64(token);
    size_t at;
    bool created;
    d->has_token_now = false;
    if (!index_of(d, &d->token_index, id, d->token_count, &at, &created))
        return;
    if (created) {
        struct day_token *made =
            append(&d->tokens, &d->token_count, &d->token_capacity, sizeof *made);
        if (!made)
            return;
        *made = (struct day_token){.hash = fnv1a(FNV1A_START, token.ptr, token.len), .id = id};
        made->text = arena_copy(&d->texts, token);
    }
    struct day_token *t = &d->tokens[at];
    unsigned class = e->flags & (MODEL_SELF | MODEL_AUDIT) ? 3 : e->class;
    t->count++;
    t->class = t->class > class ? t->class : class;
    add_item(d, ITEM_TOKEN, token, (uint32_t)at);
    add_pair(d, (uint32_t)at, e->seconds);
    d->has_token_now = true;
}

/* An update is not news: every run of digits and dots becomes one '#'. */
struct slice day_program_text(struct slice program, char to[DAY_PROGRAM_TEXT_MAX])
{
    size_t n = 0;
    bool in_run = false;
    for (size_t i = 0; i < program.len && n < DAY_PROGRAM_TEXT_MAX; i++) {
        uint8_t c = program.ptr[i];
        bool digit = c == '.' || (c >= '0' && c <= '9');
        if (!(digit && in_run))
            to[n++] = digit ? '#' : (char)c;
        in_run = digit;
    }
    return slice_make(to, n);
}

static void add_program(struct day_record *d, struct slice program)
{
    char text[DAY_PROGRAM_TEXT_MAX];
    add_item(d, ITEM_PROGRAM, day_program_text(program, text), 0);
}

/* Counts a return to a session used before on that system (A B A). */
static void add_session(struct day_record *d, const struct model_event *e)
{
    if (e->session.len == 0)
        return;
    uint64_t system = hash64(e->system);
    double *last = table_put(&d->session_last, system);
    double *place = table_put(&d->session_seen, hash64_seeded(e->session, system));
    if (!last || !place)
        return;
    bool seen = *place != 0;
    if (!seen)
        *place = (double)d->session_seen.count; /* from 1: its number */
    if (*last != 0 && *last != *place && seen)
        d->switches++;
    *last = *place;
}

static void add_subject(struct day_record *d, const struct model_subject *subject,
                        const struct model_event *e)
{
    double seconds = e->seconds;
    size_t at;
    bool created;
    if (!index_of(d, &d->subject_index, subject->id, d->subject_count, &at, &created))
        return;
    if (created) {
        struct day_subject *made =
            append(&d->subjects, &d->subject_count, &d->subject_capacity, sizeof *made);
        if (!made)
            return;
        *made = (struct day_subject){.subject = *subject, .last = seconds};
    }
    struct day_subject *s = &d->subjects[at];
    s->subject.uncovered &= subject->uncovered;
    s->worked |= e->writes;
    if (created || seconds - s->last > RELOAD_S)
        s->visits++;
    s->last = seconds;
}

/* sd / mean of the last DAY_GAPS gaps, where their mean is above a second. */
static void judge_regularity(struct day_record *d)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < DAY_GAPS; i++)
        sum += d->gaps[i];
    double mean = sum / DAY_GAPS;
    if (mean <= 1)
        return;
    for (size_t i = 0; i < DAY_GAPS; i++)
        squares += (d->gaps[i] - mean) * (d->gaps[i] - mean);
    double cv = sqrt(squares / DAY_GAPS) / mean;
    if (d->least_cv < 0 || cv < d->least_cv)
        d->least_cv = cv;
}

static void add_gap(struct day_record *d, double gap)
{
    if (gap > 0 && gap < DWELL_MAX_S) { /* Neumaier's sum */
        double x = log(gap), sum = d->gap_logs + x;
        d->gap_logs_rest +=
            fabs(d->gap_logs) >= fabs(x) ? (d->gap_logs - sum) + x : (x - sum) + d->gap_logs;
        d->gap_logs = sum;
        d->gap_count++;
    }
    memmove(d->gaps, d->gaps + 1, sizeof d->gaps - sizeof *d->gaps);
    d->gaps[DAY_GAPS - 1] = gap;
    d->gap_total++;
    if (d->gap_total >= DAY_GAPS)
        judge_regularity(d);
}

static void add_view(struct day_record *d, double seconds)
{
    if (d->views > 0)
        add_gap(d, fmax(seconds - d->last_view, 0));
    d->views++;
    d->last_view = seconds;
}

/* To the day and to the token that was just added. */
static void add_rows(struct day_record *d, const struct model_event *e)
{
    struct day_token *token = d->has_token_now ? &d->tokens[d->last_token] : NULL;
    for (size_t i = 0; i < EVENT_CLASSES; i++) {
        d->rows[i] += e->rows[i];
        if (token)
            token->rows += e->rows[i];
    }
}

void day_record_add(struct day_record *d, const struct model_event *e)
{
    d->events++;
    d->active[(size_t)clip(floor(e->seconds / 3600), 0, 23)] = true;
    add_token(d, e);
    add_program(d, e->program);
    add_item(d, ITEM_ADDRESS, e->client, 0);
    add_item(d, ITEM_SHAPE, e->shape, 0);
    add_session(d, e);
    if (e->flags & MODEL_ERROR)
        return;
    d->idc += e->class == 3;
    d->exports += e->exports;
    d->searches += e->search;
    add_rows(d, e);
    for (size_t i = 0; i < e->subject_count; i++)
        add_subject(d, &e->subjects[i], e);
    if (e->view && e->subject_count > 0)
        add_view(d, e->seconds);
}

bool day_rows_measure(const struct day_record *d, double *y)
{
    double total = 0;
    for (size_t i = 0; i < EVENT_CLASSES; i++)
        total += row_weight[i] * d->rows[i];
    *y = log1p(total);
    return total > 0;
}

bool day_dwell_measure(const struct day_record *d, double *y)
{
    *y = d->gap_count > 0 ? (d->gap_logs + d->gap_logs_rest) / d->gap_count : 0;
    return d->gap_count >= 8;
}

bool day_regular_measure(const struct day_record *d, double *y)
{
    *y = d->least_cv >= 0 ? -log(fmax(d->least_cv, 0.01)) : 0;
    return d->least_cv >= 0;
}
