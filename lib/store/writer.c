/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The writer: a buffer of puts, and the commit of archive and state.
 */
#include "store/writer.h"

#include "base/file.h"
#include "base/reader.h"
#include "store/record_codec.h"
#include "store/writer_state.h"

#include <stdio.h>
#include <stdlib.h>

enum { PENDING_MAX = 1 << 30 };

static void load_head(struct store_writer *w, struct archive_head *head)
{
    struct db_txn txn;
    struct slice value;
    *head = (struct archive_head){0};
    db_begin(&txn, w->state, DB_READER);
    if (db_get(&txn, STATE_archive, SLICE("head"), &value))
        w->status = record_decode_head(value, head);
    db_abort(&txn);
}

static void load_last_notice(struct store_writer *w)
{
    struct db_txn txn;
    struct db_cursor c;
    struct store_notice notice;
    db_begin(&txn, w->state, DB_READER);
    db_cursor_open(&c, &txn, STATE_notices);
    if (db_last(&c) && record_decode_notice(c.value, &notice) == STATUS_OK) {
        w->last_notice = notice.sequence;
        memcpy(w->chain, notice.chain, sizeof w->chain);
    }
    db_cursor_close(&c);
    db_abort(&txn);
}

static enum status open_state(struct store_writer *w, const char *state_dir, char *error)
{
    char path[STORE_PATH_MAX];
    struct db_options options = {.access = DB_WRITER, .tables = state_tables};
    snprintf(path, sizeof path, "%s/state", state_dir);
    enum status status = file_make_folder(path, 0750);
    if (status != STATUS_OK)
        snprintf(error, DB_ERROR_SIZE, "%.300s: %s: make the folder, or name another state_dir",
                 path, status_text(status));
    return status == STATUS_OK ? db_open(&w->state, path, &options, error) : status;
}

enum status store_writer_open(struct store_writer **writer, const char *state_dir, char *error)
{
    struct store_writer *w = calloc(1, sizeof *w);
    struct archive_head head;
    *writer = w;
    if (!w)
        return STATUS_NO_MEMORY;
    buffer_init(&w->pending, PENDING_MAX);
    buffer_init(&w->value, PENDING_MAX);
    enum status status = open_state(w, state_dir, error);
    if (status == STATUS_OK) {
        load_head(w, &head);
        load_last_notice(w);
        status = w->status;
    }
    if (status == STATUS_OK) {
        snprintf(error, DB_ERROR_SIZE, "%s/archive: cannot be resumed: run dwell verify",
                 state_dir);
        status = archive_open(&w->archive, state_dir, &head, NULL);
    }
    if (status != STATUS_OK)
        store_writer_close(writer);
    return status;
}

void store_writer_close(struct store_writer **writer)
{
    struct store_writer *w = *writer;
    if (!w)
        return;
    archive_close(&w->archive);
    if (w->state)
        db_close(&w->state);
    buffer_release(&w->pending);
    buffer_release(&w->value);
    free(w);
    *writer = NULL;
}

static void stick(struct store_writer *w, enum status status)
{
    writer_stick(w, status);
}

void writer_operation(struct store_writer *w, enum writer_operation what, enum state_table table,
                      struct slice key, struct slice value)
{
    buffer_append_byte(&w->pending, (uint8_t)what);
    buffer_append_byte(&w->pending, (uint8_t)table);
    buffer_append_varint(&w->pending, key.len);
    buffer_append_slice(&w->pending, key);
    buffer_append_varint(&w->pending, value.len);
    buffer_append_slice(&w->pending, value);
    stick(w, buffer_status(&w->pending));
}

/* Puts the record that stands in the scratch buffer, and empties that. */
static void put(struct store_writer *w, enum state_table table, const struct store_key *key)
{
    stick(w, buffer_status(&w->value));
    writer_operation(w, WRITER_PUT, table, store_key_slice(key), buffer_slice(&w->value));
    buffer_reset(&w->value);
}

void store_put_event(struct store_writer *w, int32_t day, const struct store_event *event)
{
    w->archived = true;
    stick(w, archive_add(w->archive, day, event));
}

void store_put_view(struct store_writer *w, int32_t day, const struct store_view *view)
{
    w->archived = true;
    stick(w, archive_add_view(w->archive, day, view));
}

