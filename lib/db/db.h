/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A thin wrapper of LMDB: environments with one writer, transactions whose first error sticks, and
 * sealed values. docs/store-format.md states the conventions. A folder that is opened twice in one
 * process is shared underneath. Handles are for one thread at a time.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/buffer.h"
#include "base/slice.h"
#include "base/status.h"

enum {
    DB_KEY_MAX = 511,
    DB_TABLES_MAX = 32,
    DB_ERROR_SIZE = 512,
};

struct db;

enum db_access { DB_READER, DB_WRITER };

struct db_options {
    enum db_access access;
    const char *const *tables; /* names, ended by NULL; a table is later named by its index */
    uint64_t map_max;          /* bytes the environment may grow to; 0: 1 TiB */
    unsigned folder_mode;      /* of a folder that is made; 0: 0750 */
    bool lazy; /* commits are on the disk at db_sync() only; a power cut may cost the environment */
};

/* Opens the environment in a folder. The writer makes folder and tables where they are missing, and
 * holds the folder's `writer.lock`: BUSY while another has it. A reader finds NOT_FOUND before the
 * writer was there. `error` (DB_ERROR_SIZE bytes, or NULL) gets one line: what, where, what to do.
 */
enum status db_open(struct db **db, const char *folder, const struct db_options *options,
                    char *error);
void db_close(struct db **db);

/* Brings lazy commits to the disk. */
enum status db_sync(struct db *db);

/* A compact copy of the environment into an existing empty folder, consistent while others write.
 */
enum status db_copy(struct db *db, const char *folder);

struct db_size {
    uint64_t used; /* bytes of pages in use or free inside the file */
    uint64_t map;  /* bytes it may hold before it grows */
    uint64_t map_max;
};
struct db_size db_size(struct db *db);

/* A transaction, in the caller's memory. After an error every call does nothing and gives nothing;
 * db_commit tells the first error. Slices read are valid until the next write or the end. At most
 * one write transaction at a time; keep read transactions short, and let none of this process stay
 * open while it writes: the map cannot grow under it (BUSY after ten seconds). */
struct db_txn {
    struct db *db;
    void *handle;
    enum status status;
    enum db_access access;
    bool full; /* the map was full: db_write grows it and runs the work again */
};

void db_begin(struct db_txn *txn, struct db *db, enum db_access access);
enum status db_commit(struct db_txn *txn);
void db_abort(struct db_txn *txn);

/* A read transaction lets go of its snapshot; db_renew takes the newest one. */
void db_reset(struct db_txn *txn);
enum status db_renew(struct db_txn *txn);

/* Marks the transaction with an error found by the caller. */
void db_fail(struct db_txn *txn, enum status status);

/* Runs `work` in a write transaction and commits. Where the map was full it is grown and the work
 * is run again from the start, so it must not change what it could not do twice. FULL: no space
 * left on the disk or under map_max; nothing of the transaction remains. */
typedef void db_work(struct db_txn *txn, void *context);
enum status db_write(struct db *db, db_work *work, void *context);

/* False: not there, or an error. Keys have 1 to DB_KEY_MAX bytes. */
bool db_get(struct db_txn *txn, unsigned table, struct slice key, struct slice *value);
void db_put(struct db_txn *txn, unsigned table, struct slice key, struct slice value);
bool db_del(struct db_txn *txn, unsigned table, struct slice key);

/* The same as db_put for a key above all keys of the table; INVALID when it is not. */
void db_append(struct db_txn *txn, unsigned table, struct slice key, struct slice value);

/* `size` bytes of the table to be filled before the next call; NULL on error. */
uint8_t *db_reserve(struct db_txn *txn, unsigned table, struct slice key, size_t size);

void db_empty(struct db_txn *txn, unsigned table);
uint64_t db_count(struct db_txn *txn, unsigned table);

/* A cursor over a table in key order. The moves give true and set key and value, or false at the
 * end or on error. To be closed before its transaction ends. */
struct db_cursor {
    struct db_txn *txn;
    void *handle;
    struct slice key, value;
};

void db_cursor_open(struct db_cursor *c, struct db_txn *txn, unsigned table);
void db_cursor_close(struct db_cursor *c);
bool db_seek(struct db_cursor *c, struct slice key); /* the first key at or above */
bool db_first(struct db_cursor *c);
bool db_last(struct db_cursor *c);
bool db_next(struct db_cursor *c);
bool db_prev(struct db_cursor *c);
void db_cursor_del(struct db_cursor *c); /* db_next then gives the one behind */

/* Sealed values: version byte, payload, CRC-32C (little endian) of both. */
void db_seal(struct buffer *to, uint8_t version, struct slice payload);

/* CORRUPT when the checksum is wrong, VERSION when the version is above `newest` or 0. */
enum status db_unseal(struct slice value, uint8_t newest, uint8_t *version, struct slice *payload);

/* Numbers as keys: big endian, so that their order is the keys' order. */
static inline void db_key_u64(uint8_t to[8], uint64_t number)
{
    for (int i = 0; i < 8; i++)
        to[i] = (uint8_t)(number >> (56 - 8 * i));
}

static inline uint64_t db_u64_of_key(const uint8_t from[8])
{
    uint64_t number = 0;
    for (int i = 0; i < 8; i++)
        number = number << 8 | from[i];
    return number;
}

#endif
