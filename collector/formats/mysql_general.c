/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The general query log of MariaDB and MySQL to 5.6 ("261121 21:18:31<TAB>  442 Query<TAB>SQL", the
 * time only where the second changes) and of MySQL from 5.7 on ("2026-11-21T21:18:31.123456Z<TAB>
 * 442 Query<TAB>SQL"). A statement may have several lines. The log says nothing of how a statement
 * ended.
 */
#include "collector/formats/formats.h"
#include "collector/formats/log_time.h"
#include "collector/formats/mysql_log.h"

struct general_state {
    int64_t time_ns; /* of the lines to come */
    bool has_time;
};

struct general_line {
    bool has_time;
    int64_t time_ns;
    struct slice connection, command, argument;
};

static const char *const commands[] = {
    "Connect",
    "Query",
    "Prepare",
    "Execute",
    "Init DB",
    "Quit",
    "Change user",
    "Kill",
    "Field List",
    "Statistics",
    "Ping",
    "Close stmt",
    "Long Data",
    "Reset stmt",
    "Fetch",
    "Refresh",
    "Shutdown",
    "Debug",
    "Set option",
    "Processlist",
    "Binlog Dump",
    "Register Slave",
    "Register Replica",
    "Binlog Dump GTID",
    "Sleep",
    "Daemon",
    "Bulk_execute",
    "Reset connection",
    "Unprepare",
};

static bool is_command(struct slice s)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (slice_equal(s, slice_from(commands[i])))
            return true;
    return false;
}

static bool read_time(struct slice *text, const struct zone *zone, struct general_line *line)
{
    struct reader r = reader_of(*text);
    struct reader again = r;
    if (log_skip(text, SLICE("\t\t")))
        return true;
    line->time_ns = log_time_iso(&r, zone);
    if (!reader_ok(&r)) {
        r = again;
        line->time_ns = log_time_compact(&r, zone);
    }
    if (!reader_ok(&r) || reader_u8(&r) != '\t')
        return false;
    line->has_time = true;
    *text = slice_make(r.at, reader_left(&r));
    return true;
}

static bool read_line(struct slice text, const struct zone *zone, struct general_line *line)
{
    *line = (struct general_line){0};
    uint64_t number;
    if (!read_time(&text, zone, line))
        return false;
    while (log_skip(&text, SLICE(" ")))
        continue;
    line->connection = log_cut(&text, ' ');
    line->command = log_cut(&text, '\t');
    line->argument = text;
    return log_number(line->connection, &number) && is_command(line->command);
}

/* "app@10.0.0.9 on crm using TCP/IP", in MySQL without the last two words. */
static void take_names(struct mysql_log_work *w, struct slice argument)
{
    size_t on = argument.len;
    for (size_t i = 0; i + 4 <= argument.len && on == argument.len; i++)
        if (slice_starts(slice_part(argument, i, 4), SLICE(" on ")))
            on = i;
    struct slice who = slice_part(argument, 0, on), host = who;
    struct slice where = slice_part(argument, on + 4, argument.len);
    struct slice user = log_cut(&host, '@');
    w->text[MYSQL_LOG_USER] = user;
    w->text[MYSQL_LOG_DATABASE] = log_cut(&where, ' ');
    (void)log_address(host, &w->s.client);
}

/* A Connect that nothing contradicted. */
static void end_sign_in(struct mysql_log_work *w)
{
    struct slice none = {NULL, 0};
    if (!w->s.signing_in)
        return;
    w->s.signing_in = false;
    mysql_log_emit_session(w, w->s.sign_in_ns, EVENT_ACTION_login, none, none);
}

static enum status sign_in(struct mysql_log_work *w, const struct general_line *line,
                           int64_t time_ns)
{
    if (slice_starts(line->argument, SLICE("Access denied"))) {
        w->s.signing_in = false;
        w->s.refused = true;
        mysql_log_emit_session(w, time_ns, EVENT_ACTION_login, (struct slice){NULL, 0},
                               line->argument);
        return STATUS_OK;
    }
    end_sign_in(w);
    if (slice_equal(line->command, SLICE("Connect")))
        w->s = (struct mysql_log_session){.signing_in = true};
    take_names(w, line->argument);
    w->s.signing_in = true;
    w->s.sign_in_ns = time_ns;
    return STATUS_OK;
}

