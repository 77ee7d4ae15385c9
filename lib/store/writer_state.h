/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Inside the store: the writer's parts.
 */
#ifndef STORE_WRITER_STATE_H
#define STORE_WRITER_STATE_H

#include "store/archive.h"
#include "store/layout.h"
#include "store/writer.h"

enum writer_operation { WRITER_PUT = 1, WRITER_DROP = 2 };

struct store_writer {
    struct db *state;
    struct archive *archive;
    struct buffer pending; /* operation, table, key, value */
    struct buffer value;   /* scratch */
    enum status status;
    bool archived; /* events or views wait */
    uint64_t last_notice;
    uint8_t chain[STORE_HASH_SIZE];
};

/* The first error sticks. */
static inline void writer_stick(struct store_writer *w, enum status status)
{
    if (w->status == STATUS_OK)
        w->status = status;
}

/* Adds to what the next commit does. */
void writer_operation(struct store_writer *w, enum writer_operation what, enum state_table table,
                      struct slice key, struct slice value);

#endif
