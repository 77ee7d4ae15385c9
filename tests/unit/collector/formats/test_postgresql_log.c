/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "support/log_every_way.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define CSV(time, tag, severity, code, message, detail, query)                          \
    "2026-11-21 21:16:52." time                                                         \
    " UTC,\"app\",\"bank\",77,\"10.0.0.9:34128\",6b020a44.5ac9,4,\"" tag                \
    "\",2026-11-21 21:16:52 UTC,3/2987,0," severity "," code ",\"" message "\"," detail \
    ",,,,," query ",,,\"crm web\",\"client backend\",,0\n"

#define HEAD "client=10.0.0.9:34128 "
#define WHO  " account=app database=bank program=crm web "

static void joins_the_lines_of_an_act(void **state)
{
    (void)state;
    log_every_way(
        "",
        SLICE(CSV("001", "idle", "LOG", "00000", "statement: select a from t where id = 7;", "", "")
                  CSV("002", "SELECT", "LOG", "00000",
                      "AUDIT: SESSION,1,1,READ,SELECT,,,select a from t where id = 7;,<none>", "",
                      "") CSV("002", "SELECT", "LOG", "00000",
                              "AUDIT: OBJECT,1,1,READ,SELECT,TABLE,crm.u,select a from t where id "
                              "= 7;,<none>",
                              "", "") CSV("003", "SELECT", "LOG", "00000", "duration: 1.092 ms", "",
                                          "") CSV("004", "idle", "LOG", "00000",
                                                  "disconnection: session time: 0:00:00.004 "
                                                  "user=app database=bank host=10.0.0.9 port=34128",
                                                  "", "")),
        "2026-11-21T21:16:52.003Z " HEAD "seq=1" WHO
        "action=read outcome=success clear=select a from t where id = 7; object=t column=a "
        "column=id object=crm.u duration_us=1092\n"
        "2026-11-21T21:16:52.004Z " HEAD "seq=2" WHO "action=logout outcome=success\n");
}

/* Values from DETAIL tell NULL from ''; the lines of parsing and binding are not acts. */
static void reads_bound_values(void **state)
{
    (void)state;
    log_every_way(
        "",
        SLICE(CSV("001", "PARSE", "LOG", "00000", "duration: 0.5 ms", "", "")
                  CSV("002", "BIND", "LOG", "00000",
                      "AUDIT: SESSION,3,1,WRITE,INSERT,,,\"\"insert into n values "
                      "($1,$2,$3)\"\",\"\"7,\"\"\"\"a\"\"\"\"\"\"",
                      "", "") CSV("003", "BIND", "LOG", "00000", "duration: 0.6 ms", "", "")
                      CSV("004", "INSERT", "LOG", "00000",
                          "execute <unnamed>: insert into n values ($1,$2,$3)",
                          "\"parameters: $1 = 'O''Brien', $2 = NULL, $3 = ''\"", "")
                          CSV("005", "INSERT", "LOG", "00000", "duration: 2 ms", "", "")),
        "2026-11-21T21:16:52.005Z " HEAD "seq=1" WHO
        "action=write outcome=success clear=insert into n values ($1,$2,$3) $=O'Brien $NULL $= "
        "object=n duration_us=2000\n");
}

static void takes_an_error_to_its_statement(void **state)
{
    (void)state;
    log_every_way(
        "",
        SLICE(CSV("001", "SELECT", "LOG", "00000",
                  "AUDIT: SESSION,1,1,READ,SELECT,,,select 1/0,<none>", "", "")
                  CSV("002", "SELECT", "ERROR", "22012", "division by zero", "", "\"select 1/0\"")
                      CSV("003", "SELECT", "ERROR", "42P01", "relation \"\"x\"\" does not exist",
                          "", "\"select * from x\"")),
        "2026-11-21T21:16:52.002Z " HEAD "seq=1" WHO
        "action=read outcome=failure clear=select 1/0 error=22012 text=division by zero\n"
        "2026-11-21T21:16:52.003Z " HEAD "seq=2" WHO
        "action=read outcome=failure clear=select * from x object=x error=42P01 "
        "text=relation \"x\" does not exist\n");
}

/* With rows logged, the inner statements come first; FETCH and COPY lines say 0, which is no row
 * count. */
