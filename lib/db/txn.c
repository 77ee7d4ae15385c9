/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Transactions and cursors: the first error sticks, so a caller makes its reads and writes in a row
 * and looks at the end.
 */
#include "db/env.h"

#include <assert.h>

static MDB_val val_of(struct slice s)
{
    return (MDB_val){s.len, (void *)s.ptr};
}

static struct slice slice_of(MDB_val v)
{
    return (struct slice){v.mv_data, v.mv_size};
}

void db_fail(struct db_txn *txn, enum status status)
{
    if (txn->status == STATUS_OK)
        txn->status = status;
}

/* True when the call succeeded; NOT_FOUND is not an error of the transaction. */
static bool check(struct db_txn *txn, int code)
{
    if (code == MDB_MAP_FULL)
        txn->full = true;
    if (code != 0 && code != MDB_NOTFOUND)
        db_fail(txn, env_status(txn->db->env, code));
    return code == 0;
}

static bool usable(const struct db_txn *txn)
{
    return txn->status == STATUS_OK;
}

static bool key_is_valid(struct db_txn *txn, struct slice key)
{
    if (key.len == 0 || key.len > DB_KEY_MAX)
        db_fail(txn, STATUS_INVALID);
    return usable(txn);
}

static MDB_dbi table_of(const struct db_txn *txn, unsigned table)
{
    assert(table < txn->db->table_count);
    return txn->db->tables[table];
}

static int begin(struct db_txn *txn)
{
    MDB_txn *lmdb = NULL;
    unsigned flags = txn->access == DB_READER ? MDB_RDONLY : 0u;
    env_enter(txn->db->env);
    int code = mdb_txn_begin(txn->db->env->lmdb, NULL, flags, &lmdb);
    txn->handle = lmdb;
    if (code != 0)
        env_leave(txn->db->env);
    return code;
}

void db_begin(struct db_txn *txn, struct db *db, enum db_access access)
{
    *txn = (struct db_txn){.db = db, .access = access};
    if (access == DB_WRITER && db->access == DB_READER) {
        db_fail(txn, STATUS_DENIED);
        return;
    }
    int code = begin(txn), dead;
    if (code == MDB_READERS_FULL && mdb_reader_check(db->env->lmdb, &dead) == 0 && dead > 0)
        code = begin(txn);
    if (code == MDB_MAP_RESIZED) {
        db_fail(txn, env_follow(db->env));
        code = usable(txn) ? begin(txn) : 0;
    }
    check(txn, code);
}

/* A transaction that was reset keeps its handle, and the status END until it is renewed. */
static bool is_reset(const struct db_txn *txn)
{
    return txn->handle && txn->status == STATUS_END;
}

void db_abort(struct db_txn *txn)
{
    if (!txn->handle)
        return;
    bool was_reset = is_reset(txn);
    mdb_txn_abort(txn->handle);
    txn->handle = NULL;
    if (!was_reset)
        env_leave(txn->db->env);
}

enum status db_commit(struct db_txn *txn)
{
    if (usable(txn) && txn->handle) {
        check(txn, mdb_txn_commit(txn->handle));
        txn->handle = NULL;
        env_leave(txn->db->env);
    }
    db_abort(txn);
    return txn->status;
}

void db_reset(struct db_txn *txn)
{
    assert(txn->access == DB_READER);
    if (!txn->handle || !usable(txn))
        return;
    mdb_txn_reset(txn->handle);
    env_leave(txn->db->env);
    txn->status = STATUS_END;
}

static int renew(struct db_txn *txn)
{
    env_enter(txn->db->env);
    int code = mdb_txn_renew(txn->handle);
    if (code == 0)
        txn->status = STATUS_OK;
    else
        env_leave(txn->db->env);
    return code;
}

enum status db_renew(struct db_txn *txn)
{
    db_reset(txn);
    if (!is_reset(txn))
        return txn->status;
    int code = renew(txn);
    if (code == MDB_MAP_RESIZED && env_follow(txn->db->env) == STATUS_OK)
        code = renew(txn);
    return env_status(txn->db->env, code);
}

