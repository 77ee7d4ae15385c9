/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a program of the lender's staff asks of PostgreSQL through libpq: prepared statements, bound
 * values in text and binary, cursors, COPY, pipelines, errors. Run by data/record; each argument
 * behind the connection string is a piece of work. Prints what the server's log does not tell: the
 * rows of COPY and FETCH, one number a line, in order.
 */
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char by_id[] = "select id, full_name, balance from customers where id = $1";

static void fail(PGconn *conn, const char *what)
{
    fprintf(stderr, "pg_staff: %s: %s", what, PQerrorMessage(conn));
    exit(1);
}

static void expect(PGconn *conn, PGresult *result, ExecStatusType status, const char *what)
{
    if (PQresultStatus(result) != status)
        fail(conn, what);
    PQclear(result);
}

static void command(PGconn *conn, const char *sql)
{
    expect(conn, PQexec(conn, sql), PGRES_COMMAND_OK, sql);
}

static void prepared(PGconn *conn)
{
    static const char *const ids[] = {"1001", "1005", "1009", "1001", "9999"};
    expect(conn, PQprepare(conn, "by_id", by_id, 1, NULL), PGRES_COMMAND_OK, "prepare");
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        expect(conn, PQexecPrepared(conn, "by_id", 1, &ids[i], NULL, NULL, 0), PGRES_TUPLES_OK,
               "execute");
    command(conn, "deallocate by_id");
}

/* A number in binary, a text, a NULL, an empty text; the rows come back in binary. */
static void binary(PGconn *conn)
{
    uint32_t id = htonl(1042);
    const char *values[] = {(const char *)&id, "Zhao%", NULL, ""};
    const int lengths[] = {sizeof id, 0, 0, 0}, formats[] = {1, 0, 0, 0};
    const Oid types[] = {23, 25, 25, 25};
    expect(conn,
           PQexecParams(conn,
                        "select id, full_name, overdue_days from customers where id = $1 or "
                        "full_name like $2 or phone = $3 or email = $4",
                        4, types, values, lengths, formats, 1),
           PGRES_TUPLES_OK, "binary");
}

static void write_note(PGconn *conn)
{
    static const char *const values[] = {"1003", "wang_jun",
                                         "checked; 'twice'\n\xe5\xb7\xb2\xe6\xa0\xb8\xe5\xae\x9e"};
    expect(conn,
           PQexecParams(conn,
                        "insert into notes (id, customer_id, author, body) "
                        "select coalesce(max(id), 0) + 1, $1::integer, $2, $3 from notes",
                        3, NULL, values, NULL, NULL, 0),
           PGRES_COMMAND_OK, "insert");
    command(conn,
            "update customers set overdue_days = overdue_days + 1 where id between 1003 and 1007");
}

static void cursor(PGconn *conn)
{
    command(conn, "begin");
    command(conn, "declare c cursor for select id, full_name, phone from customers order by id");
    for (int i = 0; i < 9; i++) {
        PGresult *result = PQexec(conn, "fetch 50 from c");
        printf("%d\n", PQntuples(result));
        expect(conn, result, PGRES_TUPLES_OK, "fetch");
    }
    command(conn, "close c");
    command(conn, "commit");
}

static void copy_out(PGconn *conn)
{
    char *row;
    int rows = 0;
    expect(conn,
           PQexec(conn,
                  "copy (select id, full_name, id_card from customers where team = 1) to stdout"),
           PGRES_COPY_OUT, "copy out");
    for (; PQgetCopyData(conn, &row, 0) > 0; rows++)
        PQfreemem(row);
    printf("%d\n", rows);
    expect(conn, PQgetResult(conn), PGRES_COMMAND_OK, "copy out");
    PQclear(PQgetResult(conn));
}

static void copy_in(PGconn *conn)
{
    char row[80];
    expect(conn, PQexec(conn, "copy notes (id, customer_id, author, body) from stdin"),
           PGRES_COPY_IN, "copy in");
    for (int i = 0; i < 25; i++) {
        int len = snprintf(row, sizeof row, "%d\t%d\tstatements\tnight run\n", 5000 + i, 1000 + i);
        if (PQputCopyData(conn, row, len) != 1)
            fail(conn, "copy in");
    }
    if (PQputCopyEnd(conn, NULL) != 1)
        fail(conn, "copy in");
    PGresult *result = PQgetResult(conn);
    printf("%s\n", PQcmdTuples(result));
    expect(conn, result, PGRES_COMMAND_OK, "copy in");
    PQclear(PQgetResult(conn));
}

static void drain(PGconn *conn, int syncs)
{
    while (syncs > 0) {
        PGresult *result = PQgetResult(conn);
        if (result && PQresultStatus(result) == PGRES_PIPELINE_SYNC)
            syncs--;
        PQclear(result);
    }
}

static void pipeline(PGconn *conn)
{
    static const char *const ids[] = {"1011", "1012", "1013", "1014"};
    if (!PQenterPipelineMode(conn))
        fail(conn, "pipeline");
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (!PQsendQueryParams(conn, by_id, 1, NULL, &ids[i], NULL, NULL, 0))
            fail(conn, "pipeline");
        if (i % 2 == 1 && !PQpipelineSync(conn))
            fail(conn, "pipeline");
    }
    drain(conn, 2);
    PQexitPipelineMode(conn);
}

/* Three statements the server refuses: while parsing, while binding, while running. */
static void errors(PGconn *conn)
{
    static const char *const word = "not a number";
    PQclear(PQexec(conn, "selec id from customers"));
    PQclear(PQexecParams(conn, by_id, 1, NULL, &word, NULL, NULL, 0));
    PQclear(PQexec(conn, "select 1 / (id - 1000) from customers where id = 1000"));
    PQclear(PQexec(conn, "delete from customers where id = 1000"));
}

static void several(PGconn *conn)
{
    expect(conn,
           PQexec(conn, "select count(*) from customers; update notes set body = 'closed' where "
                        "customer_id = 1003; "
                        "select id, author from notes order by id limit 3"),
           PGRES_TUPLES_OK, "several");
}

static const struct work {
    const char *name;
    void (*run)(PGconn *conn);
} works[] = {{"prepared", prepared}, {"binary", binary},     {"write", write_note},
             {"cursor", cursor},     {"copy-out", copy_out}, {"copy-in", copy_in},
             {"pipeline", pipeline}, {"errors", errors},     {"several", several}};

int main(int argc, char **argv)
{
    if (argc < 3)
        return fprintf(stderr, "usage: pg_staff CONNECTION WORK...\n"), 2;
    PGconn *conn = PQconnectdb(argv[1]);
    if (PQstatus(conn) != CONNECTION_OK)
        fail(conn, "connect");
    for (int i = 2; i < argc; i++) {
        size_t at = 0, count = sizeof works / sizeof *works;
        while (at < count && strcmp(argv[i], works[at].name) != 0)
            at++;
        if (at == count)
            return fprintf(stderr, "pg_staff: no such work: %s\n", argv[i]), 2;
        works[at].run(conn);
    }
    PQfinish(conn);
    return 0;
}
