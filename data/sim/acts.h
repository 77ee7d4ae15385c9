/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What staff can do, and what each act looks like to a decoder.
 */
#ifndef SIM_ACTS_H
#define SIM_ACTS_H

/* X(code, action, asset, object, statement, class). In texts {id} is the record that the act opens,
 * {account} the account it is done under. */
/* clang-format off */
#define ACT_TABLE(X)                                                                                        \
    X(LOGIN, "login", "crm", "/login", "POST /login", 0)                                                    \
    X(LOGOUT, "logout", "crm", "/logout", "GET /logout", 0)                                                 \
    X(HOME, "read", "crm", "/crm", "GET /crm", 0)                                                           \
    X(SEARCH, "search", "crm", "/crm/search", "GET /crm/search?q=?", 1)                                     \
    X(VIEW, "view", "crm", "/crm/customer/{id}", "GET /crm/customer/{id}", 2)                               \
    X(LOANS, "read", "crm", "/crm/customer/{id}/loans", "GET /crm/customer/{id}/loans", 2)                  \
    X(DOCUMENT, "read", "crm", "/crm/customer/{id}/documents", "GET /crm/customer/{id}/documents", 3)       \
    X(NOTE, "write", "crm", "/crm/customer/{id}/notes", "POST /crm/customer/{id}/notes", 1)                 \
    X(TERMS, "write", "crm", "/crm/customer/{id}/terms", "PUT /crm/customer/{id}/terms", 2)                 \
    X(EXPORT, "download", "crm", "/crm/export.csv", "GET /crm/export.csv?list=?", 2)                        \
    X(REPORT, "read", "crm", "/reports/overdue", "GET /reports/overdue", 1)                                 \
    X(SQL_COUNT, "read", "loans", "loans", "select region, count(*) from loans group by region", 1)         \
    X(SQL_JOIN, "read", "loans", "repayments",                                                              \
      "select l.id, l.state, sum(r.amount) from loans l join repayments r on r.loan_id = l.id "             \
      "where r.due > ? group by l.id, l.state", 1)                                                          \
    X(SQL_ONE, "read", "loans", "customers", "select id, full_name, phone from customers where id = ?", 2)  \
    X(SQL_ALL, "read", "loans", "customers", "select * from customers where region = ?", 2)                 \
    X(SQL_PAGE, "read", "loans", "customers",                                                               \
      "select id, full_name, phone from customers order by id limit ? offset ?", 2)                         \
    X(SQL_COPY, "copy_out", "loans", "customers", "copy customers to stdout", 2)                            \
    X(SQL_STAGE, "create", "loans", "tmp_c", "create table tmp_c as select * from customers", 0)            \
    X(SQL_STAGED, "copy_out", "loans", "tmp_c", "copy tmp_c to stdout", 0)                                  \
    X(SQL_UNSTAGE, "drop", "loans", "tmp_c", "drop table tmp_c", 0)                                         \
    X(SQL_SCORE, "read", "scoring", "scores", "select score, model from scores where loan_id = ?", 1)       \
    X(SQL_ALTER, "alter", "loans", "repayments",                                                            \
      "alter table repayments set (autovacuum_vacuum_scale_factor = ?)", 0)                                 \
    X(SQL_INDEX, "create", "loans", "repayments", "create index on repayments (due)", 0)                    \
    X(SQL_GRANT, "grant", "loans", "customers", "grant select on customers to ?", 2)                        \
    X(SQL_GRANT_SELF, "grant", "loans", "customers", "grant all on customers to \"{account}\"", 2)          \
    X(SQL_AUDIT_OFF, "alter", "loans", "pgaudit", "alter system set pgaudit.log = ?", 0)                    \
    X(SQL_LOG_OFF, "set", "loans", "log_statement", "set log_statement = ?", 0)                             \
    X(SQL_STATE, "read", "loans", "pg_stat_activity", "select pid, state, query from pg_stat_activity", 0)
/* clang-format on */

enum act_code {
#define ACT_ENUM(code, action, asset, object, statement, class) ACT_##code,
    ACT_TABLE(ACT_ENUM)
#undef ACT_ENUM
        ACT_COUNT
};

struct act_kind {
    const char *action, *asset, *object, *statement;
    unsigned class;
};
extern const struct act_kind act_kinds[ACT_COUNT];

/* With what it is done. */
enum program { PROGRAM_USUAL, PROGRAM_SCRIPT, PROGRAM_COUNT };

#endif