enum status db_write(struct db *db, db_work *work, void *context)
{
    for (;;) {
        struct db_txn txn;
        db_begin(&txn, db, DB_WRITER);
        if (usable(&txn))
            work(&txn, context);
        enum status status = db_commit(&txn);
        if (status == STATUS_OK || !txn.full)
            return status;
        status = env_grow(db->env);
        if (status != STATUS_OK)
            return status;
    }
}

bool db_get(struct db_txn *txn, unsigned table, struct slice key, struct slice *value)
{
    *value = (struct slice){NULL, 0};
    if (!usable(txn) || !key_is_valid(txn, key))
        return false;
    MDB_val k = val_of(key), v;
    if (!check(txn, mdb_get(txn->handle, table_of(txn, table), &k, &v)))
        return false;
    *value = slice_of(v);
    return true;
}

static void put(struct db_txn *txn, unsigned table, struct slice key, MDB_val *value,
                unsigned flags)
{
    if (!usable(txn) || !key_is_valid(txn, key))
        return;
    MDB_val k = val_of(key);
    check(txn, mdb_put(txn->handle, table_of(txn, table), &k, value, flags));
}

void db_put(struct db_txn *txn, unsigned table, struct slice key, struct slice value)
{
    MDB_val v = val_of(value);
    put(txn, table, key, &v, 0);
}

void db_append(struct db_txn *txn, unsigned table, struct slice key, struct slice value)
{
    MDB_val v = val_of(value);
    put(txn, table, key, &v, MDB_APPEND);
}

uint8_t *db_reserve(struct db_txn *txn, unsigned table, struct slice key, size_t size)
{
    MDB_val v = {size, NULL};
    put(txn, table, key, &v, MDB_RESERVE);
    return usable(txn) ? v.mv_data : NULL;
}

bool db_del(struct db_txn *txn, unsigned table, struct slice key)
{
    if (!usable(txn) || !key_is_valid(txn, key))
        return false;
    MDB_val k = val_of(key);
    return check(txn, mdb_del(txn->handle, table_of(txn, table), &k, NULL));
}

void db_empty(struct db_txn *txn, unsigned table)
{
    if (usable(txn))
        check(txn, mdb_drop(txn->handle, table_of(txn, table), 0));
}

uint64_t db_count(struct db_txn *txn, unsigned table)
{
    MDB_stat stats;
    if (!usable(txn) || !check(txn, mdb_stat(txn->handle, table_of(txn, table), &stats)))
        return 0;
    return stats.ms_entries;
}

void db_cursor_open(struct db_cursor *c, struct db_txn *txn, unsigned table)
{
    MDB_cursor *cursor = NULL;
    *c = (struct db_cursor){.txn = txn};
    if (usable(txn) && check(txn, mdb_cursor_open(txn->handle, table_of(txn, table), &cursor)))
        c->handle = cursor;
}

void db_cursor_close(struct db_cursor *c)
{
    if (c->handle)
        mdb_cursor_close(c->handle);
    c->handle = NULL;
}

static bool move(struct db_cursor *c, MDB_val key, MDB_cursor_op op)
{
    MDB_val value = {0, NULL};
    c->key = c->value = (struct slice){NULL, 0};
    if (!c->handle || !usable(c->txn) ||
        !check(c->txn, mdb_cursor_get(c->handle, &key, &value, op)))
        return false;
    c->key = slice_of(key);
    c->value = slice_of(value);
    return true;
}

bool db_seek(struct db_cursor *c, struct slice key)
{
    return key_is_valid(c->txn, key) && move(c, val_of(key), MDB_SET_RANGE);
}

bool db_first(struct db_cursor *c)
{
    return move(c, (MDB_val){0, NULL}, MDB_FIRST);
}

bool db_last(struct db_cursor *c)
{
    return move(c, (MDB_val){0, NULL}, MDB_LAST);
}

bool db_next(struct db_cursor *c)
{
    return move(c, (MDB_val){0, NULL}, MDB_NEXT);
}

bool db_prev(struct db_cursor *c)
{
    return move(c, (MDB_val){0, NULL}, MDB_PREV);
}

void db_cursor_del(struct db_cursor *c)
{
    if (c->handle && usable(c->txn))
        check(c->txn, mdb_cursor_del(c->handle, 0));
}
