/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is remembered of closed days for some time: for each day the model's records as they were
 * before its close, and the running numbers of its subjects. With the archive they make any of
 * these days again, to the last bit.
 */
#include "store/writer_state.h"

#include "base/map.h"
#include "store/reader_state.h"

enum { MODEL_KEYS_MAX = 1 << 20, DAY_KEY_LEN = 4 };

static void undo_key(struct store_key *key, int32_t day, struct slice model_key)
{
    store_key_day(key, day);
    store_key_bytes(key, model_key.ptr, model_key.len);
}

/* The record of the last commit; the empty value says that there was none. */
void store_keep_model(struct store_writer *w, int32_t day, struct slice key)
{
    struct db_txn txn;
    struct slice value = {0};
    struct store_key undo = {.len = 0};
    undo_key(&undo, day, key);
    db_begin(&txn, w->state, DB_READER);
    db_get(&txn, STATE_model, key, &value);
    writer_operation(w, WRITER_PUT, STATE_undo, store_key_slice(&undo), value);
    writer_stick(w, txn.status);
    db_abort(&txn);
}

void store_put_numbers(struct store_writer *w, int32_t day, struct slice employee, uint64_t part,
                       struct slice value)
{
    struct store_key key = {.len = 0};
    struct buffer sealed;
    store_key_day(&key, day);
    store_key_text(&key, employee);
    store_key_u64(&key, part);
    buffer_init(&sealed, value.len + 64);
    db_seal(&sealed, STORE_VERSION, value);
    writer_stick(w, buffer_status(&sealed));
    writer_operation(w, WRITER_PUT, STATE_numbers, store_key_slice(&key), buffer_slice(&sealed));
    buffer_release(&sealed);
}

static void drop_before(struct store_writer *w, enum state_table table, int32_t day)
{
    struct db_txn txn;
    struct db_cursor c;
    db_begin(&txn, w->state, DB_READER);
    db_cursor_open(&c, &txn, table);
    for (bool more = db_first(&c); more; more = db_next(&c)) {
        if (c.key.len < DAY_KEY_LEN || store_day_of_key(c.key.ptr) >= day)
            break;
        writer_operation(w, WRITER_DROP, table, c.key, (struct slice){0});
    }
    db_cursor_close(&c);
    writer_stick(w, txn.status);
    db_abort(&txn);
}

void store_forget_days(struct store_writer *w, int32_t before)
{
    drop_before(w, STATE_undo, before);
    drop_before(w, STATE_numbers, before);
}

/* A walk over what the closes from a day on replaced, the earliest of each key first. */
struct undo_walk {
    struct db_txn txn;
    struct db_cursor c;
    struct map *seen;
    bool more;
};

static bool undo_begin(struct undo_walk *u, struct db *db, int32_t day)
{
    struct store_key key = {.len = 0};
    u->seen = map_new(1, MODEL_KEYS_MAX, MAP_REFUSE, NULL, NULL);
    if (!u->seen)
        return false;
    store_key_day(&key, day);
    db_begin(&u->txn, db, DB_READER);
    db_cursor_open(&u->c, &u->txn, STATE_undo);
    u->more = db_seek(&u->c, store_key_slice(&key));
    return true;
}

/* The next key's earliest record; the empty value: there was none. */
static bool undo_next(struct undo_walk *u, struct slice *key, struct slice *value)
{
    bool created = false;
    while (u->more && !created) {
        *key = slice_part(u->c.key, DAY_KEY_LEN, SIZE_MAX);
        *value = u->c.value;
        if (!map_put(u->seen, *key, &created))
            db_fail(&u->txn, STATUS_NO_MEMORY);
        if (!created)
            u->more = db_next(&u->c) && u->txn.status == STATUS_OK;
    }
    return created;
}

static void undo_step(struct undo_walk *u)
{
    u->more = db_next(&u->c);
}

static enum status undo_end(struct undo_walk *u)
{
    enum status status = u->txn.status;
    db_cursor_close(&u->c);
    db_abort(&u->txn);
    map_free(&u->seen);
    return status;
}

void store_roll_back(struct store_writer *w, int32_t day)
{
    struct undo_walk u;
    struct slice key, value;
    if (!undo_begin(&u, w->state, day)) {
        writer_stick(w, STATUS_NO_MEMORY);
        return;
    }
    for (; undo_next(&u, &key, &value); undo_step(&u))
        writer_operation(w, value.len ? WRITER_PUT : WRITER_DROP, STATE_model, key, value);
    writer_stick(w, undo_end(&u));
}

static enum status give(store_visit_model *visit, void *context, struct slice key,
                        struct slice value)
{
    uint8_t version;
    struct slice payload;
    enum status status = db_unseal(value, STORE_VERSION, &version, &payload);
    return status == STATUS_OK ? visit(context, key, payload) : status;
}

static enum status give_unchanged(struct undo_walk *u, store_visit_model *visit, void *context)
{
    struct db_cursor c;
    enum status status = STATUS_OK;
    db_cursor_open(&c, &u->txn, STATE_model);
    for (bool more = db_first(&c); more && status == STATUS_OK; more = db_next(&c))
        if (!map_get(u->seen, c.key))
            status = give(visit, context, c.key, c.value);
    db_cursor_close(&c);
    return status;
}

enum status store_model_before(struct store_reader *r, int32_t day, store_visit_model *visit,
                               void *context)
{
    struct undo_walk u;
    struct slice key, value;
    enum status status = STATUS_OK;
    if (!undo_begin(&u, r->state, day))
        return STATUS_NO_MEMORY;
    for (; status == STATUS_OK && undo_next(&u, &key, &value); undo_step(&u))
        if (value.len > 0)
            status = give(visit, context, key, value);
    if (status == STATUS_OK)
        status = give_unchanged(&u, visit, context);
    enum status end = undo_end(&u);
    return status == STATUS_OK ? end : status;
}

static bool first_day(struct db *db, int32_t *day)
{
    struct db_txn txn;
    struct db_cursor c;
    db_begin(&txn, db, DB_READER);
    db_cursor_open(&c, &txn, STATE_undo);
    bool found = db_first(&c) && c.key.len >= DAY_KEY_LEN;
    if (found)
        *day = store_day_of_key(c.key.ptr);
    db_cursor_close(&c);
    db_abort(&txn);
    return found;
}

bool store_first_kept_day(struct store_reader *r, int32_t *day)
{
    return first_day(r->state, day);
}

enum status store_numbers(struct store_reader *r, int32_t day, store_visit_model *visit,
                          void *context)
{
    struct db_txn txn;
    struct db_cursor c;
    struct store_key key = {.len = 0};
    enum status status = STATUS_OK;
    store_key_day(&key, day);
    db_begin(&txn, r->state, DB_READER);
    db_cursor_open(&c, &txn, STATE_numbers);
    for (bool more = db_seek(&c, store_key_slice(&key)); more && status == STATUS_OK;
         more = db_next(&c)) {
        if (!slice_starts(c.key, store_key_slice(&key)))
            break;
        status = give(visit, context, slice_part(c.key, DAY_KEY_LEN, SIZE_MAX), c.value);
    }
    db_cursor_close(&c);
    if (status == STATUS_OK)
        status = txn.status;
    db_abort(&txn);
    return status;
}
