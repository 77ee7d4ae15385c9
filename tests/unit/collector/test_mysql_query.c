/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * MySQL: commands and the results they get.
 */
#include "collector/decoders/mysql_value.h"
#include "collector/decoders/mysql_wire.h"
#include "mysql_script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

extern const struct decoder mysql_decoder;

enum {
    CLASSIC = MYSQL_LONG_PASSWORD | MYSQL_PROTOCOL_41 | MYSQL_SECURE_CONNECTION |
              MYSQL_CONNECT_WITH_DB | MYSQL_PLUGIN_AUTH | MYSQL_CONNECT_ATTRIBUTES |
              MYSQL_MULTI_STATEMENTS,
    MODERN = CLASSIC | MYSQL_DEPRECATE_EOF | MYSQL_SESSION_TRACK | MYSQL_QUERY_ATTRIBUTES,
    STRING = 0xfd,
    MORE = MYSQL_STATUS_MORE_RESULTS,
};

#define WHO "account=app database=crm program=crm-ui "

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

static void a_classic_result_ends_with_eof(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3select id, label from kinds where id < 3");
    SERVER(&s, 1, "\2");
    script_column(&s, 2, "kinds", "id", MYSQL_TYPE_LONG);
    script_column(&s, 3, "kinds", "label", STRING);
    script_eof(&s, 4, 0);
    SERVER(&s, 5,
           "\1"
           "1\1x");
    SERVER(&s, 6,
           "\1"
           "2\xfb");
    script_eof(&s, 7, 0);
    script_check(&s,
                 LOGGED_IN "seq=2 " WHO "action=read outcome=success "
                           "clear=select id, label from kinds where id < 3 object=kinds column=id "
                           "column=label rows=2 affected=0 bytes=130 duration_us=1000000\n");
}

static void a_modern_result_ends_with_ok(void **state)
{
    (void)state;
    script_login(&s, MODERN);
    CLIENT(&s, 0, "\3\0\1select 7 from dual");
    SERVER(&s, 1, "\1");
    script_column(&s, 2, "", "7", MYSQL_TYPE_LONG);
    SERVER(&s, 3,
           "\1"
           "7");
    SERVER(&s, 4, "\xfe\0\0\2\0\0\0");
    script_check(&s, LOGGED_IN "seq=2 " WHO "action=read outcome=success clear=select 7 from dual "
                               "object=dual rows=1 affected=0 bytes=49 duration_us=1000000\n");
}

static void attributes_stand_before_the_statement(void **state)
{
    (void)state;
    script_login(&s, MODERN);
    CLIENT(&s, 0, "\3\2\1\1\1\xfe\0\2n1\x08\x80\2n2\1\0\0\0\0\0\0\0do 1");
    SERVER(&s, 1, "\0\0\0\2\0\0\0");
    CLIENT(&s, 0, "\3\2\1\0\1\xfe\0\2n1\x08\x80\2n2\2v1\1\0\0\0\0\0\0\0do 2");
    SERVER(&s, 1, "\0\0\0\2\0\0\0");
    script_check(&s, LOGGED_IN
                 "seq=2 " WHO "action=call outcome=success clear=do 1 rows=0 affected=0 bytes=11 "
                 "duration_us=1000000\n"
                 "seq=3 " WHO "action=call outcome=success clear=do 2 rows=0 affected=0 bytes=11 "
                 "duration_us=1000000\n");
}

static void an_ok_tells_affected_rows(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3update kinds set label = 'a' where id > 9");
    SERVER(&s, 1, "\0\xfc\x2c\1\0\2\0\0\0");
    script_check(&s, LOGGED_IN
                 "seq=2 " WHO "action=write outcome=success "
                 "clear=update kinds set label = 'a' where id > 9 object=kinds column=label "
                 "column=id rows=0 affected=300 bytes=13 duration_us=1000000\n");
}

static void an_error_has_code_state_and_text(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3select a from nope");
    SERVER(&s, 1, "\xff\x7a\4#42S02Table 'crm.nope' doesn't exist");
    script_check(&s, LOGGED_IN "seq=2 " WHO
                               "action=read outcome=failure clear=select a from nope object=nope "
                               "column=a bytes=43 duration_us=1000000 error=1146 "
                               "text=(42S02) Table 'crm.nope' doesn't exist\n");
}

