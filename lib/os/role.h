/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a process may be: gives up root for a user, keeps the capabilities named and no others,
 * gains no privilege again (no_new_privs), leaves no core and cannot be traced (its memory holds
 * the site key). Once, before the loop, in a process with one thread, after what needs root was
 * opened.
 */
#ifndef OS_ROLE_H
#define OS_ROLE_H

#include "base/fault.h"
#include "base/status.h"

enum role_capability {
    ROLE_KEEP_NOTHING = 0,
    ROLE_KEEP_NET_RAW = 1 << 0 /* open a capture on an interface again */
};

/* `user`: its name; NULL or "" stays the user it is, which must not be root. `keep`: enum
 * role_capability. On failure the fault says why and the process must end: a part may be done. */
enum status role_enter(const char *user, unsigned keep, struct fault *fault);

#endif
