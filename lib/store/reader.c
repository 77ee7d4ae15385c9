/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading state/.
 */
#include "store/reader_state.h"

#include "base/clock.h"
#include "store/record_codec.h"

#include <stdio.h>
#include <stdlib.h>

enum { EVENT_ARENA = 64 << 20 };

enum status store_reader_open(struct store_reader **reader, const char *state_dir, char *why,
                              size_t why_size)
{
    char path[STORE_PATH_MAX], error[DB_ERROR_SIZE] = "";
    struct db_options options = {.access = DB_READER, .tables = state_tables};
    struct store_reader *r = calloc(1, sizeof *r);
    *reader = r;
    if (!r)
        return STATUS_NO_MEMORY;
    block_init(&r->block);
    arena_init(&r->arena, EVENT_ARENA);
    snprintf(r->state_dir, sizeof r->state_dir, "%s", state_dir);
    snprintf(path, sizeof path, "%s/state", r->state_dir);
    enum status status = db_open(&r->state, path, &options, error);
    if (status != STATUS_OK) {
        if (why)
            snprintf(why, why_size, "%s", *error ? error : status_text(status));
        store_reader_close(reader);
    }
    return status;
}

void store_reader_close(struct store_reader **reader)
{
    struct store_reader *r = *reader;
    if (!r)
        return;
    for (size_t i = 0; i < READER_DAYS; i++)
        if (r->days[i].db)
            db_close(&r->days[i].db);
    if (r->state)
        db_close(&r->state);
    block_release(&r->block);
    arena_release(&r->arena);
    free(r);
    *reader = NULL;
}

/* A walk over a table inside one read transaction. */
struct walk {
    struct db_txn txn;
    struct db_cursor c;
    enum status status;
};

static void walk_begin(struct walk *w, struct db *db, unsigned table)
{
    w->status = STATUS_OK;
    db_begin(&w->txn, db, DB_READER);
    db_cursor_open(&w->c, &w->txn, table);
}

static enum status walk_end(struct walk *w)
{
    db_cursor_close(&w->c);
    if (w->status == STATUS_OK)
        w->status = w->txn.status;
    db_abort(&w->txn);
    return w->status;
}

enum status store_days(struct store_reader *r, int32_t from, int32_t to, store_visit_day *visit,
                       void *context)
{
    struct walk w;
    struct store_key key = {.len = 0};
    store_key_day(&key, from);
    walk_begin(&w, r->state, STATE_days);
    for (bool more = db_seek(&w.c, store_key_slice(&key)); more && w.status == STATUS_OK;
         more = db_next(&w.c)) {
        struct store_day day;
        if (w.c.key.len < 4 || store_day_of_key(w.c.key.ptr) > to)
            break;
        w.status = record_decode_day(w.c.value, &day);
        if (w.status == STATUS_OK && !visit(context, &day))
            break;
    }
    return walk_end(&w);
}

static bool get_day(struct db_txn *txn, struct slice employee, int32_t day, struct slice *value)
{
    struct store_key key = {.len = 0};
    store_key_day(&key, day);
    store_key_bytes(&key, employee.ptr, slice_part(employee, 0, STORE_NAME_KEY_MAX).len);
    return db_get(txn, STATE_days, store_key_slice(&key), value);
}

enum status store_person_days(struct store_reader *r, struct slice employee, int32_t from,
                              int32_t to, store_visit_day *visit, void *context)
{
    struct walk w;
    struct store_key prefix = {.len = 0}, key;
    store_key_text(&prefix, employee);
    key = prefix;
    store_key_day(&key, from);
    walk_begin(&w, r->state, STATE_history);
    for (bool more = db_seek(&w.c, store_key_slice(&key)); more && w.status == STATUS_OK;
         more = db_next(&w.c)) {
        struct slice value;
        struct store_day day;
        if (w.c.key.len != prefix.len + 4 || !slice_starts(w.c.key, store_key_slice(&prefix)))
            break;
        int32_t number = store_day_of_key(w.c.key.ptr + prefix.len);
        if (number > to)
            break;
        if (!get_day(&w.txn, employee, number, &value))
            continue;
        w.status = record_decode_day(value, &day);
        if (w.status == STATUS_OK && !visit(context, &day))
            break;
    }
    return walk_end(&w);
}