static void an_error_may_end_the_rows(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3select id from kinds");
    SERVER(&s, 1, "\1");
    script_column(&s, 2, "kinds", "id", MYSQL_TYPE_LONG);
    script_eof(&s, 3, 0);
    SERVER(&s, 4,
           "\1"
           "1");
    SERVER(&s, 5, "\xff\x25\5#70100killed");
    script_check(&s,
                 LOGGED_IN "seq=2 " WHO "action=read outcome=failure clear=select id from kinds "
                           "object=kinds column=id rows=1 bytes=82 duration_us=1000000 error=1317 "
                           "text=(70100) killed\n");
}

/* Each result is an event with its own statement; the last has the rest. */
static void several_statements_give_parts(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3insert into kinds values (1, ';'); select 1; drop table nope; select 3");
    SERVER(&s, 1, "\0\1\0\x0a\0\0\0");
    SERVER(&s, 2, "\1");
    script_column(&s, 3, "", "1", MYSQL_TYPE_LONG);
    script_eof(&s, 4, MORE);
    SERVER(&s, 5,
           "\1"
           "1");
    script_eof(&s, 6, MORE);
    SERVER(&s, 7, "\xff\x1b\4#42S02Unknown table");
    script_check(&s, LOGGED_IN
                 "seq=2 part=0 " WHO "action=write outcome=success "
                 "clear=insert into kinds values (1, ';') object=kinds rows=0 affected=1 bytes=11 "
                 "duration_us=1000000\n"
                 "seq=2 part=1 " WHO "action=read outcome=success clear=select 1 rows=1 affected=0 "
                 "bytes=56 duration_us=1000000\n"
                 "seq=2 part=2 " WHO "action=drop outcome=failure "
                 "clear=drop table nope; select 3 object=nope bytes=26 duration_us=1000000 "
                 "error=1051 text=(42S02) Unknown table\n");
}

/* A procedure's results are its own until its OK. */
static void a_call_keeps_its_statement(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3call p(1); do 2");
    SERVER(&s, 1, "\1");
    script_column(&s, 2, "", "1", MYSQL_TYPE_LONG);
    script_eof(&s, 3, MORE);
    SERVER(&s, 4,
           "\1"
           "1");
    script_eof(&s, 5, MORE);
    SERVER(&s, 6, "\0\0\0\x0a\0\0\0");
    SERVER(&s, 7, "\0\0\0\2\0\0\0");
    script_check(&s, LOGGED_IN
                 "seq=2 part=0 " WHO "action=call outcome=success clear=call p(1) rows=1 "
                 "bytes=56 duration_us=1000000\n"
                 "seq=2 part=1 " WHO "action=call outcome=success clear=call p(1) rows=0 "
                 "affected=0 bytes=11 duration_us=1000000\n"
                 "seq=2 part=2 " WHO "action=call outcome=success clear=do 2 rows=0 affected=0 "
                 "bytes=11 duration_us=1000000\n");
}

static void requests_may_be_sent_ahead(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3do 1");
    CLIENT(&s, 0, "\3do 2");
    CLIENT(&s, 0, "\x0e");
    CLIENT(&s, 0, "\3do 3");
    SERVER(&s, 1, "\0\0\0\2\0\0\0");
    SERVER(&s, 1, "\xff\x28\4#42000no");
    SERVER(&s, 1, "\0\0\0\2\0\0\0");
    SERVER(&s, 1, "\0\3\0\2\0\0\0");
    script_check(&s, LOGGED_IN
                 "seq=2 " WHO "action=call outcome=success clear=do 1 rows=0 affected=0 bytes=11 "
                 "duration_us=1000000\n"
                 "seq=3 " WHO "action=call outcome=failure clear=do 2 bytes=15 "
                 "duration_us=1000000 error=1064 text=(42000) no\n"
                 "seq=5 " WHO "action=call outcome=success clear=do 3 rows=0 affected=3 bytes=11 "
                 "duration_us=1000000\n");
}