static void finds_the_statement_sent(void **state)
{
    (void)state;
    log_every_way(
        "",
        SLICE(CSV("001", "SELECT", "LOG", "00000",
                  "AUDIT: SESSION,1,1,READ,SELECT,,,select c from inside,<none>,5", "",
                  "") CSV("001", "SELECT", "LOG", "00000",
                          "AUDIT: SESSION,1,2,READ,SELECT,,,select f(),<none>,1", "", "")
                  CSV("002", "EXECUTE", "LOG", "00000",
                      "AUDIT: SESSION,2,1,READ,SELECT,,,prepare p as select * from t,<none>,3", "",
                      "") CSV("002", "EXECUTE", "LOG", "00000",
                              "AUDIT: SESSION,2,2,MISC,EXECUTE,,,execute p,<none>,0", "", "")
                      CSV("003", "FETCH", "LOG", "00000",
                          "AUDIT: SESSION,3,1,MISC,FETCH,,,fetch 3 from c,<none>,0", "", "")),
        "2026-11-21T21:16:52.001Z " HEAD "seq=1" WHO
        "action=read outcome=success clear=select f() object=inside rows=1\n"
        "2026-11-21T21:16:52.002Z " HEAD "seq=2" WHO
        "action=read outcome=success clear=execute p object=t rows=3\n"
        "2026-11-21T21:16:52.003Z " HEAD "seq=3" WHO
        "action=read outcome=unknown clear=fetch 3 from c\n");
}

static void masks_passwords(void **state)
{
    (void)state;
    struct buffer out;
    buffer_init(&out, 1 << 20);
    log_events(
        "",
        SLICE(CSV("001", "idle", "LOG", "00000", "statement: create role r password 'S3cret'", "",
                  "") CSV("002", "x", "LOG", "00000",
                          "AUDIT: SESSION,1,1,ROLE,CREATE ROLE,,,create role r password "
                          "<REDACTED>,<none>",
                          "", "")),
        &out);
    assert_string_equal(buffer_text(&out),
                        "2026-11-21T21:16:52.002Z " HEAD "seq=1" WHO
                        "action=create outcome=unknown clear=create role r password ?\n");
    buffer_release(&out);
}

static void tells_failed_logins(void **state)
{
    (void)state;
    log_every_way(
        "",
        SLICE("2026-11-21 21:16:52.001 UTC,,,77,\"10.0.0.9:1\",6b020a44.5ac9,1,\"\",2026-11-21 "
              "21:16:52 UTC,,0,LOG,00000,"
              "\"connection received: host=10.0.0.9 port=34128\",,,,,,,,,\"\",\"x\",,0\n"
              "2026-11-21 21:16:52.002 "
              "UTC,\"eve\",\"bank\",77,\"10.0.0.9:34128\",6b020a44.5ac9,2,\"authentication\","
              "2026-11-21 21:16:52 UTC,3/1,0,FATAL,28P01,\"password authentication failed for user "
              "\"\"eve\"\"\",,,,,,,,,\"\",\"x\",,0\n"
              "junk\n"),
        "2026-11-21T21:16:52.002Z " HEAD
        "seq=1 account=eve database=bank action=login outcome=failure error=28P01 "
        "text=password authentication failed for user \"eve\"\n");
}

static void reads_jsonlog(void **state)
{
    (void)state;
    log_every_way("",
                  SLICE("{\"timestamp\":\"2026-11-21 22:16:52.001 "
                        "CET\",\"user\":\"app\",\"dbname\":\"bank\",\"pid\":7,"
                        "\"remote_host\":\"10.0.0.9\",\"remote_port\":34128,\"session_id\":\"6b."
                        "5\",\"ps\":\"SELECT\","
                        "\"error_severity\":\"LOG\",\"message\":\"duration: 3 ms  statement: "
                        "select\\n\\t\\\"A\\\" from t\","
                        "\"application_name\":\"crm web\",\"query_id\":0}\n{\"timestamp\":\n"),
                  "2026-11-21T21:16:52.001Z " HEAD "seq=1" WHO
                  "action=read outcome=success clear=select\\x0a\\x09\"A\" from t object=t "
                  "column=A duration_us=3000\n");
}

