/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Time zones, against the C library over seventy years, and damaged files.
 */
#include "base/zone.h"

#include "base/clock.h"
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct zone zone;
static struct fault fault;

static void fixed(void **state)
{
    (void)state;
    assert_int_equal(zone_load(&zone, "+08:00", &fault), STATUS_OK);
    assert_int_equal(zone_offset(&zone, 0), 28800);
    assert_true(zone_local(&zone, NS_PER_S) == 28801 * NS_PER_S);
    assert_true(zone_day_start(&zone, 1) == NS_PER_DAY - 28800 * NS_PER_S);
    assert_int_equal(zone_load(&zone, "-03:30", &fault), STATUS_OK);
    assert_int_equal(zone_offset(&zone, 0), -12600);
    assert_int_equal(zone_load(&zone, "UTC", &fault), STATUS_OK);
    assert_true(zone_local(&zone, -1) == -1);
    assert_true(zone_day_start(&zone, -3) == -3 * NS_PER_DAY);
}

static void refused(void **state)
{
    (void)state;
    static const char *const names[] = {
        "", "/etc/passwd", "../../etc/passwd", "Nowhere/City", "+8:00", "+15:00", "+08:60"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        fault.text[0] = '\0';
        assert_int_not_equal(zone_load(&zone, names[i], &fault), STATUS_OK);
        assert_true(fault.text[0] != '\0');
    }
}

/* Clocks go back at midnight in Havana, forward at midnight in Sao Paulo (until 2018), and Apia
 * lost a whole day (2011-12-30). */
static void agrees_with_libc(void **state)
{
    (void)state;
    static const char *const names[] = {"Asia/Shanghai",  "Europe/Berlin",
                                        "America/Havana", "America/Sao_Paulo",
                                        "Pacific/Apia",   "Australia/Lord_Howe"};
    if (access("/usr/share/zoneinfo/Asia/Shanghai", R_OK) != 0)
        skip();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(zone_load(&zone, names[i], &fault), STATUS_OK);
        setenv("TZ", names[i], 1);
        tzset();
        for (time_t t = -631152000; t < 2114380800; t += 12345) {
            struct tm tm;
            assert_non_null(localtime_r(&t, &tm));
            assert_int_equal(zone_offset(&zone, t * NS_PER_S), tm.tm_gmtoff);
        }
        for (int64_t day = 10000; day < 20000; day++) {
            int64_t start = zone_day_start(&zone, day);
            assert_true(zone_local(&zone, start) >= day * NS_PER_DAY);
            assert_true(zone_local(&zone, start - 1) < day * NS_PER_DAY);
        }
    }
    unsetenv("TZ");
}

static void damaged(void **state)
{
    (void)state;
    struct buffer b;
    buffer_init(&b, 1 << 20);
    if (file_read("/usr/share/zoneinfo/Europe/Berlin", &b) != STATUS_OK)
        skip();
    assert_int_equal(zone_parse(&zone, buffer_slice(&b)), STATUS_OK);
    size_t needed = 0;
    for (size_t len = 0; len < b.len; len++)
        if (zone_parse(&zone, slice_part(buffer_slice(&b), 0, len)) != STATUS_OK)
            needed = len + 1;
    assert_true(needed > b.len / 2); /* every shorter prefix was refused */
    uint32_t random = 1;
    for (int i = 0; i < 20000; i++) {
        random = random * 1664525 + 1013904223;
        size_t at = (random >> 8) % b.len;
        uint8_t was = b.ptr[at];
        b.ptr[at] = (uint8_t)(random >> 4);
        if (zone_parse(&zone, buffer_slice(&b)) == STATUS_OK)
            assert_true(abs(zone_offset(&zone, (int64_t)random * NS_PER_S)) <= 86400);
        b.ptr[at] = was;
    }
    buffer_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed),
        cmocka_unit_test(refused),
        cmocka_unit_test(agrees_with_libc),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
