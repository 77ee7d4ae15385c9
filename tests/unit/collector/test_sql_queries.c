/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Statements that read, write and copy: action, tables, columns.
 */
#include "sql_rows.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define PG SQL_POSTGRESQL
#define MY SQL_MYSQL
#define AN SQL_ANSI

static const struct sql_row reads[] = {
    {PG, "select 1", "select ?", "read", "", NULL},
    {PG, "SELECT name, phone FROM customers WHERE id = 42",
     "SELECT name, phone FROM customers WHERE id = ?", "read", "customers(name,phone,id)", NULL},
    {PG, "SELECT * FROM crm.customers", NULL, "read", "crm.customers", "star"},
    {PG, "select c.* from customers c", NULL, "read", "customers", "star"},
    {PG, "select count(*) from customers", NULL, "read", "customers", NULL},
    {PG, "select a*b from t", NULL, "read", "t(a,b)", NULL},
    {PG, "select 2*price from t", "select ?*price from t", "read", "t(price)", NULL},
    {PG, "SELECT Name FROM Customers", NULL, "read", "customers(name)", NULL},
    {MY, "SELECT Name FROM Customers", NULL, "read", "Customers(Name)", NULL},
    {PG, "select \"Full Name\" from \"My Table\"", NULL, "read", "My Table(Full Name)", NULL},
    {PG, "select \"a\"\"b\" from \"t\"\"u\"", NULL, "read", "t\"u(a\"b)", NULL},
    {MY, "select `full name` from `my db`.`my table`", NULL, "read", "my db.my table(full name)",
     NULL},
    {AN, "select [full name] from [dbo].[My Table]", NULL, "read", "dbo.My Table(full name)", NULL},
    {PG, "select c.name, l.amount from customers c join loans l on l.cid = c.id", NULL, "read",
     "customers(name,id) loans(amount,cid)", NULL},
    {PG,
     "select c.name from customers as c left outer join loans as l on c.id=l.cid where l.amount > "
     "5",
     "select c.name from customers as c left outer join loans as l on c.id=l.cid where l.amount > "
     "?",
     "read", "customers(name,id) loans(cid,amount)", NULL},
    {PG, "select a.x, b.y from a, b where a.i = b.i", NULL, "read", "a(x,i) b(y,i)", NULL},
    {PG, "select customers.name from customers, loans", NULL, "read", "customers(name) loans",
     NULL},
    {PG, "select crm.customers.name from crm.customers", NULL, "read", "crm.customers(name)", NULL},
    {PG, "select name, amount from customers natural join loans", NULL, "read", "customers loans",
     NULL},
    {PG, "select name from (select name, phone from customers) d", NULL, "read",
     "customers(name,phone)", NULL},
    {PG, "select d.name from (select name from customers where id=1) as d where d.name like 'a%'",
     "select d.name from (select name from customers where id=?) as d where d.name like ?", "read",
     "customers(name,id)", NULL},
    {PG, "select name from customers where id in (select cid from loans where amount > 10)",
     "select name from customers where id in (select cid from loans where amount > ?)", "read",
     "customers(name,id) loans(cid,amount)", NULL},
    {PG, "select name from customers c where exists (select 1 from loans l where l.cid = c.id)",
     "select name from customers c where exists (select ? from loans l where l.cid = c.id)", "read",
     "customers(name,id) loans(cid)", NULL},
    {PG, "select (select max(amount) from loans l where l.cid = c.id) m from customers c", NULL,
     "read", "loans(amount,cid) customers(id)", NULL},
    {PG, "select x.a from t1 x union all select y.b from t2 y order by 1",
     "select x.a from t1 x union all select y.b from t2 y order by ?", "read", "t1(a) t2(b)", NULL},
    {PG, "(select a from t1) union (select b from t2)", NULL, "read", "t1(a) t2(b)", NULL},
    {PG, "((select a from t1))", NULL, "read", "t1(a)", NULL},
    {PG, "select count(*) c from t group by d having count(*) > 1 order by c desc, d asc",
     "select count(*) c from t group by d having count(*) > ? order by c desc, d asc", "read",
     "t(d)", NULL},
    {PG, "select upper(name) as n from customers order by n", NULL, "read", "customers(name)",
     NULL},
    {PG, "select extract(year from born) from customers", NULL, "read", "customers(born)", NULL},
    {PG, "select substring(phone from 1 for 3), trim(both ' ' from name) from customers",
     "select substring(phone from ? for ?), trim(both ? from name) from customers", "read",
     "customers(phone,name)", NULL},
    {PG, "select id from t where a is not distinct from b", NULL, "read", "t(id,a,b)", NULL},
    {PG, "select distinct on (city) name from customers", NULL, "read", "customers(city,name)",
     NULL},
    {PG, "select id::text, cast(age as numeric(10,2)) from customers",
     "select id::text, cast(age as numeric(?,?)) from customers", "read", "customers(id,age)",
     NULL},
    {PG, "select date '2024-01-01', ts at time zone 'utc' from t",
     "select date ?, ts at time zone ? from t", "read", "t(ts)", NULL},
    {PG,
     "select row_number() over (partition by city order by id rows between unbounded preceding and "
     "current row) rn from customers",
     NULL, "read", "customers(city,id)", NULL},
    {PG, "select sum(a) over w from t window w as (partition by b)", NULL, "read", "t(a,b)", NULL},
    {PG, "select case when a > 1 then b else c end as k from t",
     "select case when a > ? then b else c end as k from t", "read", "t(a,b,c)", NULL},
    {PG, "select * from generate_series(1,10) g", "select * from generate_series(?,?) g", "read",
     "", "star"},
    {PG, "select t.id, g from t, generate_series(1, t.n) g",
     "select t.id, g from t, generate_series(?, t.n) g", "read", "t(id,n)", NULL},
    {PG, "select u.v from t cross join lateral unnest(t.a) as u(v)", NULL, "read", "t(a)", NULL},
    {PG, "select a from only t tablesample system (10)",
     "select a from only t tablesample system (?)", "read", "t(a)", NULL},
    {PG, "select x from (a join b on a.i = b.i) join c using (k)", NULL, "read", "a(i) b(i) c",
     NULL},
    {PG, "select a from t limit 10 offset 20", "select a from t limit ? offset ?", "read", "t(a)",
     NULL},
    {PG, "select a from t offset 5 rows fetch next 10 rows only",
     "select a from t offset ? rows fetch next ? rows only", "read", "t(a)", NULL},
    {PG, "select a from t where b = 1 for update of t nowait",
     "select a from t where b = ? for update of t nowait", "read", "t(a,b)", NULL},
    {PG, "select a from t for update skip locked", NULL, "read", "t(a)", NULL},
    {PG, "table customers", NULL, "read", "customers", "star"},
    {PG, "values (1, 'a'), (2, 'b')", "values (?, ?), (?, ?)", "read", "", NULL},
    {PG, "select a from t where b = any(array[1,2,3])",
     "select a from t where b = any(array[?,?,?])", "read", "t(a,b)", NULL},
    {PG, "select data->>'phone', data #>> '{a,b}' from t where data @> '{}' and data ? 'k'",
     "select data->>?, data #>> ? from t where data @> ? and data ? ?", "read", "t(data)", NULL},
    {PG, "select a[1:2], b[i] from t", "select a[?:?], b[i] from t", "read", "t(a,b,i)", NULL},
    {PG, "select $1::int, a from t where b = $2", NULL, "read", "t(a,b)", NULL},
    {PG, "select \"user\", \"order\" from \"select\"", NULL, "read", "select(user,order)", NULL},
    {PG, "select user_id, data, value, type, status from t", NULL, "read",
     "t(user_id,data,value,type,status)", NULL},
    {PG, "select string_agg(name, ',' order by id) filter (where ok) from t",
     "select string_agg(name, ? order by id) filter (where ok) from t", "read", "t(name,id,ok)",
     NULL},
    {PG, "fetch 10 from cur", "fetch ? from cur", "read", "", NULL},
    {PG, "declare c cursor with hold for select name from customers", NULL, "read",
     "customers(name)", NULL},
    {MY, "select a from t use index (i1) where b = 1", "select a from t use index (i1) where b = ?",
     "read", "t(a,b)", NULL},
    {MY, "select sql_no_cache straight_join a.x from a straight_join b", NULL, "read", "a(x) b",
     NULL},
    {MY, "select a from t lock in share mode", NULL, "read", "t(a)", NULL},
    {MY, "select id from t where d > now() - interval 1 day",
     "select id from t where d > now() - interval ? day", "read", "t(id,d)", NULL},
    {MY, "select group_concat(name order by id separator ';') from t",
     "select group_concat(name order by id separator ?) from t", "read", "t(name,id)", NULL},
    {MY, "select if(a, left(b, 2), replace(c, 'x', 'y')) from t",
     "select if(a, left(b, ?), replace(c, ?, ?)) from t", "read", "t(a,b,c)", NULL},
    {MY, "select user, host from mysql.user", NULL, "read", "mysql.user(user,host)", NULL},
    {MY, "select * from user", NULL, "read", "user", "star"},
    {MY, "select a from t partition (p0, p1) as x", NULL, "read", "t(a)", NULL},
    {MY, "select a into @v from t", NULL, "read", "t(a)", NULL},
    {MY, "handler customers read first", NULL, "read", "customers", NULL},
    {AN, "select top 10 name from customers with (nolock) where id = @p1",
     "select top ? name from customers with (nolock) where id = @p1", "read", "customers(name,id)",
     NULL},
    {AN, "select name from customers where id = :id", NULL, "read", "customers(name,id)", NULL},
};

