/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The canary: a marked harmless statement (or page) that the site lets run every few minutes
 * against each asset. That it is seen proves the whole way from wire to store; its absence alarms.
 * Driven by the time of events and, when there are none, by the clock.
 */
#ifndef ANALYZER_CANARY_H
#define ANALYZER_CANARY_H

#include "base/map.h"
#include "event/event.h"

enum { CANARY_MARK_MAX = 128, CANARY_MISSED = 2 }; /* intervals without one before the alarm */

struct canary {
    char mark[CANARY_MARK_MAX]; /* what statement or object name holds; "": no canary */
    int64_t interval_ns;
    struct map *assets; /* asset -> struct canary_state */
};

struct canary_state {
    int64_t last_ns;
    bool alarmed;
};

bool canary_init(struct canary *c, const char *mark, int64_t interval_ns);
void canary_release(struct canary *c);

/* Is the event a canary? Then it is noted. */
bool canary_seen(struct canary *c, const struct event *e, struct slice asset);

/* Calls `missing` once for each asset whose canary is overdue at `now_ns`. */
void canary_watch(struct canary *c, int64_t now_ns,
                  void (*missing)(void *context, struct slice asset, int64_t last_ns),
                  void *context);

#endif
