/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Statements that define, permit, call and steer; several statements in one text; hostile text.
 */
#include "sql_rows.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define PG SQL_POSTGRESQL
#define MY SQL_MYSQL
#define AN SQL_ANSI

static const struct sql_row definitions[] = {
    {PG,
     "create table if not exists crm.t (id bigint primary key, name varchar(20) not null default "
     "'x', constraint u unique (id), check (id > 0))",
     "create table if not exists crm.t (id bigint primary key, name varchar(?) not null default ?, "
     "constraint u unique (id), check (id > ?))",
     "create", "crm.t(id,name)", NULL},
    {PG, "create temp table t as select a, b from s", NULL, "create", "t s(a,b)", NULL},
    {PG, "create table a (like b including all)", NULL, "create", "a b", NULL},
    {MY, "create table a like b", NULL, "create", "a b", NULL},
    {MY, "create table t (`key` int, value text, fulltext key f (value)) engine=innodb", NULL,
     "create", "t(key,value)", NULL},
    {PG, "create or replace view v (a, b) as select x, y from t", NULL, "create", "v(a,b) t(x,y)",
     NULL},
    {PG, "create materialized view v as select x from t", NULL, "create", "v t(x)", NULL},
    {PG, "create unique index concurrently i on t using btree (a, b desc)", NULL, "create",
     "t(a,b)", NULL},
    {PG, "create trigger g after insert or update on customers for each row execute function f()",
     NULL, "create", "customers", NULL},
    {PG,
     "create function f(a int) returns table (id int) language sql as $$ select id from customers "
     "where x = 'y' $$",
     "create function f(a int) returns table (id int) language sql as ?", "create", "", NULL},
    {PG, "create function f() returns void begin atomic delete from t; select a from u; end", NULL,
     "create", "t u(a)", NULL},
    {MY, "create procedure p() begin drop table x; if a then select b from y; end if; end", NULL,
     "create", "x y(b)", NULL},
    {PG, "alter table if exists only t add column c int", NULL, "alter", "t", NULL},
    {PG, "alter table t rename to u", NULL, "alter", "t", NULL},
    {MY, "rename table a to b", NULL, "alter", "a", NULL},
    {PG, "comment on table t is 'x'", "comment on table t is ?", "alter", "t", NULL},
    {PG, "drop table if exists a, crm.b cascade", NULL, "drop", "a crm.b", NULL},
    {PG, "drop view v", NULL, "drop", "v", NULL},
    {MY, "drop index i on t", NULL, "drop", "t", NULL},
    {PG, "drop role bob", NULL, "drop", "", NULL},
    {PG, "drop function f(int)", NULL, "drop", "", NULL},
};

static const struct sql_row rights[] = {
    {PG, "grant select, update (a, b) on crm.t, u to bob with grant option", NULL, "grant",
     "crm.t u", "grantee=bob"},
    {PG, "grant select (a) on t to bob", NULL, "grant", "t(a)", "grantee=bob"},
    {PG, "grant admin to current_user", NULL, "grant", "", "grantee=current_user"},
    {PG, "grant all on all tables in schema crm to \"Bob\"", NULL, "grant", "", "grantee=\"Bob\""},
    {MY, "grant all privileges on crm.* to 'bob'@'%' identified by 'pw'",
     "grant all privileges on crm.* to ?@? identified by ?", "grant", "crm.*",
     "secret grantee='bob'"},
    {PG, "revoke insert on t from bob", NULL, "revoke", "t", NULL},
    {PG, "create role bob login password 'x'", "create role bob login password ?", "create", "",
     "secret"},
    {PG, "alter user bob with encrypted password 'x' valid until '2030-01-01'",
     "alter user bob with encrypted password ? valid until ?", "alter", "", "secret"},
    {MY, "create user 'a'@'h' identified with mysql_native_password by 'x'",
     "create user ?@? identified with mysql_native_password by ?", "create", "", "secret"},
    {MY, "set password for 'a'@'h' = password('x')", "set password for ?@? = password(?)", "alter",
     "", "secret"},
    {MY, "change master to master_host='h', master_password='x'",
     "change master to master_host=?, master_password=?", "set", "", "secret"},
    {PG, "select id from users where password = 'x'", "select id from users where password = ?",
     "read", "users(id,password)", "secret"},
    {PG, "insert into users (name, password) values ('a', 'b')",
     "insert into users (name, password) values (?, ?)", "write", "users(name,password)", "secret"},
    {PG, "select password from users", NULL, "read", "users(password)", NULL},
};