static const struct sql_row ctes[] = {
    {PG, "with d as (select name from customers) select name from d", NULL, "read",
     "customers(name)", NULL},
    {PG, "with customers as (select * from customers) select * from customers", NULL, "read",
     "customers", "star"},
    {PG,
     "with recursive r as (select id from t union all select t.id from t join r on r.id = "
     "t.parent) select * from r",
     NULL, "read", "t(id,parent)", "star"},
    {PG,
     "with a(x, y) as materialized (select p, q from t1), b as (select * from a) select b.x from b "
     "join t2 on t2.k = b.x",
     NULL, "read", "t1(p,q) t2(k)", "star"},
    {PG, "with d as (delete from customers where id = 1 returning *) select count(*) from d",
     "with d as (delete from customers where id = ? returning *) select count(*) from d", "write",
     "customers(id)", "star"},
    {PG, "with u as (update t set a = 1 where b = 2 returning c) insert into log select c from u",
     "with u as (update t set a = ? where b = ? returning c) insert into log select c from u",
     "write", "t(a,b,c) log", NULL},
    {PG, "select * from (with x as (select a from t) select * from x) y join x on true", NULL,
     "read", "t(a) x", "star"},
    {MY, "with c as (select 1) delete from t using t join c",
     "with c as (select ?) delete from t using t join c", "write", "t", NULL},
};

