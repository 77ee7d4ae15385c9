/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * PostgreSQL csvlog (manual, "Using CSV-Format Log Output"): 23 columns since 9.0, 24 since 13
 * (backend_type), 26 since 14 (leader_pid, query_id). The two of 9.0 to 12 lack the last only, so
 * columns are read by their place.
 */
#include "collector/formats/delimited.h"
#include "collector/formats/formats.h"
#include "collector/formats/log_time.h"
#include "collector/formats/postgresql_log.h"

enum column {
    LOG_TIME,
    USER_NAME,
    DATABASE_NAME,
    PROCESS_ID,
    CONNECTION_FROM,
    SESSION_ID,
    SESSION_LINE_NUM,
    COMMAND_TAG,
    SESSION_START_TIME,
    VIRTUAL_TRANSACTION_ID,
    TRANSACTION_ID,
    ERROR_SEVERITY,
    SQL_STATE_CODE,
    MESSAGE,
    DETAIL,
    HINT,
    INTERNAL_QUERY,
    INTERNAL_QUERY_POS,
    CONTEXT,
    QUERY,
    QUERY_POS,
    LOCATION,
    APPLICATION_NAME,
    COLUMNS /* that are read */
};

static size_t read_columns(struct slice record, struct arena *scratch, struct slice *columns)
{
    struct delimited d = delimited_of(record, ',');
    size_t n = 0;
    while (n < COLUMNS && delimited_next(&d, scratch, &columns[n], NULL))
        n++;
    return n;
}

static bool is_session_id(struct slice s)
{
    struct slice start = log_cut(&s, '.');
    return start.len >= 6 && start.len <= 16 && s.len >= 1 && s.len <= 8;
}

static enum status feed(void *state, const struct log_env *env, struct slice bytes)
{
    struct slice c[COLUMNS] = {{0}};
    (void)state;
    if (read_columns(bytes, env->scratch, c) <= MESSAGE)
        return STATUS_MALFORMED;
    struct reader at = reader_of(c[LOG_TIME]);
    struct pg_log_record record = {.time_ns = log_time_iso(&at, env->zone),
                                   .session = c[SESSION_ID],
                                   .user = c[USER_NAME],
                                   .database = c[DATABASE_NAME],
                                   .program = c[APPLICATION_NAME],
                                   .severity = c[ERROR_SEVERITY],
                                   .code = c[SQL_STATE_CODE],
                                   .message = c[MESSAGE],
                                   .detail = c[DETAIL],
                                   .context = c[CONTEXT],
                                   .statement = c[QUERY],
                                   .tag = c[COMMAND_TAG]};
    if (!reader_ok(&at) || !is_session_id(c[SESSION_ID]))
        return STATUS_MALFORMED;
    (void)log_address_port(c[CONNECTION_FROM], &record.client);
    return pg_log_feed(env, &record);
}

static void flush(void *state, const struct log_env *env)
{
    (void)state;
    pg_log_flush(env);
}

/* The first line has the fields in front of the message in their places. */
static enum decoder_verdict probe(struct slice head)
{
    static const struct zone utc;
    struct slice c[MESSAGE] = {{0}};
    struct slice line = slice_part(head, 0, slice_find(head, '\n', 0));
    struct delimited d = delimited_of(line, ',');
    for (size_t i = 0; i < MESSAGE; i++) {
        struct arena none;
        arena_init(&none, 0); /* no doubled quotes stand there */
        if (!delimited_next(&d, &none, &c[i], NULL))
            return PROBE_NO;
    }
    struct reader at = reader_of(c[LOG_TIME]);
    (void)log_time_iso(&at, &utc);
    bool ok = reader_ok(&at) && is_session_id(c[SESSION_ID]) && c[SQL_STATE_CODE].len == 5;
    return ok ? PROBE_YES : PROBE_NO;
}

const struct log_format postgresql_csvlog_format = {
    .name = "postgresql-csvlog",
    .protocol = "postgresql",
    .help_en = "PostgreSQL csvlog, with or without pgaudit",
    .help_zh = "PostgreSQL csvlog 日志（含或不含 pgaudit）",
    .splitting = LOG_CSV,
    .probe = probe,
    .feed = feed,
    .flush = flush,
};
