/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL decoder: prepared statements, portals, pipelines.
 */
#include "postgresql_talk.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Parse, Bind, Describe, Execute and Sync of the unnamed ones, as drivers send them. */
static void asks(struct talk *talk, const char *parse, size_t parse_len, const char *bind,
                 size_t bind_len)
{
    if (parse)
        talk_message(talk, TO_SERVER, 'P', parse, parse_len);
    talk_message(talk, TO_SERVER, 'B', bind, bind_len);
    ASK(talk, 'D', "P\0");
    ASK(talk, 'E', "\0\0\0\0\0");
    ASK(talk, 'S', "");
}
#define ASKS(talk, parse, bind) asks(talk, parse, sizeof(parse) - 1, bind, sizeof(bind) - 1)

static void answers(struct talk *talk, bool parsed, unsigned rows, const char *tag)
{
    if (parsed)
        ANSWER(talk, '1', "");
    ANSWER(talk, '2', "");
    talk_columns(talk, 1);
    talk_rows(talk, 1, rows);
    talk_message(talk, TO_CLIENT, 'C', tag, strlen(tag) + 1);
    READY(talk);
}

static void binds_values(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    /* One text value, NULL, the empty text, and an int4 in binary. */
    ASKS(&talk, "\0select a from t where b=$1\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x17",
         "\0\0\0\4\0\0\0\0\0\0\0\1\0\4\0\0\0\3abc\xff\xff\xff\xff\0\0\0\0\0\0\0\4\xff\xff\xff\xfb"
         "\0\0");
    answers(&talk, true, 2, "SELECT 2");
    talk_expect(&talk, LOGIN
                "seq=2 " WHO "action=read outcome=success clear=select a from t where b=$1 $=abc "
                "$NULL $= $=-5 object=t column=a column=b rows=2 bytes=76 duration_us=1000000\n");
}

static void executes_again_without_parse(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    ASK(&talk, 'P', "s1\0select a from t where b=$1\0\0\0");
    ASK(&talk, 'D', "Ss1\0");
    ASK(&talk, 'S', "");
    ANSWER(&talk, '1', "");
    ANSWER(&talk, 't', "\0\1\0\0\0\x14");
    talk_columns(&talk, 1);
    READY(&talk);
    for (int i = 0; i < 2; i++) {
        ASK(&talk, 'B', "\0s1\0\0\1\0\1\0\1\0\0\0\x8\0\0\0\1\0\0\0\0\0\0");
        ASK(&talk, 'E', "\0\0\0\0\0");
        ASK(&talk, 'S', "");
        ANSWER(&talk, '2', "");
        talk_rows(&talk, 1, 1);
        DONE(&talk, "SELECT 1");
        READY(&talk);
    }
    ASK(&talk, 'C', "Ss1\0");
    ASK(&talk, 'S', "");
    ANSWER(&talk, '3', "");
    READY(&talk);
    ASK(&talk, 'B', "\0s1\0\0\0\0\0\0\0");
    ASK(&talk, 'S', "");
    ANSWER(&talk, 'E', "SERROR\0VERROR\0C26000\0Mno such statement\0\0");
    READY(&talk);
    talk_expect(&talk, LOGIN
                "seq=2 " WHO "action=read outcome=success clear=select a from t where b=$1 "
                "$=4294967296 object=t column=a column=b rows=1 bytes=31 duration_us=1000000\n"
                "seq=3 " WHO "action=read outcome=success clear=select a from t where b=$1 "
                "$=4294967296 object=t column=a column=b rows=1 bytes=31 duration_us=1000000\n"
                "seq=4 " WHO "action=other outcome=failure bytes=46 duration_us=1000000 "
                "error=26000 text=no such statement\n");
}