static const struct sql_row writes[] = {
    {PG, "insert into customers (name, phone) values ('a', '1'), ('b', '2')",
     "insert into customers (name, phone) values (?, ?), (?, ?)", "write", "customers(name,phone)",
     NULL},
    {PG, "insert into t select a, b from s where c = 1",
     "insert into t select a, b from s where c = ?", "write", "t s(a,b,c)", NULL},
    {PG, "insert into t (x) select a from s", NULL, "write", "t(x) s(a)", NULL},
    {PG,
     "insert into t (a) values (1) on conflict (a) do update set b = excluded.b where t.c > 0 "
     "returning d",
     "insert into t (a) values (?) on conflict (a) do update set b = excluded.b where t.c > ? "
     "returning d",
     "write", "t(a,b,c,d)", NULL},
    {PG, "insert into t (a) values (1) on conflict do nothing",
     "insert into t (a) values (?) on conflict do nothing", "write", "t(a)", NULL},
    {PG, "insert into t default values", NULL, "write", "t", NULL},
    {MY, "insert ignore into t (a) values (1) on duplicate key update a = values(a) + 1",
     "insert ignore into t (a) values (?) on duplicate key update a = values(a) + ?", "write",
     "t(a)", NULL},
    {MY, "insert low_priority t set a = 1, b = 'x'", "insert low_priority t set a = ?, b = ?",
     "write", "t(a,b)", NULL},
    {MY, "replace into t values (1)", "replace into t values (?)", "write", "t", NULL},
    {PG, "update customers set phone = '1', name = upper(name) where id = 3",
     "update customers set phone = ?, name = upper(name) where id = ?", "write",
     "customers(phone,name,id)", NULL},
    {PG, "update t a set x = b.y from s b where a.i = b.i", NULL, "write", "s(y,i) t(x,i)", NULL},
    {MY, "update a join b on a.i = b.i set a.x = b.y", NULL, "write", "b(i,y) a(i,x)", NULL},
    {MY, "update a, b set a.x = 1 where a.i = b.i", "update a, b set a.x = ? where a.i = b.i",
     "write", "a(x,i) b(i)", NULL},
    {AN, "update c set c.x = 1 from customers c where c.id = 2",
     "update c set c.x = ? from customers c where c.id = ?", "write", "customers(x,id)", NULL},
    {PG, "delete from customers where id = 7", "delete from customers where id = ?", "write",
     "customers(id)", NULL},
    {PG, "delete from a using b where a.i = b.i", NULL, "write", "a(i) b(i)", NULL},
    {MY, "delete c, l from customers c join loans l on l.cid = c.id", NULL, "write",
     "customers(id) loans(cid)", NULL},
    {PG,
     "merge into t using s on t.i = s.i when matched then update set v = s.v when not matched then "
     "insert (i) values (s.i)",
     NULL, "write", "t(i) s(i,v)", NULL},
    {PG, "merge into t using (select i from u) s on t.i = s.i when matched then delete", NULL,
     "write", "t(i) u(i)", NULL},
    {PG, "truncate table a, only b restart identity", NULL, "write", "a b", NULL},
    {PG, "truncate t", NULL, "write", "t", NULL},
};

