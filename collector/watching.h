/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The collector's reports: its counters since the last report that was taken, as lib/spool/watch.h
 * wants them.
 */
#ifndef COLLECTOR_WATCHING_H
#define COLLECTOR_WATCHING_H

#include "collector/blind_spots.h"
#include "collector/collector.h"
#include "spool/watch.h"

struct watching {
    int64_t since_ns; /* end of the last report taken; 0: there is none yet */
    uint64_t told[WATCH_COUNTER_COUNT];
    struct blind_spots spots; /* as told */
};

/* The report up to `now_ns`. `report` points into the collector: use it before the next packet. */
void watching_report(const struct watching *w, const struct collector *collector,
                     const struct source_stats *stats, int64_t now_ns, struct watch_report *report);

/* The report was taken. */
void watching_told(struct watching *w, const struct collector *collector,
                   const struct watch_report *report);

#endif
