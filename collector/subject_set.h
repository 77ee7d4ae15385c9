/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The distinct subjects of one response: a bounded set of keyed hashes in the order of their first
 * sight. At the maximum a new one is refused; the count is then a lower bound.
 */
#ifndef COLLECTOR_SUBJECT_SET_H
#define COLLECTOR_SUBJECT_SET_H

#include "event/event.h"

struct subject_set {
    struct event_subject *items; /* owned */
    uint32_t *slots;             /* owned: index + 1 into items; 0 free */
    size_t count, capacity, slot_count;
    size_t max;
};

void subject_set_init(struct subject_set *set, size_t max);
void subject_set_release(struct subject_set *set);

/* Empties it; a large one gives its memory back. */
void subject_set_reset(struct subject_set *set);

/* False when it is new and there is no room (or memory) for it. */
bool subject_set_add(struct subject_set *set, const struct event_subject *subject);

/* Bytes it holds. */
size_t subject_set_bytes(const struct subject_set *set);

#endif
