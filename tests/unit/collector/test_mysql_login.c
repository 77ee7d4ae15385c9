/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * MySQL: handshake, authentication, change of user, and what ends the decoding.
 */
#include "collector/decoders/mysql_wire.h"
#include "mysql_script.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

extern const struct decoder mysql_decoder;

enum {
    CAPABILITIES = MYSQL_LONG_PASSWORD | MYSQL_PROTOCOL_41 | MYSQL_SECURE_CONNECTION |
                   MYSQL_CONNECT_WITH_DB | MYSQL_PLUGIN_AUTH | MYSQL_CONNECT_ATTRIBUTES,
};

#define GREETING                                                 \
    "\x0a"                                                       \
    "8.0.35\0\1\0\0\0"                                           \
    "12345678\0\xff\xff\x21\2\0\xff\xdf\x15\0\0\0\0\0\0\0\0\0\0" \
    "123456789012\0"
#define RESPONSE_HEAD(capabilities) \
    capabilities "\0\0\0\1\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static struct script s;

static int begin(void **state)
{
    (void)state;
    script_init(&s);
    return 0;
}

static int end(void **state)
{
    (void)state;
    script_release(&s);
    return 0;
}

static void a_login_names_account_database_and_program(void **state)
{
    (void)state;
    script_login(&s, CAPABILITIES);
    script_check(&s, LOGGED_IN);
}

static void a_refused_login_fails_with_the_servers_code(void **state)
{
    (void)state;
    SERVER(&s, 0, GREETING);
    CLIENT(&s, 1, RESPONSE_HEAD("\1\x82\0\0") "eve\0\3abc");
    SERVER(&s, 2, "\xff\x15\4#28000Access denied for user 'eve'");
    script_check(&s, "seq=1 account=eve action=login outcome=failure duration_us=1000000 "
                     "error=1045 text=(28000) Access denied for user 'eve'\n");
}

static void a_refused_host_fails_before_any_account(void **state)
{
    (void)state;
    SERVER(&s, 0, "\xff\x6a\4Host 'x' is not allowed");
    script_check(&s, "seq=1 action=login outcome=failure duration_us=0 error=1130 "
                     "text=Host 'x' is not allowed\n");
}

/* The method is switched, more data goes both ways; secrets are not looked at. */
static void authentication_may_take_several_rounds(void **state)
{
    (void)state;
    SERVER(&s, 0, GREETING);
    CLIENT(&s, 1, RESPONSE_HEAD("\1\x82\x08\0") "app\0\0caching_sha2_password\0");
    SERVER(&s, 2,
           "\xfe"
           "caching_sha2_password\0"
           "abcdefghij");
    CLIENT(&s, 3, "scramble");
    SERVER(&s, 4, "\1\4");
    CLIENT(&s, 5, "\2");
    SERVER(&s, 6, "\1-----BEGIN PUBLIC KEY-----");
    CLIENT(&s, 7, "rsa");
    SERVER(&s, 8, "\0\0\0\2\0\0\0");
    CLIENT(&s, 0, "\1");
    script_check(&s, "seq=1 account=app action=login outcome=success duration_us=7000000\n"
                     "seq=2 account=app action=logout outcome=success\n");
}

static void the_old_login_is_read(void **state)
{
    (void)state;
    SERVER(&s, 0,
           "\x0a"
           "3.23.58\0\1\0\0\0"
           "12345678\0\x2c\0\x08\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    CLIENT(&s, 1,
           "\x08\0\xff\xff\xff"
           "app\0ABCDEFGH\0crm\0");
    SERVER(&s, 2, "\0\0\0\2\0");
    CLIENT(&s, 0, "\3select 1");
    SERVER(&s, 1, "\1");
    SERVER(&s, 2,
           "\0\1"
           "1\3\1\0\0\1\x08\3\1\0\0");
    SERVER(&s, 3, "\xfe");
    SERVER(&s, 4,
           "\1"
           "1");
    SERVER(&s, 5, "\xfe");
    script_check(&s, "seq=1 account=app database=crm action=login outcome=success "
                     "duration_us=1000000\n"
                     "seq=2 account=app database=crm action=read outcome=success clear=select 1 "
                     "rows=1 affected=0 bytes=38 duration_us=1000000\n");
}

