/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL decoder: COPY.
 */
#include "postgresql_talk.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void counts_rows_out(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "copy t(a, b) to stdout");
    ANSWER(&talk, 'H', "\0\0\2\0\0\0\0");
    ANSWER(&talk, 'd', "1\tx\n");
    ANSWER(&talk, 'd', "2\t\\N\n");
    ANSWER(&talk, 'c', "");
    DONE(&talk, "COPY 2");
    READY(&talk);
    talk_expect(&talk,
                LOGIN "seq=2 " WHO "action=copy_out outcome=success clear=copy t(a, b) to stdout "
                      "object=t column=a column=b rows=2 bytes=48 duration_us=1000000\n");
}

/* Without a last word of the server, what went over the wire counts. */
static void counts_rows_of_a_broken_copy(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "copy t to stdout");
    ANSWER(&talk, 'H', "\0\0\1\0\0");
    ANSWER(&talk, 'd', "1\n");
    ANSWER(&talk, 'd', "2\n");
    ANSWER(&talk, 'E', "SERROR\0VERROR\0C57014\0Mcanceled\0\0");
    READY(&talk);
    QUERY(&talk, "copy t to stdout");
    ANSWER(&talk, 'H', "\0\0\1\0\0");
    ANSWER(&talk, 'd', "1\n");
    talk_expect(&talk, LOGIN
                "seq=2 " WHO "action=copy_out outcome=failure clear=copy t to stdout object=t "
                "rows=2 bytes=61 duration_us=1000000 error=57014 text=canceled\n"
                "seq=3 " WHO "action=copy_out outcome=unknown gap=truncated clear=copy t to stdout "
                "object=t rows=1 bytes=17\n");
}

static void counts_rows_in(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "copy t from stdin");
    ANSWER(&talk, 'G', "\0\0\1\0\0");
    ASK(&talk, 'd', "1\n2\n");
    ASK(&talk, 'd', "3\n");
    ASK(&talk, 'c', "");
    DONE(&talk, "COPY 3");
    READY(&talk);
    QUERY(&talk, "copy t from stdin");
    ANSWER(&talk, 'G', "\0\0\1\0\0");
    ASK(&talk, 'f', "gave up\0");
    ANSWER(&talk, 'E', "SERROR\0VERROR\0C57014\0Mgave up\0\0");
    READY(&talk);
    talk_expect(&talk, LOGIN
                "seq=2 " WHO "action=copy_in outcome=success clear=copy t from stdin object=t "
                "affected=3 bytes=22 duration_us=3000000\n"
                "seq=3 " WHO "action=copy_in outcome=failure clear=copy t from stdin object=t "
                "bytes=46 duration_us=3000000 error=57014 text=gave up\n");
}

/* In the extended protocol the server ignores the Sync that came before the data. */
static void forgets_the_sync_before_the_data(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    ASK(&talk, 'P', "\0copy t from stdin\0\0\0");
    ASK(&talk, 'B', "\0\0\0\0\0\0\0\0");
    ASK(&talk, 'E', "\0\0\0\0\0");
    ASK(&talk, 'S', "");
    ANSWER(&talk, '1', "");
    ANSWER(&talk, '2', "");
    ANSWER(&talk, 'G', "\0\0\1\0\0");
    ASK(&talk, 'd', "1\n");
    ASK(&talk, 'c', "");
    ASK(&talk, 'S', "");
    DONE(&talk, "COPY 1");
    READY(&talk);
    QUERY(&talk, "select 1");
    DONE(&talk, "SELECT 0");
    READY(&talk);
    talk_expect(&talk, LOGIN
                "seq=2 " WHO "action=copy_in outcome=success clear=copy t from stdin object=t "
                "affected=1 bytes=32 duration_us=3000000\n"
                "seq=3 " WHO "action=read outcome=success clear=select 1 rows=0 bytes=14 "
                "duration_us=1000000\n");
}

static void watches_text(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "copy t to stdout");
    ANSWER(&talk, 'H', "\0\0\3\0\0\0\0\0\0");
    ANSWER(&talk, 'd', "1\t\\N\tEve\n");
    DONE(&talk, "COPY 1");
    READY(&talk);
    watch_wants(true);
    assert_string_equal(watch_cells(&talk), "0=1;2=Eve;");
    watch_wants(false);
}

static void watches_csv(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "copy t to stdout csv");
    ANSWER(&talk, 'H', "\0\0\3\0\0\0\0\0\0");
    ANSWER(&talk, 'd', "1,\"a, b\nc\",Eve\n");
    DONE(&talk, "COPY 1");
    READY(&talk);
    watch_wants(true);
    assert_string_equal(watch_cells(&talk), "0=1;1=a, b\nc;2=Eve;");
    watch_wants(false);
}

static void watches_binary(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "copy t to stdout (format binary)");
    ANSWER(&talk, 'H', "\1\0\2\0\1\0\1");
    ANSWER(&talk, 'd', "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\2\0\0\0\4\0\0\4\xd2\0\0\0\3Eve");
    ANSWER(&talk, 'd', "\0\2\0\0\0\4\0\0\4\xd3\xff\xff\xff\xff");
    ANSWER(&talk, 'd', "\xff\xff");
    DONE(&talk, "COPY 2");
    READY(&talk);
    watch_wants(true);
    assert_string_equal(watch_cells(&talk), "0=1234;1=Eve;0=1235;");
    watch_wants(false);
}

/* Nothing of it is held: the bytes that are asked for stay below the contract's maximum. */
static void streams_large_data(void **state)
{
    (void)state;
    struct talk talk;
    enum { LARGE = 8 << 20 };
    struct buffer data;
    buffer_init(&data, LARGE);
    memset(buffer_reserve(&data, LARGE), 'x', LARGE);
    buffer_extend(&data, LARGE);
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "copy t to stdout");
    ANSWER(&talk, 'H', "\0\0\1\0\0");
    talk_message(&talk, TO_CLIENT, 'd', data.ptr, data.len);
    ANSWER(&talk, 'c', "");
    DONE(&talk, "COPY 1");
    READY(&talk);
    QUERY(&talk, "copy t from stdin");
    ANSWER(&talk, 'G', "\0\0\1\0\0");
    talk_message(&talk, TO_SERVER, 'd', data.ptr, data.len);
    ASK(&talk, 'c', "");
    DONE(&talk, "COPY 1");
    READY(&talk);
    struct buffer out;
    buffer_init(&out, 1 << 20);
    decode_exchange(decoder_named(SLICE("postgresql")), talk.turns, talk.count, false, NULL, &out);
    assert_string_equal(buffer_text(&out),
                        LOGIN "seq=2 " WHO "action=copy_out outcome=success clear=copy t to stdout "
                              "object=t rows=1 bytes=8388640 duration_us=1000000\n"
                              "seq=3 " WHO "action=copy_in outcome=success clear=copy t from stdin "
                              "object=t affected=1 bytes=22 duration_us=3000000\n");
    buffer_release(&out);
    buffer_release(&data);
    talk_release(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_rows_out), cmocka_unit_test(counts_rows_of_a_broken_copy),
        cmocka_unit_test(counts_rows_in),  cmocka_unit_test(forgets_the_sync_before_the_data),
        cmocka_unit_test(watches_text),    cmocka_unit_test(watches_csv),
        cmocka_unit_test(watches_binary),  cmocka_unit_test(streams_large_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
