/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the extended model adds: the relation inferred from colleagues, and the formulas of its
 * sub-models against closed forms.
 */
#include "analyzer/openings.h"
#include "analyzer/submodels/submodels.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

enum { ANNA = 1, BO = 2, CHEN = 3, MONDAY = 20000 };

static void near(double is, double should)
{
    if (fabs(is - should) > 1e-9 * fmax(1, fabs(should)))
        fail_msg("%.12g, should be %.12g", is, should);
}

static void nobodys_work_is_no_relation(void **state)
{
    (void)state;
    struct openings o;
    openings_init(&o);
    near(openings_relation(&o, 7, ANNA, MONDAY), 0);
    openings_learn(&o, 7, ANNA, MONDAY);
    near(openings_relation(&o, 7, ANNA, MONDAY + 1), 0); /* only herself */
    near(openings_relation(&o, 7, BO, MONDAY + 1), 0.8);
    openings_learn(&o, 7, BO, MONDAY + 1);
    near(openings_relation(&o, 7, ANNA, MONDAY + 2), 0.8);
    near(openings_relation(&o, 7, BO, MONDAY + 2), 0.8); /* of Anna, the last other one */
    near(openings_relation(&o, 8, BO, MONDAY + 2), 0);
    openings_release(&o);
}

static void it_ends_after_two_weeks(void **state)
{
    (void)state;
    struct openings o;
    openings_init(&o);
    openings_learn(&o, 7, ANNA, MONDAY);
    near(openings_relation(&o, 7, BO, MONDAY + OPENINGS_DAYS), 0.8);
    near(openings_relation(&o, 7, BO, MONDAY + OPENINGS_DAYS + 1), 0);
    /* Bo's own later look does not renew it for Bo, but does for Chen. */
    openings_learn(&o, 7, BO, MONDAY + 20);
    near(openings_relation(&o, 7, BO, MONDAY + 21), 0);
    near(openings_relation(&o, 7, CHEN, MONDAY + 21), 0.8);
    openings_release(&o);
}

/* One person's day with one subject. */
static void look(struct openings *o, uint64_t subject)
{
    struct day_record record;
    struct model_subject s = {.id = subject};
    struct model_event e = {.system = SLICE("crm"),
                            .action = SLICE("view"),
                            .object = SLICE("/customer"),
                            .view = true,
                            .subjects = &s,
                            .subject_count = 1};
    day_record_init(&record);
    day_record_add(&record, &e);
    openings_count(o, &record);
    day_record_release(&record);
}

static void many_on_the_same_day_are_work(void **state)
{
    (void)state;
    struct openings o;
    openings_init(&o);
    openings_begin(&o);
    for (int i = 0; i < OPENINGS_TODAY; i++)
        look(&o, 7);
    near(openings_relation(&o, 7, ANNA, MONDAY), 0);
    look(&o, 7);
    near(openings_relation(&o, 7, ANNA, MONDAY), 0.8);
    openings_begin(&o);
    near(openings_relation(&o, 7, ANNA, MONDAY), 0);
    openings_release(&o);
}

static void openings_come_back_from_the_store(void **state)
{
    (void)state;
    struct openings o, again;
    struct buffer stored;
    buffer_init(&stored, 1 << 20);
    openings_init(&o);
    openings_init(&again);
    for (uint64_t subject = 1; subject <= 100; subject++)
        openings_learn(&o, subject, subject % 2 ? ANNA : BO, MONDAY);
    openings_save(&o, &stored);
    struct reader from = reader_of(buffer_slice(&stored));
    assert_true(openings_load(&again, &from));
    assert_int_equal(reader_left(&from), 0);
    for (uint64_t subject = 1; subject <= 100; subject++)
        for (uint32_t person = ANNA; person <= CHEN; person++)
            near(openings_relation(&again, subject, person, MONDAY + 1),
                 openings_relation(&o, subject, person, MONDAY + 1));
    openings_release(&o);
    openings_release(&again);
    buffer_release(&stored);
}

/* P(X >= 1) = 1 - (1 + phi m)^(-1/phi) for a negative binomial. */
static void cold_follows_its_closed_form(void **state)
{
    (void)state;
    static const double days[] = {1, 4, 10}, means[] = {0.1, 1, 5};
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 3; k++) {
            double phi = 0.2 / days[i] + 0.05 + 0.25 / 25, m = days[i] * means[k];
            near(cold_bits(1, days[i], means[k], 0.2, 20), -log2(1 - pow(1 + phi * m, -1 / phi)));
        }
    /* Three a day for ten days say what three on one day do not. */
    assert_true(cold_bits(30, 10, 0.8, 0.2, 20) > cold_bits(3, 1, 0.8, 0.2, 20) + 10);
}

static void size_needs_peers_and_knows_classes(void **state)
{
    (void)state;
    struct log_sums own = {20, 20 * log(100), 20 * log(100) * log(100)},
                    few = {3, 3 * log(100), 0.3}, group = {200, 200 * log(100), 200 * 0.25};
    assert_true(size_bits(log(100000), &own, &few, 2) <= 0);
    struct log_prediction p = log_predict(log(100000), &own, &group, 0.8);
    near(size_bits(log(100000), &own, &group, 2), upper_bits(p.z, p.nu));
    near(size_bits(log(100000), &own, &group, 0), 0.5 * upper_bits(p.z, p.nu));
    near(size_bits(log(100000), &own, &group, 3), 1.3 * upper_bits(p.z, p.nu));
    assert_true(size_bits(log(90), &own, &group, 2) < 1);
    assert_true(size_bits(log(100000), &own, &group, 2) > 8);
}

static void rows_belong_to_their_token(void **state)
{
    (void)state;
    struct day_record record;
    struct model_event list = {.system = SLICE("crm"),
                               .action = SLICE("download"),
                               .object = SLICE("/export"),
                               .rows = {0, 0, 500, 0}},
                       search = {.system = SLICE("crm"),
                                 .action = SLICE("search"),
                                 .object = SLICE("/search"),
                                 .rows = {0, 12, 0, 0},
                                 .search = true},
                       failed = list;
    failed.flags = MODEL_ERROR;
    day_record_init(&record);
    day_record_add(&record, &list);
    day_record_add(&record, &search);
    day_record_add(&record, &list);
    day_record_add(&record, &failed);
    assert_int_equal(record.token_count, 3);
    near(record.tokens[0].rows, 1000);
    near(record.tokens[1].rows, 12);
    near(record.tokens[2].rows, 0); /* an error returns nothing */
    near(record.searches, 1);
    day_record_release(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobodys_work_is_no_relation),
        cmocka_unit_test(it_ends_after_two_weeks),
        cmocka_unit_test(many_on_the_same_day_are_work),
        cmocka_unit_test(openings_come_back_from_the_store),
        cmocka_unit_test(cold_follows_its_closed_form),
        cmocka_unit_test(size_needs_peers_and_knows_classes),
        cmocka_unit_test(rows_belong_to_their_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
