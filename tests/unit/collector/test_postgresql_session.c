/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL decoder: how sessions begin and end.
 */
#include "postgresql_talk.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void logs_in_and_out(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    ASK(&talk, 'X', "");
    talk_expect(&talk, LOGIN "seq=2 " WHO "action=logout outcome=success\n");
}

static void passes_over_passwords(void **state)
{
    (void)state;
    struct talk talk;
    static const char startup[] = "\0\0\0\x12\0\3\0\2user\0app\0";
    talk_init(&talk);
    talk_bytes(&talk, TO_SERVER, startup, sizeof startup);
    ANSWER(&talk, 'v', "\0\3\0\0\0\0\0\0");
    ANSWER(&talk, 'R', "\0\0\0\xaSCRAM-SHA-256\0\0");
    ASK(&talk, 'p', "SCRAM-SHA-256\0\0\0\0\7n,,n=,r=");
    ANSWER(&talk, 'R', "\0\0\0\xbr=abc");
    ASK(&talk, 'p', "c=biws,r=secret");
    ANSWER(&talk, 'R', "\0\0\0\xcv=abc");
    ANSWER(&talk, 'R', "\0\0\0\0");
    READY(&talk);
    talk_expect(&talk, "seq=1 account=app database=app action=login outcome=success "
                       "duration_us=5000000\n");
}

static void tells_a_refused_login(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    talk.turns[1].bytes.len = 0;
    buffer_reset(&talk.bytes[1]);
    ANSWER(&talk, 'R', "\0\0\0\3");
    ASK(&talk, 'p', "hunter2\0");
    ANSWER(&talk, 'E', "SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0");
    talk_expect(&talk, "seq=1 " WHO "action=login outcome=failure duration_us=3000000 error=28P01 "
                       "text=password authentication failed\n");
}

static void goes_on_after_refused_encryption(void **state)
{
    (void)state;
    struct talk talk;
    static const char gssenc[] = "\0\0\0\x8\x4\xd2\x16\x30";
    static const char ssl[] = "\0\0\0\x8\x4\xd2\x16\x2f";
    talk_init(&talk);
    talk_bytes(&talk, TO_SERVER, gssenc, 8);
    talk_bytes(&talk, TO_CLIENT, "N", 1);
    talk_bytes(&talk, TO_SERVER, ssl, 8);
    talk_bytes(&talk, TO_CLIENT, "N", 1);
    talk_login(&talk);
    talk_expect(&talk, LOGIN);
}

static void leaves_encrypted_sessions(void **state)
{
    (void)state;
    static const char *const answers[] = {"S", "G"};
    for (size_t i = 0; i < 2; i++) {
        struct talk talk;
        talk_init(&talk);
        talk_bytes(&talk, TO_SERVER, "\0\0\0\x8\x4\xd2\x16\x2f", 8);
        talk_bytes(&talk, TO_CLIENT, answers[i], 1);
        talk_bytes(&talk, TO_SERVER, "\x16\3\1\2\0\1\0\1\xfc\3\3", 11);
        talk_expect(&talk, "");
    }
}

static void tells_a_cancel_request(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_bytes(&talk, TO_SERVER, "\0\0\0\x10\x4\xd2\x16\x2e\0\0\x5d\x06\1\2\3\4", 16);
    talk_expect(&talk, "seq=1 action=kill outcome=unknown object=backend:23814\n");
}

static void tells_a_login_of_version_2(void **state)
{
    (void)state;
    struct talk talk;
    uint8_t startup[296] = {0, 0, 1, 0x28, 0, 2, 0, 0};
    memcpy(startup + 8, "bank", 4);
    memcpy(startup + 72, "app", 3);
    talk_init(&talk);
    talk_bytes(&talk, TO_SERVER, startup, sizeof startup);
    talk_bytes(&talk, TO_CLIENT, "EFATAL:  unsupported frontend protocol 2.0\n", 44);
    talk_expect(&talk, "seq=1 account=app database=bank action=login outcome=failure "
                       "duration_us=1000000 text=FATAL:  unsupported frontend protocol 2.0\n");
}

