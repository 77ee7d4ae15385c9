/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Memory with one lifetime: per event, per session, per request. Allocations are freed together, by
 * arena_reset() (memory kept) or arena_release(). A hard maximum is given at creation; beyond it
 * arena_alloc gives NULL and the arena counts a refusal.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/slice.h"

struct arena_block;

struct arena {
    struct arena_block *blocks; /* the newest first */
    size_t used;                /* in the newest block */
    size_t total;               /* bytes of all blocks */
    size_t max;
    uint64_t refused; /* allocations that did not fit under the maximum */
};

void arena_init(struct arena *a, size_t max);
void arena_reset(struct arena *a);
void arena_release(struct arena *a);

/* `size` zeroed bytes aligned for any type, or NULL. */
void *arena_alloc(struct arena *a, size_t size);

/* The same for `count` elements of `size` bytes, checked for overflow. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* A copy of the bytes; the empty slice when there is no room. */
struct slice arena_copy(struct arena *a, struct slice s);

/* The same as a terminated string; NULL when there is no room. */
char *arena_text(struct arena *a, struct slice s);

#endif
