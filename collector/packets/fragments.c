/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A datagram is its bytes so far and a bit for each block of eight bytes that is there: fragments
 * begin and (but for the last) end at such blocks, so "first wins" is "copy where the bit is
 * clear".
 */
#include "collector/packets/fragments.h"

#include "base/map.h"

#include <stdlib.h>

enum { DATAGRAM_MAX = 65535, BLOCK = 8, BLOCKS_MAX = (DATAGRAM_MAX + BLOCK - 1) / BLOCK };

struct datagram {
    uint8_t *bytes;
    size_t capacity;
    size_t total;  /* known once the last fragment is there; 0 before */
    size_t end;    /* where the farthest fragment ends */
    size_t blocks; /* that are there */
    uint32_t fragments;
    int64_t begun_ns;
    uint8_t present[(BLOCKS_MAX + 7) / 8];
};

struct fragments {
    struct map *datagrams; /* of struct datagram * */
    struct packet_counters *counters;
    size_t bytes;   /* of all datagrams */
    uint8_t *whole; /* the last one completed */
};

/* The name of a datagram among all. */
struct fragment_key {
    uint8_t from[16], to[16];
    uint32_t id;
    uint8_t family, protocol;
    uint8_t unused[2];
};

static void datagram_drop(void *context, struct slice key, void *value)
{
    struct fragments *fragments = context;
    struct datagram *datagram = *(struct datagram **)value;
    (void)key;
    if (!datagram)
        return;
    fragments->counters->fragments_dropped += datagram->fragments;
    fragments->bytes -= datagram->capacity;
    free(datagram->bytes);
    free(datagram);
}

struct fragments *fragments_new(struct packet_counters *counters)
{
    struct fragments *fragments = calloc(1, sizeof *fragments);
    if (!fragments)
        return NULL;
    fragments->counters = counters;
    fragments->datagrams = map_new(sizeof(struct datagram *), FRAGMENTS_DATAGRAMS_MAX, MAP_EVICT,
                                   datagram_drop, fragments);
    if (!fragments->datagrams) {
        free(fragments);
        return NULL;
    }
    return fragments;
}

void fragments_free(struct fragments **fragments)
{
    if (!*fragments)
        return;
    map_free(&(*fragments)->datagrams);
    free((*fragments)->whole);
    free(*fragments);
    *fragments = NULL;
}

static void drop_oldest(struct fragments *fragments)
{
    struct slice key;
    if (map_oldest(fragments->datagrams, &key))
        map_remove(fragments->datagrams, key);
}

static void expire(struct fragments *fragments, int64_t now_ns)
{
    struct datagram **oldest;
    while ((oldest = map_oldest(fragments->datagrams, NULL)) &&
           (!*oldest || now_ns - (*oldest)->begun_ns > FRAGMENTS_TIMEOUT_NS))
        drop_oldest(fragments);
}

/* The datagram's buffer holds at least `size` bytes, at the cost of older datagrams. */
static bool make_room(struct fragments *fragments, struct datagram *datagram, size_t size)
{
    if (size <= datagram->capacity)
        return true;
    size_t capacity = size < 4096 ? 4096 : DATAGRAM_MAX + 1;
    while (fragments->bytes + capacity > FRAGMENTS_BYTES_MAX && map_count(fragments->datagrams) > 1)
        drop_oldest(fragments); /* never this one: it is the newest */
    uint8_t *bytes = realloc(datagram->bytes, capacity);
    if (!bytes)
        return false;
    fragments->bytes += capacity - datagram->capacity;
    datagram->bytes = bytes;
    datagram->capacity = capacity;
    return true;
}

static void copy_blocks(struct fragments *fragments, struct datagram *datagram,
                        const struct fragment *fragment)
{
    bool overlaps = false;
    for (size_t at = 0; at < fragment->bytes.len; at += BLOCK) {
        size_t block = (fragment->offset + at) / BLOCK;
        uint8_t bit = (uint8_t)(1 << block % 8);
        struct slice part = slice_part(fragment->bytes, at, BLOCK);
        if (datagram->present[block / 8] & bit) {
            overlaps = true;
            continue;
        }
        memcpy(datagram->bytes + fragment->offset + at, part.ptr, part.len);
        datagram->present[block / 8] |= bit;
        datagram->blocks++;
    }
    fragments->counters->fragments_overlapping += overlaps;
}

/* A fragment that no datagram could have: beyond the maximum, not whole blocks, behind the end. */
static bool is_wrong(const struct datagram *datagram, const struct fragment *fragment)
{
    size_t end = fragment->offset + fragment->bytes.len;
    return fragment->cut || fragment->bytes.len == 0 || end > DATAGRAM_MAX ||
           (fragment->more && fragment->bytes.len % BLOCK) ||
           (datagram->total && end > datagram->total) || (!fragment->more && end < datagram->end);
}

static struct datagram *find_datagram(struct fragments *fragments, struct slice key,
                                      int64_t time_ns)
{
    struct datagram **place = map_put(fragments->datagrams, key, NULL);
    if (!place)
        return NULL;
    if (!*place && (*place = calloc(1, sizeof **place)))
        (*place)->begun_ns = time_ns;
    return *place;
}

static struct slice hand_out(struct fragments *fragments, struct slice key,
                             struct datagram *datagram)
{
    struct slice whole = slice_make(datagram->bytes, datagram->total);
    fragments->whole = datagram->bytes;
    fragments->bytes -= datagram->capacity;
    datagram->bytes = NULL;
    datagram->capacity = 0;
    datagram->fragments = 0; /* none dropped */
    map_remove(fragments->datagrams, key);
    return whole;
}

bool fragments_add(struct fragments *fragments, const struct fragment *fragment,
                   struct slice *whole)
{
    struct fragment_key name = {
        .id = fragment->id, .family = fragment->from.family, .protocol = fragment->protocol};
    memcpy(name.from, fragment->from.ip, sizeof name.from);
    memcpy(name.to, fragment->to.ip, sizeof name.to);
    struct slice key = slice_make(&name, sizeof name);
    free(fragments->whole);
    fragments->whole = NULL;
    fragments->counters->fragments++;
    expire(fragments, fragment->time_ns);
    struct datagram *datagram = find_datagram(fragments, key, fragment->time_ns);
    if (!datagram || is_wrong(datagram, fragment) ||
        !make_room(fragments, datagram, fragment->offset + fragment->bytes.len)) {
        fragments->counters->fragments_dropped++;
        return false;
    }
    size_t end = fragment->offset + fragment->bytes.len;
    datagram->fragments++;
    if (end > datagram->end)
        datagram->end = end;
    copy_blocks(fragments, datagram, fragment);
    if (!fragment->more && !datagram->total)
        datagram->total = end;
    if (!datagram->total || datagram->blocks < (datagram->total + BLOCK - 1) / BLOCK)
        return false;
    *whole = hand_out(fragments, key, datagram);
    return true;
}
