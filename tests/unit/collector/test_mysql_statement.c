/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * MySQL: prepared statements, bound values, and what MariaDB adds.
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
    MODERN = CLASSIC | MYSQL_DEPRECATE_EOF | MYSQL_QUERY_ATTRIBUTES,
    STRING = 0xfd,
};

#define WHO  "account=app database=crm program=crm-ui "
#define OK_1 "\0\1\0\2\0\0\0"

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

/* insert into notes(id, body) values (?, ?) is statement 1. */
static void prepare_insert(void)
{
    CLIENT(&s, 0,
           "\x16"
           "insert into notes(id, body) values (?, ?)");
    SERVER(&s, 1, "\0\1\0\0\0\0\0\2\0\0\0\0");
    script_column(&s, 2, "", "?", STRING);
    script_column(&s, 3, "", "?", STRING);
    script_eof(&s, 4, 0);
}

#define INSERT "action=write outcome=success clear=insert into notes(id, body) values (?, ?) "
#define INSERTED \
    "object=notes column=id column=body rows=0 affected=1 bytes=11 duration_us=1000000\n"

/* Types come with the first execution only; a NULL is in the bitmap. */
static void types_stay_until_they_change(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    prepare_insert();
    CLIENT(&s, 0, "\x17\1\0\0\0\0\1\0\0\0\0\1\3\0\xfd\0\7\0\0\0\2hi");
    SERVER(&s, 1, OK_1);
    CLIENT(&s, 0, "\x17\1\0\0\0\0\1\0\0\0\2\0\xff\xff\xff\xff");
    SERVER(&s, 1, OK_1);
    CLIENT(&s, 0, "\x17\1\0\0\0\0\1\0\0\0\0\1\1\x80\x08\0\xff\1\0\0\0\0\0\0\0");
    SERVER(&s, 1, OK_1);
    CLIENT(&s, 0, "\x19\1\0\0\0");
    CLIENT(&s, 0, "\x17\1\0\0\0\0\1\0\0\0");
    SERVER(&s, 1, "\xff\xdb\4#HY000Unknown prepared statement");
    script_check(&s, LOGGED_IN
                 "seq=3 " WHO INSERT "$=7 $=hi " INSERTED "seq=4 " WHO INSERT "$=-1 $NULL " INSERTED
                 "seq=5 " WHO INSERT "$=255 $=1 " INSERTED "seq=6 " WHO
                 "action=other outcome=failure gap=limit bytes=39 "
                 "duration_us=1000000 error=1243 text=(HY000) Unknown prepared statement\n");
}

static void a_value_may_come_in_pieces(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    prepare_insert();
    CLIENT(&s, 0,
           "\x18\1\0\0\0\1\0"
           "one ");
    CLIENT(&s, 0,
           "\x18\1\0\0\0\1\0"
           "two");
    CLIENT(&s, 0, "\x17\1\0\0\0\0\1\0\0\0\0\1\3\0\xfc\0\7\0\0\0");
    SERVER(&s, 1, OK_1);
    CLIENT(&s, 0, "\x17\1\0\0\0\0\1\0\0\0\0\0\x08\0\0\0\1x");
    SERVER(&s, 1, OK_1);
    script_check(&s, LOGGED_IN "seq=3 " WHO INSERT "$=7 $=one two " INSERTED "seq=4 " WHO INSERT
                               "$=8 $=x " INSERTED);
}

static void bytes_that_are_no_text_are_hexadecimal(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    prepare_insert();
    CLIENT(&s, 0, "\x17\1\0\0\0\0\1\0\0\0\0\1\3\0\xfc\0\7\0\0\0\2\xff\x0a");
    SERVER(&s, 1, OK_1);
    script_check(&s, LOGGED_IN "seq=3 " WHO INSERT "$=7 $=0xff0a " INSERTED);
}

static void a_failed_preparation_is_an_event(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\x16select a from nope");
    SERVER(&s, 1, "\xff\x7a\4#42S02no");
    script_check(&s, LOGGED_IN
                 "seq=2 " WHO "action=prepare outcome=failure clear=select a from nope "
                 "object=nope column=a bytes=15 duration_us=1000000 error=1146 text=(42S02) no\n");
}

/* MySQL 8: the number of values is told, each type has a name, attributes follow the parameters. */
static void attributes_are_no_parameters(void **state)
{
    (void)state;
    script_login(&s, MODERN);
    CLIENT(&s, 0, "\x16select ?");
    SERVER(&s, 1, "\0\1\0\0\0\1\0\1\0\0\0\0");
    script_column(&s, 2, "", "?", STRING);
    script_column(&s, 3, "", "?", STRING);
    CLIENT(&s, 0, "\x17\1\0\0\0\x08\1\0\0\0\2\0\1\3\0\0\xfe\0\2n1\7\0\0\0\2v1");
    SERVER(&s, 1, "\1");
    script_column(&s, 2, "", "?", MYSQL_TYPE_LONG);
    SERVER(&s, 3, "\0\0\7\0\0\0");
    SERVER(&s, 4, "\xfe\0\0\2\0\0\0");
    script_check(&s, LOGGED_IN "seq=3 " WHO "action=read outcome=success clear=select ? $=7 rows=1 "
                               "affected=0 bytes=53 duration_us=1000000\n");
}

