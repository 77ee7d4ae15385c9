/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What lies in a spool's folder, shared by spool.c and feed.c alone: the records, the state, and
 * the acknowledgement. docs/store-format.md states it byte by byte.
 */
#ifndef SPOOL_RECORD_H
#define SPOOL_RECORD_H

#include "base/buffer.h"
#include "db/db.h"

enum { SPOOL_RECORDS, SPOOL_META, SPOOL_POSITIONS };
enum { POSITION_VERSION = 1 };
extern const char *const spool_tables[];        /* of the writer */
extern const char *const spool_reader_tables[]; /* the first of them: a spool made before there were
                                                   positions can be read */

/* Events that were dropped one after the other. */
struct loss {
    uint64_t count;
    int64_t from_ns;
    int64_t to_ns;
};

/* The spool's state, written with every commit. */
struct spool_meta {
    uint64_t id;
    uint64_t next;
    uint64_t bytes;
    uint64_t lost;
    struct loss open; /* part of `lost` that has no record yet */
};

/* False: not there, or an error, which the transaction holds (CORRUPT, VERSION). */
bool meta_read(struct db_txn *txn, struct spool_meta *meta);
void meta_write(struct db_txn *txn, const struct spool_meta *meta);

/* A record is an event's frame, which begins with its magic, or a sealed loss. */
bool record_is_frame(struct slice record);
void loss_write(struct buffer *to, const struct loss *loss);
bool loss_read(struct slice record, struct loss *loss);

/* About what a record takes on the disk: small ones share a page, large ones have pages of their
 * own. */
uint64_t record_cost(size_t len);

/* The file `acknowledged`. Reading gives 0 when there is none for this spool, or it is damaged. */
uint64_t acknowledged_read(const char *folder, uint64_t id);
enum status acknowledged_write(const char *folder, uint64_t id, uint64_t sequence);

/* Removes what a writer that was killed half-way left beside it. */
void acknowledged_tidy(const char *folder);

#endif
