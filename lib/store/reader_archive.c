/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading the archive: events through the index that narrows most, views by subject.
 */
#include "store/reader_state.h"

#include "base/clock.h"
#include "store/record_codec.h"

#include <stdio.h>
#include <stdlib.h>

enum status reader_day(struct store_reader *r, int32_t day, struct db **db)
{
    char path[STORE_PATH_MAX];
    struct db_options options = {.access = DB_READER, .tables = archive_tables};
    struct reader_day *slot = r->days;
    for (struct reader_day *d = r->days; d < r->days + READER_DAYS; d++) {
        if (d->db && d->day == day) {
            d->used = ++r->uses;
            *db = d->db;
            return STATUS_OK;
        }
        if (d->used < slot->used)
            slot = d;
    }
    if (!store_day_folder(r->state_dir, day, path, sizeof path))
        return STATUS_LIMIT;
    if (slot->db)
        db_close(&slot->db);
    *slot = (struct reader_day){.day = day, .used = ++r->uses};
    enum status status = db_open(&slot->db, path, &options, NULL);
    *db = slot->db;
    return status;
}

enum status reader_days(struct store_reader *r, int32_t from, int32_t to, int32_t **days,
                        size_t *count)
{
    enum status status = store_day_folders(r->state_dir, days, count);
    size_t kept = 0;
    for (size_t i = 0; status == STATUS_OK && i < *count; i++)
        if ((*days)[i] >= from && (*days)[i] <= to)
            (*days)[kept++] = (*days)[i];
    *count = kept;
    return status;
}

enum status reader_block(struct store_reader *r, struct db_txn *txn, uint64_t ordinal)
{
    uint8_t key[8];
    struct slice value;
    db_key_u64(key, ordinal);
    if (!db_get(txn, ARCHIVE_blocks, slice_make(key, sizeof key), &value))
        return txn->status == STATUS_OK ? STATUS_CORRUPT : txn->status;
    return block_decode(&r->block, value);
}

/* One query over events. */
struct query {
    struct store_reader *r;
    const struct store_event_filter *filter;
    store_visit_event *visit;
    void *context;
    int32_t after_day; /* paging: the last event seen */
    uint64_t after_ordinal;
    uint64_t after_position;
    bool stopped;
};

static bool names_object(const struct event *e, struct slice object)
{
    for (size_t i = 0; i < e->object_count; i++)
        if (slice_equal(e->objects[i].name, object))
            return true;
    return object.len == 0;
}

static bool names_subject(const struct event *e, const uint8_t *subject)
{
    for (size_t i = 0; subject && i < e->key_count; i++)
        if (memcmp(e->keys[i].hash, subject, 16) == 0)
            return true;
    return !subject;
}

static bool matches(const struct store_event_filter *f, const struct store_event *e)
{
    return (f->employee.len == 0 || slice_equal(f->employee, e->employee)) &&
           e->event.time_ns >= f->from_ns && (f->to_ns == 0 || e->event.time_ns < f->to_ns) &&
           names_object(&e->event, f->object) && names_subject(&e->event, f->subject);
}

static bool seen_before(const struct query *q, uint32_t position)
{
    const struct block *b = &q->r->block;
    if (b->day != q->after_day)
        return b->day < q->after_day;
    return b->ordinal < q->after_ordinal ||
           (b->ordinal == q->after_ordinal && position <= q->after_position);
}

/* The next event of the walk, if it matches, to the visitor. */
static enum status offer(struct query *q, struct block_events *events)
{
    struct store_event event;
    char next[STORE_PAGE_KEY_SIZE];
    arena_reset(&q->r->arena);
    enum status status = block_next(events, &q->r->arena, &event);
    if (status != STATUS_OK || seen_before(q, events->position) || !matches(q->filter, &event))
        return status;
    snprintf(next, sizeof next, "%d.%llu.%u", (int)q->r->block.day,
             (unsigned long long)q->r->block.ordinal, events->position);
    q->stopped = !q->visit(q->context, &event, next);
    return STATUS_OK;
}

