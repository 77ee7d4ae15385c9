/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What env.c and txn.c share; the only file that includes LMDB.
 */
#ifndef DB_ENV_H
#define DB_ENV_H

#include "base/file.h"
#include "db/db.h"

#include <lmdb.h>
#include <pthread.h>

/* An LMDB environment, once per process and folder whatever the number of handles: LMDB's locks
 * do not bear a second one. */
struct db_env {
    struct db_env *next;
    MDB_env *lmdb;
    dev_t device;
    ino_t inode;
    unsigned handles;
    enum db_access access;
    bool has_writer;       /* one of the handles writes */
    struct file_lock lock; /* writer.lock; fd -1 for a reader */
    uint64_t map_max;

    pthread_mutex_t mutex;
    pthread_cond_t idle;
    unsigned active; /* transactions that hold the map where it is */
};

struct db {
    struct db_env *env;
    enum db_access access;
    unsigned table_count;
    MDB_dbi tables[DB_TABLES_MAX];
};

/* The status of an LMDB or errno code. */
enum status env_status(const struct db_env *env, int code);

/* Every live transaction stands between these. */
void env_enter(struct db_env *env);
void env_leave(struct db_env *env);

/* Writer: a larger map; FULL at map_max. BUSY when a transaction of this process stays open. */
enum status env_grow(struct db_env *env);

/* Reader: the map as large as the writer has made it. */
enum status env_follow(struct db_env *env);

#endif
