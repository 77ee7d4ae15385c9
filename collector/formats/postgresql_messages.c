/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which message of the PostgreSQL server says what (src/backend: tcop/postgres.c,
 * utils/init/postinit.c, libpq/auth.c):
 *
 *     connection received: host=10.0.0.1 port=5678
 *     connection authorized: user=u database=d application_name=a SSL enabled (...)
 *     disconnection: session time: 0:00:00.018 user=u database=d host=10.0.0.1 port=5678
 *     statement: SQL                          execute NAME: SQL      DETAIL: parameters: $1 = '42'
 *     duration: 1.092 ms                      duration: 1.092 ms  statement: SQL
 *     AUDIT: ...                              received replication command: SQL
 */
#include "collector/formats/postgresql_log.h"

enum { CLOCK_SLACK_NS = 1000000 }; /* log times are cut to a millisecond */

/* The part of "a=1 b=2" between a name and what may follow it. */
static struct slice value_of(struct slice text, struct slice name, struct slice next)
{
    for (size_t i = 0; i + name.len <= text.len; i++) {
        struct slice rest = slice_part(text, i, text.len);
        if (!log_skip(&rest, name))
            continue;
        for (size_t end = 0; next.len > 0 && end < rest.len; end++)
            if (slice_starts(slice_part(rest, end, rest.len), next))
                return slice_part(rest, 0, end);
        return rest;
    }
    return (struct slice){NULL, 0};
}

static enum status connection_received(struct pg_log_work *w, struct slice text)
{
    struct slice host = value_of(text, SLICE("host="), SLICE(" "));
    struct slice port = value_of(text, SLICE("port="), SLICE(" "));
    uint64_t number;
    pg_log_act_end(w, false);
    w->s = (struct pg_log_session){.states_reads = w->s.states_reads};
    for (unsigned i = PG_LOG_USER; i < PG_LOG_TEXTS; i++)
        w->text[i] = (struct slice){NULL, 0};
    if (log_address(host, &w->s.client) && log_number(port, &number))
        w->s.client.port = (uint16_t)number;
    return STATUS_NOT_FOUND;
}

static struct slice before_encryption(struct slice program)
{
    static const char *const marks[] = {" SSL enabled (", " GSS (", " SSL ("};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        for (size_t at = 0; at < program.len; at++)
            if (slice_starts(slice_part(program, at, program.len), slice_from(marks[i])))
                return slice_part(program, 0, at);
    return program;
}

static enum status connection_authorized(struct pg_log_work *w, const struct pg_log_record *record,
                                         struct slice text)
{
    struct slice user = before_encryption(value_of(text, SLICE("user="), SLICE(" database=")));
    struct slice database = value_of(text, SLICE("database="), SLICE(" application_name="));
    struct slice program = value_of(text, SLICE("application_name="), SLICE(""));
    user = slice_part(user, 0,
                      value_of(text, SLICE("database="), SLICE("")).len ? user.len : SIZE_MAX);
    pg_log_act_end(w, true);
    w->text[PG_LOG_USER] = user;
    w->text[PG_LOG_DATABASE] = before_encryption(database);
    w->text[PG_LOG_PROGRAM] = before_encryption(program);
    w->s.authorized = true;
    pg_log_emit_session(w, record, EVENT_ACTION_login, EVENT_OUTCOME_success);
    return STATUS_OK;
}

static enum status disconnection(struct pg_log_work *w, const struct pg_log_record *record,
                                 struct slice text)
{
    struct slice host = value_of(text, SLICE(" host="), SLICE(" port="));
    struct slice port = value_of(text, SLICE(" port="), SLICE(" "));
    uint64_t number;
    pg_log_act_end(w, true);
    if (w->text[PG_LOG_USER].len == 0)
        w->text[PG_LOG_USER] = value_of(text, SLICE(" user="), SLICE(" database="));
    if (w->text[PG_LOG_DATABASE].len == 0)
        w->text[PG_LOG_DATABASE] = value_of(text, SLICE(" database="), SLICE(" host="));
    if (w->s.client.family == 0 && log_address(host, &w->s.client) && log_number(port, &number))
        w->s.client.port = (uint16_t)number;
    pg_log_emit_session(w, record, EVENT_ACTION_logout, EVENT_OUTCOME_success);
    w->s.authorized = false;
    return STATUS_OK;
}

