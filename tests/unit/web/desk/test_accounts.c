/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "desk/sessions.h"
#include "temporary_desk.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct desk_session_limits limits = {1800 * NS_PER_S, 12 * 3600 * NS_PER_S};

static void test_names(void **state)
{
    char name[ACCOUNT_NAME_SIZE];
    (void)state;
    assert_int_equal(account_name(SLICE("Wang.Li@example-1"), name), STATUS_OK);
    assert_string_equal(name, "wang.li@example-1");
    assert_int_equal(account_name(SLICE(""), name), STATUS_INVALID);
    assert_int_equal(account_name(SLICE(".hidden"), name), STATUS_INVALID);
    assert_int_equal(account_name(SLICE("a b"), name), STATUS_INVALID);
    assert_int_equal(account_name(SLICE("a\"b"), name), STATUS_INVALID);
    char longest[65];
    memset(longest, 'a', sizeof longest);
    assert_int_equal(account_name(slice_make(longest, 64), name), STATUS_OK);
    assert_int_equal(account_name(slice_make(longest, 65), name), STATUS_INVALID);
}

static void test_roles_have_names(void **state)
{
    enum role role = ROLE_NONE;
    (void)state;
    assert_true(role_find(SLICE("analyst"), &role));
    assert_int_equal(role, ROLE_ANALYST);
    assert_false(role_find(SLICE(""), &role));
    assert_false(role_find(SLICE("root"), &role));
    assert_string_equal(role_name(ROLE_ADMIN), "admin");
}

static void test_an_account_is_kept(void **state)
{
    struct temporary_desk *t = *state;
    struct account account;
    temporary_desk_account(t, "Ada", ROLE_ANALYST);
    temporary_desk_reopen(t);
    assert_int_equal(account_get(&t->desk, "ada", &account), STATUS_OK);
    assert_int_equal(account.role, ROLE_ANALYST);
    assert_int_equal(account.created_ns, clock_now(&t->clock));
    assert_int_equal(account.last_sign_in_ns, 0);
    assert_true(secret_password_fits(GOOD_PASSWORD, account.password_hash));
    assert_false(secret_password_fits(SLICE("a good password 2"), account.password_hash));
    assert_int_equal(account_get(&t->desk, "nobody", &account), STATUS_NOT_FOUND);
}

static void test_a_name_is_taken_once(void **state)
{
    struct temporary_desk *t = *state;
    struct account account;
    uint64_t count;
    temporary_desk_account(t, "ada", ROLE_VIEWER);
    assert_int_equal(account_add(&t->desk, SLICE("ADA"), ROLE_ADMIN, GOOD_PASSWORD, &account),
                     STATUS_EXISTS);
    assert_int_equal(account_add(&t->desk, SLICE("bob"), ROLE_ADMIN, SLICE("short"), &account),
                     STATUS_INVALID);
    assert_int_equal(account_count(&t->desk, &count), STATUS_OK);
    assert_int_equal(count, 1);
}

static void test_the_last_admin_stays(void **state)
{
    struct temporary_desk *t = *state;
    struct account_change disable = {.set_disabled = true, .disabled = true};
    struct account_change lower = {.role = ROLE_VIEWER};
    temporary_desk_account(t, "ada", ROLE_ADMIN);
    assert_int_equal(account_alter(&t->desk, "ada", &disable), STATUS_DENIED);
    assert_int_equal(account_alter(&t->desk, "ada", &lower), STATUS_DENIED);
    temporary_desk_account(t, "bob", ROLE_ADMIN);
    assert_int_equal(account_alter(&t->desk, "ada", &disable), STATUS_OK);
    assert_int_equal(account_alter(&t->desk, "bob", &lower), STATUS_DENIED);
    assert_int_equal(account_alter(&t->desk, "nobody", &lower), STATUS_NOT_FOUND);
}

static void test_changes_end_sessions(void **state)
{
    struct temporary_desk *t = *state;
    static const struct account_change changes[] = {
        {.password = {(const uint8_t *)"another password 2", 18}},
        {.set_disabled = true, .disabled = true},
        {.role = ROLE_VIEWER},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char name[] = {'u', (char)('0' + i), '\0'}, token[SECRET_TOKEN_TEXT];
        struct desk_session session;
        temporary_desk_account(t, name, ROLE_ANALYST);
        assert_int_equal(desk_session_start(&t->desk, name, &limits, token, &session), STATUS_OK);
        assert_int_equal(desk_session_find(&t->desk, slice_from(token), &limits, &session),
                         STATUS_OK);
        assert_int_equal(account_alter(&t->desk, name, &changes[i]), STATUS_OK);
        assert_int_equal(desk_session_find(&t->desk, slice_from(token), &limits, &session),
                         STATUS_NOT_FOUND);
    }
}

static bool collect(void *context, const struct account *account)
{
    char *names = context;
    strcat(names, account->name);
    strcat(names, " ");
    return strcmp(account->name, "bob") != 0;
}

static void test_each_in_order_until_stopped(void **state)
{
    struct temporary_desk *t = *state;
    char names[64] = "";
    temporary_desk_account(t, "cid", ROLE_VIEWER);
    temporary_desk_account(t, "bob", ROLE_VIEWER);
    temporary_desk_account(t, "ada", ROLE_VIEWER);
    assert_int_equal(account_each(&t->desk, collect, names), STATUS_OK);
    assert_string_equal(names, "ada bob ");
}

int main(void)
{
#define DESK_TEST(test) \
    cmocka_unit_test_setup_teardown(test, temporary_desk_make, temporary_desk_remove)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_roles_have_names),
        DESK_TEST(test_an_account_is_kept),
        DESK_TEST(test_a_name_is_taken_once),
        DESK_TEST(test_the_last_admin_stays),
        DESK_TEST(test_changes_end_sessions),
        DESK_TEST(test_each_in_order_until_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
