/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL decoder: simple queries and their results.
 */
#include "postgresql_talk.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void counts_rows(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "select id, iban from customers where id < 4");
    talk_columns(&talk, 2);
    talk_rows(&talk, 2, 3);
    ANSWER(&talk, 'N', "SNOTICE\0C00000\0Mcareful\0\0");
    ANSWER(&talk, 'A', "\0\0\0\7ch\0payload\0");
    DONE(&talk, "SELECT 3");
    READY(&talk);
    talk_expect(&talk, LOGIN "seq=2 " WHO
                             "action=read outcome=success clear=select id, iban from customers "
                             "where id < 4 object=customers column=id column=iban rows=3 bytes=114 "
                             "duration_us=1000000\n");
}

static void counts_changes(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "delete from t");
    DONE(&talk, "DELETE 12");
    READY(&talk);
    QUERY(&talk, "insert into t values (1) returning id");
    talk_columns(&talk, 1);
    talk_rows(&talk, 1, 1);
    DONE(&talk, "INSERT 0 1");
    READY(&talk);
    QUERY(&talk, "create table u as select 1");
    DONE(&talk, "SELECT 7");
    READY(&talk);
    talk_expect(&talk, LOGIN
                "seq=2 " WHO "action=write outcome=success clear=delete from t object=t "
                "affected=12 bytes=15 duration_us=1000000\n"
                "seq=3 " WHO "action=write outcome=success clear=insert into t values (1) "
                "returning id object=t column=id rows=1 affected=1 bytes=56 duration_us=1000000\n"
                "seq=4 " WHO "action=create outcome=success clear=create table u as select 1 "
                "object=u affected=7 bytes=14 duration_us=1000000\n");
}

static void gives_each_statement_its_part(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "select 1; ; delete from t; select 2");
    talk_columns(&talk, 1);
    talk_rows(&talk, 1, 1);
    DONE(&talk, "SELECT 1");
    DONE(&talk, "DELETE 3");
    talk_columns(&talk, 1);
    talk_rows(&talk, 1, 2);
    DONE(&talk, "SELECT 2");
    READY(&talk);
    talk_expect(&talk, LOGIN
                "seq=2 part=0 " WHO "action=read outcome=success clear=select 1 rows=1 bytes=54 "
                "duration_us=1000000\n"
                "seq=2 part=1 " WHO "action=write outcome=success clear=delete from t object=t "
                "affected=3 bytes=14 duration_us=1000000\n"
                "seq=2 part=2 " WHO "action=read outcome=success clear=select 2 rows=2 bytes=66 "
                "duration_us=1000000\n");
}

static void ends_at_the_statement_that_fails(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "delete from t; select 1/0; select 2");
    DONE(&talk, "DELETE 3");
    talk_columns(&talk, 1);
    ANSWER(&talk, 'E', "SERROR\0VERROR\0C22012\0Mdivision by zero\0\0");
    READY(&talk);
    QUERY(&talk, "selec 1; select 2");
    ANSWER(&talk, 'E', "SERROR\0VERROR\0C42601\0Msyntax error\0\0");
    READY(&talk);
    talk_expect(&talk, LOGIN
                "seq=2 part=0 " WHO "action=write outcome=success clear=delete from t object=t "
                "affected=3 bytes=14 duration_us=1000000\n"
                "seq=2 part=1 " WHO "action=read outcome=failure clear=select 1/0; select 2 "
                "rows=0 bytes=73 duration_us=1000000 error=22012 text=division by zero\n"
                "seq=3 " WHO "action=read outcome=failure clear=selec 1; select 2 bytes=41 "
                "duration_us=1000000 error=42601 text=syntax error\n");
}

static void answers_an_empty_query(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "");
    ANSWER(&talk, 'I', "");
    READY(&talk);
    talk_expect(&talk, LOGIN "seq=2 " WHO "action=other outcome=success bytes=5 "
                             "duration_us=1000000\n");
}

static void masks_secrets(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "alter role app password 'S3cret!pw'");
    DONE(&talk, "ALTER ROLE");
    READY(&talk);
    QUERY(&talk, "select 1/0; alter role app password 'S3cret!pw'");
    ANSWER(&talk, 'E', "SERROR\0VERROR\0C22012\0Mdivision by zero\0\0");
    READY(&talk);
    QUERY(&talk, "alter role app password 'S3cret!pw' x");
    ANSWER(&talk, 'E', "SERROR\0VERROR\0C42601\0Msyntax error near 'S3cret!pw' x\0\0");
    READY(&talk);
    struct buffer out;
    buffer_init(&out, 1 << 20);
    decode_exchange(decoder_named(SLICE("postgresql")), talk.turns, talk.count, false, NULL, &out);
    assert_non_null(strstr(buffer_text(&out), "password ?"));
    assert_null(strstr(buffer_text(&out), "S3cret"));
    buffer_release(&out);
    talk_release(&talk);
}

