/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The reader's side of a spool: batches of records after a cursor that the reader keeps in its own
 * store, and the acknowledgement. No transaction is held between calls.
 *
 * The reader writes acknowledgements only for what its own synced commit holds. After a kill it
 * goes on from the cursor of that commit: nothing is lost, nothing comes twice.
 */
#ifndef SPOOL_FEED_H
#define SPOOL_FEED_H

#include "db/db.h"
#include "event/event.h"

struct spool_feed;

enum spool_record_kind { SPOOL_EVENT, SPOOL_LOSS, SPOOL_WATCH };

struct spool_record {
    uint64_t sequence;
    enum spool_record_kind kind;
    struct slice frame; /* EVENT: for event_decode(); WATCH: for watch_read() */
    uint64_t lost;      /* LOSS: events dropped here because the spool was full */
    int64_t from_ns;    /* LOSS: times of the first and the last of them */
    int64_t to_ns;
};

struct spool_batch {
    const struct spool_record *records; /* valid until the next call with this feed */
    size_t count;
    uint64_t last;    /* the cursor after this batch */
    uint64_t missing; /* sequence numbers after the cursor that are gone: acknowledged before by a
                         reader whose store was newer, or damaged records */
};

/* NOT_FOUND before the collector was there. */
enum status spool_feed_open(struct spool_feed **feed, const char *folder, char *error);
void spool_feed_close(struct spool_feed **feed);

/* The spool's id: a cursor belongs to the spool with the id it was made with; with another id the
 * spool is a new one and is read from 0. */
uint64_t spool_feed_id(const struct spool_feed *feed);

/* The records after `cursor` (a sequence number; 0: from the beginning), at most `max` (up to
 * SPOOL_BATCH_MAX). END: there are none now; CORRUPT: the spool is older than the cursor. OK with
 * no records: all that stood there is damaged, go on from `last`. */
enum { SPOOL_BATCH_MAX = 10000 };
enum status spool_feed_next(struct spool_feed *feed, uint64_t cursor, size_t max,
                            struct spool_batch *batch);

/* Tells the collector that everything up to `sequence` may be removed. The file is replaced whole
 * and is on the disk when this returns OK. */
enum status spool_feed_acknowledge(struct spool_feed *feed, uint64_t sequence);

/* Records that wait behind the cursor, and events ever lost by this spool. */
enum status spool_feed_backlog(struct spool_feed *feed, uint64_t cursor, uint64_t *waiting,
                               uint64_t *lost);

#endif
