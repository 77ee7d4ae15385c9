/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The order of a log's times: what comes late, clocks that were set back, times that lie ahead. The
 * events go on as they are (the analyzer takes late ones); it is counted so that a person sees a
 * wrong clock or a wrong time zone.
 */
#ifndef COLLECTOR_LOG_TIMES_H
#define COLLECTOR_LOG_TIMES_H

#include "collector/sources/log_source.h"

/* X(name, help) */
#define LOG_TIMES_TABLE(X)                                      \
    X(out_of_order, "events older than one before them")        \
    X(set_back, "times that jumped back by more than a minute") \
    X(ahead, "events from more than a minute ahead of this machine's clock")

struct log_times {
    int64_t newest_ns;   /* of events that were not ahead */
    int64_t previous_ns; /* of the event before */
#define LOG_TIMES_FIELD(name, help) uint64_t name;
    LOG_TIMES_TABLE(LOG_TIMES_FIELD)
#undef LOG_TIMES_FIELD
};

void log_times_see(struct log_times *times, int64_t event_ns, int64_t now_ns);
void log_times_describe(const struct log_times *times, struct json_writer *json);

#endif