static const struct sql_row steering[] = {
    {PG, "begin", NULL, "other", "", NULL},
    {PG, "start transaction isolation level serializable", NULL, "other", "", NULL},
    {PG, "commit", NULL, "other", "", NULL},
    {PG, "rollback to savepoint s1", NULL, "other", "", NULL},
    {PG, "set search_path to crm, public", NULL, "set", "", NULL},
    {PG, "set application_name = 'x'", "set application_name = ?", "set", "", NULL},
    {PG, "reset all", NULL, "set", "", NULL},
    {PG, "show search_path", NULL, "other", "", NULL},
    {MY, "show columns from customers from crm", NULL, "other", "customers", NULL},
    {MY, "show tables from crm", NULL, "other", "", NULL},
    {MY, "show create table customers", NULL, "other", "customers", NULL},
    {MY, "describe customers", NULL, "other", "customers", NULL},
    {MY, "desc select a from t", NULL, "other", "t(a)", NULL},
    {MY, "use crm", NULL, "use", "", NULL},
    {MY, "kill query 5", "kill query ?", "kill", "", NULL},
    {MY, "set @a = (select max(id) from t)", NULL, "read", "t(id)", NULL},
    {PG, "explain select a from t", NULL, "other", "t(a)", NULL},
    {PG, "explain analyze select a from t", NULL, "read", "t(a)", NULL},
    {PG, "explain (analyze, buffers) delete from t", NULL, "write", "t", NULL},
    {MY, "analyze select a from t", NULL, "read", "t(a)", NULL},
    {PG, "prepare p (int) as select a from t where b = $1", NULL, "prepare", "t(a,b)",
     "prepared=p"},
    {MY, "prepare p from 'select 1'", "prepare p from ?", "prepare", "", "prepared=p"},
    {PG, "execute p(1)", "execute p(?)", "call", "", "prepared=p"},
    {PG, "deallocate prepare p", NULL, "other", "", "prepared=p"},
    {PG, "call proc(1, 'x')", "call proc(?, ?)", "call", "", NULL},
    {AN, "exec sp_help 'x'", "exec sp_help ?", "call", "", NULL},
    {PG, "do $$ begin delete from t; end $$", "do ?", "call", "", NULL},
    {PG, "lock table t in exclusive mode", NULL, "other", "t", NULL},
    {MY, "lock tables a read, b as c write", NULL, "other", "a b", NULL},
    {PG, "listen ch", NULL, "other", "", NULL},
    {PG, "vacuum analyze t", NULL, "other", "", NULL},
    {PG, "select 1; drop table t; select 2", "select ?; drop table t; select ?", "drop", "t", NULL},
    {PG, "begin; update t set a = 1; commit", "begin; update t set a = ?; commit", "write", "t(a)",
     NULL},
    {PG, "select c.x from a c; select c.y from b c", NULL, "read", "a(x) b(y)", NULL},
    {PG, "with c as (select 1) select 2; select * from c",
     "with c as (select ?) select ?; select * from c", "read", "c", "star"},
};

