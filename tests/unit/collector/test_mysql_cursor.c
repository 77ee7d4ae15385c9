/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * MySQL: an execution that opens a cursor and all its fetches are one act.
 */
#include "collector/decoders/mysql_value.h"
#include "collector/decoders/mysql_wire.h"
#include "mysql_script.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum {
    CLASSIC = MYSQL_LONG_PASSWORD | MYSQL_PROTOCOL_41 | MYSQL_SECURE_CONNECTION |
              MYSQL_CONNECT_WITH_DB | MYSQL_PLUGIN_AUTH | MYSQL_CONNECT_ATTRIBUTES,
    STRING = 0xfd,
    MORE = MYSQL_STATUS_CURSOR_EXISTS,
    LAST = MYSQL_STATUS_LAST_ROW_SENT,
};

#define WHO  "account=app database=crm program=crm-ui "
#define OK_0 "\0\0\0\2\0\0\0"
#define READ                                                                   \
    "action=read outcome=success clear=select id from kinds where id > ? $=7 " \
    "object=kinds column=id "
#define LOST_READ                                                            \
    "action=read outcome=success gap=lost_bytes clear=select id from kinds " \
    "where id > ? $=7 object=kinds column=id "
#define OTHER                                                                 \
    "action=read outcome=success clear=select label from kinds object=kinds " \
    "column=label "

static struct script s;

