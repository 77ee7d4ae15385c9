/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * An event into its day; a whole day out of the archive.
 */
#include "analyzer/fold.h"

#include "base/clock.h"
#include "base/hash.h"

#include <stdlib.h>

enum { NUMBERS_MAX = 1 << 22, KEYS_ARENA = 16 << 20 };

int32_t fold_day(const struct zone *zone, int64_t ns, double *seconds)
{
    int64_t local = zone_local(zone, ns);
    int64_t day = local / NS_PER_DAY - (local % NS_PER_DAY < 0);
    *seconds = (double)(local - day * NS_PER_DAY) / 1e9;
    return (int32_t)day;
}

/* Is it the first event of its session for this employee and day? */
static bool count_session(struct day_entry *entry, const struct event *e)
{
    if (e->session.len == 0)
        return false;
    double *seen = table_put(&entry->sessions, hash64(e->session));
    if (!seen || *seen > 0)
        return false;
    *seen = 1;
    entry->measures.sessions++;
    return true;
}

bool fold_event(struct day_page *page, const struct translation *t, const struct event *e,
                const struct resolved *who, bool *new_session)
{
    struct day_entry *entry = day_page_entry(page, who->employee, who->kind);
    if (!entry)
        return false;
    measure(&entry->measures, e, t);
    *new_session = count_session(entry, e);
    day_record_add(&entry->record, &t->event);
    entry->measures.subjects = entry->record.subject_count;
    entry->touched = true;
    return true;
}

/* One running number: the subject's id, the number, its space. */
struct running_number {
    uint64_t number, space;
};

enum { SUBJECT_ID = 8 }; /* the front of a subject's hash */

static void append_number(struct buffer *to, const uint8_t hash[16], uint64_t number,
                          uint64_t space)
{
    buffer_append(to, hash, SUBJECT_ID);
    buffer_append_varint(to, number);
    buffer_append_le64(to, space);
}

void fold_append_numbers(struct buffer *to, const struct day_entry *entry)
{
    const struct day_record *r = &entry->record;
    for (size_t i = 0; i < r->subject_count; i++) {
        const struct model_subject *s = &r->subjects[i].subject;
        if (s->has_number)
            append_number(to, s->hash, s->number, s->space);
    }
}

void fold_append_event_numbers(struct buffer *to, const struct event *e)
{
    for (size_t i = 0; i < e->key_count; i++)
        if (e->keys[i].has_number)
            append_number(to, e->keys[i].hash, e->keys[i].number, e->keys[i].space);
}

static enum status load_numbers(void *context, struct slice key, struct slice value)
{
    (void)key;
    struct map *numbers = context;
    struct reader from = reader_of(value);
    while (reader_left(&from) > 0) {
        struct slice id = reader_bytes(&from, SUBJECT_ID);
        uint64_t number = reader_varint(&from), space = reader_le64(&from);
        struct running_number *n = reader_ok(&from) ? map_put(numbers, id, NULL) : NULL;
        if (!n)
            return reader_ok(&from) ? STATUS_NO_MEMORY : STATUS_CORRUPT;
        *n = (struct running_number){number, space};
    }
    return STATUS_OK;
}

struct folding {
    const struct fold_source *from;
    int32_t day;
    struct day_page *page; /* NULL: the events of `employee` go to `visit` */
    struct slice employee;
    fold_visit *visit;
    void *context;
    struct map *numbers;
    struct translation *translation;
    struct arena arena;
    enum status status;
};

/* The event's subjects with the running numbers that the archive does not hold. */
static bool number_keys(struct folding *f, struct event *e)
{
    struct event_subject *keys = arena_array(&f->arena, e->key_count + 1, sizeof *keys);
    if (!keys)
        return false;
    for (size_t i = 0; i < e->key_count; i++) {
        keys[i] = e->keys[i];
        const struct running_number *n = map_get(f->numbers, slice_make(keys[i].hash, SUBJECT_ID));
        if (n) {
            keys[i].has_number = true;
            keys[i].number = n->number;
            keys[i].space = n->space;
        }
    }
    e->keys = keys;
    return true;
}

static bool fold_stored(void *context, const struct store_event *stored, const char *next)
{
    (void)next;
    struct folding *f = context;
    const struct fold_source *from = f->from;
    struct event e = stored->event;
    struct resolved who;
    double seconds;
    if (!f->page && !slice_equal(stored->employee, f->employee))
        return true;
    arena_reset(&f->arena);
    fold_day(from->zone, e.time_ns, &seconds);
    resolve(&who, from->organisation, from->assets, NULL, &e, f->day);
    who.employee = stored->employee; /* as it was then */
    who.kind = stored->kind;
    who.asset = stored->asset;
    if (!number_keys(f, &e)) {
        f->status = STATUS_NO_MEMORY;
        return false;
    }
    bool new_session;
    translate(f->translation, &e, &who, from->assets, seconds);
    if (f->page)
        fold_event(f->page, f->translation, &e, &who, &new_session);
    else
        f->visit(f->context, stored, f->translation);
    return true;
}

static enum status walk(struct folding *f)
{
    enum status status = STATUS_NO_MEMORY;
    arena_init(&f->arena, KEYS_ARENA);
    f->translation = malloc(sizeof *f->translation);
    f->numbers = map_new(sizeof(struct running_number), NUMBERS_MAX, MAP_REFUSE, NULL, NULL);
    if (f->translation && f->numbers)
        status = store_numbers(f->from->reader, f->day, load_numbers, f->numbers);
    if (status == STATUS_OK)
        status = store_day_events(f->from->reader, f->day, fold_stored, f);
    if (status == STATUS_OK)
        status = f->status;
    map_free(&f->numbers);
    arena_release(&f->arena);
    free(f->translation);
    return status;
}

enum status fold_archived(const struct fold_source *from, struct day_book *book, int32_t day,
                          struct day_page **page)
{
    *page = day_book_page(book, day, true);
    struct folding f = {.from = from, .day = day, .page = *page};
    return *page ? walk(&f) : STATUS_NO_MEMORY;
}

enum status fold_each(const struct fold_source *from, int32_t day, struct slice employee,
                      fold_visit *visit, void *context)
{
    struct folding f = {
        .from = from, .day = day, .employee = employee, .visit = visit, .context = context};
    return walk(&f);
}