static void counts_the_rows_of_cursors(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "declare Cur no scroll cursor for select iban from customers");
    DONE(&talk, "DECLARE CURSOR");
    ANSWER(&talk, 'Z', "T");
    QUERY(&talk, "fetch forward 2 from cur");
    talk_columns(&talk, 1);
    talk_rows(&talk, 1, 2);
    DONE(&talk, "FETCH 2");
    ANSWER(&talk, 'Z', "T");
    QUERY(&talk, "close cur");
    DONE(&talk, "CLOSE CURSOR");
    ANSWER(&talk, 'Z', "T");
    talk_expect(&talk, LOGIN
                "seq=2 " WHO "action=read outcome=success clear=declare Cur no scroll cursor for "
                "select iban from customers object=customers column=iban bytes=20 "
                "duration_us=1000000\n"
                "seq=3 " WHO "action=read outcome=success clear=fetch forward 2 from cur "
                "object=customers column=iban rows=2 bytes=65 duration_us=1000000\n"
                "seq=4 " WHO "action=other outcome=success clear=close cur bytes=18 "
                "duration_us=1000000\n");
}

static void knows_what_execute_runs(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "prepare \"P\" (int) as select iban from customers where id = $1");
    DONE(&talk, "PREPARE");
    READY(&talk);
    QUERY(&talk, "execute \"P\"(77)");
    talk_columns(&talk, 1);
    talk_rows(&talk, 1, 1);
    DONE(&talk, "SELECT 1");
    READY(&talk);
    QUERY(&talk, "deallocate prepare \"P\"");
    DONE(&talk, "DEALLOCATE");
    READY(&talk);
    struct buffer out;
    buffer_init(&out, 1 << 20);
    decode_exchange(decoder_named(SLICE("postgresql")), talk.turns, talk.count, false, NULL, &out);
    assert_non_null(strstr(buffer_text(&out),
                           "seq=3 " WHO "action=read outcome=success clear=execute \"P\"(77) "
                           "object=customers column=iban column=id rows=1"));
    buffer_release(&out);
    talk_expect(&talk, NULL);
}

static void tells_function_calls(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    ASK(&talk, 'F', "\0\0\5\x75\0\1\0\1\0\1\0\0\0\4\xff\xff\xff\xf7\0\1");
    ANSWER(&talk, 'V', "\0\0\0\4\0\0\0\x9");
    READY(&talk);
    talk_expect(&talk, LOGIN "seq=2 " WHO "action=call outcome=success object=function:1397 "
                             "bytes=13 duration_us=1000000\n");
}

static void reads_latin1(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    ANSWER(&talk, 'S', "client_encoding\0LATIN1\0");
    QUERY(&talk, "select 'caf\xe9'");
    DONE(&talk, "SELECT 0");
    READY(&talk);
    talk_expect(&talk, LOGIN "seq=2 " WHO "action=read outcome=success clear=select 'caf\xc3\xa9' "
                             "rows=0 bytes=14 duration_us=1000000\n");
}

/* Rows that are longer than what may be asked for are looked at cell by cell. */
static void walks_long_rows(void **state)
{
    (void)state;
    struct talk talk;
    enum { LONG = 3 << 20 };
    struct buffer row;
    buffer_init(&row, LONG + 1000);
    buffer_append(&row, "\0\3\0\0\0\2ab\0\x30\0\0", 12);
    memset(buffer_reserve(&row, LONG), 'x', LONG);
    buffer_extend(&row, LONG);
    buffer_append(&row, "\0\0\0\2cd", 6);
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "select a, b, c from t");
    talk_columns(&talk, 3);
    talk_message(&talk, TO_CLIENT, 'D', row.ptr, row.len);
    talk_rows(&talk, 3, 1);
    DONE(&talk, "SELECT 2");
    READY(&talk);
    watch_wants(true);
    assert_string_equal(watch_cells(&talk),
                        "0=ab;1=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx;"
                        "2=cd;0=v;1=v;2=v;");
    watch_wants(false);
    buffer_release(&row);
}

/* Cells reach the watch whichever way the bytes are cut. */
static void watches_cells(void **state)
{
    (void)state;
    struct talk talk;
    talk_init(&talk);
    talk_login(&talk);
    QUERY(&talk, "select a, b from t");
    talk_columns(&talk, 2);
    talk_rows(&talk, 2, 3);
    ANSWER(&talk, 'D', "\0\2\xff\xff\xff\xff\0\0\0\0");
    DONE(&talk, "SELECT 4");
    READY(&talk);
    watch_wants(true);
    talk_expect(&talk, LOGIN "seq=2 " WHO "action=read outcome=success clear=select a, b from t "
                             "object=t column=a column=b rows=4 bytes=129 duration_us=1000000 "
                             "C1=7\n");
    watch_wants(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_rows),
        cmocka_unit_test(counts_changes),
        cmocka_unit_test(gives_each_statement_its_part),
        cmocka_unit_test(ends_at_the_statement_that_fails),
        cmocka_unit_test(answers_an_empty_query),
        cmocka_unit_test(masks_secrets),
        cmocka_unit_test(counts_the_rows_of_cursors),
        cmocka_unit_test(knows_what_execute_runs),
        cmocka_unit_test(tells_function_calls),
        cmocka_unit_test(reads_latin1),
        cmocka_unit_test(walks_long_rows),
        cmocka_unit_test(watches_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
