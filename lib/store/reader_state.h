/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Inside the store: the reader's environments.
 */
#ifndef STORE_READER_STATE_H
#define STORE_READER_STATE_H

#include "store/block.h"
#include "store/reader.h"

enum { READER_DAYS = 8 };

struct reader_day {
    struct db *db;
    int32_t day;
    uint64_t used;
};

struct store_reader {
    char state_dir[STORE_PATH_MAX - 32];
    struct db *state;
    struct reader_day days[READER_DAYS]; /* the last ones looked at stay open */
    uint64_t uses;
    struct block block;
    struct arena arena; /* of one event */
};

/* The environment of a day; NOT_FOUND when there is no folder. */
enum status reader_day(struct store_reader *r, int32_t day, struct db **db);

/* Days with a folder in from..to; to be freed. */
enum status reader_days(struct store_reader *r, int32_t from, int32_t to, int32_t **days,
                        size_t *count);

/* A block of a day, decoded into r->block. */
enum status reader_block(struct store_reader *r, struct db_txn *txn, uint64_t ordinal);

/* The organisation's day of a time. */
int32_t reader_day_of(struct store_reader *r, int64_t ns);

#endif
