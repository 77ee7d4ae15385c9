/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a program of the lender's staff asks of MariaDB through its C library: prepared statements
 * with values in binary, several statements in one request, a change of database, errors. Run by
 * data/record; each argument behind host, user and password is a piece of work.
 */
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "my_staff: %s: %s\n", what, why);
    exit(1);
}

/* Reads every result of the request; with `refused` the server is meant to say no. */
static void query(MYSQL *db, const char *sql, int refused)
{
    int more = mysql_query(db, sql) ? 1 : 0;
    while (!more) {
        MYSQL_RES *result = mysql_store_result(db);
        mysql_free_result(result);
        more = mysql_next_result(db);
    }
    if ((more > 0) != refused)
        fail(sql, mysql_error(db));
}

static MYSQL_STMT *prepare(MYSQL *db, const char *sql)
{
    MYSQL_STMT *statement = mysql_stmt_init(db);
    if (!statement || mysql_stmt_prepare(statement, sql, strlen(sql)))
        fail(sql, mysql_error(db));
    return statement;
}

static void execute(MYSQL_STMT *statement, MYSQL_BIND *values)
{
    if (values && mysql_stmt_bind_param(statement, values))
        fail("bind", mysql_stmt_error(statement));
    if (mysql_stmt_execute(statement) || mysql_stmt_store_result(statement))
        fail("execute", mysql_stmt_error(statement));
    mysql_stmt_free_result(statement);
}

static void prepared(MYSQL *db)
{
    int id = 1001;
    char family[] = "Zhao%";
    unsigned long len = sizeof family - 1;
    MYSQL_BIND values[2] = {
        {.buffer_type = MYSQL_TYPE_LONG, .buffer = &id},
        {.buffer_type = MYSQL_TYPE_STRING, .buffer = family, .buffer_length = len, .length = &len}};
    MYSQL_STMT *statement =
        prepare(db, "select id, full_name, phone from customers where id = ? or full_name like ?");
    execute(statement, values);
    id = 1005; /* executed again: the types are not sent a second time */
    execute(statement, NULL);
    id = 1009;
    execute(statement, NULL);
    mysql_stmt_close(statement);
}

static void write_note(MYSQL *db)
{
    int id = 7001, customer = 1009;
    char author[] = "zhao_min", body[] = "score explained to the customer";
    unsigned long author_len = strlen(author), body_len = strlen(body);
    MYSQL_BIND values[4] = {{.buffer_type = MYSQL_TYPE_LONG, .buffer = &id},
                            {.buffer_type = MYSQL_TYPE_LONG, .buffer = &customer},
                            {.buffer_type = MYSQL_TYPE_STRING,
                             .buffer = author,
                             .buffer_length = author_len,
                             .length = &author_len},
                            {.buffer_type = MYSQL_TYPE_STRING,
                             .buffer = body,
                             .buffer_length = body_len,
                             .length = &body_len}};
    MYSQL_STMT *statement =
        prepare(db, "insert into notes (id, customer_id, author, body) values (?, ?, ?, ?)");
    execute(statement, values);
    mysql_stmt_close(statement);
    query(db, "update notes set body = 'closed' where customer_id = 1009", 0);
    query(db, "delete from notes where id = 7001", 0);
}

static void several(MYSQL *db)
{
    query(
        db,
        "select count(*) from customers; select customer_id, score from scores where score > 840; "
        "update notes set body = 'none' where id = 1",
        0);
}

static void errors(MYSQL *db)
{
    query(db, "selec 1", 1);
    query(db, "select * from no_such_table", 1);
    query(db, "delete from customers where id = 1000", 1);
}

static void change_database(MYSQL *db)
{
    if (mysql_select_db(db, "information_schema") || mysql_ping(db))
        fail("use", mysql_error(db));
    query(db, "select table_name from tables where table_schema = 'scoring' order by 1", 0);
    if (mysql_select_db(db, "scoring"))
        fail("use", mysql_error(db));
}

static void large(MYSQL *db)
{
    query(db,
          "select c.id, c.full_name, c.phone, s.score from customers c join scores s on "
          "s.customer_id = c.id",
          0);
}

static const struct work {
    const char *name;
    void (*run)(MYSQL *db);
} works[] = {{"prepared", prepared}, {"write", write_note},       {"several", several},
             {"errors", errors},     {"change", change_database}, {"large", large}};

int main(int argc, char **argv)
{
    if (argc < 5)
        return fprintf(stderr, "usage: my_staff HOST USER PASSWORD WORK...\n"), 2;
    MYSQL *db = mysql_init(NULL);
    if (!mysql_real_connect(db, argv[1], argv[2], argv[3], "scoring", 3306, NULL,
                            CLIENT_MULTI_STATEMENTS))
        fail("connect", mysql_error(db));
    for (int i = 4; i < argc; i++) {
        size_t at = 0, count = sizeof works / sizeof *works;
        while (at < count && strcmp(argv[i], works[at].name) != 0)
            at++;
        if (at == count)
            return fprintf(stderr, "my_staff: no such work: %s\n", argv[i]), 2;
        works[at].run(db);
    }
    mysql_close(db);
    return 0;
}