/* A copy of a value that outlives the transaction. */
static enum status copy_value(struct arena *arena, bool found, const struct db_txn *txn,
                              struct slice *value)
{
    if (!found)
        return txn->status == STATUS_OK ? STATUS_NOT_FOUND : txn->status;
    *value = arena_copy(arena, *value);
    return value->len ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status store_day_get(struct store_reader *r, struct slice employee, int32_t day,
                          struct arena *arena, struct store_day *to)
{
    struct db_txn txn;
    struct slice value = {0};
    db_begin(&txn, r->state, DB_READER);
    enum status status = copy_value(arena, get_day(&txn, employee, day, &value), &txn, &value);
    db_abort(&txn);
    return status == STATUS_OK ? record_decode_day(value, to) : status;
}

static enum status get_value(struct store_reader *r, enum state_table table, struct slice key,
                             struct arena *arena, struct slice *value)
{
    struct db_txn txn;
    if (key.len == 0)
        return STATUS_NOT_FOUND;
    db_begin(&txn, r->state, DB_READER);
    enum status status = copy_value(arena, db_get(&txn, table, key, value), &txn, value);
    db_abort(&txn);
    return status;
}

enum status store_person_get(struct store_reader *r, struct slice employee, struct arena *arena,
                             struct store_person *to)
{
    struct slice value = {0};
    enum status status =
        get_value(r, STATE_persons, slice_part(employee, 0, STORE_NAME_KEY_MAX), arena, &value);
    return status == STATUS_OK ? record_decode_person(value, to) : status;
}

enum status store_site_get(struct store_reader *r, struct arena *arena, struct store_site *to)
{
    struct slice value = {0};
    enum status status = get_value(r, STATE_status, SLICE("site"), arena, &value);
    return status == STATUS_OK ? record_decode_site(value, to) : status;
}

enum status store_alert_get(struct store_reader *r, uint64_t id, struct arena *arena,
                            struct store_alert *to)
{
    struct slice value = {0};
    uint8_t key[8];
    db_key_u64(key, id);
    enum status status = get_value(r, STATE_alerts, slice_make(key, sizeof key), arena, &value);
    return status == STATUS_OK ? record_decode_alert(value, to) : status;
}

enum status store_status_get(struct store_reader *r, struct store_status *to)
{
    struct db_txn txn;
    struct slice value;
    enum status status = STATUS_NOT_FOUND;
    db_begin(&txn, r->state, DB_READER);
    if (db_get(&txn, STATE_status, SLICE("s"), &value))
        status = record_decode_status(value, to);
    else if (txn.status != STATUS_OK)
        status = txn.status;
    db_abort(&txn);
    return status;
}

/* All records of a table from the beginning. */
#define WALK_ALL(name, table, record)                                                            \
    enum status store_##name(struct store_reader *r, store_visit_##record *visit, void *context) \
    {                                                                                            \
        struct walk w;                                                                           \
        walk_begin(&w, r->state, table);                                                         \
        for (bool more = db_first(&w.c); more && w.status == STATUS_OK; more = db_next(&w.c)) {  \
            struct store_##record item;                                                          \
            w.status = record_decode_##record(w.c.value, &item);                                 \
            if (w.status == STATUS_OK && !visit(context, &item))                                 \
                break;                                                                           \
        }                                                                                        \
        return walk_end(&w);                                                                     \
    }

WALK_ALL(persons, STATE_persons, person)
WALK_ALL(accounts, STATE_accounts, account)
WALK_ALL(sensors, STATE_sensors, sensor)
WALK_ALL(cursors, STATE_cursors, cursor)
#undef WALK_ALL

enum status store_alerts(struct store_reader *r, uint64_t before, store_visit_alert *visit,
                         void *context)
{
    struct walk w;
    uint8_t key[8];
    db_key_u64(key, before);
    walk_begin(&w, r->state, STATE_alerts);
    bool more =
        before && db_seek(&w.c, slice_make(key, sizeof key)) ? db_prev(&w.c) : db_last(&w.c);
    for (; more && w.status == STATUS_OK; more = db_prev(&w.c)) {
        struct store_alert alert;
        w.status = record_decode_alert(w.c.value, &alert);
        if (w.status == STATUS_OK && !visit(context, &alert))
            break;
    }
    return walk_end(&w);
}

enum status store_notices(struct store_reader *r, uint64_t after, store_visit_notice *visit,
                          void *context)
{
    struct walk w;
    uint8_t key[8];
    db_key_u64(key, after + 1);
    walk_begin(&w, r->state, STATE_notices);
    for (bool more = db_seek(&w.c, slice_make(key, sizeof key)); more && w.status == STATUS_OK;
         more = db_next(&w.c)) {
        struct store_notice notice;
        w.status = record_decode_notice(w.c.value, &notice);
        if (w.status == STATUS_OK && !visit(context, &notice))
            break;
    }
    return walk_end(&w);
}

/* Records of a table whose keys begin with the day, from..to. */
#define WALK_DAYS(name, table, record)                                                        \
    enum status store_##name(struct store_reader *r, int32_t from, int32_t to,                \
                             store_visit_##record *visit, void *context)                      \
    {                                                                                         \
        struct walk w;                                                                        \
        struct store_key key = {.len = 0};                                                    \
        store_key_day(&key, from);                                                            \
        walk_begin(&w, r->state, table);                                                      \
        for (bool more = db_seek(&w.c, store_key_slice(&key)); more && w.status == STATUS_OK; \
             more = db_next(&w.c)) {                                                          \
            struct store_##record item;                                                       \
            if (w.c.key.len < 4 || store_day_of_key(w.c.key.ptr) > to)                        \
                break;                                                                        \
            w.status = record_decode_##record(w.c.value, &item);                              \
            if (w.status == STATUS_OK && !visit(context, &item))                              \
                break;                                                                        \
        }                                                                                     \
        return walk_end(&w);                                                                  \
    }

WALK_DAYS(coverages, STATE_coverage, coverage)
WALK_DAYS(watches, STATE_watch, watch)
#undef WALK_DAYS

int32_t reader_day_of(struct store_reader *r, int64_t ns)
{
    struct store_status status;
    int64_t offset = store_status_get(r, &status) == STATUS_OK ? status.utc_offset_s : 0;
    int64_t local = ns / NS_PER_S + offset;
    return (int32_t)(local / 86400 - (local % 86400 < 0));
}
