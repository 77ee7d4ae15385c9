/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The log: one safe line an entry, levels.
 */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int saved, ends[2];

static int capture(void **state)
{
    (void)state;
    saved = dup(STDERR_FILENO);
    return pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) >= 0 ? 0 : -1;
}

static int restore(void **state)
{
    (void)state;
    log_set_level(LOG_LEVEL_NOTICE);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(ends[0]);
    return close(ends[1]);
}

/* What was logged, with a mark after it so that reading does not wait. */
static const char *logged(void)
{
    static char text[32768];
    (void)!write(STDERR_FILENO, "|", 1);
    ssize_t n = read(ends[0], text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void one_line(void **state)
{
    (void)state;
    log_set_program("dwell-test");
    log_error("store: %s: %d", "full", 7);
    assert_string_equal(logged(), "dwell-test: error store: full: 7\n|");
    log_warning("a\nforged: line \x1B[31m\xFF");
    assert_string_equal(logged(), "dwell-test: warning a\\nforged: line \\x1B[31m\xEF\xBF\xBD\n|");
}

static void levels(void **state)
{
    (void)state;
    log_set_program("t");
    log_debug("hidden");
    log_notice("shown");
    assert_string_equal(logged(), "t: notice shown\n|");
    log_set_level(LOG_LEVEL_DEBUG);
    log_debug("shown");
    assert_string_equal(logged(), "t: debug shown\n|");
    log_set_level(LOG_LEVEL_ERROR);
    log_warning("hidden");
    assert_string_equal(logged(), "|");
}

static void long_messages_are_cut(void **state)
{
    (void)state;
    char text[10000];
    memset(text, '\x01', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    log_error("%s", text);
    const char *line = logged();
    assert_true(strlen(line) > 10000 && strlen(line) < 17000);
    assert_string_equal(line + strlen(line) - 2, "\n|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_line, capture, restore),
        cmocka_unit_test_setup_teardown(levels, capture, restore),
        cmocka_unit_test_setup_teardown(long_messages_are_cut, capture, restore),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