void store_put_day(struct store_writer *w, const struct store_day *day)
{
    struct store_key key = {.len = 0}, history = {.len = 0};
    store_key_day(&key, day->day);
    store_key_bytes(&key, day->employee.ptr, slice_part(day->employee, 0, STORE_NAME_KEY_MAX).len);
    record_encode_day(&w->value, day);
    put(w, STATE_days, &key);
    store_key_text(&history, day->employee);
    store_key_day(&history, day->day);
    put(w, STATE_history, &history);
}

void store_put_person(struct store_writer *w, const struct store_person *person)
{
    struct store_key key = {.len = 0};
    store_key_bytes(&key, person->employee.ptr,
                    slice_part(person->employee, 0, STORE_NAME_KEY_MAX).len);
    record_encode_person(&w->value, person);
    put(w, STATE_persons, &key);
}

void store_put_alert(struct store_writer *w, const struct store_alert *alert)
{
    struct store_key key = {.len = 0};
    store_key_u64(&key, alert->id);
    record_encode_alert(&w->value, alert);
    put(w, STATE_alerts, &key);
}

void store_put_notice(struct store_writer *w, struct store_notice *notice)
{
    struct store_key key = {.len = 0};
    notice->sequence = ++w->last_notice;
    notice->snapshot.notice = notice->sequence;
    record_chain_notice(w->chain, notice, notice->chain);
    memcpy(w->chain, notice->chain, sizeof w->chain);
    store_key_u64(&key, notice->sequence);
    record_encode_notice(&w->value, notice);
    put(w, STATE_notices, &key);
}

static bool load_value(struct store_writer *w, enum state_table table, const struct store_key *key,
                       struct arena *arena, struct slice *value)
{
    struct db_txn txn;
    db_begin(&txn, w->state, DB_READER);
    bool found = db_get(&txn, table, store_key_slice(key), value);
    if (found)
        *value = arena_copy(arena, *value);
    db_abort(&txn);
    return found && value->len > 0;
}

static void coverage_key(const struct store_coverage *coverage, struct store_key *key)
{
    store_key_day(key, coverage->day);
    store_key_text(key, coverage->asset);
    store_key_text(key, coverage->source);
}

void store_put_coverage(struct store_writer *w, const struct store_coverage *coverage)
{
    struct store_key key = {.len = 0};
    coverage_key(coverage, &key);
    record_encode_coverage(&w->value, coverage);
    put(w, STATE_coverage, &key);
}

void store_add_loss(struct store_writer *w, const struct store_coverage *coverage)
{
    struct arena arena;
    struct slice value;
    struct store_coverage sum = *coverage, stored;
    struct store_key key = {.len = 0};
    arena_init(&arena, 1 << 16);
    coverage_key(coverage, &key);
    if (load_value(w, STATE_coverage, &key, &arena, &value) &&
        record_decode_coverage(value, &stored) == STATUS_OK)
        sum.lost += stored.lost;
    store_put_coverage(w, &sum);
    arena_release(&arena);
}

static void watch_key(int32_t day, struct slice source, struct store_key *key)
{
    store_key_day(key, day);
    store_key_text(key, source);
}

void store_put_watch(struct store_writer *w, const struct store_watch *watch)
{
    struct store_key key = {.len = 0};
    watch_key(watch->day, watch->source, &key);
    record_encode_watch(&w->value, watch);
    put(w, STATE_watch, &key);
}

bool store_load_watch(struct store_writer *w, int32_t day, struct slice source, struct arena *arena,
                      struct store_watch *to)
{
    struct slice value;
    struct store_key key = {.len = 0};
    watch_key(day, source, &key);
    return load_value(w, STATE_watch, &key, arena, &value) &&
           record_decode_watch(value, to) == STATUS_OK;
}

void store_put_sensor(struct store_writer *w, const struct store_sensor *sensor)
{
    struct store_key key = {.len = 0};
    store_key_text(&key, sensor->source);
    record_encode_sensor(&w->value, sensor);
    put(w, STATE_sensors, &key);
}

void store_put_account(struct store_writer *w, const struct store_account *account)
{
    struct store_key key = {.len = 0};
    store_key_text(&key, account->asset);
    store_key_text(&key, account->account);
    record_encode_account(&w->value, account);
    put(w, STATE_accounts, &key);
}

void store_put_status(struct store_writer *w, const struct store_status *status)
{
    struct store_key key = {.len = 0};
    store_key_bytes(&key, "s", 1);
    record_encode_status(&w->value, status);
    put(w, STATE_status, &key);
}

