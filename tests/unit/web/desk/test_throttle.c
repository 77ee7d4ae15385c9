/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "desk/throttle.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct throttle throttle;

static int make(void **state)
{
    (void)state;
    return throttle_init(&throttle) ? 0 : 1;
}

static int drop(void **state)
{
    (void)state;
    throttle_release(&throttle);
    return 0;
}

static unsigned try_at(const char *account, const char *address, int64_t second)
{
    return throttle_try(&throttle, slice_from(account), slice_from(address), second * NS_PER_S);
}

static void test_the_first_tries_are_free(void **state)
{
    (void)state;
    for (int i = 0; i < THROTTLE_FREE; i++)
        assert_int_equal(try_at("ada", "192.0.2.1", 100), 0);
    assert_int_equal(try_at("ada", "192.0.2.1", 100), 1);
}

static void test_waits_double(void **state)
{
    int64_t now = 100;
    (void)state;
    for (int i = 0; i < THROTTLE_FREE; i++)
        try_at("ada", "192.0.2.1", now);
    for (unsigned wait = 1; wait <= 512; wait *= 2) {
        assert_int_equal(try_at("ada", "192.0.2.1", now), wait);
        now += wait;
        assert_int_equal(try_at("ada", "192.0.2.1", now), 0);
    }
    assert_int_equal(try_at("ada", "192.0.2.1", now), THROTTLE_MOST_S);
}

static void test_another_address_does_not_help(void **state)
{
    (void)state;
    for (int i = 0; i < THROTTLE_FREE; i++) {
        char address[16];
        snprintf(address, sizeof address, "192.0.2.%d", i);
        assert_int_equal(try_at("ada", address, 100), 0);
    }
    assert_true(try_at("ada", "198.51.100.7", 100) > 0);
    assert_int_equal(try_at("bob", "198.51.100.7", 100), 0);
}

static void test_many_accounts_from_one_address(void **state)
{
    unsigned waited = 0;
    (void)state;
    for (int i = 0; i < 100; i++) {
        char account[16];
        snprintf(account, sizeof account, "user%d", i);
        waited += try_at(account, "192.0.2.1", 100) > 0;
    }
    assert_int_equal(waited, 80);
    assert_int_equal(try_at("user500", "198.51.100.7", 100), 0);
}

static void test_a_success_clears_the_account(void **state)
{
    (void)state;
    for (int i = 0; i < THROTTLE_FREE; i++)
        try_at("ada", "192.0.2.1", 100);
    throttle_passed(&throttle, SLICE("ada"), SLICE("192.0.2.1"));
    assert_int_equal(try_at("ada", "192.0.2.1", 100), 0);
}

static void test_failures_are_forgotten(void **state)
{
    (void)state;
    for (int i = 0; i < THROTTLE_FREE; i++)
        try_at("ada", "192.0.2.1", 100);
    assert_true(try_at("ada", "192.0.2.1", 100) > 0);
    for (int i = 0; i < THROTTLE_FREE; i++)
        assert_int_equal(try_at("ada", "192.0.2.1", 101 + THROTTLE_MOST_S), 0);
}

int main(void)
{
#define THROTTLE_TEST(test) cmocka_unit_test_setup_teardown(test, make, drop)
    const struct CMUnitTest tests[] = {
        THROTTLE_TEST(test_the_first_tries_are_free),
        THROTTLE_TEST(test_waits_double),
        THROTTLE_TEST(test_another_address_does_not_help),
        THROTTLE_TEST(test_many_accounts_from_one_address),
        THROTTLE_TEST(test_a_success_clears_the_account),
        THROTTLE_TEST(test_failures_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
