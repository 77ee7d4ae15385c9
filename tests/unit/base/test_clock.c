/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Clocks, the calendar over four centuries, RFC 3339 both ways.
 */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

static void calendar_agrees_with_libc(void **state)
{
    (void)state;
    for (int64_t days = -106000; days <= 106000; days++) {
        time_t seconds = days * 86400;
        struct tm tm;
        int year;
        unsigned month, day;
        assert_non_null(gmtime_r(&seconds, &tm));
        civil_from_days(days, &year, &month, &day);
        assert_int_equal(year, tm.tm_year + 1900);
        assert_int_equal(month, tm.tm_mon + 1);
        assert_int_equal(day, tm.tm_mday);
        assert_true(days_from_civil(year, month, day) == days);
    }
}

static void assert_format(int64_t ns, unsigned digits, const char *want)
{
    char text[40];
    assert_int_equal(time_format(ns, digits, text, sizeof text), strlen(want));
    assert_string_equal(text, want);
}

static void format(void **state)
{
    (void)state;
    char small[10];
    assert_format(0, 0, "1970-01-01T00:00:00Z");
    assert_format(-1, 9, "1969-12-31T23:59:59.999999999Z");
    assert_format(INT64_C(1795296628680000001), 9, "2026-11-21T21:30:28.680000001Z");
    assert_format(INT64_C(1795296628680000001), 3, "2026-11-21T21:30:28.680Z");
    assert_int_equal(time_format(0, 9, small, sizeof small), 0);
}

static void parse_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ns;
    } rows[] = {
        {"1970-01-01", 0},
        {"1970-01-02", NS_PER_DAY},
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01t00:00:01z", NS_PER_S},
        {"1970-01-01 00:00:01Z", NS_PER_S},
        {"1970-01-01T08:00:00+08:00", 0},
        {"1969-12-31T19:30:00-04:30", 0},
        {"1970-01-01T00:00:00.5Z", NS_PER_S / 2},
        {"1970-01-01T00:00:00.000000001Z", 1},
        {"2024-02-29T00:00:00Z", INT64_C(19782) * NS_PER_DAY},
        {"1678-01-01", INT64_C(-106650) * NS_PER_DAY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t ns = -7;
        assert_true(time_parse(slice_make(rows[i].text, strlen(rows[i].text)), &ns));
        assert_true(ns == rows[i].ns);
    }
}

static void parse_refuses(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "1970",
        "1970-13-01",
        "1970-00-01",
        "1970-02-29",
        "1900-02-29",
        "1970-01-32",
        "1677-01-01",
        "2262-01-01",
        "1970-01-01T",
        "1970-01-01T00:00Z",
        "1970-01-01T00:00:00",
        "1970-01-01T24:00:00Z",
        "1970-01-01T00:60:00Z",
        "1970-01-01T00:00:61Z",
        "1970-01-01T00:00:00.Z",
        "1970-01-01T00:00:00.1234567890Z",
        "1970-01-01T00:00:00+0800",
        "1970-01-01T00:00:00+24:00",
        "1970-01-01T00:00:00Zx",
        " 1970-01-01",
        "+970-01-01",
        "1970-01-01T-1:00:00Z",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t ns = -7;
        assert_false(time_parse(slice_make(rows[i], strlen(rows[i])), &ns));
        assert_true(ns == -7);
    }
}

static void round_trip(void **state)
{
    (void)state;
    for (int64_t ns = -INT64_C(9000000000000000000); ns < INT64_C(9000000000000000000);
         ns += INT64_C(12345678901234567)) {
        char text[40];
        int64_t back = 0;
        size_t len = time_format(ns, 9, text, sizeof text);
        assert_true(time_parse(slice_make(text, len), &back));
        assert_true(back == ns);
    }
}

static void clocks(void **state)
{
    (void)state;
    struct clock manual = clock_manual(5), real = clock_real();
    assert_true(clock_now(&manual) == 5 && clock_monotonic(&manual) == 5);
    clock_set(&manual, 3);
    assert_true(clock_now(&manual) == 3);
    assert_true(clock_now(&real) > INT64_C(1700000000) * NS_PER_S);
    int64_t before = clock_monotonic(&real);
    assert_true(clock_monotonic(&real) >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calendar_agrees_with_libc),
        cmocka_unit_test(format),
        cmocka_unit_test(parse_forms),
        cmocka_unit_test(parse_refuses),
        cmocka_unit_test(round_trip),
        cmocka_unit_test(clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
