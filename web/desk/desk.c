/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Opening the desk, and its transactions.
 */
#include "desk/desk.h"

#include <limits.h>
#include <stdio.h>

enum { DESK_MAP_MAX_GIB = 16 };

static const char *const tables[] = {
    [DESK_META] = "meta",
    [DESK_ACCOUNTS] = "accounts",
    [DESK_SESSIONS] = "sessions",
    [DESK_TRAIL] = "trail",
    NULL,
};

enum status desk_open(struct desk *desk, const char *state_dir, enum db_access access,
                      const struct clock *clock, char *error)
{
    char folder[PATH_MAX];
    int len = snprintf(folder, sizeof folder, "%s/desk", state_dir);
    if (len < 0 || (size_t)len >= sizeof folder) {
        snprintf(error, DB_ERROR_SIZE, "%.80s...: the path is too long", state_dir);
        return STATUS_LIMIT;
    }
    *desk = (struct desk){.clock = clock, .turn = PTHREAD_MUTEX_INITIALIZER};
    struct db_options options = {
        .access = access, .tables = tables, .map_max = (uint64_t)DESK_MAP_MAX_GIB << 30};
    return db_open(&desk->db, folder, &options, error);
}

void desk_close(struct desk *desk)
{
    if (desk->db)
        db_close(&desk->db);
}

enum status desk_change(struct desk *desk, db_work *work, void *context)
{
    pthread_mutex_lock(&desk->turn);
    enum status status = db_write(desk->db, work, context);
    pthread_mutex_unlock(&desk->turn);
    return status;
}

enum status desk_look(struct desk *desk, db_work *look, void *context)
{
    pthread_mutex_lock(&desk->turn);
    struct db_txn txn;
    db_begin(&txn, desk->db, DB_READER);
    look(&txn, context);
    enum status status = txn.status;
    db_abort(&txn);
    pthread_mutex_unlock(&desk->turn);
    return status;
}

void desk_append_text(struct buffer *to, struct slice text)
{
    buffer_append_varint(to, text.len);
    buffer_append_slice(to, text);
}

struct slice desk_read_text(struct reader *from)
{
    uint64_t len = reader_varint(from);
    return reader_bytes(from, len > SIZE_MAX ? SIZE_MAX : (size_t)len);
}