#define STDERR_ACTS                                                                              \
    "2026-11-21 21:16:52.001 UTC [77] app@bank LOG:  statement: select a,\n\t\tb from t\n"       \
    "2026-11-21 21:16:52.002 UTC [77] app@bank LOG:  duration: 1.5 ms\n"                         \
    "2026-11-21 21:16:52.003 UTC [77] app@bank ERROR:  22012: division by zero at character 8\n" \
    "2026-11-21 21:16:52.003 UTC [77] app@bank STATEMENT:  select 1/0\n\t+ 1\n"                  \
    "2026-11-21 21:16:52.004 UTC [78] LOG:  checkpoint starting: time\n"

#define STDERR_EVENTS                                                                       \
    "2026-11-21T21:16:52.002Z seq=1 account=app database=bank action=read outcome=success " \
    "clear=select a,\\x0a\\x09b from t object=t column=a column=b duration_us=1500\n"       \
    "2026-11-21T21:16:52.003Z seq=2 account=app database=bank action=read outcome=failure " \
    "clear=select 1/0\\x0a+ 1 error=22012 text=division by zero\n"

static void reads_stderr_with_a_prefix_found(void **state)
{
    (void)state;
    log_every_way("", SLICE(STDERR_ACTS), STDERR_EVENTS);
}

static void reads_stderr_with_a_prefix_given(void **state)
{
    (void)state;
    log_every_way("postgresql-stderr:%m [%p] %q%u@%d ", SLICE(STDERR_ACTS), STDERR_EVENTS);
    log_every_way("postgresql-stderr:app=%a,%u@%d,%r,%c,%n: ",
                  SLICE("app=my app,app@bank,10.0.0.9(34128),6b.7,1795295812.001: LOG:  "
                        "statement: select 1\n"),
                  "2026-11-21T21:16:52.001Z " HEAD
                  "seq=1 account=app database=bank program=my app action=read outcome=unknown "
                  "clear=select 1\n");
}

static void reads_unusual_prefixes(void **state)
{
    (void)state;
    log_every_way(
        "",
        SLICE("2026-11-21 21:16:52 UTC 10.0.0.9(34128) [77]: usr=app,db=bank,appli=crm <3> LOG:  "
              "duration: 3.5 ms  statement: select 1\n"),
        "2026-11-21T21:16:52.000Z " HEAD "seq=1 account=app database=bank program=crm "
        "action=read outcome=success clear=select 1 duration_us=3500\n");
}

static void joins_the_pieces_of_syslog(void **state)
{
    (void)state;
    log_every_way(
        "",
        SLICE("Nov 21 21:16:52 vm postgres[77]: [5-1] 2026-11-21 21:16:52.001 UTC [77] app@bank "
              "LOG:  statement: select a,\n"
              "Nov 21 21:16:52 vm postgres[78]: [9-1] 2026-11-21 21:16:52.001 UTC [78] bob@bank "
              "LOG:  statement: select 2\n"
              "Nov 21 21:16:52 vm postgres[77]: [5-2] #011#011b\n"
              "Nov 21 21:16:52 vm postgres[77]: [5-3]  from t\n"
              "Nov 21 21:16:52 vm cron[9]: something else\n"
              "Nov 21 21:16:52 vm postgres[77]: [6-1] 2026-11-21 21:16:52.003 UTC [77] app@bank "
              "ERROR:  division by zero\n"
              "Nov 21 21:16:52 vm postgres[77]: [6-2] 2026-11-21 21:16:52.003 UTC [77] app@bank "
              "STATEMENT:  select 1/0\n"),
        "2026-11-21T21:16:52.001Z seq=1 account=app database=bank action=read outcome=success "
        "clear=select a,\\x0a\\x09b from t object=t column=a column=b\n"
        "2026-11-21T21:16:52.001Z seq=1 account=bob database=bank action=read outcome=unknown "
        "clear=select 2\n"
        "2026-11-21T21:16:52.003Z seq=2 account=app database=bank action=read outcome=failure "
        "clear=select 1/0 text=division by zero\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_the_lines_of_an_act),
        cmocka_unit_test(reads_bound_values),
        cmocka_unit_test(takes_an_error_to_its_statement),
        cmocka_unit_test(finds_the_statement_sent),
        cmocka_unit_test(masks_passwords),
        cmocka_unit_test(tells_failed_logins),
        cmocka_unit_test(reads_jsonlog),
        cmocka_unit_test(reads_stderr_with_a_prefix_found),
        cmocka_unit_test(reads_stderr_with_a_prefix_given),
        cmocka_unit_test(reads_unusual_prefixes),
        cmocka_unit_test(joins_the_pieces_of_syslog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
