/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * MySQL with bytes missing: in the middle, at the beginning, or one direction altogether.
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
};

#define WHO  "account=app database=crm program=crm-ui "
#define OK_0 "\0\0\0\2\0\0\0"
#define DO(n) \
    "action=call outcome=success clear=do " n " rows=0 affected=0 bytes=11 duration_us=1000000\n"

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

static void rows_that_were_lost_are_told(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3select label from kinds");
    SERVER(&s, 1, "\1");
    script_column(&s, 2, "kinds", "label", STRING);
    script_eof(&s, 3, 0);
    SERVER(&s, 4, "\5hello");
    script_lose(&s, TO_CLIENT, 30);
    script_bytes(&s, TO_CLIENT, SLICE("lf of a row"));
    SERVER(&s, 8, "\5world");
    SERVER(&s, 9, "\5right");
    script_eof(&s, 10, 0);
    CLIENT(&s, 0, "\3do 2");
    SERVER(&s, 1, OK_0);
    script_check(&s, LOGGED_IN
                 "seq=2 " WHO "action=read outcome=success gap=lost_bytes "
                 "clear=select label from kinds object=kinds column=label rows=3 affected=0 "
                 "bytes=102 duration_us=3000000\n"
                 "seq=3 " WHO DO("2"));
}

static void an_answer_lost_whole_is_unknown(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3select label from kinds");
    script_lose(&s, TO_CLIENT, 200);
    CLIENT(&s, 0, "\3do 2");
    SERVER(&s, 1, OK_0);
    script_check(&s, LOGGED_IN "seq=2 " WHO "action=read outcome=unknown gap=lost_bytes "
                               "clear=select label from kinds object=kinds column=label bytes=0 "
                               "duration_us=4000000\n"
                               "seq=3 " WHO DO("2"));
}

static void a_lost_request_leaves_its_answer(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3do 1");
    SERVER(&s, 1, OK_0);
    script_lose(&s, TO_SERVER, 40);
    SERVER(&s, 1, "\1");
    script_column(&s, 2, "kinds", "label", STRING);
    script_eof(&s, 3, 0);
    SERVER(&s, 4, "\5hello");
    script_eof(&s, 5, 0);
    CLIENT(&s, 0, "\3do 3");
    SERVER(&s, 1, OK_0);
    script_check(&s, LOGGED_IN
                 "seq=2 " WHO DO("1") "seq=3 " WHO
                                      "action=read outcome=success gap=lost_bytes object=kinds "
                                      "column=label rows=1 affected=0 bytes=82 duration_us=0\n"
                                      "seq=4 " WHO DO("3"));
}

/* A gap inside what is passed over anyway keeps the boundaries. */
static void a_gap_in_a_long_row_keeps_the_boundaries(void **state)
{
    static uint8_t row[80000], header[MYSQL_HEADER];
    (void)state;
    memset(row, 'x', sizeof row);
    memcpy(row, "\xfd\x7c\x38\1", 4);
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3select body from notes");
    SERVER(&s, 1, "\1");
    script_column(&s, 2, "notes", "body", STRING);
    script_eof(&s, 3, 0);
    SERVER(&s, 4, "\1a");
    memcpy(header, "\x80\x38\1\5", sizeof header);
    script_bytes(&s, TO_CLIENT, slice_make(header, sizeof header));
    script_bytes(&s, TO_CLIENT, slice_make(row, 20000));
    script_lose(&s, TO_CLIENT, 40000);
    script_bytes(&s, TO_CLIENT, slice_make(row, 20000));
    SERVER(&s, 6, "\1b");
    script_eof(&s, 7, 0);
    script_check(&s, LOGGED_IN
                 "seq=2 " WHO
                 "action=read outcome=success gap=lost_bytes clear=select body from notes "
                 "object=notes column=body rows=3 affected=0 bytes=40086 duration_us=3000000\n");
}

