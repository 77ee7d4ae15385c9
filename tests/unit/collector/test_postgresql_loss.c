/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL decoder: lost bytes, one direction, sessions that were joined late.
 */
#include "postgresql_talk.h"

#include "collector/memory.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SELECT_A "action=read outcome=success clear=select a from t object=t column=a "

static void finds_rows_behind_a_gap(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "select a from t");
    talk_columns(&talk, 1);
    talk_rows(&talk, 1, 3);
    talk_lose(&talk, TO_CLIENT, 1000);
    talk_bytes(&talk, TO_CLIENT, "ick\0\0\0\2brown", 12);
    talk_rows(&talk, 1, 2);
    DONE(&talk, "SELECT 9");
    READY(&talk);
    QUERY(&talk, "select a from t");
    talk_columns(&talk, 1);
    talk_rows(&talk, 1, 1);
    DONE(&talk, "SELECT 1");
    READY(&talk);
    talk_expect(&talk, LOGIN "seq=2 " WHO
                             "action=read outcome=success gap=lost_bytes clear=select a from t "
                             "object=t column=a rows=9 bytes=102 duration_us=2000000\n"
                             "seq=3 " WHO SELECT_A "rows=1 bytes=54 duration_us=1000000\n");
}

/* The whole answer is lost; the next request shows that it was given. */
static void tells_requests_whose_answer_is_lost(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "select a from t");
    talk_lose(&talk, TO_CLIENT, 100);
    QUERY(&talk, "delete from t");
    DONE(&talk, "DELETE 2");
    READY(&talk);
    talk_expect(&talk, LOGIN
                "seq=2 " WHO "action=read outcome=unknown gap=lost_bytes clear=select a from t "
                "object=t column=a\n"
                "seq=3 " WHO "action=write outcome=success gap=lost_bytes clear=delete from t "
                "object=t affected=2 bytes=14 duration_us=1000000\n");
}

/* The same where the loss is known only after the next request. */
static void tells_them_when_the_loss_is_known_late(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "select a from t");
    QUERY(&talk, "delete from t");
    talk_lose(&talk, TO_CLIENT, 100);
    DONE(&talk, "DELETE 2");
    READY(&talk);
    talk_expect(&talk, LOGIN
                "seq=2 " WHO "action=read outcome=unknown gap=lost_bytes clear=select a from t "
                "object=t column=a\n"
                "seq=3 " WHO "action=write outcome=success gap=lost_bytes clear=delete from t "
                "object=t affected=2 bytes=14 duration_us=1000000\n");
}

static void counts_answers_to_lost_requests(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    talk_lose(&talk, TO_SERVER, 80);
    talk_columns(&talk, 1);
    talk_rows(&talk, 1, 4);
    DONE(&talk, "SELECT 4");
    READY(&talk);
    QUERY(&talk, "select a from t");
    talk_columns(&talk, 1);
    talk_rows(&talk, 1, 1);
    DONE(&talk, "SELECT 1");
    READY(&talk);
    QUERY(&talk, "select a from t");
    DONE(&talk, "SELECT 0");
    READY(&talk);
    talk_expect(&talk, LOGIN
                "seq=2 " WHO "action=read outcome=success gap=lost_bytes rows=4 bytes=90 "
                "duration_us=0\n"
                "seq=3 " WHO "action=read outcome=success gap=lost_bytes clear=select a from t "
                "object=t column=a rows=1 bytes=54 duration_us=1000000\n"
                "seq=4 " WHO SELECT_A "rows=0 bytes=14 duration_us=1000000\n");
}

/* An unnamed statement may have been replaced in the bytes that are lost. */
static void forgets_the_unnamed_statement(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    ASK(&talk, 'P', "\0select a from t\0\0\0");
    ASK(&talk, 'S', "");
    ANSWER(&talk, '1', "");
    READY(&talk);
    talk_lose(&talk, TO_SERVER, 30);
    ASK(&talk, 'B', "\0\0\0\0\0\0\0\0");
    ASK(&talk, 'E', "\0\0\0\0\0");
    ASK(&talk, 'S', "");
    ANSWER(&talk, '2', "");
    talk_rows(&talk, 1, 1);
    DONE(&talk, "SELECT 1");
    READY(&talk);
    talk_expect(&talk, LOGIN "seq=2 " WHO "action=read outcome=success gap=lost_bytes rows=1 "
                             "bytes=31 duration_us=1000000\n");
}

static void joins_in_the_middle(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk.mid_session = true;
    talk_bytes(&talk, TO_CLIENT, "\0\0\3abcx", 7);
    talk_rows(&talk, 1, 2);
    DONE(&talk, "SELECT 5");
    READY(&talk);
    QUERY(&talk, "select a from t");
    talk_columns(&talk, 1);
    talk_rows(&talk, 1, 1);
    DONE(&talk, "SELECT 1");
    READY(&talk);
    talk_expect(&talk, "seq=1 action=read outcome=success gap=mid_session rows=5 bytes=38 "
                       "duration_us=0\n"
                       "seq=2 action=read outcome=success gap=mid_session clear=select a from t "
                       "object=t column=a rows=1 bytes=54 duration_us=1000000\n");
}

