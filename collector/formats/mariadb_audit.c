/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * MariaDB server_audit (knowledge base, "MariaDB Audit Plugin - Log Format"), in its file or
 * through syslog, where the time stands in the header and its server_audit_syslog_info before the
 * host:
 *
 *     TIME,SERVERHOST,USER,HOST,CONNECTION,QUERY,OPERATION,DATABASE,OBJECT,RETCODE
 *
 * The object of a QUERY is in single quotes, with \' \\ \n \t \r. Those of READ, WRITE and other
 * table lines, which come before their QUERY and have its number, are in none and may hold commas:
 * lines are read from both ends.
 *
 * What the plugin gets wrong is put right where the log tells: after a change of user it goes on
 * printing the old one, and after a refused change of database it prints the error in the place of
 * the database.
 */
#include "collector/formats/formats.h"
#include "collector/formats/log_time.h"
#include "collector/formats/mysql_log.h"
#include "collector/formats/syslog_line.h"

enum { QUERY_LOG_LIMIT = 1024 }; /* server_audit_query_log_limit's default */

struct audit_line {
    int64_t time_ns;
    struct slice user, host, connection, operation, database, object, code;
    uint64_t query;
};

/* The number behind the last comma and what stands before it. */
static struct slice cut_last(struct slice *text)
{
    size_t at = text->len;
    while (at > 0 && text->ptr[at - 1] != ',')
        at--;
    struct slice last = slice_part(*text, at, text->len);
    *text = slice_part(*text, 0, at > 0 ? at - 1 : 0);
    return last;
}

/* Where the quoted statement begins: at the first ",'", as no database name holds one. */
static size_t quote_at(struct slice text)
{
    for (size_t at = slice_find(text, ',', 0); at < text.len; at = slice_find(text, ',', at + 1))
        if (at + 1 < text.len && text.ptr[at + 1] == '\'')
            return at;
    return text.len;
}

/* DATABASE,OBJECT,RETCODE */
static void read_tail(struct audit_line *line, struct slice rest)
{
    line->code = cut_last(&rest);
    size_t quote = slice_equal(line->operation, SLICE("QUERY")) ? quote_at(rest) : rest.len;
    if (quote == rest.len) {
        line->database = log_cut(&rest, ',');
        line->object = rest;
        return;
    }
    line->database = slice_part(rest, 0, quote);
    line->object = slice_part(rest, quote + 2, rest.len);
    if (line->object.len > 0 && line->object.ptr[line->object.len - 1] == '\'')
        line->object.len--;
}

static bool read_head(const struct log_env *env, struct slice *record, int64_t *time_ns)
{
    struct reader r = reader_of(*record);
    struct syslog_line syslog;
    *time_ns = log_time_compact(&r, env->zone);
    if (reader_ok(&r) && reader_u8(&r) == ',') {
        *record = slice_make(r.at, reader_left(&r));
        return true;
    }
    if (!syslog_line_read(*record, env->zone, env->reference_ns, &syslog))
        return false;
    *time_ns = syslog.time_ns;
    *record = syslog.text;
    return true;
}

static bool read_line(const struct log_env *env, struct slice record, struct audit_line *line)
{
    *line = (struct audit_line){0};
    if (!read_head(env, &record, &line->time_ns))
        return false;
    (void)log_cut(&record, ','); /* the server's host, in syslog behind the info */
    line->user = log_cut(&record, ',');
    line->host = log_cut(&record, ',');
    line->connection = log_cut(&record, ',');
    struct slice query = log_cut(&record, ',');
    line->operation = log_cut(&record, ',');
    uint64_t number;
    if (!log_number(line->connection, &number) || !log_number(query, &line->query))
        return false;
    read_tail(line, record);
    return true;
}

