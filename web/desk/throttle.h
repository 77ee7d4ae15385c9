/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Slows the guessing of passwords, per account and per address. After THROTTLE_FREE failures each
 * further one doubles the wait, up to THROTTLE_MOST_S. Failures are forgotten after as long without
 * one. Held in memory: bounded, the least recently used goes.
 */
#ifndef DESK_THROTTLE_H
#define DESK_THROTTLE_H

#include "base/map.h"

#include <pthread.h>

enum { THROTTLE_FREE = 5, THROTTLE_MOST_S = 900, THROTTLE_ENTRIES = 20000 };

struct throttle {
    struct map *entries;
    pthread_mutex_t turn;
};

/* False when there is no memory. */
bool throttle_init(struct throttle *throttle);
void throttle_release(struct throttle *throttle);

/* Seconds to wait before the next try is looked at; 0: now. Times are monotonic nanoseconds. An
 * allowed try counts as a failure at once, so that tries side by side do not slip through;
 * throttle_passed() takes it back. */
unsigned throttle_try(struct throttle *throttle, struct slice account, struct slice address,
                      int64_t now_ns);
void throttle_passed(struct throttle *throttle, struct slice account, struct slice address);

#endif
