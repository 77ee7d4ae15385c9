/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A bounded hash map from byte keys to values of one fixed size. Keys are hashed with a random seed
 * (hostile keys cannot make it slow); at the maximum either the least recently used entry goes
 * (MAP_EVICT) or the insertion is refused (MAP_REFUSE); both are counted.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/slice.h"

enum map_policy { MAP_EVICT, MAP_REFUSE };

struct map;

/* Called for each value that leaves (eviction, removal, freeing); may be NULL. */
typedef void map_drop(void *context, struct slice key, void *value);

/* NULL when there is no memory. */
struct map *map_new(size_t value_size, size_t max_entries, enum map_policy policy, map_drop *drop,
                    void *drop_context);
void map_free(struct map **map);

/* The value of a key, or NULL; counts as a use. Valid until the next map_put or map_remove. */
void *map_get(struct map *map, struct slice key);

/* The value of a key, zeroed when it is new (`created` may be NULL); NULL when refused or no
 * memory. The key is copied. */
void *map_put(struct map *map, struct slice key, bool *created);

bool map_remove(struct map *map, struct slice key);
size_t map_count(const struct map *map);
uint64_t map_evicted(const struct map *map);
uint64_t map_refused(const struct map *map);

/* Walks from the most to the least recently used; `visit` returns false to stop. It must not change
 * the map. */
void map_each(struct map *map, bool (*visit)(void *context, struct slice key, void *value),
              void *context);

/* The least recently used entry, or NULL; does not count as a use. For expiry. */
void *map_oldest(struct map *map, struct slice *key);

#endif
