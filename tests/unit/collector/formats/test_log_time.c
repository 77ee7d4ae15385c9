/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/clock.h"
#include "collector/formats/log_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct zone utc;
static int64_t reference; /* 2026-03-01 */

static int set_up(void **state)
{
    (void)state;
    return time_parse(SLICE("2026-03-01T00:00:00Z"), &reference) ? 0 : -1;
}

static void check(const struct zone *zone, const char *text, const char *expect)
{
    int64_t ns;
    char got[40];
    assert_true(log_time_any(slice_from(text), zone, reference, &ns));
    time_format(ns, 3, got, sizeof got);
    assert_string_equal(got, expect);
}

static void refuse(const char *text)
{
    int64_t ns;
    assert_false(log_time_any(slice_from(text), &utc, reference, &ns));
}

static void reads_every_form(void **state)
{
    (void)state;
    check(&utc, "2026-11-21 21:16:52.222 UTC", "2026-11-21T21:16:52.222Z");
    check(&utc, "2026-11-21 22:16:52.222 CET", "2026-11-21T21:16:52.222Z");
    check(&utc, "2026-11-21T21:16:52,5+01:00", "2026-11-21T20:16:52.500Z");
    check(&utc, "2026-11-21 21:16:52-0330", "2026-11-22T00:46:52.000Z");
    check(&utc, "2026-11-21 21:16:52 +03", "2026-11-21T18:16:52.000Z");
    check(&utc, "21/Nov/2026:21:16:52 +0100", "2026-11-21T20:16:52.000Z");
    check(&utc, "20261121 21:18:30", "2026-11-21T21:18:30.000Z");
    check(&utc, "261121  9:18:30", "2026-11-21T09:18:30.000Z");
    check(&utc, "991231 23:59:59", "1999-12-31T23:59:59.000Z");
    check(&utc, "1795295812.222", "2026-11-21T21:16:52.222Z");
    check(&utc, "1795295812222", "2026-11-21T21:16:52.222Z");
    check(&utc, "1795295812222333", "2026-11-21T21:16:52.222Z");
}

/* The year is the last that is not in the future. */
static void finds_the_year(void **state)
{
    (void)state;
    check(&utc, "Feb 28 01:02:03", "2026-02-28T01:02:03.000Z");
    check(&utc, "Mar  1 23:00:00", "2026-03-01T23:00:00.000Z");
    check(&utc, "Nov 21 01:02:03", "2025-11-21T01:02:03.000Z");
}

static void uses_the_zone_of_the_log(void **state)
{
    (void)state;
    struct zone warsaw;
    struct fault fault;
    assert_int_equal(zone_load(&warsaw, "Europe/Warsaw", &fault), STATUS_OK);
    check(&warsaw, "2026-07-01 12:00:00", "2026-07-01T10:00:00.000Z");
    check(&warsaw, "2026-12-01 12:00:00", "2026-12-01T11:00:00.000Z");
    check(&warsaw, "2026-07-01 12:00:00 CET", "2026-07-01T11:00:00.000Z");
    check(&warsaw, "2026-07-01 12:00:00 CST", "2026-07-01T10:00:00.000Z"); /* means several */
    check(&warsaw, "2026-10-25 02:30:00", "2026-10-25T00:30:00.000Z");     /* twice: the first */
    check(&warsaw, "2026-10-25 03:00:00", "2026-10-25T02:00:00.000Z");
    check(&warsaw, "2026-03-29 03:30:00", "2026-03-29T01:30:00.000Z");
}

static void refuses_what_is_no_time(void **state)
{
    (void)state;
    refuse("");
    refuse("2026-13-01 00:00:00");
    refuse("2026-02-30 00:00:00");
    refuse("2026-11-21 24:00:00");
    refuse("2026-11-21 21:16:52.");
    refuse("2026-11-21 21:16:52 UTC tail");
    refuse("21/Nuv/2026:21:16:52 +0100");
    refuse("21/Nov/2026:21:16:52");
    refuse("Feb 30 00:00:00");
    refuse("12345");
    refuse("99999999999999999999999");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_form),
        cmocka_unit_test(finds_the_year),
        cmocka_unit_test(uses_the_zone_of_the_log),
        cmocka_unit_test(refuses_what_is_no_time),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