/* \' \\ \n \t \r as they were. */
static struct slice unescape(struct slice s, struct arena *scratch)
{
    if (slice_find(s, '\\', 0) == s.len)
        return s;
    uint8_t *to = arena_alloc(scratch, s.len);
    size_t n = 0;
    struct reader r = reader_of(s);
    while (to && reader_left(&r) > 0) {
        uint8_t c = reader_u8(&r);
        if (c == '\\' && reader_left(&r) > 0) {
            c = reader_u8(&r);
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
        }
        to[n++] = c;
    }
    return slice_make(to, n);
}

/* Tables that the server touches by itself. */
static bool is_own_table(const struct audit_line *line)
{
    static const char *const names[] = {"general_log", "slow_log", "table_stats", "column_stats",
                                        "index_stats", "proc",     "event"};
    if (!slice_equal(line->database, SLICE("mysql")))
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_equal(line->object, slice_from(names[i])))
            return true;
    return false;
}

static void set_objects(struct mysql_log_work *w, struct event *event)
{
    struct slice rest = w->text[MYSQL_LOG_OBJECTS];
    while (rest.len > 0)
        log_event_object(event, w->env, log_cut(&rest, 0));
    w->text[MYSQL_LOG_OBJECTS] = (struct slice){NULL, 0};
    w->s.query = 0;
}

/* Tables whose query has no line of its own, as a bulk insert has not. */
static void end_query(struct mysql_log_work *w)
{
    struct event event = {.time_ns = w->s.objects_ns,
                          .action = w->s.objects_write ? EVENT_ACTION_write : EVENT_ACTION_read,
                          .outcome = EVENT_OUTCOME_unknown};
    if (w->s.query == 0)
        return;
    set_objects(w, &event);
    mysql_log_emit(w, &event);
}

static enum status table_line(struct mysql_log_work *w, const struct audit_line *line)
{
    if (is_own_table(line))
        return STATUS_NOT_FOUND;
    if (w->s.query != line->query)
        end_query(w);
    if (w->s.query == 0)
        w->s.objects_write = false;
    w->s.query = line->query;
    w->s.objects_ns = line->time_ns;
    w->s.objects_write |= !slice_equal(line->operation, SLICE("READ"));
    struct slice second = line->object;
    struct slice table = log_cut(&second, '|'); /* RENAME: "old|database.new" */
    mysql_log_add_object(w, line->database, table);
    if (second.len > 0) {
        struct slice database = log_cut(&second, '.');
        mysql_log_add_object(w, database, second);
    }
    return STATUS_OK;
}

/* The plugin masks a password as *****, but leaves what follows a doubled quote in it. */
static bool has_masked_password(struct slice text)
{
    for (size_t at = slice_find(text, '*', 0); at < text.len; at = slice_find(text, '*', at + 1))
        if (slice_starts(slice_part(text, at, 5), SLICE("*****")))
            return true;
    return false;
}

static enum status query_line(struct mysql_log_work *w, const struct audit_line *line)
{
    struct slice text = unescape(line->object, w->env->scratch);
    bool failed = line->code.len > 0 && !slice_equal(line->code, SLICE("0"));
    struct event event = {.time_ns = line->time_ns,
                          .outcome = failed ? EVENT_OUTCOME_failure : EVENT_OUTCOME_success};
    if (w->s.query != line->query)
        end_query(w);
    (void)log_event_statement(&event, w->env, SQL_MYSQL, text);
    if (event.clear.len > 0 && has_masked_password(text))
        event.clear = event.statement;
    if (w->s.query == line->query)
        set_objects(w, &event);
    if (line->object.len == QUERY_LOG_LIMIT || text.len == QUERY_LOG_LIMIT)
        event.gaps |= EVENT_GAP_truncated;
    if (failed)
        event.error_code = line->code;
    mysql_log_emit(w, &event);
    return STATUS_OK;
}

/* Who the lines that still print the old user are about. */
static void change_user(struct mysql_log_work *w, const struct audit_line *line)
{
    if (!slice_equal(line->code, SLICE("0")))
        return;
    if (w->text[MYSQL_LOG_PRINTED].len == 0)
        w->text[MYSQL_LOG_PRINTED] = w->text[MYSQL_LOG_USER];
    w->text[MYSQL_LOG_USER] = line->user; /* empty where it is not told: nobody, not the old one */
}