/* Statement 1 reads with a value, statement 2 without. */
static int begin(void **state)
{
    (void)state;
    script_init(&s);
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\x16select id from kinds where id > ?");
    SERVER(&s, 1, "\0\1\0\0\0\1\0\1\0\0\0\0");
    script_column(&s, 2, "", "?", STRING);
    script_eof(&s, 3, 0);
    script_column(&s, 4, "kinds", "id", MYSQL_TYPE_LONG);
    script_eof(&s, 5, 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    script_release(&s);
    return 0;
}

/* 57 bytes of answer. */
static void open_cursor(void)
{
    CLIENT(&s, 0, "\x17\1\0\0\0\1\1\0\0\0\0\1\3\0\7\0\0\0");
    SERVER(&s, 1, "\1");
    script_column(&s, 2, "kinds", "id", MYSQL_TYPE_LONG);
    script_eof(&s, 3, MORE);
}

static void prepare_other(void)
{
    CLIENT(&s, 0, "\x16select label from kinds");
    SERVER(&s, 1, "\0\2\0\0\0\1\0\0\0\0\0\0");
    script_column(&s, 2, "kinds", "label", STRING);
    script_eof(&s, 3, 0);
}

static void open_other(void)
{
    CLIENT(&s, 0, "\x17\2\0\0\0\1\1\0\0\0");
    SERVER(&s, 1, "\1");
    script_column(&s, 2, "kinds", "label", STRING);
    script_eof(&s, 3, MORE);
}

/* Two rows are asked for: 10 bytes of answer a row, 9 behind them. */
static void fetch(uint8_t rows, uint16_t status)
{
    CLIENT(&s, 0, "\x1c\1\0\0\0\2\0\0\0");
    for (uint8_t row = 0; row < rows; row++)
        script_packet(&s, TO_CLIENT, (uint8_t)(1 + row), SLICE("\0\0\x08\0\0\0"));
    script_eof(&s, (uint8_t)(1 + rows), status);
}

static void fetch_other(uint16_t status)
{
    CLIENT(&s, 0, "\x1c\2\0\0\0\1\0\0\0");
    SERVER(&s, 1, "\0\0\2hi");
    script_eof(&s, 2, status);
}

static void do_nothing(void)
{
    CLIENT(&s, 0, "\3do 1");
    SERVER(&s, 1, OK_0);
}
#define DID_NOTHING \
    "action=call outcome=success clear=do 1 rows=0 affected=0 bytes=11 duration_us=1000000\n"

static void all_fetches_are_one_act(void **state)
{
    (void)state;
    open_cursor();
    fetch(2, MORE);
    fetch(2, MORE);
    fetch(1, LAST);
    do_nothing();
    script_check(&s, LOGGED_IN "seq=3 " WHO READ "rows=5 affected=0 bytes=134 duration_us=7000000\n"
                               "seq=7 " WHO DID_NOTHING);
}

/* A server that says nothing of the last row; the fetch that got fewer than it asked for is. */
static void fewer_rows_than_asked_are_the_last(void **state)
{
    (void)state;
    open_cursor();
    fetch(2, MORE);
    fetch(0, MORE);
    do_nothing();
    script_check(&s, LOGGED_IN "seq=3 " WHO READ "rows=2 affected=0 bytes=95 duration_us=5000000\n"
                               "seq=6 " WHO DID_NOTHING);
}

/* What gives no rows may come between: it is told before, as it is complete before. */
static void what_gives_no_result_does_not_part_it(void **state)
{
    (void)state;
    open_cursor();
    fetch(2, MORE);
    CLIENT(&s, 0, "\x0e");
    SERVER(&s, 1, OK_0);
    do_nothing();
    fetch(1, LAST);
    script_check(&s, LOGGED_IN "seq=6 " WHO DID_NOTHING "seq=3 " WHO READ
                               "rows=3 affected=0 bytes=105 duration_us=9000000\n");
}

static void a_cursor_may_be_closed_early(void **state)
{
    (void)state;
    open_cursor();
    fetch(2, MORE);
    CLIENT(&s, 0, "\x19\1\0\0\0");
    do_nothing();
    script_check(&s, LOGGED_IN "seq=3 " WHO READ "rows=2 affected=0 bytes=86 duration_us=3000000\n"
                               "seq=5 " WHO DID_NOTHING);
}

static void a_reset_ends_it(void **state)
{
    (void)state;
    open_cursor();
    fetch(2, MORE);
    CLIENT(&s, 0, "\x1a\1\0\0\0");
    SERVER(&s, 1, OK_0);
    do_nothing();
    script_check(&s, LOGGED_IN "seq=3 " WHO READ "rows=2 affected=0 bytes=86 duration_us=3000000\n"
                               "seq=6 " WHO DID_NOTHING);
}

static void so_does_another_execution(void **state)
{
    (void)state;
    open_cursor();
    fetch(2, MORE);
    open_cursor();
    fetch(1, LAST);
    script_check(&s,
                 LOGGED_IN "seq=3 " WHO READ "rows=2 affected=0 bytes=86 duration_us=3000000\n"
                           "seq=5 " WHO READ "rows=1 affected=0 bytes=76 duration_us=3000000\n");
}

static void and_a_change_of_user(void **state)
{
    (void)state;
    open_cursor();
    fetch(2, MORE);
    CLIENT(&s, 0,
           "\x11"
           "alice\0\4abcdbank\0\x21\0");
    SERVER(&s, 1, OK_0);
    script_check(&s, LOGGED_IN "seq=3 " WHO READ "rows=2 affected=0 bytes=86 duration_us=3000000\n"
                               "seq=5 account=alice database=bank program=crm-ui action=login "
                               "outcome=success duration_us=1000000\n");
}

static void and_the_end_of_the_session(void **state)
{
    (void)state;
    open_cursor();
    fetch(2, MORE);
    CLIENT(&s, 0, "\1");
    script_check(&s, LOGGED_IN "seq=3 " WHO READ "rows=2 affected=0 bytes=86 duration_us=3000000\n"
                               "seq=5 " WHO "action=logout outcome=success\n");
}

/* The last fetch has no answer. */
static void a_connection_may_break(void **state)
{
    (void)state;
    open_cursor();
    fetch(2, MORE);
    CLIENT(&s, 0, "\x1c\1\0\0\0\2\0\0\0");
    script_check(&s, LOGGED_IN
                 "seq=3 " WHO "action=read outcome=unknown gap=truncated "
                 "clear=select id from kinds where id > ? $=7 object=kinds column=id rows=2 "
                 "bytes=86 duration_us=3000000\n");
}

static void nothing_may_be_fetched(void **state)
{
    (void)state;
    open_cursor();
    open_cursor();
    script_check(&s,
                 LOGGED_IN "seq=3 " WHO READ "rows=0 affected=0 bytes=57 duration_us=1000000\n"
                           "seq=4 " WHO READ "rows=0 affected=0 bytes=57 duration_us=1000000\n");
}

/* A session watches one result at a time: what is fetched behind another is a further event. */
static void interleaved_cursors_are_told_in_turns(void **state)
{
    (void)state;
    prepare_other();
    open_cursor();
    fetch(2, MORE);
    open_other();
    fetch_other(MORE);
    fetch(2, MORE);
    fetch(1, LAST);
    fetch_other(LAST);
    script_check(&s,
                 LOGGED_IN "seq=4 " WHO READ "rows=2 affected=0 bytes=86 duration_us=3000000\n"
                           "seq=6 " WHO OTHER "rows=1 affected=0 bytes=81 duration_us=3000000\n"
                           "seq=8 " WHO READ "rows=3 affected=0 bytes=48 duration_us=3000000\n"
                           "seq=10 " WHO OTHER "rows=1 affected=0 bytes=18 duration_us=1000000\n");
}

static void an_error_ends_it(void **state)
{
    (void)state;
    open_cursor();
    fetch(2, MORE);
    CLIENT(&s, 0, "\x1c\1\0\0\0\2\0\0\0");
    SERVER(&s, 1, "\xff\x25\5#70100no");
    do_nothing();
    script_check(&s, LOGGED_IN
                 "seq=3 " WHO "action=read outcome=failure clear=select id from kinds where id > ? "
                 "$=7 object=kinds column=id rows=2 bytes=101 duration_us=5000000 error=1317 "
                 "text=(70100) no\n"
                 "seq=6 " WHO DID_NOTHING);
}

static void a_fetch_without_cursor_fails(void **state)
{
    (void)state;
    CLIENT(&s, 0, "\x1c\x09\0\0\0\2\0\0\0");
    SERVER(&s, 1, "\xff\xdb\4#HY000no");
    script_check(&s, LOGGED_IN "seq=3 " WHO "action=read outcome=failure gap=limit bytes=15 "
                               "duration_us=1000000 error=1243 text=(HY000) no\n");
}

/* Execution, fetch and end in one go. */
static void it_may_be_pipelined(void **state)
{
    (void)state;
    CLIENT(&s, 0, "\x17\1\0\0\0\1\1\0\0\0\0\1\3\0\7\0\0\0");
    CLIENT(&s, 0, "\x1c\1\0\0\0\2\0\0\0");
    CLIENT(&s, 0, "\x1c\1\0\0\0\2\0\0\0");
    CLIENT(&s, 0, "\x19\1\0\0\0");
    SERVER(&s, 1, "\1");
    script_column(&s, 2, "kinds", "id", MYSQL_TYPE_LONG);
    script_eof(&s, 3, MORE);
    SERVER(&s, 1, "\0\0\x08\0\0\0");
    SERVER(&s, 2, "\0\0\x08\0\0\0");
    script_eof(&s, 3, MORE);
    SERVER(&s, 1, "\0\0\x08\0\0\0");
    script_eof(&s, 2, LAST);
    script_check(&s,
                 LOGGED_IN "seq=3 " WHO READ "rows=3 affected=0 bytes=105 duration_us=1000000\n");
}

/* Rows of the second fetch are missing: it is told with what is left of it. */
static void a_gap_in_a_fetch_ends_the_act(void **state)
{
    (void)state;
    open_cursor();
    fetch(2, MORE);
    CLIENT(&s, 0, "\x1c\1\0\0\0\2\0\0\0");
    script_lose(&s, TO_CLIENT, 14);
    SERVER(&s, 2, "\0\0\x08\0\0\0");
    script_eof(&s, 3, MORE);
    fetch(1, LAST);
    script_check(&s, LOGGED_IN
                 "seq=3 " WHO LOST_READ "rows=3 affected=0 bytes=105 duration_us=6000000\n"
                 "seq=6 " WHO READ "rows=1 affected=0 bytes=19 duration_us=1000000\n");
}

/* Nobody knows what was asked meanwhile. */
static void a_gap_between_fetches_ends_it_too(void **state)
{
    (void)state;
    open_cursor();
    fetch(2, MORE);
    script_lose(&s, TO_SERVER, 40);
    fetch(1, LAST);
    script_check(&s,
                 LOGGED_IN "seq=3 " WHO LOST_READ "rows=2 affected=0 bytes=86 duration_us=3000000\n"
                           "seq=5 " WHO LOST_READ "rows=1 affected=0 bytes=19 "
                           "duration_us=1000000\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(all_fetches_are_one_act),
        CASE(fewer_rows_than_asked_are_the_last),
        CASE(what_gives_no_result_does_not_part_it),
        CASE(a_cursor_may_be_closed_early),
        CASE(a_reset_ends_it),
        CASE(so_does_another_execution),
        CASE(and_a_change_of_user),
        CASE(and_the_end_of_the_session),
        CASE(a_connection_may_break),
        CASE(nothing_may_be_fetched),
        CASE(interleaved_cursors_are_told_in_turns),
        CASE(an_error_ends_it),
        CASE(a_fetch_without_cursor_fails),
        CASE(it_may_be_pipelined),
        CASE(a_gap_in_a_fetch_ends_the_act),
        CASE(a_gap_between_fetches_ends_it_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