static void fetches_part_of_a_portal(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    ASK(&talk, 'P', "\0select a from t\0\0\0");
    ASK(&talk, 'B', "C_1\0\0\0\0\0\0\0\0");
    ASK(&talk, 'E', "C_1\0\0\0\0\2");
    ASK(&talk, 'H', "");
    ANSWER(&talk, '1', "");
    ANSWER(&talk, '2', "");
    talk_rows(&talk, 1, 2);
    ANSWER(&talk, 's', "");
    /* Another statement takes the unnamed place; the portal stays. */
    ASKS(&talk, "\0select b from u\0\0\0", "\0\0\0\0\0\0\0\0");
    answers(&talk, true, 1, "SELECT 1");
    ASK(&talk, 'E', "C_1\0\0\0\0\2");
    ASK(&talk, 'C', "PC_1\0");
    ASK(&talk, 'S', "");
    talk_rows(&talk, 1, 1);
    DONE(&talk, "SELECT 1");
    ANSWER(&talk, '3', "");
    READY(&talk);
    talk_expect(&talk, LOGIN
                "seq=2 " WHO "action=read outcome=success clear=select a from t object=t column=a "
                "rows=2 bytes=39 duration_us=1000000\n"
                "seq=3 " WHO "action=read outcome=success clear=select b from u object=u column=b "
                "rows=1 bytes=64 duration_us=1000000\n"
                "seq=4 " WHO "action=read outcome=success clear=select a from t object=t column=a "
                "rows=1 bytes=26 duration_us=1000000\n");
}

static void skips_a_pipeline_behind_its_error(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    for (int i = 0; i < 2; i++) {
        ASK(&talk, 'P', "\0select 1\0\0\0");
        ASK(&talk, 'B', "\0\0\0\0\0\0\0\0");
        ASK(&talk, 'E', "\0\0\0\0\0");
        ASK(&talk, 'P', "\0select $1::int\0\0\0");
        ASK(&talk, 'B', "\0\0\0\0\0\1\0\0\0\4oops\0\0");
        ASK(&talk, 'E', "\0\0\0\0\0");
        ASK(&talk, 'P', "\0delete from t\0\0\0");
        ASK(&talk, 'B', "\0\0\0\0\0\0\0\0");
        ASK(&talk, 'E', "\0\0\0\0\0");
        ASK(&talk, 'S', "");
    }
    for (int i = 0; i < 2; i++) {
        ANSWER(&talk, '1', "");
        ANSWER(&talk, '2', "");
        talk_rows(&talk, 1, 1);
        DONE(&talk, "SELECT 1");
        ANSWER(&talk, '1', "");
        ANSWER(&talk, 'E', "SERROR\0VERROR\0C22P02\0Moops\0\0");
        READY(&talk);
    }
    talk_expect(&talk, LOGIN
                "seq=2 " WHO "action=read outcome=success clear=select 1 rows=1 bytes=36 "
                "duration_us=1000000\n"
                "seq=3 " WHO "action=read outcome=failure clear=select $1::int $=oops bytes=38 "
                "duration_us=1000000 error=22P02 text=oops\n"
                "seq=4 " WHO "action=read outcome=success clear=select 1 rows=1 bytes=36 "
                "duration_us=1000000\n"
                "seq=5 " WHO "action=read outcome=failure clear=select $1::int $=oops bytes=38 "
                "duration_us=1000000 error=22P02 text=oops\n");
}

/* A Parse that fails leaves the statement of that name as it was. */
static void keeps_what_a_failed_parse_would_replace(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    ASK(&talk, 'P', "s\0select 1\0\0\0");
    ASK(&talk, 'P', "s\0select 2\0\0\0");
    ASK(&talk, 'S', "");
    ASK(&talk, 'B', "\0s\0\0\0\0\0\0\0");
    ASK(&talk, 'E', "\0\0\0\0\0");
    ASK(&talk, 'S', "");
    ANSWER(&talk, '1', "");
    ANSWER(&talk, 'E', "SERROR\0VERROR\0C42P05\0Mexists\0\0");
    READY(&talk);
    ANSWER(&talk, '2', "");
    talk_rows(&talk, 1, 1);
    DONE(&talk, "SELECT 1");
    READY(&talk);
    talk_expect(&talk,
                LOGIN "seq=2 " WHO "action=read outcome=failure clear=select 2 bytes=40 "
                      "duration_us=1000000 error=42P05 text=exists\n"
                      "seq=3 " WHO "action=read outcome=success clear=select 1 rows=1 bytes=31 "
                      "duration_us=1000000\n");
}

