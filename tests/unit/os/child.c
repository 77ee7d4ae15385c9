/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The child writes to a pipe what does not hold.
 */
#include "child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

void child_run(child_body *body, const void *context, int signal)
{
    int ends[2], status;
    char what[256] = "";
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const char *wrong = body(context);
        if (wrong)
            (void)!write(ends[1], wrong, strlen(wrong));
        _exit(0);
    }
    close(ends[1]);
    (void)!read(ends[0], what, sizeof what - 1);
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_string_equal(what, "");
    assert_int_equal(WIFSIGNALED(status) ? WTERMSIG(status) : 0, signal);
}
