/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sign-in throttling.
 */
#include "desk/throttle.h"

#include "base/clock.h"

struct entry {
    unsigned failures;
    int64_t last_ns;
};

/* An address serves many people behind one gateway: it gets more tries than one account. */
enum { ADDRESS_FACTOR = 4, KEY_MAX = 128 };

bool throttle_init(struct throttle *throttle)
{
    *throttle = (struct throttle){.turn = PTHREAD_MUTEX_INITIALIZER};
    throttle->entries = map_new(sizeof(struct entry), THROTTLE_ENTRIES, MAP_EVICT, NULL, NULL);
    return throttle->entries != NULL;
}

void throttle_release(struct throttle *throttle)
{
    map_free(&throttle->entries);
}

/* Accounts and addresses share the map, apart by their first byte. */
static struct slice key_of(char kind, struct slice name, uint8_t key[KEY_MAX])
{
    struct slice cut = slice_part(name, 0, KEY_MAX - 1);
    key[0] = (uint8_t)kind;
    if (cut.len)
        memcpy(key + 1, cut.ptr, cut.len);
    return slice_make(key, cut.len + 1);
}

static int64_t wait_ns(const struct entry *entry, unsigned free_tries)
{
    if (entry->failures < free_tries)
        return 0;
    unsigned doublings = entry->failures - free_tries;
    int64_t seconds = doublings < 10 ? INT64_C(1) << doublings : THROTTLE_MOST_S;
    return (seconds < THROTTLE_MOST_S ? seconds : THROTTLE_MOST_S) * NS_PER_S;
}

/* Nanoseconds left to wait. */
static int64_t left_ns(struct throttle *throttle, struct slice key, unsigned free_tries,
                       int64_t now_ns)
{
    struct entry *entry = map_get(throttle->entries, key);
    if (!entry)
        return 0;
    if (now_ns - entry->last_ns > THROTTLE_MOST_S * NS_PER_S)
        entry->failures = 0;
    int64_t left = entry->last_ns + wait_ns(entry, free_tries) - now_ns;
    return entry->failures && left > 0 ? left : 0;
}

static void count_failure(struct throttle *throttle, struct slice key, int64_t now_ns)
{
    struct entry *entry = map_put(throttle->entries, key, NULL);
    if (!entry)
        return;
    entry->failures++;
    entry->last_ns = now_ns;
}

unsigned throttle_try(struct throttle *throttle, struct slice account, struct slice address,
                      int64_t now_ns)
{
    uint8_t account_key[KEY_MAX], address_key[KEY_MAX];
    struct slice by_account = key_of('n', account, account_key);
    struct slice by_address = key_of('a', address, address_key);
    pthread_mutex_lock(&throttle->turn);
    int64_t left = left_ns(throttle, by_account, THROTTLE_FREE, now_ns);
    int64_t other = left_ns(throttle, by_address, THROTTLE_FREE * ADDRESS_FACTOR, now_ns);
    left = other > left ? other : left;
    if (left == 0) {
        count_failure(throttle, by_account, now_ns);
        count_failure(throttle, by_address, now_ns);
    }
    pthread_mutex_unlock(&throttle->turn);
    return (unsigned)((left + NS_PER_S - 1) / NS_PER_S);
}

void throttle_passed(struct throttle *throttle, struct slice account, struct slice address)
{
    uint8_t key[KEY_MAX];
    pthread_mutex_lock(&throttle->turn);
    map_remove(throttle->entries, key_of('n', account, key));
    struct entry *entry = map_get(throttle->entries, key_of('a', address, key));
    if (entry && entry->failures)
        entry->failures--;
    pthread_mutex_unlock(&throttle->turn);
}