static enum status visit_whole_block(struct query *q)
{
    struct block_events events = block_events(&q->r->block);
    enum status status = STATUS_OK;
    while (status == STATUS_OK && !q->stopped)
        status = offer(q, &events);
    return status == STATUS_END ? STATUS_OK : status;
}

static enum status visit_positions(struct query *q, struct slice positions)
{
    struct block_events events = block_events(&q->r->block);
    struct reader at = reader_of(positions);
    enum status status = STATUS_OK;
    while (reader_left(&at) > 0 && status == STATUS_OK && !q->stopped) {
        status = block_skip_to(&events, (uint32_t)reader_varint(&at));
        if (status == STATUS_OK)
            status = offer(q, &events);
    }
    return status;
}

static bool too_early(const struct query *q, int32_t day, uint64_t ordinal)
{
    return day == q->after_day && ordinal < q->after_ordinal;
}

/* The index to use, and the front of its keys. */
static bool choose_index(const struct store_event_filter *f, enum archive_table *table,
                         struct store_key *prefix)
{
    if (f->subject) {
        *table = ARCHIVE_subjects;
        store_key_bytes(prefix, f->subject, 16);
    } else if (f->employee.len > 0) {
        *table = ARCHIVE_employees;
        store_key_text(prefix, f->employee);
    } else if (f->object.len > 0) {
        *table = ARCHIVE_objects;
        store_key_text(prefix, f->object);
    } else {
        return false;
    }
    return true;
}

static enum status visit_indexed(struct query *q, struct db_txn *txn, int32_t day,
                                 enum archive_table table, const struct store_key *prefix)
{
    struct db_cursor c;
    enum status status = STATUS_OK;
    db_cursor_open(&c, txn, table);
    for (bool more = db_seek(&c, store_key_slice(prefix));
         more && status == STATUS_OK && !q->stopped; more = db_next(&c)) {
        if (c.key.len != prefix->len + 8 || !slice_starts(c.key, store_key_slice(prefix)))
            break;
        uint64_t ordinal = db_u64_of_key(c.key.ptr + prefix->len);
        if (too_early(q, day, ordinal))
            continue;
        status = reader_block(q->r, txn, ordinal);
        if (status == STATUS_OK)
            status = visit_positions(q, c.value);
    }
    db_cursor_close(&c);
    return status;
}

/* Blocks that no index holds yet: the last one, while it is open; or all, without an index. */
static enum status visit_blocks(struct query *q, struct db_txn *txn, int32_t day, bool only_open)
{
    struct db_cursor c;
    enum status status = STATUS_OK;
    db_cursor_open(&c, txn, ARCHIVE_blocks);
    for (bool more = only_open ? db_last(&c) : db_first(&c);
         more && status == STATUS_OK && !q->stopped; more = db_next(&c)) {
        if (c.key.len != 8 || too_early(q, day, db_u64_of_key(c.key.ptr)))
            continue;
        status = block_decode(&q->r->block, c.value);
        if (status == STATUS_OK && !(only_open && q->r->block.closed))
            status = visit_whole_block(q);
    }
    db_cursor_close(&c);
    return status;
}

static enum status visit_day(struct query *q, int32_t day)
{
    struct db *db;
    struct db_txn txn;
    enum archive_table table;
    struct store_key prefix = {.len = 0};
    enum status status = reader_day(q->r, day, &db);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    bool indexed = choose_index(q->filter, &table, &prefix);
    db_begin(&txn, db, DB_READER);
    if (indexed)
        status = visit_indexed(q, &txn, day, table, &prefix);
    if (status == STATUS_OK && !q->stopped)
        status = visit_blocks(q, &txn, day, indexed);
    if (status == STATUS_OK)
        status = txn.status;
    db_abort(&txn);
    return status;
}

static bool read_page(struct query *q, const char *after)
{
    int day;
    unsigned long long ordinal;
    unsigned position;
    q->after_day = INT32_MIN;
    if (!after || !*after)
        return true;
    if (sscanf(after, "%d.%llu.%u", &day, &ordinal, &position) != 3)
        return false;
    q->after_day = day;
    q->after_ordinal = ordinal;
    q->after_position = position;
    return true;
}