/* More requests on their way than the state holds. */
static void follows_long_pipelines(void **state)
{
    (void)state;
    struct talk talk;
    enum { MANY = 300 };
    talk_init(&talk);
    talk_login(&talk);
    ASK(&talk, 'P', "s\0select $1\0\0\0");
    for (int i = 0; i < MANY; i++) {
        char bind[] = "\0s\0\0\0\0\1\0\0\0\3xxx\0\0";
        bind[11] = (char)('0' + i / 100);
        bind[12] = (char)('0' + i / 10 % 10);
        bind[13] = (char)('0' + i % 10);
        talk_message(&talk, TO_SERVER, 'B', bind, sizeof bind - 1);
        ASK(&talk, 'E', "\0\0\0\0\0");
    }
    ASK(&talk, 'S', "");
    ANSWER(&talk, '1', "");
    for (int i = 0; i < MANY; i++) {
        ANSWER(&talk, '2', "");
        talk_rows(&talk, 1, 1);
        DONE(&talk, "SELECT 1");
    }
    READY(&talk);
    struct buffer out;
    buffer_init(&out, 1 << 20);
    decode_exchange(decoder_named(SLICE("postgresql")), talk.turns, talk.count, false, NULL, &out);
    const char *last = "seq=301 " WHO "action=read outcome=success clear=select $1 $=299 rows=1";
    assert_non_null(strstr(buffer_text(&out), last));
    buffer_release(&out);
    talk_release(&talk);
}

static void keeps_as_many_values_as_an_event_holds(void **state)
{
    (void)state;
    struct talk talk;
    enum { VALUES = 1100 };
    struct buffer bind;
    buffer_init(&bind, 1 << 20);
    buffer_append(&bind, "\0\0\0\0\4\x4c", 6);
    for (int i = 0; i < VALUES; i++)
        buffer_append(&bind, "\0\0\0\1v", 5);
    buffer_append(&bind, "\0\0", 2);
    talk_init(&talk);
    talk_login(&talk);
    ASK(&talk, 'P', "\0select 1\0\0\0");
    talk_message(&talk, TO_SERVER, 'B', bind.ptr, bind.len);
    ASK(&talk, 'E', "\0\0\0\0\0");
    ASK(&talk, 'S', "");
    ANSWER(&talk, '1', "");
    ANSWER(&talk, '2', "");
    DONE(&talk, "SELECT 0");
    READY(&talk);
    struct buffer out;
    buffer_init(&out, 1 << 20);
    decode_exchange(decoder_named(SLICE("postgresql")), talk.turns, talk.count, false, NULL, &out);
    assert_non_null(strstr(buffer_text(&out), "outcome=success gap=limit clear=select 1 $=v"));
    buffer_release(&out);
    buffer_release(&bind);
    talk_release(&talk);
}

/* Cells in binary reach the watch as text: a key has one hash, whatever the driver. */
static void watches_binary_cells(void **state)
{
    (void)state;
    struct talk talk;
    static const char columns[] = "\0\2id\0\0\0\0\1\0\1\0\0\0\x17\0\4\xff\xff\xff\xff\0\0"
                                  "name\0\0\0\0\1\0\2\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0";
    talk_init(&talk);
    talk_login(&talk);
    ASK(&talk, 'P', "s\0select id, name from t\0\0\0");
    ASK(&talk, 'D', "Ss\0");
    /* All columns in binary, then each its own. */
    ASK(&talk, 'B', "\0s\0\0\0\0\0\0\1\0\1");
    ASK(&talk, 'E', "\0\0\0\0\0");
    ASK(&talk, 'B', "\0s\0\0\0\0\0\0\2\0\1\0\0");
    ASK(&talk, 'E', "\0\0\0\0\0");
    ASK(&talk, 'S', "");
    ANSWER(&talk, '1', "");
    ANSWER(&talk, 't', "\0\0");
    talk_message(&talk, TO_CLIENT, 'T', columns, sizeof columns - 1);
    for (int i = 0; i < 2; i++) {
        ANSWER(&talk, '2', "");
        ANSWER(&talk, 'D', "\0\2\0\0\0\4\0\0\4\xd2\0\0\0\3Eve");
        DONE(&talk, "SELECT 1");
    }
    READY(&talk);
    watch_wants(true);
    assert_string_equal(watch_cells(&talk), "0=1234;1=Eve;0=1234;1=Eve;");
    watch_wants(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binds_values),
        cmocka_unit_test(executes_again_without_parse),
        cmocka_unit_test(fetches_part_of_a_portal),
        cmocka_unit_test(skips_a_pipeline_behind_its_error),
        cmocka_unit_test(keeps_what_a_failed_parse_would_replace),
        cmocka_unit_test(follows_long_pipelines),
        cmocka_unit_test(keeps_as_many_values_as_an_event_holds),
        cmocka_unit_test(watches_binary_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
