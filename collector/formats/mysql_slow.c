/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The slow query log of MariaDB, MySQL and Percona Server:
 *
 *     # Time: 261121 21:18:31                                  (where the second changes)
 *     # User@Host: app[app] @  [10.77.0.10]
 *     # Thread_id: 474  Schema: crm  QC_hit: No
 *     # Query_time: 0.000221  Lock_time: 0.000096  Rows_sent: 1  Rows_examined: 1
 *     # Rows_affected: 0  Bytes_sent: 161
 *     use crm;
 *     SET timestamp=1795295920;
 *     select ... ;
 *
 * Further lines of "# Name: value" are read for what an event knows. The statement ends with the
 * next record.
 */
#include "collector/formats/formats.h"
#include "collector/formats/log_time.h"
#include "collector/formats/mysql_log.h"

struct slow_state {
    int64_t time_ns; /* of a "# Time:" with a fraction, for the record behind it */
    bool has_time;
};

struct slow_record {
    struct slice user, host, address, connection, schema, code;
    struct slice sent, affected, bytes, duration;
    int64_t began_ns;
    bool has_began;
    struct slice statement;
};

/* The next "Name: value" of a heading line; values hold no blanks. */
static bool next_pair(struct slice *line, struct slice *name, struct slice *value)
{
    *line = slice_trim(*line);
    size_t colon = slice_find(*line, ':', 0);
    if (colon >= line->len)
        return false;
    *name = slice_trim(slice_part(*line, 0, colon));
    *line = slice_part(*line, colon + 1, line->len);
    bool empty = slice_starts(*line, SLICE("  ")) || line->len == 0;
    if (slice_starts(*line, SLICE(" ")))
        *line = slice_part(*line, 1, line->len);
    *value = empty ? (struct slice){NULL, 0} : log_cut(line, ' ');
    return true;
}

/* "app[app] @ host [10.77.0.10]  Id:     8" */
static void read_user(struct slow_record *r, struct slice line)
{
    r->user = log_cut(&line, '[');
    (void)log_cut(&line, '@');
    r->host = slice_trim(log_cut(&line, '['));
    r->address = log_cut(&line, ']');
    struct slice name, value;
    if (next_pair(&line, &name, &value) && slice_equal(name, SLICE("Id")))
        r->connection = value.len ? value : slice_trim(line);
}

static void read_pairs(struct slow_record *r, struct slice line)
{
    const struct {
        struct slice name;
        struct slice *to;
    } known[] = {
        {SLICE("Thread_id"), &r->connection}, {SLICE("Id"), &r->connection},
        {SLICE("Schema"), &r->schema},        {SLICE("Query_time"), &r->duration},
        {SLICE("Rows_sent"), &r->sent},       {SLICE("Rows_affected"), &r->affected},
        {SLICE("Bytes_sent"), &r->bytes},     {SLICE("Last_errno"), &r->code},
        {SLICE("Errno"), &r->code},
    };
    struct slice name, value;
    while (next_pair(&line, &name, &value))
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (slice_equal(name, known[i].name))
                *known[i].to = value;
}

static void read_heading(struct slow_record *r, struct slice line)
{
    if (log_skip(&line, SLICE("# User@Host: ")))
        read_user(r, line);
    else if (log_skip(&line, SLICE("# ")) && !slice_starts(line, SLICE("explain:")))
        read_pairs(r, line);
}

/* "use crm;" and "SET timestamp=N;" that the server puts before the statement. */
static bool read_setting(struct slow_record *r, struct slice line)
{
    uint64_t seconds;
    line = slice_trim(line);
    if (log_skip(&line, SLICE("use ")) || log_skip(&line, SLICE("USE "))) {
        r->schema = slice_part(line, 0, slice_find(line, ';', 0));
        if (r->schema.len > 2 && r->schema.ptr[0] == '`')
            r->schema = slice_part(r->schema, 1, r->schema.len - 2);
        return true;
    }
    if (!log_skip(&line, SLICE("SET timestamp=")) || !log_number(log_cut(&line, ';'), &seconds) ||
        seconds > INT64_MAX / 2000000000)
        return false;
    r->began_ns = (int64_t)seconds * 1000000000;
    r->has_began = true;
    return true;
}

