/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The collector's durable queue of events, one folder a sensor. The collector appends; the analyzer
 * reads (spool/feed.h) and tells in the file `acknowledged` how far its own synced commits hold, up
 * to where the collector then removes. docs/store-format.md states the files.
 *
 * Events get consecutive sequence numbers from 1, never used again in this spool. Appended events
 * wait in memory until spool_commit(), which brings them to the disk in one transaction: what was
 * committed survives a kill at any moment, and what was not leaves no trace.
 */
#ifndef SPOOL_SPOOL_H
#define SPOOL_SPOOL_H

#include "db/db.h"
#include "event/event.h"
#include "spool/watch.h"

struct spool;

enum spool_policy {
    SPOOL_DROP_NEW, /* at the maximum new events are dropped and counted */
    SPOOL_WAIT,     /* at the maximum nothing is taken; for sources that can wait (files) */
};

struct spool_options {
    uint64_t max_bytes; /* of events not yet acknowledged; 0: 8 GiB */
    enum spool_policy policy;
};

enum {
    SPOOL_GROUP_EVENTS = 1000,          /* a commit is due after so many events ... */
    SPOOL_GROUP_NS = 100 * 1000 * 1000, /* ... or so long after the first of them */
    SPOOL_PENDING_MAX = 64 << 20,       /* bytes that wait for a commit */
};

struct spool_state {
    uint64_t id;           /* random, made with the spool: another id is another spool */
    uint64_t next;         /* the sequence number of the next record */
    uint64_t first;        /* the oldest record kept; equal to next when there is none */
    uint64_t bytes;        /* that the records kept take on the disk, about */
    uint64_t acknowledged; /* as far as the analyzer told */
    uint64_t lost;         /* events dropped since the spool was made */
    size_t pending;        /* events taken and not committed */
};

/* `error`: DB_ERROR_SIZE bytes. BUSY while another collector has the folder. */
enum status spool_open(struct spool **spool, const char *folder,
                       const struct spool_options *options, char *error);

/* Commits and closes; the status of that commit. */
enum status spool_close(struct spool **spool);

/* Takes one event (copied). FULL: dropped and counted (SPOOL_DROP_NEW); BUSY: not taken, there is
 * room again when the analyzer has acknowledged and spool_commit() was called (SPOOL_WAIT); LIMIT:
 * larger than a frame may be, dropped and counted. */
enum status spool_put(struct spool *spool, const struct event *e);

/* Takes a report. FULL or BUSY: there is no room; put it again later with what came since. */
enum status spool_put_watch(struct spool *spool, const struct watch_report *report);

/* Makes what was taken durable, and removes what was acknowledged. On an error (FULL: no space left
 * on the disk) the events stay in memory and the next call tries again. */
enum status spool_commit(struct spool *spool);

/* Positions: what a source must remember about the events it gave, such as how far a file is read.
 * They are committed in the same transaction as the events taken before, so that after a kill both
 * hold or neither does. spool_keep() notes one for the next commit, in place of what was kept under
 * the key (1 to SPOOL_KEY_MAX bytes); an empty value removes it. A commit that fails forgets what
 * was noted: `prepare`, where set, is called before every commit to note anew what changed since
 * the last one that held, and `held` after one that holds. Neither may put events. */
enum { SPOOL_KEY_MAX = 255, SPOOL_KEPT_MAX = 64 << 20 /* bytes of one value */ };

struct spool_positions {
    void (*prepare)(void *context);
    void (*held)(void *context);
    void *context;
};
void spool_set_positions(struct spool *spool, const struct spool_positions *positions);
enum status spool_keep(struct spool *spool, struct slice key, struct slice value);

/* All that is kept, by key; damaged ones are passed over. `visit` gives false to stop; the slices
 * are valid during the call. */
enum status spool_each_kept(struct spool *spool,
                            bool (*visit)(void *context, struct slice key, struct slice value),
                            void *context);

/* From now on at the maximum. For a source that can wait beside one that cannot. */
void spool_set_policy(struct spool *spool, enum spool_policy policy);

/* Bytes of events that would be taken now without dropping or waiting. */
uint64_t spool_room(const struct spool *spool);

/* Is a commit due, by number or time? `now_ns` from clock_monotonic(). */
bool spool_due(struct spool *spool, int64_t now_ns);

void spool_state(const struct spool *spool, struct spool_state *state);

#endif