static const struct sql_row lexical[] = {
    {PG, "", "", "other", "", NULL},
    {PG, " \t\n", "", "other", "", NULL},
    {PG, ";;", ";;", "other", "", NULL},
    {PG, "select 'it''s', E'a\\'b', U&'\\0041', N'n', B'01', x'ff' from t",
     "select ?, ?, ?, ?, ?, ? from t", "read", "t", NULL},
    {PG, "select 'a\\' from t", "select ? from t", "read", "t", NULL},
    {MY, "select 'a\\'b', \"c\\\"d\", _utf8mb4'x', N'y', 0xff, x'1f', b'01' from t",
     "select ?, ?, ?, ?, ?, ?, ? from t", "read", "t", NULL},
    {PG, "select $$a;b$$, $t$ $$ $t$ from t", "select ?, ? from t", "read", "t", NULL},
    {PG, "select a$b, c$$d from t", "select a$b, c$$d from t", "read", "t(a$b,c$$d)", NULL},
    {PG, "select 1.5e-10, .5, 5., 1_000, 0x1F, -3, +4, a -1, a-1, a - -1, (a)-1 from t",
     "select ?, ?, ?, ?, ?, ?, ?, a -?, a-?, a - ?, (a)-? from t", "read", "t(a)", NULL},
    {MY, "select * from 2024_loans where 1a = 1", "select * from 2024_loans where 1a = ?", "read",
     "2024_loans(1a)", "star"},
    {PG, "select /* a /* nested */ x from hidden */ b from t -- from u\n where c = 1",
     "select b from t where c = ?", "read", "t(b,c)", "tag=a /* nested */ x from hidden"},
    {MY, "select a /* x /* y */ from t # c\n where b -- d\n = 1", "select a from t where b = ?",
     "read", "t(a,b)", "tag=x /* y"},
    {MY, "select 1 /*!50001 from customers */ /*! where id */ = 2",
     "select ? from customers where id = ?", "read", "customers(id)", NULL},
    {MY, "select 1 /*M!100101 , name */ from customers", "select ? , name from customers", "read",
     "customers(name)", NULL},
    {PG, "select 1 /*! , name */ from customers", "select ? from customers", "read", "customers",
     "tag=! , name"},
    {MY, "select a--1 from t", "select a-? from t", "read", "t(a)", NULL},
    {PG, "select a from t /*traceparent='00-x',user='bob'*/", "select a from t", "read", "t(a)",
     "tag=traceparent='00-x',user='bob'"},
    {PG, "/* note */ select a from t /* user=bob */", "select a from t", "read", "t(a)",
     "tag=user=bob"},
    {MY, "select /*+ INDEX(t i) */ a from t", "select a from t", "read", "t(a)", NULL},
    {PG, "select\ta\n,\r\nb  from   t", "select a , b from t", "read", "t(a,b)", NULL},
    {PG, "select \xe5\xa7\x93\xe5\x90\x8d from \xe5\xae\xa2\xe6\x88\xb7", NULL, "read",
     "\xe5\xae\xa2\xe6\x88\xb7(\xe5\xa7\x93\xe5\x90\x8d)", NULL},
    {PG, "select \xff\xfe from \xc3", NULL, "read", "\xc3(\xff\xfe)", NULL},
    {PG, "select 'open", "select ?", "read", "", NULL},
    {PG, "select a from \"open", "select a from \"open", "read", "open(a)", NULL},
    {PG, "select a from t /* open", "select a from t", "read", "t(a)", NULL},
    {PG, "select $x$ open", "select ?", "read", "", NULL},
    {PG, "select a from t)", NULL, "read", "t(a)", NULL},
    {PG, "))) select a from t", NULL, "read", "t(a)", NULL},
    {PG, "select ((((a from t", NULL, "read", "", NULL},
    {PG, "from from from", NULL, "other", "", NULL},
    {PG, "select from where", NULL, "read", "", NULL},
    {PG, "select . from .", NULL, "read", "", NULL},
    {PG, "select a.b.c.d.e.f from x.y.z.w.v", NULL, "read", "y.z.w.v", NULL},
    {PG, "@ # ? \\ { } % & | ~ ^", NULL, "other", "", NULL},
    {PG, "'", "?", "other", "", NULL},
    {MY, "\\", "\\", "other", "", NULL},
    {MY, "'\\", "?", "other", "", NULL},
    {MY, "/*!", "", "other", "", NULL},
    {PG, "--", "", "other", "", NULL},
    {PG, "e", "e", "other", "", NULL},
    {PG, "u&", "u&", "other", "", NULL},
    {PG, "$", "$", "other", "", NULL},
    {AN, "select a from [x", "select a from [x", "read", "x(a)", NULL},
};

static void test_definitions(void **state)
{
    (void)state;
    sql_check_rows(definitions, sizeof definitions / sizeof definitions[0]);
}

static void test_rights(void **state)
{
    (void)state;
    sql_check_rows(rights, sizeof rights / sizeof rights[0]);
}

static void test_steering(void **state)
{
    (void)state;
    sql_check_rows(steering, sizeof steering / sizeof steering[0]);
}

static void test_lexical(void **state)
{
    (void)state;
    sql_check_rows(lexical, sizeof lexical / sizeof lexical[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definitions),
        cmocka_unit_test(test_rights),
        cmocka_unit_test(test_steering),
        cmocka_unit_test(test_lexical),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
