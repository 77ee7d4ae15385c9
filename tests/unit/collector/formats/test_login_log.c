/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "support/log_every_way.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void reads_ssh_sessions(void **state)
{
    (void)state;
    log_every_way(
        "",
        SLICE(
            "Nov 21 21:16:52 vm sshd[9]: Accepted publickey for app from 10.0.0.9 port 77 ssh2: "
            "ED25519 "
            "SHA256:x\n"
            "Nov 21 21:16:52 vm sshd[9]: Accepted key ED25519 SHA256:x found at /home/app/keys:1\n"
            "Nov 21 21:16:53 vm sshd[9]: Starting session: command for app from 10.0.0.9 port 77 "
            "id 0\n"
            "Nov 21 21:16:54 vm sshd[8]: Disconnected from user app 10.0.0.9 port 77\n"
            "Nov 21 21:16:55 vm sshd[7]: Failed password for invalid user eve from 1.1.1.1 port 1 "
            "from "
            "10.0.0.9 port 78 ssh2\n"),
        "2026-11-21T21:16:52.000Z client=10.0.0.9:77 seq=0 account=app action=login "
        "outcome=success\n"
        "2026-11-21T21:16:53.000Z client=10.0.0.9:77 seq=0 account=app action=command "
        "outcome=success\n"
        "2026-11-21T21:16:54.000Z client=10.0.0.9:77 seq=0 account=app action=logout "
        "outcome=success\n"
        "2026-11-21T21:16:55.000Z client=10.0.0.9:78 seq=0 account=eve from 1.1.1.1 port 1 "
        "action=login outcome=failure text=Failed password\n");
}

static void reads_sudo_and_su(void **state)
{
    (void)state;
    log_every_way(
        "logins",
        SLICE("Nov 21 21:16:52 vm sudo:    bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/cat "
              "/etc/x ; y\n"
              "Nov 21 21:16:52 vm sudo:    bob : command not allowed ; PWD=/ ; USER=root ; "
              "COMMAND=/bin/ls\n"
              "Nov 21 21:16:52 vm sudo: pam_unix(sudo:session): session closed for user root\n"
              "Nov 21 21:16:52 vm su: FAILED SU (to root) bob on pts/1\n"
              "Nov 21 21:16:52 vm su: (to app) root on none\n"),
        "2026-11-21T21:16:52.000Z seq=0 account=bob program=sudo action=command outcome=success "
        "clear=/bin/cat /etc/x ; y object=/bin/cat\n"
        "2026-11-21T21:16:52.000Z seq=0 account=bob program=sudo action=command outcome=failure "
        "clear=/bin/ls object=/bin/ls text=command not allowed\n"
        "2026-11-21T21:16:52.000Z seq=0 account=bob program=su action=command outcome=failure "
        "object=root text=FAILED SU\n"
        "2026-11-21T21:16:52.000Z seq=0 account=root program=su action=command outcome=success "
        "object=app\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_ssh_sessions),
        cmocka_unit_test(reads_sudo_and_su),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
