/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Order matters: the bounding set and the groups while still root, then the user, then the
 * capabilities that survived through PR_SET_KEEPCAPS.
 */
#include "os/role.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct {
    enum role_capability role;
    cap_value_t value;
} capabilities[] = {
    {ROLE_KEEP_NET_RAW, CAP_NET_RAW},
};

static enum status fail(struct fault *fault, const char *user, const char *what)
{
    enum status status = status_from_errno(errno);
    fault_set(fault, user, 0, 0, "%s: %s", what, strerror(errno));
    return status;
}

static bool is_kept(cap_value_t value, unsigned keep)
{
    for (size_t i = 0; i < sizeof capabilities / sizeof capabilities[0]; i++)
        if (capabilities[i].value == value && (keep & capabilities[i].role))
            return true;
    return false;
}

/* Only root may; others have nothing in it that they could use under no_new_privs. */
static bool drop_bounding(unsigned keep)
{
    for (cap_value_t value = 0; prctl(PR_CAPBSET_READ, value) >= 0; value++)
        if (!is_kept(value, keep) && prctl(PR_CAPBSET_DROP, value) != 0)
            return false;
    return true;
}

static bool become(const struct passwd *pw)
{
    return prctl(PR_SET_KEEPCAPS, 1) == 0 && initgroups(pw->pw_name, pw->pw_gid) == 0 &&
           setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) == 0 &&
           setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) == 0;
}

/* What is asked for and is there. */
static bool keep_capabilities(unsigned keep)
{
    cap_t now = cap_get_proc(), wanted = cap_init();
    bool good = now && wanted;
    for (size_t i = 0; good && i < sizeof capabilities / sizeof capabilities[0]; i++) {
        cap_flag_value_t have = CAP_CLEAR;
        cap_value_t value = capabilities[i].value;
        good = cap_get_flag(now, value, CAP_PERMITTED, &have) == 0;
        if (!good || have != CAP_SET || !(keep & capabilities[i].role))
            continue;
        good = cap_set_flag(wanted, CAP_PERMITTED, 1, &value, CAP_SET) == 0 &&
               cap_set_flag(wanted, CAP_EFFECTIVE, 1, &value, CAP_SET) == 0;
    }
    good = good && cap_reset_ambient() == 0 && cap_set_proc(wanted) == 0;
    cap_free(now);
    cap_free(wanted);
    return good;
}

static bool harden(void)
{
    const struct rlimit none = {0, 0};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && setrlimit(RLIMIT_CORE, &none) == 0 &&
           prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static enum status change_user(const char *user, unsigned keep, struct fault *fault)
{
    errno = 0;
    const struct passwd *pw = getpwnam(user);
    if (!pw) {
        fault_set(fault, user, 0, 0, "there is no such user: create it, or name another");
        return STATUS_NOT_FOUND;
    }
    if (pw->pw_uid == 0) {
        fault_set(fault, user, 0, 0, "is root: name a user without rights");
        return STATUS_DENIED;
    }
    if (geteuid() == pw->pw_uid)
        return STATUS_OK;
    if (!drop_bounding(keep))
        return fail(fault, user, "cannot limit capabilities");
    if (!become(pw))
        return fail(fault, user, "cannot become this user");
    return STATUS_OK;
}

enum status role_enter(const char *user, unsigned keep, struct fault *fault)
{
    const char *name = user && *user ? user : "this process";
    enum status status = STATUS_OK;
    if (user && *user)
        status = change_user(user, keep, fault);
    if (status != STATUS_OK)
        return status;
    if (!keep_capabilities(keep))
        return fail(fault, name, "cannot set capabilities");
    if (!harden())
        return fail(fault, name, "cannot give up gaining privileges");
    if (geteuid() == 0 || setuid(0) == 0) {
        fault_set(fault, name, 0, 0, "would stay root: name a user in the settings");
        return STATUS_DENIED;
    }
    return STATUS_OK;
}