static void a_session_may_begin_in_the_middle(void **state)
{
    (void)state;
    s.mid_session = true;
    script_bytes(&s, TO_SERVER, SLICE("nd of a statement'"));
    script_bytes(&s, TO_CLIENT, SLICE("ow"));
    SERVER(&s, 9, "\5world");
    SERVER(&s, 10, "\5world");
    script_eof(&s, 11, 0);
    CLIENT(&s, 0, "\3select label from kinds");
    SERVER(&s, 1, "\1");
    script_column(&s, 2, "kinds", "label", STRING);
    SERVER(&s, 3, "\5hello");
    SERVER(&s, 4, "\xfe\0\0\2\0\0\0");
    CLIENT(&s, 0, "\x17\1\0\0\0\0\1\0\0\0");
    SERVER(&s, 1, "\0\1\0\2\0\0\0");
    CLIENT(&s, 0,
           "\x11"
           "alice\0\4abcdbank\0\x21\0");
    SERVER(&s, 1, OK_0);
    CLIENT(&s, 0, "\3do 1");
    SERVER(&s, 1, OK_0);
    script_check(&s,
                 "seq=1 action=read outcome=success gap=lost_bytes gap=mid_session rows=2 "
                 "affected=0 bytes=29 duration_us=0\n"
                 "seq=2 action=read outcome=success gap=mid_session "
                 "clear=select label from kinds object=crm.kinds column=label rows=1 affected=0 "
                 "bytes=75 duration_us=1000000\n"
                 "seq=3 action=other outcome=success gap=mid_session rows=0 affected=1 "
                 "bytes=11 duration_us=1000000\n"
                 "seq=4 account=alice database=bank action=login outcome=success "
                 "duration_us=1000000\n"
                 "seq=5 account=alice database=bank " DO("1"));
}

/* Only the client is heard: what it asked is told, without outcome. */
static void the_server_may_not_be_heard(void **state)
{
    (void)state;
    CLIENT(&s, 1,
           "\1\x82\0\0"
           "\0\0\0\1\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
           "eve\0\3abc");
    CLIENT(&s, 0, "\3select label from kinds");
    CLIENT(&s, 0, "\x16select 1");
    CLIENT(&s, 0, "\x17\1\0\0\0\0\1\0\0\0");
    CLIENT(&s, 0, "\1");
    script_check(&s, "seq=1 account=eve action=login outcome=unknown\n"
                     "seq=2 account=eve action=read outcome=unknown clear=select label from kinds "
                     "object=kinds column=label\n"
                     "seq=3 account=eve action=prepare outcome=unknown clear=select 1\n"
                     "seq=4 account=eve action=read outcome=unknown clear=select 1\n"
                     "seq=5 account=eve action=logout outcome=success\n");
}

/* Only the server is heard: results have objects and rows. */
static void the_client_may_not_be_heard(void **state)
{
    (void)state;
    SERVER(&s, 0,
           "\x0a"
           "8.0.35\0\1\0\0\0"
           "12345678\0\xff\xff\x21\2\0\xff\xdf\x15\0\0\0\0\0\0\0\0\0"
           "\0"
           "123456789012\0");
    SERVER(&s, 2, OK_0);
    SERVER(&s, 1, "\1");
    script_column(&s, 2, "kinds", "label", STRING);
    script_eof(&s, 3, 0);
    SERVER(&s, 4, "\5hello");
    script_eof(&s, 5, 0);
    SERVER(&s, 1, "\0\1\0\0\0\1\0\0\0\0\0\0");
    script_column(&s, 2, "kinds", "label", STRING);
    script_eof(&s, 3, 0);
    SERVER(&s, 1, "\xff\x7a\4#42S02no");
    script_check(&s, "seq=1 action=login outcome=success duration_us=0\n"
                     "seq=2 action=read outcome=success object=crm.kinds column=label rows=1 "
                     "affected=0 bytes=82 duration_us=0\n"
                     "seq=4 action=other outcome=failure bytes=15 duration_us=0 error=1146 "
                     "text=(42S02) no\n");
}

static void what_is_open_at_the_end_is_told(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3select label from kinds");
    CLIENT(&s, 0, "\3do 2");
    SERVER(&s, 1, "\1");
    script_column(&s, 2, "kinds", "label", STRING);
    script_eof(&s, 3, 0);
    SERVER(&s, 4, "\5hello");
    script_check(&s, LOGGED_IN
                 "seq=2 " WHO "action=read outcome=unknown gap=truncated "
                 "clear=select label from kinds object=kinds column=label rows=1 bytes=73 "
                 "duration_us=2000000\n"
                 "seq=3 " WHO "action=call outcome=unknown gap=truncated clear=do 2\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(rows_that_were_lost_are_told),      CASE(an_answer_lost_whole_is_unknown),
        CASE(a_lost_request_leaves_its_answer),  CASE(a_gap_in_a_long_row_keeps_the_boundaries),
        CASE(a_session_may_begin_in_the_middle), CASE(the_server_may_not_be_heard),
        CASE(the_client_may_not_be_heard),       CASE(what_is_open_at_the_end_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