static void read_record(struct slow_record *r, struct slice text)
{
    *r = (struct slow_record){.began_ns = 0};
    while (text.len > 0 && !r->has_began) {
        struct slice line = log_cut(&text, '\n');
        if (slice_starts(line, SLICE("#")))
            read_heading(r, line);
        else if (!read_setting(r, line))
            return;
    }
    r->statement = slice_trim(text);
    if (slice_ends(r->statement, SLICE(";")))
        r->statement.len--;
}

static void set_number(struct event *event, struct slice text, uint32_t bit, uint64_t *to,
                       bool always)
{
    uint64_t value;
    if (log_number(text, &value) && (always || value > 0)) {
        *to = value;
        event->known |= bit;
    }
}

static void set_results(struct event *event, const struct slow_record *r)
{
    bool writes = event->action == EVENT_ACTION_write;
    set_number(event, r->sent, EVENT_KNOWS_rows, &event->rows, event->action == EVENT_ACTION_read);
    set_number(event, r->affected, EVENT_KNOWS_affected, &event->affected, writes);
    set_number(event, r->bytes, EVENT_KNOWS_bytes, &event->bytes, true);
    if (log_duration(r->duration, 1000000, &event->duration_us))
        event->known |= EVENT_KNOWS_duration;
    if (r->code.len == 0)
        return;
    bool failed = !slice_equal(r->code, SLICE("0"));
    event->outcome = failed ? EVENT_OUTCOME_failure : EVENT_OUTCOME_success;
    if (failed)
        event->error_code = r->code;
}

static enum status take_time(struct slow_state *s, const struct log_env *env, struct slice text)
{
    struct reader r = reader_of(slice_trim(text));
    s->time_ns = log_time_iso(&r, env->zone);
    s->has_time = reader_ok(&r);
    return STATUS_NOT_FOUND;
}

static enum status feed(void *state, const struct log_env *env, struct slice text)
{
    struct slow_state *s = state;
    struct slow_record r;
    struct mysql_log_work w;
    struct event event = {.outcome = EVENT_OUTCOME_unknown};
    struct slice rest = text;
    if (log_skip(&rest, SLICE("# Time: ")) && slice_find(rest, '\n', 0) == rest.len)
        return take_time(s, env, rest);
    if (!slice_starts(text, SLICE("#")))
        return STATUS_NOT_FOUND; /* the heading of the file */
    read_record(&r, text);
    if (!r.has_began)
        return STATUS_MALFORMED;
    if (slice_starts(r.statement, SLICE("# administrator command")))
        return STATUS_NOT_FOUND;
    mysql_log_load(&w, env, r.connection);
    w.text[MYSQL_LOG_USER] = r.user;
    if (r.schema.len > 0)
        w.text[MYSQL_LOG_DATABASE] = r.schema;
    if (!log_address(r.address, &w.s.client))
        (void)log_address(r.host, &w.s.client);
    (void)log_event_statement(&event, env, SQL_MYSQL, r.statement);
    set_results(&event, &r);
    event.time_ns = s->has_time ? s->time_ns : r.began_ns + event.duration_us * 1000;
    s->has_time = false;
    mysql_log_emit(&w, &event);
    mysql_log_save(&w);
    return STATUS_OK;
}

static bool begins(const void *state, struct slice line)
{
    (void)state;
    return slice_starts(line, SLICE("# Time: ")) || slice_starts(line, SLICE("# User@Host: "));
}

static enum decoder_verdict probe(struct slice head)
{
    for (int i = 0; i < 20 && head.len > 0; i++)
        if (slice_starts(log_cut(&head, '\n'), SLICE("# User@Host: ")))
            return PROBE_YES;
    return PROBE_NO;
}

const struct log_format mysql_slow_format = {
    .name = "mysql-slow",
    .protocol = "mysql",
    .help_en = "MySQL and MariaDB slow query log",
    .help_zh = "MySQL 与 MariaDB 慢查询日志",
    .state_size = sizeof(struct slow_state),
    .state_kept = sizeof(struct slow_state),
    .splitting = LOG_BLOCKS,
    .probe = probe,
    .begins = begins,
    .feed = feed,
};
