/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "desk/secret.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_tokens_differ(void **state)
{
    char a[SECRET_TOKEN_TEXT], b[SECRET_TOKEN_TEXT];
    (void)state;
    secret_token(a);
    secret_token(b);
    assert_int_equal(strlen(a), SECRET_TOKEN_TEXT - 1);
    assert_string_not_equal(a, b);
}

static void test_token_hash_is_of_the_token(void **state)
{
    uint8_t a[SECRET_TOKEN_HASH], b[SECRET_TOKEN_HASH];
    (void)state;
    secret_token_hash(SLICE("one"), a);
    secret_token_hash(SLICE("one"), b);
    assert_true(secret_equal(a, b, sizeof a));
    secret_token_hash(SLICE("two"), b);
    assert_false(secret_equal(a, b, sizeof a));
}

static void test_password_rule(void **state)
{
    static const struct {
        const char *password;
        enum status status;
    } cases[] = {
        {"", STATUS_INVALID},
        {"elevenchars", STATUS_INVALID},
        {"twelve chars", STATUS_OK},
        {"aaaaaaaaaaaaaaaa", STATUS_INVALID},
        {"abababababababab", STATUS_INVALID},
        {"正确的马电池订书钉与夜莺歌", STATUS_OK}, /* 13 characters */
        {"四个汉字", STATUS_INVALID},              /* 12 bytes, 4 characters */
        {"not utf-8 \xff\xff\xff\xff", STATUS_INVALID},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(secret_password_check(slice_from(cases[i].password)), cases[i].status);
    char longest[SECRET_PASSWORD_MOST + 1];
    for (size_t i = 0; i < sizeof longest; i++)
        longest[i] = (char)('a' + i % 26);
    assert_int_equal(secret_password_check(slice_make(longest, sizeof longest - 1)), STATUS_OK);
    assert_int_equal(secret_password_check(slice_make(longest, sizeof longest)), STATUS_INVALID);
}

static void test_password_hash(void **state)
{
    char hash[SECRET_PASSWORD_HASH], again[SECRET_PASSWORD_HASH];
    (void)state;
    assert_int_equal(secret_password_hash(SLICE("correct horse"), hash), STATUS_OK);
    assert_int_equal(secret_password_hash(SLICE("correct horse"), again), STATUS_OK);
    assert_int_equal(strncmp(hash, "$argon2id$", 10), 0);
    assert_string_not_equal(hash, again);
    assert_true(secret_password_fits(SLICE("correct horse"), hash));
    assert_false(secret_password_fits(SLICE("correct horsf"), hash));
    assert_false(secret_password_fits(SLICE(""), hash));
}

static void test_nobody_has_no_password(void **state)
{
    char none[SECRET_PASSWORD_HASH] = "";
    (void)state;
    assert_false(secret_password_fits(SLICE(""), none));
    assert_false(secret_password_fits(SLICE("anything"), none));
}

static int init(void **state)
{
    (void)state;
    return secret_init() ? 0 : 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens_differ),
        cmocka_unit_test(test_token_hash_is_of_the_token),
        cmocka_unit_test(test_password_rule),
        cmocka_unit_test(test_password_hash),
        cmocka_unit_test(test_nobody_has_no_password),
    };
    return cmocka_run_group_tests(tests, init, NULL);
}
