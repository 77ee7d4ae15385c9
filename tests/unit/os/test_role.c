/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Giving up root, in children. Needs root to begin with; skipped without.
 */
#include "os/role.h"

#include "child.h"

#include <errno.h>
#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static struct fault fault;

static const char *hardened(void)
{
    struct rlimit core;
    EXPECT(geteuid() != 0 && getuid() != 0 && getegid() != 0 && getgid() != 0);
    EXPECT_ERROR(setuid(0), EPERM);
    EXPECT_ERROR(setgid(0), EPERM);
    EXPECT(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
    EXPECT(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
    EXPECT(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0);
    gid_t groups[64];
    int count = getgroups(64, groups);
    for (int i = 0; i < count; i++)
        EXPECT(groups[i] != 0);
    return NULL;
}

static const char *drops_all(const void *context)
{
    (void)context;
    if (role_enter("nobody", ROLE_KEEP_NOTHING, &fault) != STATUS_OK)
        return fault.text;
    EXPECT_ERROR(socket(AF_PACKET, SOCK_RAW, 0), EPERM);
    EXPECT(prctl(PR_CAPBSET_READ, 13 /* CAP_NET_RAW */) == 0);
    return hardened();
}

static const char *keeps_capture(const void *context)
{
    (void)context;
    if (role_enter("nobody", ROLE_KEEP_NET_RAW, &fault) != STATUS_OK)
        return fault.text;
    EXPECT(socket(AF_PACKET, SOCK_RAW, 0) >= 0);
    EXPECT(prctl(PR_CAPBSET_READ, 0 /* CAP_CHOWN */) == 0);
    return hardened();
}

static const char *twice(const void *context)
{
    (void)context;
    EXPECT(role_enter("nobody", ROLE_KEEP_NOTHING, &fault) == STATUS_OK);
    EXPECT(role_enter("nobody", ROLE_KEEP_NOTHING, &fault) == STATUS_OK);
    EXPECT(role_enter("", ROLE_KEEP_NOTHING, &fault) == STATUS_OK);
    return hardened();
}

static const char *refuses(const void *context)
{
    (void)context;
    EXPECT(role_enter("no-such-user", ROLE_KEEP_NOTHING, &fault) == STATUS_NOT_FOUND);
    EXPECT(strcmp(fault.text, "no-such-user: there is no such user: create it, or name another") ==
           0);
    EXPECT(role_enter("root", ROLE_KEEP_NOTHING, &fault) == STATUS_DENIED);
    EXPECT(role_enter(NULL, ROLE_KEEP_NOTHING, &fault) == STATUS_DENIED);
    return NULL;
}

static void run(void **state)
{
    if (geteuid() != 0)
        skip();
    child_body *body;
    memcpy(&body, *state, sizeof body);
    child_run(body, NULL, 0);
}

int main(void)
{
    static child_body *bodies[] = {drops_all, keeps_capture, twice, refuses};
    const struct CMUnitTest tests[] = {
        {"drops_all", run, NULL, NULL, &bodies[0]},
        {"keeps_capture", run, NULL, NULL, &bodies[1]},
        {"twice", run, NULL, NULL, &bodies[2]},
        {"refuses", run, NULL, NULL, &bodies[3]},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
