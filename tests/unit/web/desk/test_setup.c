/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "desk/setup.h"
#include "temporary_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>

static void begin(struct temporary_desk *t, char token[SECRET_TOKEN_TEXT])
{
    char path[128];
    snprintf(path, sizeof path, "%s/first-run-token", t->folder);
    assert_int_equal(setup_begin(&t->desk, path, token), STATUS_OK);
}

static enum status finish(struct temporary_desk *t, const char *token)
{
    struct account account;
    return setup_finish(&t->desk, slice_from(token), SLICE("ada"), GOOD_PASSWORD, &account);
}

static void test_the_token_makes_one_admin(void **state)
{
    struct temporary_desk *t = *state;
    char token[SECRET_TOKEN_TEXT];
    struct account account;
    begin(t, token);
    temporary_desk_reopen(t);
    assert_true(setup_open(&t->desk));
    assert_int_equal(finish(t, token), STATUS_OK);
    assert_false(setup_open(&t->desk));
    assert_int_equal(account_get(&t->desk, "ada", &account), STATUS_OK);
    assert_int_equal(account.role, ROLE_ADMIN);
}

static void test_it_cannot_be_used_twice(void **state)
{
    struct temporary_desk *t = *state;
    char token[SECRET_TOKEN_TEXT];
    begin(t, token);
    assert_int_equal(finish(t, token), STATUS_OK);
    assert_int_equal(finish(t, token), STATUS_DENIED);
}

static void test_a_wrong_one_is_refused(void **state)
{
    struct temporary_desk *t = *state;
    char token[SECRET_TOKEN_TEXT], other[SECRET_TOKEN_TEXT];
    assert_int_equal(finish(t, "none was made"), STATUS_DENIED);
    begin(t, token);
    secret_token(other);
    assert_int_equal(finish(t, other), STATUS_DENIED);
    assert_int_equal(finish(t, ""), STATUS_DENIED);
    assert_int_equal(finish(t, token), STATUS_OK);
}

static void test_it_expires(void **state)
{
    struct temporary_desk *t = *state;
    char token[SECRET_TOKEN_TEXT];
    begin(t, token);
    temporary_desk_wait(t, SETUP_VALID_S);
    assert_int_equal(finish(t, token), STATUS_DENIED);
}

static void test_a_new_start_voids_the_one_before(void **state)
{
    struct temporary_desk *t = *state;
    char token[SECRET_TOKEN_TEXT], newer[SECRET_TOKEN_TEXT];
    begin(t, token);
    begin(t, newer);
    assert_int_equal(finish(t, token), STATUS_DENIED);
    assert_int_equal(finish(t, newer), STATUS_OK);
}

static void test_a_bad_password_leaves_it_good(void **state)
{
    struct temporary_desk *t = *state;
    char token[SECRET_TOKEN_TEXT];
    struct account account;
    begin(t, token);
    assert_int_equal(
        setup_finish(&t->desk, slice_from(token), SLICE("ada"), SLICE("short"), &account),
        STATUS_INVALID);
    assert_int_equal(
        setup_finish(&t->desk, slice_from(token), SLICE("a da"), GOOD_PASSWORD, &account),
        STATUS_INVALID);
    assert_int_equal(finish(t, token), STATUS_OK);
}

static void test_no_offer_where_there_are_accounts(void **state)
{
    struct temporary_desk *t = *state;
    char token[SECRET_TOKEN_TEXT], path[128];
    temporary_desk_account(t, "bob", ROLE_VIEWER);
    snprintf(path, sizeof path, "%s/first-run-token", t->folder);
    assert_int_equal(setup_begin(&t->desk, path, token), STATUS_EXISTS);
    assert_int_equal(finish(t, token), STATUS_DENIED);
}

static void test_the_file_is_private(void **state)
{
    struct temporary_desk *t = *state;
    char token[SECRET_TOKEN_TEXT], path[128], text[80] = "";
    struct stat about;
    begin(t, token);
    snprintf(path, sizeof path, "%s/first-run-token", t->folder);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file));
    fclose(file);
    assert_memory_equal(text, token, SECRET_TOKEN_TEXT - 1);
}

int main(void)
{
#define DESK_TEST(test) \
    cmocka_unit_test_setup_teardown(test, temporary_desk_make, temporary_desk_remove)
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_the_token_makes_one_admin),
        DESK_TEST(test_it_cannot_be_used_twice),
        DESK_TEST(test_a_wrong_one_is_refused),
        DESK_TEST(test_it_expires),
        DESK_TEST(test_a_new_start_voids_the_one_before),
        DESK_TEST(test_a_bad_password_leaves_it_good),
        DESK_TEST(test_no_offer_where_there_are_accounts),
        DESK_TEST(test_the_file_is_private),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
