/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Slices: comparing, finding, cutting, numbers.
 */
#include "base/slice.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct slice empty;

static void equality_and_order(void **state)
{
    (void)state;
    assert_true(slice_equal(empty, SLICE("")));
    assert_true(slice_equal(SLICE("a\0b"), SLICE("a\0b")));
    assert_false(slice_equal(SLICE("a"), SLICE("b")));
    assert_true(slice_equal_nocase(SLICE("SELECT"), SLICE("select")));
    assert_false(slice_equal_nocase(SLICE("@"), SLICE("`"))); /* differ by the case bit */
    assert_true(slice_compare(SLICE("a"), SLICE("ab")) < 0);
    assert_true(slice_compare(SLICE("b"), SLICE("ab")) > 0);
    assert_true(slice_compare(SLICE("\xFF"), SLICE("a")) > 0);
    assert_int_equal(slice_compare(empty, SLICE("")), 0);
}

static void prefixes(void **state)
{
    (void)state;
    assert_true(slice_starts(SLICE("abc"), SLICE("ab")));
    assert_true(slice_starts(empty, empty));
    assert_false(slice_starts(SLICE("a"), SLICE("ab")));
    assert_true(slice_ends(SLICE("abc"), SLICE("bc")));
    assert_false(slice_ends(SLICE("c"), SLICE("bc")));
    assert_true(slice_starts_nocase(SLICE("SELECT 1"), SLICE("select")));
}

static void parts_never_leave(void **state)
{
    (void)state;
    struct slice s = SLICE("abc");
    assert_true(slice_equal(slice_part(s, 1, 1), SLICE("b")));
    assert_true(slice_equal(slice_part(s, 1, SIZE_MAX), SLICE("bc")));
    assert_int_equal(slice_part(s, 4, 1).len, 0);
    assert_int_equal(slice_part(s, SIZE_MAX, SIZE_MAX).len, 0);
    assert_int_equal(slice_part(empty, 0, 5).len, 0);
}

static void find_and_trim(void **state)
{
    (void)state;
    assert_int_equal(slice_find(SLICE("abca"), 'a', 0), 0);
    assert_int_equal(slice_find(SLICE("abca"), 'a', 1), 3);
    assert_int_equal(slice_find(SLICE("abca"), 'x', 0), 4);
    assert_int_equal(slice_find(SLICE("abca"), 'a', 9), 4);
    assert_int_equal(slice_find(empty, 'a', 0), 0);
    assert_true(slice_equal(slice_trim(SLICE(" \t\r\n a b \v\f")), SLICE("a b")));
    assert_int_equal(slice_trim(SLICE("  ")).len, 0);
    assert_int_equal(slice_trim(empty).len, 0);
}

static void numbers(void **state)
{
    (void)state;
    uint64_t v = 7;
    assert_true(slice_to_u64(SLICE("18446744073709551615"), &v));
    assert_true(v == UINT64_MAX);
    assert_true(slice_to_u64(SLICE("000"), &v));
    assert_true(v == 0);
    v = 7;
    static const char *const bad[] = {"",  "18446744073709551616", "-1", "+1", " 1", "1 ", "0x1",
                                      "1a"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(slice_to_u64(slice_make(bad[i], strlen(bad[i])), &v));
    assert_true(v == 7);
}

static void copies_are_terminated(void **state)
{
    (void)state;
    char to[4] = "xxx";
    assert_string_equal(slice_copy_text(SLICE("abcdef"), to, sizeof to), "abc");
    assert_string_equal(slice_copy_text(empty, to, sizeof to), "");
    to[0] = 'x';
    slice_copy_text(SLICE("a"), to, 0);
    assert_int_equal(to[0], 'x');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality_and_order),
        cmocka_unit_test(prefixes),
        cmocka_unit_test(parts_never_leave),
        cmocka_unit_test(find_and_trim),
        cmocka_unit_test(numbers),
        cmocka_unit_test(copies_are_terminated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