static void joins_before_the_login(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk.mid_session = true;
    talk_login(&talk);
    QUERY(&talk, "select a from t");
    DONE(&talk, "SELECT 0");
    READY(&talk);
    struct buffer out;
    buffer_init(&out, 1 << 20);
    decode_exchange(decoder_named(SLICE("postgresql")), talk.turns, talk.count, true, NULL, &out);
    assert_non_null(strstr(buffer_text(&out), "seq=1 " WHO "action=login outcome=success"));
    assert_non_null(strstr(buffer_text(&out), "seq=2 " WHO "action=read outcome=success"));
    buffer_release(&out);
    talk_expect(&talk, NULL);
}

static void tells_what_only_the_client_says(void **state)
{
    (void)state;
    struct talk talk;
    static const char startup[] = "\0\0\0\x12\0\3\0\0user\0app\0";
    talk_init(&talk);
    talk_bytes(&talk, TO_SERVER, startup, sizeof startup);
    ASK(&talk, 'p', "secret\0");
    ASK(&talk, 'P', "s\0select a from t where b=$1\0\0\0");
    ASK(&talk, 'B', "\0s\0\0\0\0\1\0\0\0\1x\0\0");
    ASK(&talk, 'E', "\0\0\0\0\0");
    ASK(&talk, 'S', "");
    QUERY(&talk, "delete from t; select 1");
    ASK(&talk, 'X', "");
    talk_expect(&talk, "seq=1 account=app database=app action=login outcome=unknown gap=one_way\n"
                       "seq=2 account=app database=app action=read outcome=unknown gap=one_way "
                       "clear=select a from t where b=$1 $=x object=t column=a column=b\n"
                       "seq=3 account=app database=app action=write outcome=unknown gap=one_way "
                       "clear=delete from t; select 1 object=t\n"
                       "seq=4 account=app database=app action=logout outcome=success\n");
}

static void tells_what_only_the_server_says(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_bytes(&talk, TO_CLIENT, "N", 1);
    ANSWER(&talk, 'R', "\0\0\0\0");
    READY(&talk);
    talk_columns(&talk, 1);
    talk_rows(&talk, 1, 2);
    DONE(&talk, "SELECT 2");
    READY(&talk);
    talk_expect(&talk, "seq=1 action=login outcome=success gap=one_way duration_us=0\n"
                       "seq=2 action=read outcome=success gap=one_way rows=2 bytes=66 "
                       "duration_us=0\n");
}

static void tells_what_the_end_cuts_off(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "select a from t");
    talk_columns(&talk, 1);
    talk_rows(&talk, 1, 2);
    talk_expect(&talk, LOGIN "seq=2 " WHO "action=read outcome=unknown gap=truncated "
                             "clear=select a from t object=t column=a rows=2 bytes=52\n");
}

static void leaves_tls_that_it_joins(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk.mid_session = true;
    talk_bytes(&talk, TO_SERVER, "\x17\3\3\0\5abcde", 10);
    talk_expect(&talk, "");
}

static void small_memory(struct decoder_env *env)
{
    session_memory_free(&env->memory);
    env->memory = session_memory_new(256, 4);
}

/* What the memory cannot hold is told without its statement, and marked. */
static void says_what_did_not_fit(void **state)
{
    (void)state;
    struct talk talk;
    struct buffer out;
    talk_init(&talk);
    talk_login(&talk);
    for (int i = 0; i < 40; i++)
        QUERY(&talk, "select a from t where b in (1, 2, 3, 4, 5, 6, 7, 8)");
    for (int i = 0; i < 40; i++) {
        DONE(&talk, "SELECT 0");
        READY(&talk);
    }
    buffer_init(&out, 1 << 20);
    decode_exchange(decoder_named(SLICE("postgresql")), talk.turns, talk.count, false, small_memory,
                    &out);
    const char *text = buffer_text(&out);
    assert_non_null(strstr(text, "seq=2 " WHO "action=read outcome=success gap=limit rows=0"));
    assert_null(strstr(text, "gap=lost_bytes"));
    unsigned events = 0;
    for (const char *p = text; (p = strchr(p, '\n')); p++)
        events++;
    assert_int_equal(events, 41);
    buffer_release(&out);
    decode_every_way(decoder_named(SLICE("postgresql")), talk.turns, talk.count, false,
                     small_memory, NULL);
    talk_release(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_rows_behind_a_gap),
        cmocka_unit_test(tells_requests_whose_answer_is_lost),
        cmocka_unit_test(tells_them_when_the_loss_is_known_late),
        cmocka_unit_test(counts_answers_to_lost_requests),
        cmocka_unit_test(forgets_the_unnamed_statement),
        cmocka_unit_test(joins_in_the_middle),
        cmocka_unit_test(joins_before_the_login),
        cmocka_unit_test(tells_what_only_the_client_says),
        cmocka_unit_test(tells_what_only_the_server_says),
        cmocka_unit_test(tells_what_the_end_cuts_off),
        cmocka_unit_test(leaves_tls_that_it_joins),
        cmocka_unit_test(says_what_did_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