static enum status statement(struct mysql_log_work *w, const struct general_line *line,
                             int64_t time_ns)
{
    struct event event = {.time_ns = time_ns};
    (void)log_event_statement(&event, w->env, SQL_MYSQL, line->argument);
    if (slice_equal(line->command, SLICE("Prepare")))
        event.action = EVENT_ACTION_prepare;
    mysql_log_emit(w, &event);
    return STATUS_OK;
}

static enum status other_command(struct mysql_log_work *w, const struct general_line *line,
                                 int64_t time_ns)
{
    struct event event = {.time_ns = time_ns, .action = EVENT_ACTION_use};
    struct slice none = {NULL, 0};
    if (slice_equal(line->command, SLICE("Quit"))) {
        if (!w->s.refused)
            mysql_log_emit_session(w, time_ns, EVENT_ACTION_logout, none, none);
        mysql_log_drop(w);
        w->key = 0;
        return STATUS_OK;
    }
    if (slice_equal(line->command, SLICE("Kill")))
        event.action = EVENT_ACTION_kill;
    else if (slice_equal(line->command, SLICE("Init DB")))
        w->text[MYSQL_LOG_DATABASE] = line->argument;
    else
        return STATUS_NOT_FOUND;
    mysql_log_emit(w, &event);
    return STATUS_OK;
}

static enum status line_of_connection(struct mysql_log_work *w, const struct general_line *line,
                                      int64_t time_ns)
{
    static const char *const statements[] = {"Query", "Execute", "Prepare", "Bulk_execute"};
    if (slice_equal(line->command, SLICE("Connect")) ||
        slice_equal(line->command, SLICE("Change user")))
        return sign_in(w, line, time_ns);
    end_sign_in(w);
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (slice_equal(line->command, slice_from(statements[i])))
            return statement(w, line, time_ns);
    return other_command(w, line, time_ns);
}

static bool is_heading(struct slice record)
{
    struct slice first = slice_part(record, 0, slice_find(record, '\n', 0));
    return slice_starts(first, SLICE("Tcp port")) || slice_starts(first, SLICE("Time ")) ||
           slice_find(first, ',', 0) < first.len;
}

static enum status feed(void *state, const struct log_env *env, struct slice record)
{
    struct general_state *s = state;
    struct general_line line;
    struct mysql_log_work w;
    if (!read_line(record, env->zone, &line))
        return is_heading(record) ? STATUS_NOT_FOUND : STATUS_MALFORMED;
    if (line.has_time)
        *s = (struct general_state){line.time_ns, true};
    mysql_log_load(&w, env, line.connection);
    enum status status =
        line_of_connection(&w, &line, s->has_time ? s->time_ns : env->reference_ns);
    if (w.key != 0)
        mysql_log_save(&w);
    return status;
}

static bool begins(const void *state, struct slice line)
{
    static const struct zone utc;
    struct general_line read;
    (void)state;
    return read_line(line, &utc, &read);
}

/* Lines before the first time have about that time. */
static bool init(void *state, struct slice argument, struct slice head)
{
    static const struct zone utc;
    struct general_state *s = state;
    struct general_line line;
    while (head.len > 0 && !s->has_time)
        if (read_line(log_cut(&head, '\n'), &utc, &line) && line.has_time)
            *s = (struct general_state){line.time_ns, true};
    return argument.len == 0;
}

static enum decoder_verdict probe(struct slice head)
{
    static const struct zone utc;
    struct general_line line;
    for (int i = 0; i < 50 && head.len > 0; i++)
        if (read_line(log_cut(&head, '\n'), &utc, &line))
            return PROBE_YES;
    return PROBE_NO;
}

const struct log_format mysql_general_format = {
    .name = "mysql-general",
    .protocol = "mysql",
    .help_en = "MySQL and MariaDB general query log",
    .help_zh = "MySQL 与 MariaDB 通用查询日志",
    .state_size = sizeof(struct general_state),
    .state_kept = sizeof(struct general_state),
    .splitting = LOG_BLOCKS,
    .init = init,
    .probe = probe,
    .begins = begins,
    .feed = feed,
};