void store_put_site(struct store_writer *w, const struct store_site *site)
{
    struct store_key key = {.len = 0};
    store_key_bytes(&key, "site", 4);
    record_encode_site(&w->value, site);
    put(w, STATE_status, &key);
}

void store_put_cursor(struct store_writer *w, const struct store_cursor *cursor)
{
    struct store_key key = {.len = 0};
    store_key_text(&key, cursor->sensor);
    record_encode_cursor(&w->value, cursor);
    put(w, STATE_cursors, &key);
}

static void put_sealed(struct store_writer *w, enum state_table table, struct slice key,
                       struct slice value)
{
    db_seal(&w->value, STORE_VERSION, value);
    stick(w, buffer_status(&w->value));
    writer_operation(w, WRITER_PUT, table, key, buffer_slice(&w->value));
    buffer_reset(&w->value);
}

void store_put_model(struct store_writer *w, struct slice key, struct slice value)
{
    put_sealed(w, STATE_model, key, value);
}

void store_put_journal(struct store_writer *w, uint64_t batch, struct slice value)
{
    uint8_t key[8];
    db_key_u64(key, batch);
    put_sealed(w, STATE_journal, slice_make(key, sizeof key), value);
}

void store_drop_journal(struct store_writer *w, uint64_t batch)
{
    uint8_t key[8];
    db_key_u64(key, batch);
    writer_operation(w, WRITER_DROP, STATE_journal, slice_make(key, sizeof key), (struct slice){0});
}

void store_put_forwarded(struct store_writer *w, struct slice target, uint64_t sequence)
{
    struct store_key key = {.len = 0};
    struct store_cursor cursor = {.sensor = target, .sequence = sequence};
    store_key_text(&key, target);
    record_encode_cursor(&w->value, &cursor);
    put(w, STATE_forward, &key);
}

bool store_waiting(const struct store_writer *w)
{
    return w->pending.len > 0 || w->archived;
}

struct commit_work {
    struct slice pending;
    struct slice head;
};

static void apply(struct db_txn *txn, void *context)
{
    struct commit_work *work = context;
    struct reader from = reader_of(work->pending);
    while (reader_left(&from) > 0) {
        uint8_t what = reader_u8(&from), table = reader_u8(&from);
        struct slice key = reader_bytes(&from, (size_t)reader_varint(&from));
        struct slice value = reader_bytes(&from, (size_t)reader_varint(&from));
        if (what == WRITER_PUT)
            db_put(txn, table, key, value);
        else
            db_del(txn, table, key);
    }
    db_put(txn, STATE_archive, SLICE("head"), work->head);
}

enum status store_commit(struct store_writer *w)
{
    struct archive_head head;
    struct buffer value;
    if (w->status != STATUS_OK || !store_waiting(w))
        return w->status;
    buffer_init(&value, 4096);
    stick(w, archive_flush(w->archive, &head));
    record_encode_head(&value, &head);
    struct commit_work work = {buffer_slice(&w->pending), buffer_slice(&value)};
    stick(w, buffer_status(&value));
    if (w->status == STATUS_OK)
        stick(w, db_write(w->state, apply, &work));
    buffer_release(&value);
    buffer_reset(&w->pending);
    w->archived = false;
    return w->status;
}

enum status store_retire(struct store_writer *w, int32_t day, size_t *removed)
{
    enum status status = store_commit(w);
    if (status == STATUS_OK)
        status = archive_retire(w->archive, day, removed);
    w->archived |= *removed > 0; /* the head counts what left */
    return status == STATUS_OK ? store_commit(w) : status;
}

static enum status load_sealed(struct store_writer *w, enum state_table table, store_load *load,
                               void *context)
{
    struct db_txn txn;
    struct db_cursor c;
    enum status status = STATUS_OK;
    db_begin(&txn, w->state, DB_READER);
    db_cursor_open(&c, &txn, table);
    for (bool more = db_first(&c); more && status == STATUS_OK; more = db_next(&c)) {
        uint8_t version;
        struct slice payload;
        status = db_unseal(c.value, STORE_VERSION, &version, &payload);
        if (status == STATUS_OK)
            status = load(context, c.key, payload);
    }
    db_cursor_close(&c);
    if (status == STATUS_OK)
        status = txn.status;
    db_abort(&txn);
    return status;
}

enum status store_load_model(struct store_writer *w, store_load *load, void *context)
{
    return load_sealed(w, STATE_model, load, context);
}

struct journal_load {
    enum status (*load)(void *context, uint64_t batch, struct slice value);
    void *context;
};

