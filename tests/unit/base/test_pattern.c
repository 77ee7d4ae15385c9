/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Patterns: flags, groups, and limits that hold against bad patterns.
 */
#include "base/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static char error[PATTERN_ERROR_MAX];

static struct pattern *compile(const char *text, unsigned flags)
{
    struct pattern *p;
    assert_int_equal(pattern_compile(&p, slice_make(text, strlen(text)), flags, error), STATUS_OK);
    return p;
}

static bool matches(const char *pattern, unsigned flags, struct slice subject)
{
    struct pattern *p = compile(pattern, flags);
    enum status status = pattern_find(p, subject, 0, NULL);
    assert_true(status == STATUS_OK || status == STATUS_NOT_FOUND);
    pattern_free(&p);
    assert_null(p);
    return status == STATUS_OK;
}

static void flags(void **state)
{
    (void)state;
    assert_true(matches("b", 0, SLICE("abc")));
    assert_false(matches("B", 0, SLICE("abc")));
    assert_true(matches("B", PATTERN_NOCASE, SLICE("abc")));
    assert_false(matches("b", PATTERN_WHOLE, SLICE("abc")));
    assert_true(matches("a|abc", PATTERN_WHOLE, SLICE("abc")));
    assert_true(matches("a.c", PATTERN_LITERAL, SLICE("xa.c")));
    assert_false(matches("a.c", PATTERN_LITERAL, SLICE("abc")));
    assert_true(matches("^b$", PATTERN_MULTILINE, SLICE("a\nb\nc")));
    assert_true(matches("^.$", PATTERN_UTF8, SLICE("\xE4\xB8\xAD")));
    assert_false(matches("^.$", 0, SLICE("\xE4\xB8\xAD")));
    assert_true(matches("b", PATTERN_UTF8,
                        SLICE("\xFF\xFE"
                              "b"))); /* around what is ill-formed */
    assert_true(matches("", 0, (struct slice){NULL, 0}));
    assert_true(matches("a\\x00b", 0, SLICE("xa\0b")));
}

static void groups(void **state)
{
    (void)state;
    struct pattern *p = compile("(\\d+)(x)?-(\\d+)", 0);
    struct pattern_match match;
    struct slice subject = SLICE("1-2, 33-44");
    assert_int_equal(pattern_find(p, subject, 3, &match), STATUS_OK);
    assert_int_equal(match.count, 4);
    assert_true(slice_equal(match.groups[0], SLICE("33-44")));
    assert_true(slice_equal(match.groups[1], SLICE("33")));
    assert_int_equal(match.groups[2].len, 0);
    assert_true(slice_equal(match.groups[3], SLICE("44")));
    assert_int_equal(pattern_find(p, subject, 99, &match), STATUS_NOT_FOUND);
    pattern_free(&p);
}

static void more_groups_than_room(void **state)
{
    (void)state;
    char text[200] = "";
    for (int i = 0; i < 50; i++)
        strcat(text, "(a)");
    struct pattern *p = compile(text, 0);
    struct pattern_match match;
    char subject[51];
    memset(subject, 'a', 50);
    assert_int_equal(pattern_find(p, slice_make(subject, 50), 0, &match), STATUS_OK);
    assert_int_equal(match.count, PATTERN_GROUPS_MAX);
    pattern_free(&p);
}

static void bad_patterns(void **state)
{
    (void)state;
    struct pattern *p;
    assert_int_equal(pattern_compile(&p, SLICE("a("), 0, error), STATUS_INVALID);
    assert_string_equal(error, "missing closing parenthesis at offset 2");
    assert_null(p);
    assert_int_equal(pattern_compile(&p, SLICE("\\C"), PATTERN_UTF8, error), STATUS_INVALID);
    char nested[200];
    memset(nested, '(', 100);
    memset(nested + 100, ')', 100);
    assert_int_equal(pattern_compile(&p, slice_make(nested, 200), 0, error), STATUS_INVALID);
    char *large = calloc(1, PATTERN_TEXT_MAX + 1);
    memset(large, 'a', PATTERN_TEXT_MAX + 1);
    assert_int_equal(pattern_compile(&p, slice_make(large, PATTERN_TEXT_MAX + 1), 0, error),
                     STATUS_LIMIT);
    free(large);
}

static void work_is_bounded(void **state)
{
    (void)state;
    char subject[41];
    memset(subject, 'a', 40);
    subject[40] = '!';
    struct pattern *p = compile("^(a+)+$", 0);
    assert_int_equal(pattern_find(p, slice_make(subject, 41), 0, NULL), STATUS_LIMIT);
    assert_int_equal(pattern_find(p, slice_make(subject, 40), 0, NULL), STATUS_OK);
    pattern_free(&p);
}

/* A recursion that never ends of itself. */
static void depth_is_bounded(void **state)
{
    (void)state;
    size_t size = 1 << 20;
    char *subject = malloc(size);
    memset(subject, '(', size);
    struct pattern *p = compile("^(\\((?1)*\\))$", 0);
    enum status status = pattern_find(p, slice_make(subject, size), 0, NULL);
    assert_true(status == STATUS_LIMIT || status == STATUS_NOT_FOUND);
    pattern_free(&p);
    free(subject);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags),
        cmocka_unit_test(groups),
        cmocka_unit_test(more_groups_than_room),
        cmocka_unit_test(bad_patterns),
        cmocka_unit_test(work_is_bounded),
        cmocka_unit_test(depth_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
