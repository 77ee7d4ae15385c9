/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a process may do from here on: the system calls of its role (seccomp) and the files named to
 * it (Landlock). Entered once, after files and sockets are open, before bytes from outside are
 * read; it cannot be left. The calls are limited for all threads, the files for this thread and
 * those it starts later: so enter before starting threads.
 *
 *     role        network                                        beyond
 *     collector   uses and accepts on sockets opened before      no new socket
 *     analyzer    connects out (IPv4, IPv6), for syslog          no bind, listen, accept
 *     web         accepts on the socket opened before            no new socket
 *
 * For all: a call that is not allowed gives EPERM; running a program or reading another process's
 * memory ends the process (SIGSYS); no memory becomes executable, so PCRE2 may fall back from its
 * JIT for patterns compiled later.
 */
#ifndef OS_SANDBOX_H
#define OS_SANDBOX_H

#include "base/fault.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum sandbox_role { SANDBOX_COLLECTOR, SANDBOX_ANALYZER, SANDBOX_WEB };

/* A file or a folder with all below it; one that does not exist is passed over. */
struct sandbox_path {
    const char *path;
    bool write;
};

/* Paths may be none: then no file can be opened. A kernel without Landlock gets a warning in the
 * log, and files are limited by their owner and mode alone. STATUS_UNSUPPORTED: no seccomp; the
 * fault says why. The process must have no_new_privs (role_enter()), or it is set here. */
enum status sandbox_enter(enum sandbox_role role, const struct sandbox_path *paths, size_t count,
                          struct fault *fault);

/* Whether the running kernel limits file trees, for `dwell doctor`. */
bool sandbox_limits_files(void);

#endif
