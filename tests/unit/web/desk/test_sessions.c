/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "desk/sessions.h"
#include "temporary_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const struct desk_session_limits limits = {1800 * NS_PER_S, 12 * 3600 * NS_PER_S};

static void begin(struct temporary_desk *t, char token[SECRET_TOKEN_TEXT])
{
    struct desk_session session;
    assert_int_equal(desk_session_start(&t->desk, "ada", &limits, token, &session), STATUS_OK);
    assert_int_equal(session.role, ROLE_ANALYST);
}

static enum status find(struct temporary_desk *t, const char *token, struct desk_session *session)
{
    return desk_session_find(&t->desk, slice_from(token), &limits, session);
}

static int make(void **state)
{
    temporary_desk_make(state);
    temporary_desk_account(*state, "ada", ROLE_ANALYST);
    return 0;
}

static void test_found_by_its_token_only(void **state)
{
    struct temporary_desk *t = *state;
    char token[SECRET_TOKEN_TEXT], other[SECRET_TOKEN_TEXT];
    struct desk_session session;
    begin(t, token);
    temporary_desk_reopen(t);
    assert_int_equal(find(t, token, &session), STATUS_OK);
    assert_string_equal(session.account, "ada");
    secret_token(other);
    assert_int_equal(find(t, other, &session), STATUS_NOT_FOUND);
    assert_int_equal(find(t, "", &session), STATUS_NOT_FOUND);
    token[3] = token[3] == 'A' ? 'B' : 'A';
    assert_int_equal(find(t, token, &session), STATUS_NOT_FOUND);
}

static void test_the_token_is_not_stored(void **state)
{
    struct temporary_desk *t = *state;
    char token[SECRET_TOKEN_TEXT], path[128];
    static char bytes[1 << 20];
    begin(t, token);
    desk_close(&t->desk);
    snprintf(path, sizeof path, "%s/desk/data.mdb", t->folder);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(len > 4096);
    assert_non_null(memmem(bytes, len, "ada", 3));
    assert_null(memmem(bytes, len, token, SECRET_TOKEN_TEXT - 1));
    temporary_desk_reopen(t);
}

static void test_idle_ends_it(void **state)
{
    struct temporary_desk *t = *state;
    char token[SECRET_TOKEN_TEXT];
    struct desk_session session;
    begin(t, token);
    for (int i = 0; i < 3; i++) { /* being seen keeps it */
        temporary_desk_wait(t, 1700);
        assert_int_equal(find(t, token, &session), STATUS_OK);
    }
    temporary_desk_wait(t, 1800);
    assert_int_equal(find(t, token, &session), STATUS_NOT_FOUND);
}

static void test_the_absolute_limit_ends_it(void **state)
{
    struct temporary_desk *t = *state;
    char token[SECRET_TOKEN_TEXT];
    struct desk_session session;
    begin(t, token);
    for (int i = 0; i < 43; i++) {
        temporary_desk_wait(t, 1000);
        assert_int_equal(find(t, token, &session), STATUS_OK);
    }
    temporary_desk_wait(t, 200);
    assert_int_equal(find(t, token, &session), STATUS_NOT_FOUND);
}

static void test_signing_out_ends_it(void **state)
{
    struct temporary_desk *t = *state;
    char token[SECRET_TOKEN_TEXT], other[SECRET_TOKEN_TEXT];
    struct desk_session session;
    begin(t, token);
    begin(t, other);
    assert_int_equal(desk_session_end(&t->desk, slice_from(token)), STATUS_OK);
    assert_int_equal(find(t, token, &session), STATUS_NOT_FOUND);
    assert_int_equal(find(t, other, &session), STATUS_OK);
}

static void test_the_role_is_the_present_one(void **state)
{
    struct temporary_desk *t = *state;
    struct account_change up = {.role = ROLE_ADMIN};
    char token[SECRET_TOKEN_TEXT];
    struct desk_session session;
    begin(t, token);
    assert_int_equal(account_alter(&t->desk, "ada", &up), STATUS_OK);
    assert_int_equal(find(t, token, &session), STATUS_OK);
    assert_int_equal(session.role, ROLE_ADMIN);
}

static void test_the_oldest_goes_at_the_most(void **state)
{
    struct temporary_desk *t = *state;
    char tokens[SESSION_MAX_PER_ACCOUNT + 1][SECRET_TOKEN_TEXT];
    struct desk_session session;
    for (int i = 0; i <= SESSION_MAX_PER_ACCOUNT; i++) {
        temporary_desk_wait(t, 1);
        begin(t, tokens[i]);
    }
    assert_int_equal(find(t, tokens[0], &session), STATUS_NOT_FOUND);
    for (int i = 1; i <= SESSION_MAX_PER_ACCOUNT; i++)
        assert_int_equal(find(t, tokens[i], &session), STATUS_OK);
}

static void test_page_tokens_belong_to_the_session(void **state)
{
    struct temporary_desk *t = *state;
    char token[SECRET_TOKEN_TEXT], other[SECRET_TOKEN_TEXT];
    struct desk_session one, again, two;
    begin(t, token);
    begin(t, other);
    assert_int_equal(find(t, token, &one), STATUS_OK);
    assert_int_equal(find(t, token, &again), STATUS_OK);
    assert_int_equal(find(t, other, &two), STATUS_OK);
    assert_true(strlen(one.csrf) >= 40);
    assert_string_equal(one.csrf, again.csrf);
    assert_string_not_equal(one.csrf, two.csrf);
    assert_string_not_equal(one.csrf, token);
}

int main(void)
{
#define DESK_TEST(test) cmocka_unit_test_setup_teardown(test, make, temporary_desk_remove)
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_found_by_its_token_only),
        DESK_TEST(test_the_token_is_not_stored),
        DESK_TEST(test_idle_ends_it),
        DESK_TEST(test_the_absolute_limit_ends_it),
        DESK_TEST(test_signing_out_ends_it),
        DESK_TEST(test_the_role_is_the_present_one),
        DESK_TEST(test_the_oldest_goes_at_the_most),
        DESK_TEST(test_page_tokens_belong_to_the_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