static void leaves_other_protocols(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_bytes(&talk, TO_SERVER, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
    talk_expect(&talk, "");
}

static void follows_the_program_name(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "set application_name='export'");
    DONE(&talk, "SET");
    ANSWER(&talk, 'S', "application_name\0export\0");
    READY(&talk);
    QUERY(&talk, "begin");
    DONE(&talk, "BEGIN");
    READY(&talk);
    talk_expect(&talk,
                LOGIN "seq=2 " WHO "action=set outcome=success clear=set application_name='export' "
                      "bytes=9 duration_us=1000000\n"
                      "seq=3 account=app database=bank program=export action=other outcome=success "
                      "clear=begin bytes=11 duration_us=1000000\n");
}

static void tells_replication(void **state)
{
    (void)state;
    struct talk talk;
    static const char startup[] = "\0\0\0\x23\0\3\0\0user\0app\0replication\0true\0";
    talk_init(&talk);
    talk_bytes(&talk, TO_SERVER, startup, sizeof startup);
    ANSWER(&talk, 'R', "\0\0\0\0");
    READY(&talk);
    QUERY(&talk, "START_REPLICATION 0/1000000");
    ANSWER(&talk, 'W', "\0\0\0");
    ANSWER(&talk, 'd', "w.....");
    ASK(&talk, 'd', "r.....");
    ANSWER(&talk, 'd', "k.....");
    ASK(&talk, 'c', "");
    ANSWER(&talk, 'c', "");
    DONE(&talk, "START_STREAMING");
    READY(&talk);
    talk_expect(&talk, "seq=1 account=app action=login outcome=success duration_us=1000000\n"
                       "seq=2 account=app action=copy_out outcome=success "
                       "clear=START_REPLICATION 0/1000000 bytes=56 duration_us=5000000\n");
}

static void tells_a_dismissal(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    ANSWER(&talk, 'E', "SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0");
    talk_expect(&talk, LOGIN "seq=2 " WHO "action=logout outcome=failure duration_us=0 "
                             "error=57P01 text=terminating connection\n");
}

static void probes(void **state)
{
    (void)state;
    const struct decoder *decoder = decoder_named(SLICE("postgresql"));
    assert_ptr_equal(decoder_for_port(5432), decoder);
    struct slice startup = slice_make("\0\0\0\x12\0\3\0\2user\0app\0", 18);
    assert_int_equal(decoder->probe(TO_SERVER, startup), PROBE_YES);
    assert_int_equal(decoder->probe(TO_SERVER, SLICE("GET / HTTP/1.1\r\n")), PROBE_NO);
    assert_int_equal(decoder->probe(TO_CLIENT, SLICE("SSH-2.0-OpenSSH\r\n")), PROBE_NO);
    assert_int_equal(decoder->probe(TO_SERVER, SLICE("Q\0\0\0\x6x")), PROBE_MAYBE);
    assert_int_equal(decoder->probe(TO_SERVER, SLICE("Q\0\0\0\x6xy")), PROBE_NO);
    assert_int_equal(decoder->probe(TO_CLIENT, SLICE("Z\0\0\0\5I")), PROBE_MAYBE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logs_in_and_out),
        cmocka_unit_test(passes_over_passwords),
        cmocka_unit_test(tells_a_refused_login),
        cmocka_unit_test(goes_on_after_refused_encryption),
        cmocka_unit_test(leaves_encrypted_sessions),
        cmocka_unit_test(tells_a_cancel_request),
        cmocka_unit_test(tells_a_login_of_version_2),
        cmocka_unit_test(leaves_other_protocols),
        cmocka_unit_test(follows_the_program_name),
        cmocka_unit_test(tells_replication),
        cmocka_unit_test(tells_a_dismissal),
        cmocka_unit_test(probes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
