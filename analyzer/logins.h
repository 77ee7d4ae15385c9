/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Logins to hosts (bastion, VPN gateway) that are open: who sits behind an address now. A login is
 * known by the address it came from and by the address of the host itself, from where a bastion's
 * users go on. It ends with its logout, or after LOGIN_OPEN_S.
 */
#ifndef ANALYZER_LOGINS_H
#define ANALYZER_LOGINS_H

#include "base/map.h"
#include "event/event.h"

enum { LOGIN_OPEN_S = 12 * 3600, LOGINS_AT_ONCE = 16, LOGIN_NAME_MAX = 64 };

struct logins {
    struct map *addresses; /* family and address -> struct login_place */
};

bool logins_init(struct logins *l);
void logins_release(struct logins *l);

/* A login or logout of an employee at a host. */
void logins_event(struct logins *l, const struct event *e, struct slice employee);

/* The one employee with an open login at this address at `time_ns`; empty when there is none, or
 * several. */
struct slice logins_find(const struct logins *l, const struct event_address *address,
                         int64_t time_ns);

#endif