static const struct sql_row copies[] = {
    {PG, "copy customers (id, name) from stdin with (format csv)", NULL, "copy_in",
     "customers(id,name)", NULL},
    {PG, "COPY public.customers TO STDOUT", NULL, "copy_out", "public.customers", NULL},
    {PG, "copy (select name from customers) to '/tmp/x' csv header",
     "copy (select name from customers) to ? csv header", "copy_out", "customers(name)", NULL},
    {PG, "select name into backup from customers", NULL, "create", "backup customers(name)", NULL},
    {PG, "select * into temp table b from customers", NULL, "create", "b customers", "star"},
    {MY, "select * into outfile '/tmp/a' fields terminated by ',' from customers",
     "select * into outfile ? fields terminated by ? from customers", "copy_out", "customers",
     "star"},
    {MY, "select name from customers into dumpfile 'x'",
     "select name from customers into dumpfile ?", "copy_out", "customers(name)", NULL},
    {MY,
     "load data local infile 'a.csv' ignore into table t character set utf8 fields terminated by "
     "',' (a, b) set c = 1",
     "load data local infile ? ignore into table t character set utf8 fields terminated by ? (a, "
     "b) set c = ?",
     "copy_in", "t(a,b,c)", NULL},
};

static void test_reads(void **state)
{
    (void)state;
    sql_check_rows(reads, sizeof reads / sizeof reads[0]);
}

static void test_ctes(void **state)
{
    (void)state;
    sql_check_rows(ctes, sizeof ctes / sizeof ctes[0]);
}

static void test_writes(void **state)
{
    (void)state;
    sql_check_rows(writes, sizeof writes / sizeof writes[0]);
}

static void test_copies(void **state)
{
    (void)state;
    sql_check_rows(copies, sizeof copies / sizeof copies[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_ctes),
        cmocka_unit_test(test_writes),
        cmocka_unit_test(test_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
