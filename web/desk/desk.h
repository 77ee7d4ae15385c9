/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The console's own data, the environment desk/: accounts, sessions, the first-run token and the
 * console's audit trail. docs/console.md describes it. The console is the writer; `dwell user` is
 * in its place while the console is stopped.
 *
 * A desk may be used from several threads: calls take turns.
 */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include "base/clock.h"
#include "base/reader.h"
#include "db/db.h"

#include <pthread.h>

enum desk_table { DESK_META, DESK_ACCOUNTS, DESK_SESSIONS, DESK_TRAIL };

struct desk {
    struct db *db;
    const struct clock *clock;
    pthread_mutex_t turn;
};

/* `clock` must outlive the desk. `error` (DB_ERROR_SIZE bytes): one line. */
enum status desk_open(struct desk *desk, const char *state_dir, enum db_access access,
                      const struct clock *clock, char *error);
void desk_close(struct desk *desk);

/* Runs the work in one transaction, in turn with the other threads. */
enum status desk_change(struct desk *desk, db_work *work, void *context);
enum status desk_look(struct desk *desk, db_work *look, void *context);

/* Fields of a stored value: texts with their length, numbers of 8 bytes. */
void desk_append_text(struct buffer *to, struct slice text);
struct slice desk_read_text(struct reader *from);

#endif
