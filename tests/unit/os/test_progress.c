/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Lines into a pipe, a bar on a pseudo-terminal.
 */
#include "os/progress.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void lines(void **state)
{
    (void)state;
    int ends[2];
    char text[1024] = "";
    struct progress p;
    assert_int_equal(pipe(ends), 0);
    progress_start(&p, ends[1], "Replaying", 1000);
    for (uint64_t i = 0; i < 555; i++)
        progress_update(&p, i);
    progress_finish(&p);
    close(ends[1]);
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    assert_string_equal(text, "Replaying: 10%\nReplaying: 20%\nReplaying: 30%\nReplaying: 40%\n"
                              "Replaying: 50%\nReplaying: 100%\n");
    close(ends[0]);
}

static void unknown_total(void **state)
{
    (void)state;
    int ends[2];
    char text[256] = "";
    struct progress p;
    assert_int_equal(pipe(ends), 0);
    progress_start(&p, ends[1], "Reading", 0);
    progress_update(&p, 7);
    progress_finish(&p);
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    assert_string_equal(text, "Reading: 7\n");
    close(ends[0]);
    close(ends[1]);
}

static void bar(void **state)
{
    (void)state;
    char text[512] = "";
    struct progress p;
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
        skip();
    int fd = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    assert_true(fd >= 0);
    progress_start(&p, fd, "Replaying", 10);
    assert_true(p.terminal);
    progress_update(&p, 5);
    progress_finish(&p);
    assert_true(read(terminal, text, sizeof text - 1) > 0);
    assert_non_null(strstr(text, "\rReplaying [##############################] 100%"));
    close(fd);
    close(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(unknown_total),
        cmocka_unit_test(bar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