static void the_database_follows_what_succeeds(void **state)
{
    (void)state;
    script_login(&s, MODERN);
    CLIENT(&s, 0, "\2bank");
    SERVER(&s, 1, "\0\0\0\2\0\0\0");
    CLIENT(&s, 0, "\2secret");
    SERVER(&s, 1, "\xff\x14\4#42000no");
    CLIENT(&s, 0, "\3\0\1use `crm`;");
    SERVER(&s, 1, "\0\0\0\2\0\0\0");
    CLIENT(&s, 0, "\3\0\1execute immediate 'use hr'");
    SERVER(&s, 1, "\0\0\0\2\x40\0\0\0\5\1\3\2hr");
    script_check(
        &s, LOGGED_IN
        "seq=2 account=app database=bank program=crm-ui action=use outcome=success bytes=11 "
        "duration_us=1000000\n"
        "seq=3 account=app database=bank program=crm-ui action=use outcome=failure bytes=15 "
        "duration_us=1000000 error=1044 text=(42000) no\n"
        "seq=4 " WHO "action=use outcome=success clear=use `crm`; rows=0 affected=0 bytes=11 "
        "duration_us=1000000\n"
        "seq=5 account=app database=hr program=crm-ui action=call outcome=success "
        "clear=execute immediate 'use hr' rows=0 affected=0 bytes=18 duration_us=1000000\n");
}

static void secrets_do_not_leave(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3create user eve identified by 'hunter2'");
    SERVER(&s, 1, "\xff\x28\4#42000near 'hunter2'");
    script_check(&s, LOGGED_IN
                 "seq=2 " WHO "action=create outcome=failure clear=create user eve identified by ? "
                 "bytes=27 duration_us=1000000 error=1064\n");
}

static void a_file_is_counted_in_bytes(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3load data local infile 'f' into table kinds");
    SERVER(&s, 1,
           "\xfb"
           "f");
    CLIENT(&s, 2, "1,a\n2,b\n");
    CLIENT(&s, 3, "3,c\n");
    CLIENT(&s, 4, "");
    SERVER(&s, 5, "\0\3\0\2\0\0\0Records: 3");
    CLIENT(&s, 0, "\3load data local infile 'none' into table kinds");
    SERVER(&s, 1,
           "\xfb"
           "none");
    CLIENT(&s, 2, "");
    SERVER(&s, 3, "\0\0\0\2\0\0\0");
    script_check(&s, LOGGED_IN
                 "seq=2 " WHO "action=copy_in outcome=success "
                 "clear=load data local infile 'f' into table kinds object=kinds rows=0 "
                 "affected=3 bytes=12 duration_us=3000000\n"
                 "seq=3 " WHO "action=copy_in outcome=success "
                 "clear=load data local infile 'none' into table kinds object=kinds rows=0 "
                 "affected=0 bytes=0 duration_us=3000000\n");
}

/* The ids of a long file's packets pass 255 and begin again at 0, as a command's would. */
static void a_files_ids_go_round(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3load data local infile 'f' into table kinds");
    SERVER(&s, 1,
           "\xfb"
           "f");
    for (unsigned id = 2; id < 300; id++)
        CLIENT(&s, (uint8_t)id, "\1q");
    CLIENT(&s, 44, "");
    SERVER(&s, 45, "\0\1\0\2\0\0\0");
    script_check(&s,
                 LOGGED_IN "seq=2 " WHO "action=copy_in outcome=success "
                           "clear=load data local infile 'f' into table kinds object=kinds rows=0 "
                           "affected=1 bytes=596 duration_us=3000000\n");
}

