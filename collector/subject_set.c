/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Open addressing on the first bytes of the hashes, which are keyed and so cannot be steered.
 */
#include "collector/subject_set.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 16, KEPT_CAPACITY = 1024 };

void subject_set_init(struct subject_set *set, size_t max)
{
    *set = (struct subject_set){.max = max};
}

void subject_set_release(struct subject_set *set)
{
    free(set->items);
    free(set->slots);
    subject_set_init(set, set->max);
}

void subject_set_reset(struct subject_set *set)
{
    if (set->capacity > KEPT_CAPACITY) {
        subject_set_release(set);
        return;
    }
    set->count = 0;
    if (set->slots)
        memset(set->slots, 0, set->slot_count * sizeof *set->slots);
}

size_t subject_set_bytes(const struct subject_set *set)
{
    return set->capacity * sizeof *set->items + set->slot_count * sizeof *set->slots;
}

/* The slot of the hash: its own, or the free one where it would go. */
static uint32_t *find(const struct subject_set *set, const uint8_t hash[16])
{
    uint64_t start;
    memcpy(&start, hash, sizeof start);
    size_t mask = set->slot_count - 1, at = (size_t)start & mask;
    while (set->slots[at] && memcmp(set->items[set->slots[at] - 1].hash, hash, 16) != 0)
        at = (at + 1) & mask;
    return &set->slots[at];
}

static bool grow(struct subject_set *set)
{
    size_t capacity = set->capacity ? set->capacity * 2 : FIRST_CAPACITY;
    struct event_subject *items = realloc(set->items, capacity * sizeof *items);
    if (!items)
        return false;
    set->items = items;
    uint32_t *slots = calloc(capacity * 2, sizeof *slots);
    if (!slots)
        return false;
    free(set->slots);
    set->slots = slots;
    set->slot_count = capacity * 2;
    set->capacity = capacity;
    for (size_t i = 0; i < set->count; i++)
        *find(set, items[i].hash) = (uint32_t)(i + 1);
    return true;
}

bool subject_set_add(struct subject_set *set, const struct event_subject *subject)
{
    if (set->count > 0 && *find(set, subject->hash))
        return true;
    if (set->count >= set->max || (set->count == set->capacity && !grow(set)))
        return false;
    set->items[set->count] = *subject;
    *find(set, subject->hash) = (uint32_t)++set->count;
    return true;
}
