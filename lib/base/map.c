/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Chained buckets that double, and one list in order of use. An entry is one allocation: the links,
 * the value, the key.
 */
#include "base/map.h"

#include "base/hash.h"

#include <stdalign.h>
#include <stdlib.h>
#include <sys/random.h>

struct entry {
    struct entry *chain;         /* of the bucket */
    struct entry *newer, *older; /* in order of use */
    uint64_t hash;
    size_t key_len;
    alignas(max_align_t) uint8_t data[]; /* value_size bytes of value, then the key */
};

struct map {
    struct entry **buckets;
    size_t bucket_count; /* a power of two */
    size_t count, max;
    size_t value_size;
    struct entry *newest, *oldest;
    uint64_t seed;
    uint64_t evicted, refused;
    enum map_policy policy;
    map_drop *drop;
    void *drop_context;
};

enum { FIRST_BUCKETS = 16 };

struct map *map_new(size_t value_size, size_t max_entries, enum map_policy policy, map_drop *drop,
                    void *drop_context)
{
    struct map *map = calloc(1, sizeof *map);
    if (!map)
        return NULL;
    map->buckets = calloc(FIRST_BUCKETS, sizeof *map->buckets);
    if (!map->buckets || getrandom(&map->seed, sizeof map->seed, 0) != sizeof map->seed) {
        free(map->buckets);
        free(map);
        return NULL;
    }
    map->bucket_count = FIRST_BUCKETS;
    map->max = max_entries;
    map->value_size = value_size;
    map->policy = policy;
    map->drop = drop;
    map->drop_context = drop_context;
    return map;
}

static struct slice entry_key(const struct map *map, const struct entry *e)
{
    return slice_make(e->data + map->value_size, e->key_len);
}

static struct entry **bucket_of(const struct map *map, uint64_t hash)
{
    return &map->buckets[hash & (map->bucket_count - 1)];
}

static void list_remove(struct map *map, struct entry *e)
{
    *(e->newer ? &e->newer->older : &map->newest) = e->older;
    *(e->older ? &e->older->newer : &map->oldest) = e->newer;
}

static void list_add_newest(struct map *map, struct entry *e)
{
    e->newer = NULL;
    e->older = map->newest;
    *(map->newest ? &map->newest->newer : &map->oldest) = e;
    map->newest = e;
}

/* The link that points to the entry of the key, or the NULL at the end of its chain. */
static struct entry **find(const struct map *map, struct slice key, uint64_t hash)
{
    struct entry **link = bucket_of(map, hash);
    while (*link && ((*link)->hash != hash || !slice_equal(entry_key(map, *link), key)))
        link = &(*link)->chain;
    return link;
}

static void *use(struct map *map, struct entry *e)
{
    if (map->newest != e) {
        list_remove(map, e);
        list_add_newest(map, e);
    }
    return e->data;
}

void *map_get(struct map *map, struct slice key)
{
    struct entry *e = *find(map, key, hash64_seeded(key, map->seed));
    return e ? use(map, e) : NULL;
}

static void remove_at(struct map *map, struct entry **link)
{
    struct entry *e = *link;
    *link = e->chain;
    list_remove(map, e);
    map->count--;
    if (map->drop)
        map->drop(map->drop_context, entry_key(map, e), e->data);
    free(e);
}

bool map_remove(struct map *map, struct slice key)
{
    struct entry **link = find(map, key, hash64_seeded(key, map->seed));
    if (!*link)
        return false;
    remove_at(map, link);
    return true;
}

/* A full map makes room or refuses. */
static bool make_room(struct map *map)
{
    if (map->count < map->max)
        return true;
    if (map->policy == MAP_REFUSE || !map->oldest) {
        map->refused++;
        return false;
    }
    map->evicted++;
    remove_at(map, find(map, entry_key(map, map->oldest), map->oldest->hash));
    return true;
}

/* Without memory for it the chains only become longer. */
static void double_buckets(struct map *map)
{
    size_t count = map->bucket_count * 2;
    struct entry **buckets = calloc(count, sizeof *buckets);
    if (!buckets)
        return;
    free(map->buckets);
    map->buckets = buckets;
    map->bucket_count = count;
    for (struct entry *e = map->newest; e; e = e->older) {
        struct entry **bucket = bucket_of(map, e->hash);
        e->chain = *bucket;
        *bucket = e;
    }
}

static struct entry *entry_new(const struct map *map, struct slice key, uint64_t hash)
{
    size_t size = sizeof(struct entry) + map->value_size;
    if (key.len > SIZE_MAX - size)
        return NULL;
    struct entry *e = malloc(size + key.len);
    if (!e)
        return NULL;
    e->hash = hash;
    e->key_len = key.len;
    memset(e->data, 0, map->value_size);
    if (key.len > 0)
        memcpy(e->data + map->value_size, key.ptr, key.len);
    return e;
}

void *map_put(struct map *map, struct slice key, bool *created)
{
    uint64_t hash = hash64_seeded(key, map->seed);
    struct entry *e = *find(map, key, hash);
    if (created)
        *created = !e;
    if (e)
        return use(map, e);
    e = entry_new(map, key, hash); /* first, since eviction may free what the key points into */
    if (!e || !make_room(map)) {
        free(e);
        if (created)
            *created = false;
        return NULL;
    }
    if (map->count >= map->bucket_count)
        double_buckets(map);
    struct entry **bucket = bucket_of(map, hash);
    e->chain = *bucket;
    *bucket = e;
    list_add_newest(map, e);
    map->count++;
    return e->data;
}

size_t map_count(const struct map *map)
{
    return map->count;
}

uint64_t map_evicted(const struct map *map)
{
    return map->evicted;
}

uint64_t map_refused(const struct map *map)
{
    return map->refused;
}

void map_each(struct map *map, bool (*visit)(void *context, struct slice key, void *value),
              void *context)
{
    for (struct entry *e = map->newest; e; e = e->older)
        if (!visit(context, entry_key(map, e), e->data))
            return;
}

void *map_oldest(struct map *map, struct slice *key)
{
    struct entry *e = map->oldest;
    if (!e)
        return NULL;
    if (key)
        *key = entry_key(map, e);
    return e->data;
}

void map_free(struct map **map)
{
    struct map *m = *map;
    if (!m)
        return;
    for (struct entry *e = m->newest, *older; e; e = older) {
        older = e->older;
        if (m->drop)
            m->drop(m->drop_context, entry_key(m, e), e->data);
        free(e);
    }
    free(m->buckets);
    free(m);
    *map = NULL;
}