static void the_other_commands(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\x09");
    SERVER(&s, 1, "Uptime: 1");
    CLIENT(&s, 0, "\4kinds\0");
    script_column(&s, 1, "kinds", "id", MYSQL_TYPE_LONG);
    script_eof(&s, 2, 0);
    CLIENT(&s, 0, "\x0c\7\0\0\0");
    SERVER(&s, 1, "\xff\x46\4#HY000Unknown thread id: 7");
    CLIENT(&s, 0, "\x1b\1\0");
    script_eof(&s, 1, 0);
    CLIENT(&s, 0, "\x1f");
    SERVER(&s, 1, "\0\0\0\2\0\0\0");
    CLIENT(&s, 0, "\x12\4\0\0\0\0\0\1\0\0\0binlog.1");
    SERVER(&s, 1, "\0event one");
    SERVER(&s, 2, "\0event two");
    script_eof(&s, 3, 0);
    CLIENT(&s, 0, "\x77");
    SERVER(&s, 1, "\xff\x17\4#08S01Unknown command");
    script_check(&s, LOGGED_IN
                 "seq=2 " WHO "action=command outcome=success bytes=13 duration_us=1000000\n"
                 "seq=3 " WHO "action=other outcome=success object=kinds bytes=52 "
                 "duration_us=1000000\n"
                 "seq=4 " WHO "action=kill outcome=failure bytes=33 duration_us=1000000 "
                 "error=1094 text=(HY000) Unknown thread id: 7\n"
                 "seq=7 " WHO "action=copy_out outcome=success bytes=37 duration_us=1000000\n"
                 "seq=8 " WHO "action=other outcome=failure bytes=28 duration_us=1000000 "
                 "error=1047 text=(08S01) Unknown command\n");
}

static void progress_reports_are_no_errors(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3alter table kinds engine=innodb");
    SERVER(&s, 1, "\xff\xff\xff\1\1\1\x10\x27\0\5stage");
    SERVER(&s, 2, "\0\0\0\2\0\0\0");
    script_check(&s, LOGGED_IN "seq=2 " WHO
                               "action=alter outcome=success clear=alter table kinds engine=innodb "
                               "object=kinds rows=0 affected=0 bytes=30 duration_us=1000000\n");
}

/* The answer's ids go on from the last packet of a request in several. */
static void a_request_may_take_several_packets(void **state)
{
    static const char front[] = "\3do '";
    uint8_t *payload = malloc(MYSQL_PAYLOAD_MAX);
    (void)state;
    assert_non_null(payload);
    memset(payload, 'x', MYSQL_PAYLOAD_MAX);
    memcpy(payload, front, sizeof front - 1);
    struct script big = {.bytes = malloc(40 << 20)};
    assert_non_null(big.bytes);
    script_login(&big, CLASSIC);
    uint8_t header[] = {0xff, 0xff, 0xff, 0};
    memcpy(big.bytes + big.used, header, sizeof header);
    memcpy(big.bytes + big.used + 4, payload, MYSQL_PAYLOAD_MAX);
    memcpy(big.bytes + big.used + 4 + MYSQL_PAYLOAD_MAX, "\2\0\0\1x'", 6);
    big.steps[big.count++] =
        (struct exchange){TO_SERVER, {big.bytes + big.used, MYSQL_PAYLOAD_MAX + 10}, 0};
    static const uint8_t ok[] = "\7\0\0\2\0\0\0\2\0\0";
    big.steps[big.count++] = (struct exchange){TO_CLIENT, {ok, sizeof ok}, 0};
    struct buffer out;
    buffer_init(&out, 4 << 20);
    decode_exchange(&mysql_decoder, big.steps, big.count, false, NULL, &out);
    const char *text = buffer_text(&out);
    assert_non_null(strstr(text, "seq=2 " WHO "action=call outcome=success gap=limit clear=do 'x"));
    assert_non_null(strstr(text, "x rows=0 affected=0 bytes=11 duration_us=1000000\n"));
    buffer_release(&out);
    free(payload);
    free(big.bytes);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_classic_result_ends_with_eof),
        CASE(a_modern_result_ends_with_ok),
        CASE(attributes_stand_before_the_statement),
        CASE(an_ok_tells_affected_rows),
        CASE(an_error_has_code_state_and_text),
        CASE(an_error_may_end_the_rows),
        CASE(several_statements_give_parts),
        CASE(a_call_keeps_its_statement),
        CASE(requests_may_be_sent_ahead),
        CASE(the_database_follows_what_succeeds),
        CASE(secrets_do_not_leave),
        CASE(a_file_is_counted_in_bytes),
        CASE(a_files_ids_go_round),
        CASE(the_other_commands),
        CASE(progress_reports_are_no_errors),
        CASE(a_request_may_take_several_packets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
