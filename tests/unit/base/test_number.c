/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Numbers with and without units.
 */
#include "base/number.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct slice of(const char *text)
{
    return slice_make(text, strlen(text));
}

static void integers(void **state)
{
    (void)state;
    int64_t v = 5;
    assert_true(number_integer(of("-9223372036854775808"), &v) && v == INT64_MIN);
    assert_true(number_integer(of("+9223372036854775807"), &v) && v == INT64_MAX);
    assert_true(number_integer(of("-0"), &v) && v == 0);
    v = 5;
    static const char *const bad[] = {
        "", "-", "+", "--1", "9223372036854775808", "-9223372036854775809", "1.0"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(number_integer(of(bad[i]), &v));
    assert_true(v == 5);
}

static void reals(void **state)
{
    (void)state;
    double v = 5;
    assert_true(number_real(of("-1.5e3"), &v) && v == -1500);
    assert_true(number_real(of("3"), &v) && v == 3);
    assert_true(number_real(of("1E-2"), &v) && v == 0.01);
    v = 5;
    static const char *const bad[] = {"",    ".",     ".5",    "1.", "1e", "1e+", "inf",
                                      "nan", "0x1p3", "1e999", " 1", "1 ", "1,5"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(number_real(of(bad[i]), &v));
    assert_false(number_real(SLICE("1\0"), &v));
    assert_true(v == 5);
}

static void durations(void **state)
{
    (void)state;
    int64_t v = 5;
    assert_true(number_duration(of("15m"), &v) && v == INT64_C(900000000000));
    assert_true(number_duration(of("900 s"), &v) && v == INT64_C(900000000000));
    assert_true(number_duration(of("1d"), &v) && v == INT64_C(86400000000000));
    assert_true(number_duration(of("0ns"), &v) && v == 0);
    v = 5;
    static const char *const bad[] = {"",     "5",  "s",    "-1s",     "1.5h",
                                      "5  s", "5 ", "5sec", "106752d", "5 S"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(number_duration(of(bad[i]), &v));
    assert_true(v == 5);
}

static void sizes(void **state)
{
    (void)state;
    uint64_t v = 5;
    assert_true(number_bytes(of("1000"), &v) && v == 1000);
    assert_true(number_bytes(of("64 MiB"), &v) && v == 64U << 20);
    assert_true(number_bytes(of("2kB"), &v) && v == 2000);
    assert_true(number_bytes(of("7 B"), &v) && v == 7);
    v = 5;
    static const char *const bad[] = {"", "MiB", "1 mb", "1 K", "-1", "99999999 TiB", "5 "};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(number_bytes(of(bad[i]), &v));
    assert_true(v == 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(reals),
        cmocka_unit_test(durations),
        cmocka_unit_test(sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