/* One day more on both sides: the zone may have been another. */
static void day_range(struct store_reader *r, int64_t from_ns, int64_t to_ns, int32_t *from,
                      int32_t *to)
{
    *from = from_ns > 0 ? reader_day_of(r, from_ns) - 1 : INT32_MIN;
    *to = to_ns > 0 ? reader_day_of(r, to_ns) + 1 : INT32_MAX;
}

enum status store_events(struct store_reader *r, const struct store_event_filter *filter,
                         store_visit_event *visit, void *context)
{
    struct query q = {.r = r, .filter = filter, .visit = visit, .context = context};
    int32_t from, to, *days;
    size_t count;
    if (!read_page(&q, filter->after))
        return STATUS_INVALID;
    day_range(r, filter->from_ns, filter->to_ns, &from, &to);
    from = q.after_day > from ? q.after_day : from;
    enum status status = reader_days(r, from, to, &days, &count);
    for (size_t i = 0; status == STATUS_OK && i < count && !q.stopped; i++)
        status = visit_day(&q, days[i]);
    free(days);
    return status;
}

enum status store_day_events(struct store_reader *r, int32_t day, store_visit_event *visit,
                             void *context)
{
    static const struct store_event_filter all = {.from_ns = INT64_MIN};
    struct query q = {
        .r = r, .filter = &all, .visit = visit, .context = context, .after_day = INT32_MIN};
    return visit_day(&q, day);
}

struct view_query {
    const uint8_t *subject; /* NULL: all */
    struct slice employee;
    int64_t from_ns, to_ns;
    store_visit_view *visit;
    void *context;
    bool stopped;
};

static enum status visit_views(struct view_query *q, struct db *db)
{
    struct db_txn txn;
    struct db_cursor c;
    enum status status = STATUS_OK;
    db_begin(&txn, db, DB_READER);
    db_cursor_open(&c, &txn, ARCHIVE_views);
    bool more = q->subject ? db_seek(&c, slice_make(q->subject, 16)) : db_first(&c);
    for (; more && status == STATUS_OK && !q->stopped; more = db_next(&c)) {
        struct store_view view;
        if (q->subject && (c.key.len < 16 || memcmp(c.key.ptr, q->subject, 16) != 0))
            break;
        status = record_decode_view(c.value, &view);
        bool wanted = status == STATUS_OK && view.start_ns >= q->from_ns &&
                      (q->to_ns == 0 || view.start_ns < q->to_ns) &&
                      (q->employee.len == 0 || slice_equal(q->employee, view.employee));
        q->stopped = wanted && !q->visit(q->context, &view);
    }
    db_cursor_close(&c);
    if (status == STATUS_OK)
        status = txn.status;
    db_abort(&txn);
    return status;
}

static enum status run_view_query(struct store_reader *r, struct view_query *q)
{
    int32_t from, to, *days;
    size_t count;
    day_range(r, q->from_ns, q->to_ns, &from, &to);
    enum status status = reader_days(r, from, to, &days, &count);
    for (size_t i = 0; status == STATUS_OK && i < count && !q->stopped; i++) {
        struct db *db;
        status = reader_day(r, days[i], &db);
        if (status == STATUS_OK)
            status = visit_views(q, db);
        else if (status == STATUS_NOT_FOUND)
            status = STATUS_OK;
    }
    free(days);
    return status;
}

enum status store_who_saw(struct store_reader *r, const uint8_t subject[16], int64_t from_ns,
                          int64_t to_ns, store_visit_view *visit, void *context)
{
    struct view_query q = {
        .subject = subject, .from_ns = from_ns, .to_ns = to_ns, .visit = visit, .context = context};
    return run_view_query(r, &q);
}

enum status store_views(struct store_reader *r, struct slice employee, int64_t from_ns,
                        int64_t to_ns, store_visit_view *visit, void *context)
{
    struct view_query q = {.employee = employee,
                           .from_ns = from_ns,
                           .to_ns = to_ns,
                           .visit = visit,
                           .context = context};
    return run_view_query(r, &q);
}
