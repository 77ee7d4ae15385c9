/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "support/log_every_way.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define T "20261121 21:18:30,vm,"
#define E "2026-11-21T21:18:30.000Z client=10.0.0.9:0 "

static void joins_tables_to_their_query(void **state)
{
    (void)state;
    log_every_way(
        "",
        SLICE(T "app,10.0.0.9,441,0,CONNECT,crm,,0\n" T "app,10.0.0.9,441,8,READ,crm,customers,\n" T
                "root,localhost,441,8,READ,crm,odd,'name,\n" T
                "app,10.0.0.9,441,8,WRITE,mysql,general_log,\n" T
                "app,10.0.0.9,441,8,QUERY,crm,'select \\'a\\\\n,\\'\\n from v where x = 1',0\n" T
                "app,10.0.0.9,441,9,QUERY,crm,'select * from nope',1146\n" T
                "app,10.0.0.9,441,0,DISCONNECT,crm,,0\n"),
        E "seq=1 account=app database=crm action=login outcome=success\n" E
          "seq=2 account=app database=crm action=read outcome=success "
          "clear=select 'a\\x5cn,'\\x0a from v where x = 1 object=v column=x "
          "object=crm.customers object=crm.odd,'name\n" E
          "seq=3 account=app database=crm action=read outcome=failure "
          "clear=select * from nope object=nope error=1146\n" E
          "seq=4 account=app database=crm action=logout outcome=success\n");
}

/* A bulk insert has table lines and no query. */
static void tells_tables_without_a_query(void **state)
{
    (void)state;
    log_every_way("mariadb-audit",
                  SLICE(T "app,10.0.0.9,7,8,WRITE,crm,notes,\n" T
                          "app,10.0.0.9,7,9,QUERY,crm,'select 1',0\n"),
                  "2026-11-21T21:18:30.000Z client=10.0.0.9:0 seq=1 account=app database=crm "
                  "action=write outcome=unknown object=crm.notes\n" E
                  "seq=2 account=app database=crm action=read outcome=success clear=select 1\n");
}

/* After a change of user the plugin prints the old one, after a refused change of database the
 * error. */
static void puts_right_what_the_plugin_gets_wrong(void **state)
{
    (void)state;
    log_every_way(
        "",
        SLICE(T "app,10.0.0.9,7,0,CONNECT,crm,,0\n" T "alice,10.0.0.9,7,0,CHANGEUSER,crm,,0\n" T
                "app,10.0.0.9,7,8,QUERY,Access denied for user 'ed'@'%' to database "
                "'nodb','select 1',0\n"),
        E "seq=1 account=app database=crm action=login outcome=success\n" E
          "seq=2 account=alice database=crm action=login outcome=success\n" E
          "seq=3 account=alice database=crm action=read outcome=success clear=select 1\n");
}

static void reads_refused_logins_and_syslog(void **state)
{
    (void)state;
    log_every_way("",
                  SLICE("Nov 21 21:18:30 vm mysql-server_auditing: site=lab1 "
                        "vm,eve,10.0.0.9,7,0,FAILED_CONNECT,,,1045\n"
                        "Nov 21 21:18:30 vm mysql-server_auditing: site=lab1 "
                        "vm,eve,10.0.0.9,7,0,DISCONNECT,,,0\n"
                        "Nov 21 21:18:30 vm mysql-server_auditing: site=lab1 vm,app,10.0.0.9,8,3,"
                        "QUERY,crm,'create user u identified by *****\\'pw\\'',0\n"),
                  E "seq=1 account=eve action=login outcome=failure error=1045\n" E
                    "seq=1 account=app database=crm action=create outcome=success "
                    "clear=create user u identified by *****?\n");
}

static void reads_the_general_log(void **state)
{
    (void)state;
    log_every_way(
        "",
        SLICE("/usr/sbin/mariadbd, Version: 10.11 (Debian). started with:\n"
              "Tcp port: 3306  Unix socket: /run/mysqld.sock\n"
              "Time\t\t    Id Command\tArgument\n"
              "261121 21:18:30\t    44 Connect\tapp@10.0.0.9 on crm using TCP/IP\n"
              "\t\t    44 Query\tselect 'a\n\tb'\n"
              "\t\t    45 Connect\teve@10.0.0.9 on crm using TCP/IP\n"
              "\t\t    45 Connect\tAccess denied for user 'eve'@'10.0.0.9'\n"
              "\t\t    44 Init DB\tbank\n"
              "\t\t    44 Quit\t\n"
              "2026-11-21T21:18:31.123456Z\t   46 Query\tselect 2\n"),
        E
        "seq=1 account=app database=crm action=login outcome=success\n" E
        "seq=2 account=app database=crm action=read outcome=unknown clear=select 'a\\x0a\\x09b'\n" E
        "seq=1 account=eve database=crm action=login outcome=failure "
        "text=Access denied for user 'eve'@'10.0.0.9'\n" E
        "seq=3 account=app database=bank action=use outcome=unknown\n" E
        "seq=4 account=app database=bank action=logout outcome=success\n"
        "2026-11-21T21:18:31.123Z seq=1 action=read outcome=unknown clear=select 2\n");
}

static void reads_the_slow_log(void **state)
{
    (void)state;
    log_every_way(
        "",
        SLICE("# Time: 261121 21:18:31\n"
              "# User@Host: app[app] @  [10.0.0.9]\n"
              "# Thread_id: 474  Schema: crm  QC_hit: No\n"
              "# Query_time: 0.500221  Lock_time: 0.0  Rows_sent: 3  Rows_examined: 1\n"
              "# Rows_affected: 0  Bytes_sent: 161\n"
              "# explain: id\tselect_type: x\n"
              "SET timestamp=1795295910;\n"
              "select a\nfrom t;\n"
              "# User@Host: app[app] @ localhost []  Id:     8\n"
              "# Query_time: 0.1  Lock_time: 0 Rows_sent: 0  Rows_examined: 0 Errno: 1064\n"
              "use `bank`;\n"
              "SET timestamp=1795295910;\n"
              "update t set a = 1;\n"
              "# User@Host: app[app] @ localhost []  Id:     8\n"
              "# Query_time: 0.1\n"
              "SET timestamp=1795295910;\n"
              "# administrator command: Quit;\n"),
        "2026-11-21T21:18:30.500Z client=10.0.0.9:0 seq=1 account=app database=crm "
        "action=read outcome=unknown clear=select a\\x0afrom t object=t column=a rows=3 "
        "bytes=161 duration_us=500221\n"
        "2026-11-21T21:18:30.100Z seq=1 account=app database=bank action=write "
        "outcome=failure clear=update t set a = 1 object=t column=a duration_us=100000 "
        "error=1064\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_tables_to_their_query),
        cmocka_unit_test(tells_tables_without_a_query),
        cmocka_unit_test(puts_right_what_the_plugin_gets_wrong),
        cmocka_unit_test(reads_refused_logins_and_syslog),
        cmocka_unit_test(reads_the_general_log),
        cmocka_unit_test(reads_the_slow_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
