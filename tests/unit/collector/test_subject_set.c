/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The set of subjects: distinct, in order, bounded.
 */
#include "collector/subject_set.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Subjects whose hashes begin alike, so that they meet in the table. */
static struct event_subject subject(uint64_t number)
{
    struct event_subject s = {.number = number};
    memcpy(s.hash + 8, &number, sizeof number);
    s.hash[0] = (uint8_t)(number % 7);
    return s;
}

static void each_is_kept_once_in_order(void **state)
{
    struct subject_set set;
    (void)state;
    subject_set_init(&set, 10000);
    for (int round = 0; round < 2; round++)
        for (uint64_t i = 0; i < 3000; i++) {
            struct event_subject s = subject(i);
            assert_true(subject_set_add(&set, &s));
        }
    assert_int_equal(set.count, 3000);
    for (uint64_t i = 0; i < 3000; i++)
        assert_int_equal(set.items[i].number, i);
    subject_set_reset(&set);
    assert_int_equal(set.count, 0);
    assert_int_equal(subject_set_bytes(&set), 0);
    subject_set_release(&set);
}

static void a_small_set_keeps_its_memory(void **state)
{
    struct subject_set set;
    struct event_subject one = subject(1), two = subject(2);
    (void)state;
    subject_set_init(&set, 100);
    assert_true(subject_set_add(&set, &one));
    subject_set_reset(&set);
    assert_true(subject_set_bytes(&set) > 0);
    assert_true(subject_set_add(&set, &two));
    assert_int_equal(set.count, 1);
    assert_int_equal(set.items[0].number, 2);
    subject_set_release(&set);
}

static void the_maximum_refuses_new_ones_only(void **state)
{
    struct subject_set set;
    struct event_subject new = subject(99);
    (void)state;
    subject_set_init(&set, 5);
    for (uint64_t i = 0; i < 5; i++) {
        struct event_subject s = subject(i);
        assert_true(subject_set_add(&set, &s));
    }
    assert_false(subject_set_add(&set, &new));
    struct event_subject old = subject(3);
    assert_true(subject_set_add(&set, &old));
    assert_int_equal(set.count, 5);
    subject_set_release(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_kept_once_in_order),
        cmocka_unit_test(a_small_set_keeps_its_memory),
        cmocka_unit_test(the_maximum_refuses_new_ones_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