static bool prints_old_user(const struct mysql_log_work *w, const struct audit_line *line)
{
    return w->text[MYSQL_LOG_PRINTED].len > 0 &&
           slice_equal(w->text[MYSQL_LOG_PRINTED], line->user);
}

static bool is_name(struct slice database)
{
    return slice_find(database, ' ', 0) == database.len &&
           slice_find(database, '\'', 0) == database.len;
}

static void take_names(struct mysql_log_work *w, const struct audit_line *line)
{
    if (!prints_old_user(w, line)) {
        w->text[MYSQL_LOG_USER] = line->user;
        w->text[MYSQL_LOG_PRINTED] = (struct slice){NULL, 0};
    }
    if (is_name(line->database))
        w->text[MYSQL_LOG_DATABASE] = line->database;
    (void)log_address(line->host, &w->s.client);
}

static enum status connection_line(struct mysql_log_work *w, const struct audit_line *line)
{
    struct slice none = {NULL, 0};
    end_query(w);
    if (slice_equal(line->operation, SLICE("CHANGEUSER"))) {
        change_user(w, line);
        mysql_log_emit_session(w, line->time_ns, EVENT_ACTION_login, line->code, none);
        return STATUS_OK;
    }
    if (slice_equal(line->operation, SLICE("CONNECT")))
        w->s = (struct mysql_log_session){.client = w->s.client};
    take_names(w, line);
    bool refused = slice_equal(line->operation, SLICE("FAILED_CONNECT"));
    if (refused || slice_equal(line->operation, SLICE("CONNECT"))) {
        mysql_log_emit_session(w, line->time_ns, EVENT_ACTION_login,
                               refused || line->code.len ? line->code : none, none);
        w->s.refused = refused;
    } else if (slice_equal(line->operation, SLICE("DISCONNECT"))) {
        if (!w->s.refused)
            mysql_log_emit_session(w, line->time_ns, EVENT_ACTION_logout, none, none);
        mysql_log_drop(w);
        w->key = 0;
    } else {
        return STATUS_MALFORMED;
    }
    return STATUS_OK;
}

static bool is_table_operation(struct slice operation)
{
    static const char *const names[] = {"READ", "WRITE", "CREATE", "ALTER", "RENAME", "DROP"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_equal(operation, slice_from(names[i])))
            return true;
    return false;
}

static enum status feed(void *state, const struct log_env *env, struct slice record)
{
    struct audit_line line;
    struct mysql_log_work w;
    enum status status;
    (void)state;
    if (!read_line(env, record, &line))
        return STATUS_MALFORMED;
    mysql_log_load(&w, env, line.connection);
    if (is_table_operation(line.operation)) {
        status = table_line(&w, &line);
    } else if (slice_equal(line.operation, SLICE("QUERY"))) {
        take_names(&w, &line);
        status = query_line(&w, &line);
    } else {
        status = connection_line(&w, &line);
    }
    if (w.key != 0)
        mysql_log_save(&w);
    return status;
}

static enum decoder_verdict probe(struct slice head)
{
    static const struct zone utc;
    static const struct log_env env = {.zone = &utc, .reference_ns = INT64_MAX / 2};
    struct audit_line line;
    for (int i = 0; i < 50 && head.len > 0; i++) {
        struct slice record = log_cut(&head, '\n');
        if (read_line(&env, record, &line) &&
            (is_table_operation(line.operation) || slice_equal(line.operation, SLICE("QUERY")) ||
             slice_ends(line.operation, SLICE("CONNECT"))))
            return PROBE_YES;
    }
    return PROBE_NO;
}

const struct log_format mariadb_audit_format = {
    .name = "mariadb-audit",
    .protocol = "mysql",
    .help_en = "MariaDB server_audit, file or syslog",
    .help_zh = "MariaDB server_audit 日志（文件或 syslog）",
    .splitting = LOG_LINES,
    .syslog_lines = true,
    .probe = probe,
    .feed = feed,
};