/* DETAIL "parameters: $1 = ..." and "prepare: SQL"; also CONTEXT "... parameter $1 = 'abc'". */
static void take_detail(struct pg_log_work *w, const struct pg_log_record *record)
{
    struct slice detail = record->detail;
    if (log_skip(&detail, SLICE("prepare: ")))
        w->text[PG_LOG_PREPARED] = detail;
    else if (log_skip(&detail, SLICE("parameters: ")) || log_skip(&detail, SLICE("Parameters: ")))
        w->text[PG_LOG_DETAIL] = detail;
    size_t dollar = slice_find(record->context, '$', 0);
    if (w->text[PG_LOG_DETAIL].len == 0 && dollar < record->context.len && dollar >= 10 &&
        slice_ends(slice_part(record->context, 0, dollar), SLICE("parameter ")))
        w->text[PG_LOG_DETAIL] = slice_part(record->context, dollar, record->context.len);
    else if (w->text[PG_LOG_DETAIL].len == 0 && dollar < record->context.len && dollar >= 12 &&
             slice_ends(slice_part(record->context, 0, dollar), SLICE("parameters: ")))
        w->text[PG_LOG_DETAIL] = slice_part(record->context, dollar, record->context.len);
}

/* The SQL of "statement: SQL", "execute NAME: SQL", "execute fetch from NAME: SQL". */
static bool statement_text(struct slice message, struct slice *text)
{
    *text = message;
    if (log_skip(text, SLICE("statement: ")) ||
        log_skip(text, SLICE("received replication command: ")))
        return true;
    if (!log_skip(text, SLICE("execute ")))
        return false;
    for (size_t at = 0; at + 1 < text->len; at++)
        if (text->ptr[at] == ':' && text->ptr[at + 1] == ' ') {
            *text = slice_part(*text, at + 2, text->len);
            return true;
        }
    return false;
}

static enum status statement_line(struct pg_log_work *w, const struct pg_log_record *record,
                                  struct slice text)
{
    struct pg_log_act *act = &w->s.act;
    /* In the extended protocol pgaudit speaks while binding, before the line of the execution; a
     * duration between them is that of binding. */
    bool bound = act->open && act->audit != 0 && !act->stated && !act->failed &&
                 pg_log_same_text(w->text[PG_LOG_STATEMENT], text);
    if (bound)
        act->timed = act->has_duration = false;
    else
        pg_log_act_begin(w, record, text);
    act->stated = true;
    act->time_ns = record->time_ns;
    take_detail(w, record);
    if (slice_starts_nocase(slice_trim(text), SLICE("select")))
        w->s.states_reads = true;
    return STATUS_OK;
}

static void set_duration(struct pg_log_act *act, int64_t time_ns, int64_t us)
{
    act->has_duration = act->timed = true;
    act->duration_us = us;
    act->time_ns = time_ns;
}

/* The statement of a duration line is the one whose AUDIT lines were just read. */
static bool is_audited_act(const struct pg_log_work *w, const struct pg_log_record *record,
                           struct slice text, int64_t us)
{
    const struct pg_log_act *act = &w->s.act;
    if (!act->open || act->timed || act->failed)
        return false;
    if (pg_log_same_text(w->text[PG_LOG_STATEMENT], text))
        return true;
    return act->audit != 0 && !act->stated &&
           act->began_ns >= record->time_ns - us * 1000 - 2 * CLOCK_SLACK_NS;
}

static enum status timed_statement(struct pg_log_work *w, const struct pg_log_record *record,
                                   struct slice text, int64_t us)
{
    if (is_audited_act(w, record, text, us)) {
        if (!pg_log_same_text(w->text[PG_LOG_STATEMENT], text))
            pg_log_text_add(w, PG_LOG_NESTED, w->text[PG_LOG_STATEMENT]);
        w->text[PG_LOG_STATEMENT] = slice_trim(text);
    } else {
        pg_log_act_begin(w, record, text);
    }
    w->s.act.stated = true;
    take_detail(w, record);
    set_duration(&w->s.act, record->time_ns, us);
    return STATUS_OK;
}