/* ---- MariaDB ---- */

enum { MARIADB = (CLASSIC & ~MYSQL_LONG_PASSWORD) | MYSQL_DEPRECATE_EOF };

/* The statement is executed (as number -1) before the answer to its preparation is there. */
static void preparation_and_execution_may_come_together(void **state)
{
    (void)state;
    script_login(&s, MARIADB);
    CLIENT(&s, 0, "\x16insert into notes(id, body) values (?, ?)");
    CLIENT(&s, 0, "\x17\xff\xff\xff\xff\0\1\0\0\0\0\1\3\0\xfd\0\7\0\0\0\2hi");
    SERVER(&s, 1, "\0\5\0\0\0\0\0\2\0\0\0\0");
    script_column(&s, 2, "", "?", STRING);
    script_column(&s, 3, "", "?", STRING);
    SERVER(&s, 1, OK_1);
    CLIENT(&s, 0, "\x17\xff\xff\xff\xff\0\1\0\0\0\0\0\x08\0\0\0\2ho");
    SERVER(&s, 1, OK_1);
    CLIENT(&s, 0, "\x16select a from nope where b = ?");
    CLIENT(&s, 0, "\x17\xff\xff\xff\xff\0\1\0\0\0\0\1\3\0\7\0\0\0");
    SERVER(&s, 1, "\xff\x7a\4#42S02no");
    SERVER(&s, 1, "\xff\x7a\4#42S02no");
    script_check(&s, LOGGED_IN
                 "seq=3 " WHO INSERT "$=7 $=hi " INSERTED "seq=4 " WHO INSERT "$=8 $=ho " INSERTED
                 "seq=5 " WHO "action=prepare outcome=failure clear=select a from nope where b = ? "
                 "object=nope column=a column=b bytes=15 duration_us=1000000 error=1146 "
                 "text=(42S02) no\n"
                 "seq=6 " WHO "action=read outcome=failure clear=select a from nope where b = ? "
                 "object=nope column=a column=b bytes=15 duration_us=1000000 error=1146 "
                 "text=(42S02) no\n");
}

static void a_bulk_binds_rows_of_values(void **state)
{
    (void)state;
    script_login(&s, MARIADB);
    CLIENT(&s, 0, "\x16insert into notes(id, body) values (?, ?)");
    SERVER(&s, 1, "\0\1\0\0\0\0\0\2\0\0\0\0");
    script_column(&s, 2, "", "?", STRING);
    script_column(&s, 3, "", "?", STRING);
    CLIENT(&s, 0, "\xfa\1\0\0\0\x80\0\3\0\xfd\0\0\7\0\0\0\0\1a\0\x08\0\0\0\1\0\x09\0\0\0\0\1c");
    SERVER(&s, 1, "\0\3\0\2\0\0\0");
    script_check(&s, LOGGED_IN "seq=3 " WHO INSERT
                               "$=7 $=a $=8 $NULL $=9 $=c object=notes column=id column=body "
                               "rows=0 affected=3 bytes=11 duration_us=1000000\n");
}

/* An execution's definitions are left out where the client has them from the preparation. */
static void definitions_may_be_left_out(void **state)
{
    (void)state;
    s.mid_session = true;
    CLIENT(&s, 0, "\x16select id from kinds");
    SERVER(&s, 1, "\0\1\0\0\0\1\0\0\0\0\0\0");
    script_column(&s, 2, "kinds", "id", MYSQL_TYPE_LONG);
    script_eof(&s, 3, 0);
    CLIENT(&s, 0, "\x17\1\0\0\0\0\1\0\0\0");
    SERVER(&s, 1, "\1\0");
    script_eof(&s, 2, 0);
    SERVER(&s, 3, "\0\0\x08\0\0\0");
    script_eof(&s, 4, 0);
    script_check(&s, "seq=2 action=read outcome=success gap=mid_session clear=select id from kinds "
                     "object=kinds column=id rows=1 affected=0 bytes=34 duration_us=1000000\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(types_stay_until_they_change),
        CASE(a_value_may_come_in_pieces),
        CASE(bytes_that_are_no_text_are_hexadecimal),
        CASE(a_failed_preparation_is_an_event),
        CASE(attributes_are_no_parameters),
        CASE(preparation_and_execution_may_come_together),
        CASE(a_bulk_binds_rows_of_values),
        CASE(definitions_may_be_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
