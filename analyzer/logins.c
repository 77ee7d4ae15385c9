/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Open logins by address; at the maximum the oldest login of an address goes.
 */
#include "analyzer/logins.h"

#include "base/clock.h"

enum { ADDRESSES_MAX = 1 << 16, KEY_SIZE = 17 };

struct login {
    char employee[LOGIN_NAME_MAX + 1];
    int64_t since_ns; /* 0: no login */
};

struct login_place {
    struct login logins[LOGINS_AT_ONCE];
};

bool logins_init(struct logins *l)
{
    l->addresses = map_new(sizeof(struct login_place), ADDRESSES_MAX, MAP_EVICT, NULL, NULL);
    return l->addresses != NULL;
}

void logins_release(struct logins *l)
{
    map_free(&l->addresses);
}

static struct slice key_of(const struct event_address *a, uint8_t key[KEY_SIZE])
{
    key[0] = a->family;
    memcpy(key + 1, a->ip, sizeof a->ip);
    return slice_make(key, a->family == 4 ? 5 : KEY_SIZE);
}

static bool is_open(const struct login *login, int64_t time_ns)
{
    return login->since_ns != 0 && login->since_ns <= time_ns &&
           time_ns - login->since_ns <= LOGIN_OPEN_S * NS_PER_S;
}

static void put(struct login_place *place, struct slice employee, int64_t since_ns)
{
    struct login *to = &place->logins[0];
    for (struct login *l = place->logins; l < place->logins + LOGINS_AT_ONCE; l++) {
        if (slice_equal(slice_from(l->employee), employee)) {
            to = l;
            break;
        }
        if (l->since_ns < to->since_ns)
            to = l;
    }
    slice_copy_text(employee, to->employee, sizeof to->employee);
    to->since_ns = since_ns;
}

static void note(struct logins *l, const struct event_address *address, const struct event *e,
                 struct slice employee)
{
    uint8_t key[KEY_SIZE];
    if (address->family != 4 && address->family != 6)
        return;
    struct login_place *place = map_put(l->addresses, key_of(address, key), NULL);
    if (place)
        put(place, employee, e->action == EVENT_ACTION_login ? e->time_ns : 0);
}

void logins_event(struct logins *l, const struct event *e, struct slice employee)
{
    bool login = e->action == EVENT_ACTION_login && e->outcome == EVENT_OUTCOME_success;
    if ((!login && e->action != EVENT_ACTION_logout) || employee.len > LOGIN_NAME_MAX)
        return;
    note(l, &e->client, e, employee);
    note(l, &e->server, e, employee);
}

struct slice logins_find(const struct logins *l, const struct event_address *address,
                         int64_t time_ns)
{
    uint8_t key[KEY_SIZE];
    struct slice found = {0};
    const struct login_place *place = map_get(l->addresses, key_of(address, key));
    for (size_t i = 0; place && i < LOGINS_AT_ONCE; i++) {
        if (!is_open(&place->logins[i], time_ns))
            continue;
        if (found.len > 0)
            return (struct slice){0};
        found = slice_from(place->logins[i].employee);
    }
    return found;
}
