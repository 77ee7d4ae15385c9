/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Open days and their people.
 */
#include "analyzer/day_book.h"

#include <stdio.h>
#include <stdlib.h>

static void drop_entry(void *context, struct slice key, void *value)
{
    (void)context;
    (void)key;
    struct day_entry *e = *(struct day_entry **)value;
    if (!e)
        return;
    day_record_release(&e->record);
    table_release(&e->sessions);
    free(e->employee);
    free(e);
}

static void drop_source(void *context, struct slice key, void *value)
{
    (void)context;
    (void)key;
    struct day_source *s = value;
    free((void *)s->coverage.asset.ptr);
    free((void *)s->coverage.source.ptr);
}

void day_page_release(struct day_page *p)
{
    map_free(&p->people);
    map_free(&p->sources);
    *p = (struct day_page){0};
}

void day_book_release(struct day_book *b)
{
    for (size_t i = 0; i < OPEN_DAYS_MAX; i++)
        if (b->pages[i].used)
            day_page_release(&b->pages[i]);
}

static struct day_page *open_page(struct day_page *p, int32_t day)
{
    *p = (struct day_page){.used = true, .day = day};
    p->people = map_new(sizeof(struct day_entry *), DAY_PEOPLE_MAX, MAP_REFUSE, drop_entry, NULL);
    p->sources = map_new(sizeof(struct day_source), DAY_SOURCES_MAX, MAP_REFUSE, drop_source, NULL);
    if (p->people && p->sources)
        return p;
    day_page_release(p);
    return NULL;
}

struct day_page *day_book_page(struct day_book *b, int32_t day, bool open)
{
    struct day_page *free_page = NULL;
    for (struct day_page *p = b->pages; p < b->pages + OPEN_DAYS_MAX; p++) {
        if (p->used && p->day == day)
            return p;
        if (!p->used && !free_page)
            free_page = p;
    }
    return open && free_page ? open_page(free_page, day) : NULL;
}

struct day_page *day_book_first(struct day_book *b)
{
    struct day_page *first = NULL;
    for (struct day_page *p = b->pages; p < b->pages + OPEN_DAYS_MAX; p++)
        if (p->used && (!first || p->day < first->day))
            first = p;
    return first;
}

static char *text_of(struct slice s)
{
    char *text = malloc(s.len + 1);
    return text ? slice_copy_text(s, text, s.len + 1) : NULL;
}

struct day_entry *day_page_entry(struct day_page *p, struct slice employee, enum entity_kind kind)
{
    bool created;
    struct day_entry **slot = map_put(p->people, employee, &created);
    if (!slot || !created)
        return slot ? *slot : NULL;
    struct day_entry *e = calloc(1, sizeof *e);
    if (e)
        e->employee = text_of(employee);
    if (!e || !e->employee) {
        free(e);
        map_remove(p->people, employee);
        return NULL;
    }
    e->kind = kind;
    day_record_init(&e->record);
    table_init(&e->sessions, 1 << 16);
    *slot = e;
    return e;
}

static struct day_source *source_of(struct day_page *p, struct slice asset, const struct event *e)
{
    char key[512];
    bool created;
    struct slice sensor = slice_part(e->sensor, 0, 64), name = slice_part(e->source_name, 0, 150);
    asset = slice_part(asset, 0, 200);
    int n =
        snprintf(key, sizeof key, "%.*s%c%.*s/%.*s", (int)asset.len, (const char *)asset.ptr, '\n',
                 (int)sensor.len, (const char *)sensor.ptr, (int)name.len, (const char *)name.ptr);
    struct slice whole = slice_make(key, (size_t)n);
    struct day_source *s = map_put(p->sources, whole, &created);
    if (!s || !created)
        return s;
    char *asset_copy = text_of(asset),
         *source_copy = text_of(slice_part(whole, asset.len + 1, SIZE_MAX));
    s->coverage =
        (struct store_coverage){.asset = slice_from(asset_copy), .source = slice_from(source_copy)};
    s->coverage.day = p->day;
    return s;
}

void day_page_cover(struct day_page *p, const struct event *e, const struct day_cover *cover)
{
    struct day_source *s = source_of(p, cover->asset, e);
    if (!s)
        return;
    struct store_coverage *c = &s->coverage;
    c->first_ns = c->events == 0 || e->time_ns < c->first_ns ? e->time_ns : c->first_ns;
    c->last_ns = c->events == 0 || e->time_ns > c->last_ns ? e->time_ns : c->last_ns;
    c->events++;
    c->incomplete += e->gaps != 0;
    c->unresolved += cover->unresolved;
    c->sessions += cover->new_session;
    c->canaries += cover->canary;
    c->canary_ns = cover->canary && e->time_ns > c->canary_ns ? e->time_ns : c->canary_ns;
    s->kind = cover->kind;
    for (unsigned i = 0; i < EVENT_GAP_COUNT; i++)
        c->gaps[i] += e->gaps >> i & 1;
    s->touched = true;
}

struct collecting {
    struct model_input *inputs;
    size_t count;
};

static bool collect(void *context, struct slice key, void *value)
{
    (void)key;
    struct collecting *c = context;
    struct day_entry *e = *(struct day_entry **)value;
    c->inputs[c->count++] = (struct model_input){slice_from(e->employee), &e->record, e};
    return true;
}

static int by_employee(const void *a, const void *b)
{
    return slice_compare(((const struct model_input *)a)->employee,
                         ((const struct model_input *)b)->employee);
}

struct model_input *day_page_inputs(struct day_page *p, size_t *count)
{
    struct collecting c = {calloc(map_count(p->people) + 1, sizeof(struct model_input)), 0};
    *count = 0;
    if (!c.inputs)
        return NULL;
    map_each(p->people, collect, &c);
    qsort(c.inputs, c.count, sizeof *c.inputs, by_employee);
    *count = c.count;
    return c.inputs;
}