static enum status duration_line(struct pg_log_work *w, const struct pg_log_record *record,
                                 struct slice text)
{
    struct slice statement, number = log_cut(&text, ' ');
    int64_t us;
    if (!log_duration(number, 1000, &us) || !log_skip(&text, SLICE("ms")))
        return STATUS_MALFORMED;
    text = slice_trim(text);
    if (statement_text(text, &statement))
        return timed_statement(w, record, statement, us);
    bool prepares =
        slice_equal(record->tag, SLICE("PARSE")) || slice_equal(record->tag, SLICE("BIND"));
    struct pg_log_act *act = &w->s.act;
    if (text.len > 0 || prepares || !act->open || act->timed || act->failed)
        return STATUS_NOT_FOUND; /* of parsing or binding, or auto_explain's plan */
    set_duration(act, record->time_ns, us);
    return STATUS_OK;
}

static void set_error(struct pg_log_work *w, const struct pg_log_record *record)
{
    w->s.act.failed = true;
    w->s.act.time_ns = record->time_ns;
    w->text[PG_LOG_CODE] = record->code;
    w->text[PG_LOG_ERROR] = record->message;
    take_detail(w, record);
}

static enum status error_line(struct pg_log_work *w, const struct pg_log_record *record)
{
    const struct pg_log_act *act = &w->s.act;
    bool same = act->open && !act->failed && !act->timed &&
                (record->statement.len == 0 ||
                 pg_log_same_text(w->text[PG_LOG_STATEMENT], record->statement));
    if (!same && record->statement.len == 0)
        return STATUS_NOT_FOUND;
    if (!same) {
        pg_log_act_begin(w, record, record->statement);
        w->s.act.stated = true;
    }
    set_error(w, record);
    return STATUS_OK;
}

/* Without an account nobody tried to sign in: a process of the server, or a port scan. */
static bool is_sign_in(const struct pg_log_work *w, const struct pg_log_record *record)
{
    static const char *const beginnings[] = {"password authentication failed",
                                             "no pg_hba.conf entry",
                                             "role \"",
                                             "database \"",
                                             "pg_hba.conf rejects",
                                             "permission denied for database"};
    if (w->s.authorized)
        return false;
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (slice_starts(record->message, slice_from(beginnings[i])))
            return true;
    return slice_starts(record->code, SLICE("28")) ||
           value_of(record->message, SLICE("authentication failed for user \""), SLICE("\"")).len;
}

static enum status fatal_line(struct pg_log_work *w, const struct pg_log_record *record)
{
    if (!is_sign_in(w, record))
        return error_line(w, record);
    struct slice user = value_of(record->message, SLICE("user \""), SLICE("\""));
    if (w->text[PG_LOG_USER].len == 0)
        w->text[PG_LOG_USER] = user;
    if (w->text[PG_LOG_DATABASE].len == 0)
        w->text[PG_LOG_DATABASE] = value_of(record->message, SLICE("database \""), SLICE("\""));
    pg_log_act_end(w, true);
    w->text[PG_LOG_CODE] = record->code;
    w->text[PG_LOG_ERROR] = record->message;
    pg_log_emit_session(w, record, EVENT_ACTION_login, EVENT_OUTCOME_failure);
    w->text[PG_LOG_CODE] = w->text[PG_LOG_ERROR] = (struct slice){NULL, 0};
    return STATUS_OK;
}

enum status pg_log_message(struct pg_log_work *w, const struct pg_log_record *record)
{
    struct slice text = record->message, statement;
    if (log_skip(&text, SLICE("AUDIT: ")))
        return pg_log_audit(w, record, text);
    if (slice_equal(record->severity, SLICE("ERROR")))
        return error_line(w, record);
    if (slice_equal(record->severity, SLICE("FATAL")) ||
        slice_equal(record->severity, SLICE("PANIC")))
        return fatal_line(w, record);
    if (!slice_equal(record->severity, SLICE("LOG")))
        return STATUS_NOT_FOUND;
    if (log_skip(&text, SLICE("duration: ")))
        return duration_line(w, record, text);
    if (statement_text(text, &statement))
        return statement_line(w, record, statement);
    if (log_skip(&text, SLICE("connection received: ")))
        return connection_received(w, text);
    if (log_skip(&text, SLICE("connection authorized: ")) ||
        log_skip(&text, SLICE("replication connection authorized: ")))
        return connection_authorized(w, record, text);
    if (log_skip(&text, SLICE("disconnection: ")))
        return disconnection(w, record, text);
    return STATUS_NOT_FOUND;
}
