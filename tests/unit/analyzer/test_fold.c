/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The day and the second of the day of a time, over the changes of the clock.
 */
#include "analyzer/fold.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>

static struct zone zone;

static void load(const char *name)
{
    struct fault fault = {""};
    if (zone_load(&zone, name, &fault) != STATUS_OK)
        skip(); /* this system has no such zone */
}

static void assert_local(const char *utc, const char *day, double hour)
{
    int64_t ns, midnight;
    double seconds;
    assert_true(time_parse(slice_from(utc), &ns));
    assert_true(time_parse(slice_from(day), &midnight));
    assert_int_equal(fold_day(&zone, ns, &seconds), midnight / NS_PER_DAY);
    assert_true(seconds > hour * 3600 - 1e-6 && seconds < hour * 3600 + 1e-6);
}

/* 2026-03-29: 02:00 becomes 03:00; the day has 23 hours. */
static void the_hour_that_is_left_out(void **state)
{
    (void)state;
    load("Europe/Berlin");
    assert_local("2026-03-28T23:00:00Z", "2026-03-29", 0);
    assert_local("2026-03-29T00:30:00Z", "2026-03-29", 1.5);
    assert_local("2026-03-29T01:00:00Z", "2026-03-29", 3);
    assert_local("2026-03-29T21:59:00Z", "2026-03-29", 23 + 59.0 / 60);
    assert_local("2026-03-29T22:00:00Z", "2026-03-30", 0);
    assert_int_equal(zone_day_start(&zone, 20542) - zone_day_start(&zone, 20541),
                     23 * 3600 * NS_PER_S);
}

/* 2026-10-25: 03:00 becomes 02:00; both hours are hour 2 of the same day. */
static void the_hour_that_comes_twice(void **state)
{
    (void)state;
    load("Europe/Berlin");
    assert_local("2026-10-24T22:00:00Z", "2026-10-25", 0);
    assert_local("2026-10-25T00:30:00Z", "2026-10-25", 2.5);
    assert_local("2026-10-25T01:30:00Z", "2026-10-25", 2.5);
    assert_local("2026-10-25T22:59:00Z", "2026-10-25", 23 + 59.0 / 60);
    assert_local("2026-10-25T23:00:00Z", "2026-10-26", 0);
}

static void no_change_and_before_1970(void **state)
{
    (void)state;
    load("+08:00");
    assert_local("2026-03-29T16:00:00Z", "2026-03-30", 0);
    double seconds;
    assert_int_equal(fold_day(&zone, -9 * 3600 * NS_PER_S, &seconds), -1);
    assert_int_equal((int)seconds, 23 * 3600);
}

/* A clock that went back an hour inside a session: no gap is negative, nothing is counted twice. */
static void a_clock_that_goes_back(void **state)
{
    (void)state;
    struct day_record d;
    struct model_subject subject = {.id = 1, .key = 1};
    const double at[] = {36000, 36010, 32410, 32500, 32600};
    double y;
    day_record_init(&d);
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        struct model_event e = {.seconds = at[i],
                                .system = SLICE("crm"),
                                .action = SLICE("view"),
                                .view = true,
                                .subjects = &subject,
                                .subject_count = 1};
        day_record_add(&d, &e);
    }
    assert_true(d.gap_count >= 3 && d.gap_count < 4); /* 10, 90 and 100 s; the step back is none */
    assert_true(d.gap_logs > 0);
    assert_int_equal(d.subject_count, 1);
    assert_true(d.subjects[0].visits >= 1 && d.subjects[0].visits < 4);
    assert_false(day_dwell_measure(&d, &y)); /* fewer than eight gaps */
    day_record_release(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hour_that_is_left_out),
        cmocka_unit_test(the_hour_that_comes_twice),
        cmocka_unit_test(no_change_and_before_1970),
        cmocka_unit_test(a_clock_that_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
