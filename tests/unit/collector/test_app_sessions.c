/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The sessions of the web applications: sign in, sign out, bounds.
 */
#include "collector/app_sessions.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_session_lasts_from_sign_in_to_sign_out(void **state)
{
    (void)state;
    struct app_sessions *sessions = app_sessions_new(10);
    uint64_t token = app_session_token(SLICE("SID"), SLICE("3ca32b"));
    assert_int_equal(app_sessions_user(sessions, token).len, 0);
    app_sessions_sign_in(sessions, token, SLICE("alice"));
    assert_true(slice_equal(app_sessions_user(sessions, token), SLICE("alice")));
    app_sessions_sign_in(sessions, token, SLICE("bob"));
    assert_true(slice_equal(app_sessions_user(sessions, token), SLICE("bob")));
    app_sessions_sign_out(sessions, token);
    assert_int_equal(app_sessions_user(sessions, token).len, 0);
    app_sessions_free(&sessions);
}

static void the_name_is_part_of_the_token(void **state)
{
    (void)state;
    assert_true(app_session_token(SLICE("a"), SLICE("x")) !=
                app_session_token(SLICE("b"), SLICE("x")));
    assert_true(app_session_token(SLICE("a"), SLICE("x")) ==
                app_session_token(SLICE("a"), SLICE("x")));
}

static void the_least_used_goes_at_the_bound(void **state)
{
    (void)state;
    struct app_sessions *sessions = app_sessions_new(3);
    for (uint64_t token = 1; token <= 3; token++)
        app_sessions_sign_in(sessions, token, SLICE("user"));
    app_sessions_user(sessions, 1);
    app_sessions_sign_in(sessions, 4, SLICE("user"));
    assert_int_equal(app_sessions_user(sessions, 1).len, 4);
    assert_int_equal(app_sessions_user(sessions, 2).len, 0);
    assert_int_equal(app_sessions_evicted(sessions), 1);
    app_sessions_free(&sessions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_lasts_from_sign_in_to_sign_out),
        cmocka_unit_test(the_name_is_part_of_the_token),
        cmocka_unit_test(the_least_used_goes_at_the_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