static enum status load_batch(void *context, struct slice key, struct slice value)
{
    struct journal_load *j = context;
    return key.len == 8 ? j->load(j->context, db_u64_of_key(key.ptr), value) : STATUS_CORRUPT;
}

enum status store_load_journal(struct store_writer *w,
                               enum status (*load)(void *context, uint64_t batch,
                                                   struct slice value),
                               void *context)
{
    struct journal_load j = {load, context};
    return load_sealed(w, STATE_journal, load_batch, &j);
}

bool store_load_status(struct store_writer *w, struct store_status *status)
{
    struct db_txn txn;
    struct slice value;
    db_begin(&txn, w->state, DB_READER);
    bool found = db_get(&txn, STATE_status, SLICE("s"), &value) &&
                 record_decode_status(value, status) == STATUS_OK;
    db_abort(&txn);
    return found;
}

bool store_load_site(struct store_writer *w, struct arena *arena, struct store_site *site)
{
    struct slice value;
    struct store_key key = {.len = 0};
    store_key_bytes(&key, "site", 4);
    return load_value(w, STATE_status, &key, arena, &value) &&
           record_decode_site(value, site) == STATUS_OK;
}

static bool load_cursor(struct store_writer *w, enum state_table table, struct slice name,
                        struct store_cursor *cursor)
{
    struct db_txn txn;
    struct slice value;
    struct store_key key = {.len = 0};
    store_key_text(&key, name);
    db_begin(&txn, w->state, DB_READER);
    bool found = db_get(&txn, table, store_key_slice(&key), &value) &&
                 record_decode_cursor(value, cursor) == STATUS_OK;
    db_abort(&txn);
    cursor->sensor = name;
    return found;
}

bool store_load_cursor(struct store_writer *w, struct slice sensor, struct store_cursor *cursor)
{
    return load_cursor(w, STATE_cursors, sensor, cursor);
}

uint64_t store_load_forwarded(struct store_writer *w, struct slice target)
{
    struct store_cursor cursor;
    return load_cursor(w, STATE_forward, target, &cursor) ? cursor.sequence : 0;
}

bool store_load_day(struct store_writer *w, struct slice employee, int32_t day, struct arena *arena,
                    struct store_day *to)
{
    struct slice value;
    struct store_key key = {.len = 0};
    store_key_day(&key, day);
    store_key_bytes(&key, employee.ptr, slice_part(employee, 0, STORE_NAME_KEY_MAX).len);
    return load_value(w, STATE_days, &key, arena, &value) &&
           record_decode_day(value, to) == STATUS_OK;
}

bool store_load_person(struct store_writer *w, struct slice employee, struct arena *arena,
                       struct store_person *to)
{
    struct slice value;
    struct store_key key = {.len = 0};
    store_key_bytes(&key, employee.ptr, slice_part(employee, 0, STORE_NAME_KEY_MAX).len);
    return key.len > 0 && load_value(w, STATE_persons, &key, arena, &value) &&
           record_decode_person(value, to) == STATUS_OK;
}

bool store_load_alert(struct store_writer *w, uint64_t id, struct arena *arena,
                      struct store_alert *to)
{
    struct slice value;
    struct store_key key = {.len = 0};
    store_key_u64(&key, id);
    return load_value(w, STATE_alerts, &key, arena, &value) &&
           record_decode_alert(value, to) == STATUS_OK;
}

#define LOAD_ALL(name, table, record)                                                       \
    void store_load_##name(struct store_writer *w,                                          \
                           void (*visit)(void *context, const struct store_##record *item), \
                           void *context)                                                   \
    {                                                                                       \
        struct db_txn txn;                                                                  \
        struct db_cursor c;                                                                 \
        db_begin(&txn, w->state, DB_READER);                                                \
        db_cursor_open(&c, &txn, table);                                                    \
        for (bool more = db_first(&c); more; more = db_next(&c)) {                          \
            struct store_##record item;                                                     \
            enum status status = record_decode_##record(c.value, &item);                    \
            if (status == STATUS_OK)                                                        \
                visit(context, &item);                                                      \
            else                                                                            \
                stick(w, status);                                                           \
        }                                                                                   \
        db_cursor_close(&c);                                                                \
        db_abort(&txn);                                                                     \
    }

LOAD_ALL(alerts, STATE_alerts, alert)
LOAD_ALL(sensors, STATE_sensors, sensor)
LOAD_ALL(accounts, STATE_accounts, account)
