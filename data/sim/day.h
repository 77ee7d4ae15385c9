/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One employee's day as a list of acts.
 */
#ifndef SIM_DAY_H
#define SIM_DAY_H

#include "sim/organisation.h"

/* X(code, action, asset, object, statement, class): what an act looks like to a decoder. {id} in an
 * application's object is the record that the act opens. */
#define ACT_TABLE(X)                                                                               \
    X(LOGIN, "login", "crm", "/login", "POST /login", 0)                                           \
    X(LOGOUT, "logout", "crm", "/logout", "GET /logout", 0)                                        \
    X(HOME, "read", "crm", "/crm", "GET /crm", 0)                                                  \
    X(SEARCH, "search", "crm", "/crm/search", "GET /crm/search?q=?", 1)                            \
    X(VIEW, "view", "crm", "/crm/customer/{id}", "GET /crm/customer/{id}", 2)                      \
    X(LOANS, "read", "crm", "/crm/customer/{id}/loans", "GET /crm/customer/{id}/loans", 2)         \
    X(DOCUMENT, "read", "crm", "/crm/customer/{id}/documents", "GET /crm/customer/{id}/documents", \
      3)                                                                                           \
    X(NOTE, "write", "crm", "/crm/customer/{id}/notes", "POST /crm/customer/{id}/notes", 1)        \
    X(EXPORT, "download", "crm", "/crm/export.csv", "GET /crm/export.csv?list=?", 2)               \
    X(REPORT, "read", "crm", "/reports/overdue", "GET /reports/overdue", 1)                        \
    X(SQL_COUNT, "read", "loans", "loans", "select region, count(*) from loans group by region",   \
      1)                                                                                           \
    X(SQL_JOIN, "read", "loans", "repayments",                                                     \
      "select l.id, l.state, sum(r.amount) from loans l join repayments r on r.loan_id = l.id "    \
      "where r.due > ? "                                                                           \
      "group by l.id, l.state",                                                                    \
      1)                                                                                           \
    X(SQL_ONE, "read", "loans", "customers",                                                       \
      "select id, full_name, phone from customers where id = ?", 2)                                \
    X(SQL_ALL, "read", "loans", "customers", "select * from customers where region = ?", 2)        \
    X(SQL_COPY, "copy_out", "loans", "customers", "copy customers to stdout", 2)                   \
    X(SQL_SCORE, "read", "scoring", "scores", "select score, model from scores where loan_id = ?", \
      1)                                                                                           \
    X(SQL_ALTER, "alter", "loans", "repayments",                                                   \
      "alter table repayments set (autovacuum_vacuum_scale_factor = ?)", 0)                        \
    X(SQL_INDEX, "create", "loans", "repayments", "create index on repayments (due)", 0)           \
    X(SQL_GRANT, "grant", "loans", "customers", "grant select on customers to ?", 2)               \
    X(SQL_STATE, "read", "loans", "pg_stat_activity",                                              \
      "select pid, state, query from pg_stat_activity", 0)

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

struct act {
    int64_t time_ns; /* UTC */
    const struct employee *employee;
    enum act_code code;
    unsigned first_subject; /* customers, consecutive in the day's `subjects` */
    unsigned subject_count;
    unsigned rows;
    unsigned workstation; /* where from */
    unsigned session;     /* of the day, 0.. */
    bool failed;
};

struct day {
    const struct organisation *organisation;
    const struct employee *employee;
    unsigned index;
    int64_t midnight_ns; /* of the site, in UTC */
    struct chance chance;
    unsigned sessions;
    unsigned workstation; /* of the acts that follow */
    struct act *acts;     /* owned */
    unsigned *subjects;   /* owned */
    unsigned count, capacity, subject_count, subject_capacity;
    bool no_memory;
};

void day_begin(struct day *day, const struct organisation *o, const struct employee *e,
               unsigned index);
void day_release(struct day *day);

/* The whole ordinary day of somebody who works. */
void day_work(struct day *day);

/* Adds an act at a second of the day; the act is the last of day->acts, for what else is to be set.
 */
struct act *day_act(struct day *day, enum act_code code, double second);
void day_subject(struct day *day, unsigned customer); /* of the last act */

/* Opens a record at `second` and leaves it `dwell` seconds later; gives that moment. */
double day_view(struct day *day, unsigned customer, double second, double dwell);

double day_login(struct day *day, double second); /* a new session */
unsigned day_stranger(struct day *day); /* a customer who is nobody's case in particular */
double day_dwell(struct day *day);      /* seconds this person stays on a record */

#endif
