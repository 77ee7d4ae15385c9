/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where the analyzer's events come from: a spool folder today, a message bus another day. The only
 * contract that knows which it is. A feed holds the records of one sensor in order; acknowledging
 * lets the other side forget them.
 */
#ifndef ANALYZER_FEEDS_FEED_H
#define ANALYZER_FEEDS_FEED_H

#include "base/status.h"
#include "event/event.h"
#include "spool/watch.h"

struct feed_record {
    uint64_t sequence;
    const struct event *event; /* NULL: events were lost here, or the record cannot be read */
    const struct watch_report *watch; /* a collector's report, in place of an event */
    uint64_t lost;                    /* how many */
    int64_t lost_ns;                  /* when it began; 0: not known */
};

struct feed {
    char sensor[256];
    uint64_t spool; /* id: another id is another numbering */
    /* The first record behind `cursor` that was not popped; END: none now. Valid until pop(). */
    enum status (*peek)(struct feed *feed, uint64_t cursor, const struct feed_record **record);
    void (*pop)(struct feed *feed);
    enum status (*acknowledge)(struct feed *feed, uint64_t sequence);
    void (*free)(struct feed *feed);
};

/* A spool folder; NULL: `error` (DB_ERROR_SIZE bytes) says why, `status` what. */
struct feed *spool_feed_new(const char *folder, const char *sensor, enum status *status,
                            char *error);

#endif