static void a_change_of_user_is_a_login(void **state)
{
    (void)state;
    script_login(&s, CAPABILITIES);
    CLIENT(&s, 0,
           "\x11"
           "alice\0\4abcdbank\0\x21\0");
    SERVER(&s, 1, "\0\0\0\2\0\0\0");
    CLIENT(&s, 0,
           "\x11"
           "root\0\4abcdbank\0\x21\0");
    SERVER(&s, 1, "\xff\x15\4#28000no");
    CLIENT(&s, 0, "\1");
    script_check(
        &s, LOGGED_IN
        "seq=2 account=alice database=bank program=crm-ui action=login outcome=success "
        "duration_us=1000000\n"
        "seq=3 account=root database=bank program=crm-ui action=login outcome=failure "
        "duration_us=1000000 error=1045 text=(28000) no\n"
        "seq=4 account=alice database=bank program=crm-ui action=logout outcome=success\n");
}

static void a_login_that_is_not_answered_is_unknown(void **state)
{
    (void)state;
    SERVER(&s, 0, GREETING);
    CLIENT(&s, 1, RESPONSE_HEAD("\1\x82\0\0") "eve\0\3abc");
    script_check(&s, "seq=1 account=eve action=login outcome=unknown gap=truncated\n");
}

/* Decoding stops with what the session is told. */
static void fed(const char *expect)
{
    struct buffer out;
    buffer_init(&out, 4096);
    decode_exchange(&mysql_decoder, s.steps, s.count, false, NULL, &out);
    assert_string_equal(buffer_text(&out), expect);
    buffer_release(&out);
    script_check(&s, expect);
}

static void tls_is_not_decoded(void **state)
{
    (void)state;
    SERVER(&s, 0, GREETING);
    CLIENT(&s, 1, RESPONSE_HEAD("\1\x8a\0\0"));
    script_bytes(&s, TO_SERVER, SLICE("\x16\x03\x01\x02\0\1\0\1\xfc\x03\x03"));
    fed("");
}

/* Zstandard. */
static void compression_is_told_once(void **state)
{
    (void)state;
    script_login(&s, CAPABILITIES | MYSQL_ZSTD);
    script_bytes(&s, TO_SERVER, SLICE("\x0d\0\0\0\0\0\0\x09\0\0\0\3select 1"));
    fed("seq=1 account=app database=crm program=crm-ui action=login outcome=success "
        "gap=compressed duration_us=1000000\n");
}

static void what_does_not_greet_is_not_mysql(void **state)
{
    (void)state;
    script_bytes(&s, TO_CLIENT, SLICE("\x0b\0\0\0HTTP/1.1 400"));
    fed("");
}

static void the_greeting_is_recognised(void **state)
{
    (void)state;
    assert_int_equal(mysql_decoder.probe(TO_CLIENT, SLICE("\x4a\0\0\0\x0a"
                                                          "8.0.35")),
                     PROBE_YES);
    assert_int_equal(mysql_decoder.probe(TO_CLIENT, SLICE("\x4a\0\0\0\xff\x6a\4")), PROBE_MAYBE);
    assert_int_equal(mysql_decoder.probe(TO_CLIENT, SLICE("HTTP/1.1 200")), PROBE_NO);
    assert_int_equal(mysql_decoder.probe(TO_CLIENT, SLICE("\x4a\0\0")), PROBE_NO);
    assert_int_equal(mysql_decoder.probe(TO_SERVER, SLICE("\x09\0\0\0\3select 1")), PROBE_MAYBE);
    assert_int_equal(mysql_decoder.probe(TO_SERVER, SLICE("GET / HTTP/1.1")), PROBE_NO);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_login_names_account_database_and_program),
        CASE(a_refused_login_fails_with_the_servers_code),
        CASE(a_refused_host_fails_before_any_account),
        CASE(authentication_may_take_several_rounds),
        CASE(the_old_login_is_read),
        CASE(a_change_of_user_is_a_login),
        CASE(a_login_that_is_not_answered_is_unknown),
        CASE(tls_is_not_decoded),
        CASE(compression_is_told_once),
        CASE(what_does_not_greet_is_not_mysql),
        CASE(the_greeting_is_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
