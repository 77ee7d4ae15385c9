/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "web/query.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena arena;

static int make(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 16);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void decodes(const char *from, const char *to)
{
    struct slice text;
    assert_int_equal(query_decode(slice_from(from), true, &arena, &text), STATUS_OK);
    assert_true(slice_equal(text, slice_from(to)));
}

static void test_decoding(void **state)
{
    struct slice text;
    (void)state;
    decodes("", "");
    decodes("plain", "plain");
    decodes("a%20b+c", "a b c");
    decodes("%E5%BC%A0%e4%b8%89", "张三");
    decodes("100%25", "100%");
    assert_int_equal(query_decode(SLICE("a+b"), false, &arena, &text), STATUS_OK);
    assert_true(slice_equal(text, SLICE("a+b")));
}

static void test_what_is_badly_encoded_is_refused(void **state)
{
    static const char *const bad[] = {"%",   "%2",           "%2g",    "%g2",
                                      "%00", "a%0ab",        "%c0%af", "%ed%a0%80",
                                      "%ff", "%f4%90%80%80", "%7f",    "%c2%85"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct slice text;
        assert_int_equal(query_decode(slice_from(bad[i]), true, &arena, &text), STATUS_MALFORMED);
        assert_int_equal(text.len, 0);
    }
}

static enum status value(const char *query, const char *name, struct slice *text)
{
    return query_value(slice_from(query), name, &arena, text);
}

static void test_values(void **state)
{
    struct slice text;
    (void)state;
    assert_int_equal(value("a=1&b=two%21&c=", "b", &text), STATUS_OK);
    assert_true(slice_equal(text, SLICE("two!")));
    assert_int_equal(value("a=1&c=", "c", &text), STATUS_OK);
    assert_int_equal(text.len, 0);
    assert_int_equal(value("a=1&flag", "flag", &text), STATUS_OK);
    assert_int_equal(text.len, 0);
    assert_int_equal(value("ab=1", "a", &text), STATUS_NOT_FOUND);
    assert_int_equal(value("", "a", &text), STATUS_NOT_FOUND);
    assert_int_equal(value("&&", "a", &text), STATUS_NOT_FOUND);
    assert_int_equal(value("a=1&a=1", "a", &text), STATUS_MALFORMED);
    assert_int_equal(value("a=%zz", "a", &text), STATUS_MALFORMED);
}

static void test_numbers(void **state)
{
    uint64_t number;
    (void)state;
    assert_int_equal(query_number(SLICE("n=7"), "n", 1, 10, 5, &number), STATUS_OK);
    assert_int_equal(number, 7);
    assert_int_equal(query_number(SLICE("m=7"), "n", 1, 10, 5, &number), STATUS_OK);
    assert_int_equal(number, 5);
    assert_int_equal(query_number(SLICE("n=0"), "n", 1, 10, 5, &number), STATUS_MALFORMED);
    assert_int_equal(query_number(SLICE("n=11"), "n", 1, 10, 5, &number), STATUS_MALFORMED);
    assert_int_equal(query_number(SLICE("n=-1"), "n", 0, 10, 5, &number), STATUS_MALFORMED);
    assert_int_equal(query_number(SLICE("n="), "n", 0, 10, 5, &number), STATUS_MALFORMED);
    assert_int_equal(query_number(SLICE("n=99999999999999999999"), "n", 0, UINT64_MAX, 5, &number),
                     STATUS_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decoding),
        cmocka_unit_test(test_what_is_badly_encoded_is_refused),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
