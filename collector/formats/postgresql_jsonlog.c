/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * PostgreSQL jsonlog (manual, "Using JSON-Format Log Output"), one object a line; also the same
 * members wrapped as {"record": {...}} with csvlog's names, as the CloudNativePG operator writes
 * them.
 */
#include "collector/formats/formats.h"
#include "collector/formats/json_fields.h"
#include "collector/formats/log_time.h"
#include "collector/formats/postgresql_log.h"

#include <stddef.h>

struct members {
    struct slice timestamp, host, port;
    struct pg_log_record record;
};

#define MEMBER(json, field)                   \
    {                                         \
        json, offsetof(struct members, field) \
    }

static const struct {
    const char *name;
    size_t offset; /* of a slice in struct members */
} names[] = {
    MEMBER("timestamp", timestamp),
    MEMBER("log_time", timestamp),
    MEMBER("user", record.user),
    MEMBER("user_name", record.user),
    MEMBER("dbname", record.database),
    MEMBER("database_name", record.database),
    MEMBER("remote_host", host),
    MEMBER("connection_from", host),
    MEMBER("remote_port", port),
    MEMBER("session_id", record.session),
    MEMBER("ps", record.tag),
    MEMBER("command_tag", record.tag),
    MEMBER("error_severity", record.severity),
    MEMBER("state_code", record.code),
    MEMBER("sql_state_code", record.code),
    MEMBER("message", record.message),
    MEMBER("detail", record.detail),
    MEMBER("context", record.context),
    MEMBER("statement", record.statement),
    MEMBER("query", record.statement),
    MEMBER("application_name", record.program),
};

static void take_member(struct members *m, struct slice key, const struct json_value *value,
                        struct arena *scratch)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_equal(key, slice_from(names[i].name))) {
            struct slice text = json_text(value, scratch);
            memcpy((uint8_t *)m + names[i].offset, &text, sizeof text);
            return;
        }
}

static bool read_members(struct members *m, struct slice object, struct arena *scratch)
{
    struct json_value value;
    struct slice key;
    struct json_fields j = json_fields_of(object);
    while (json_fields_next(&j, &key, &value))
        if (value.kind == JSON_OBJECT && slice_equal(key, SLICE("record")))
            j = json_fields_of(value.raw);
        else
            take_member(m, key, &value, scratch);
    return json_fields_ok(&j);
}

static enum status feed(void *state, const struct log_env *env, struct slice bytes)
{
    struct members m = {0};
    uint64_t port;
    (void)state;
    if (!read_members(&m, bytes, env->scratch) || m.timestamp.len == 0)
        return STATUS_MALFORMED;
    struct reader at = reader_of(m.timestamp);
    m.record.time_ns = log_time_iso(&at, env->zone);
    if (!reader_ok(&at) || m.record.severity.len == 0)
        return STATUS_MALFORMED;
    if (m.port.len == 0 && log_address_port(m.host, &m.record.client))
        return pg_log_feed(env, &m.record); /* connection_from of csvlog */
    if (log_address(m.host, &m.record.client) && log_number(m.port, &port) && port <= UINT16_MAX)
        m.record.client.port = (uint16_t)port;
    return pg_log_feed(env, &m.record);
}

static void flush(void *state, const struct log_env *env)
{
    (void)state;
    pg_log_flush(env);
}

static bool holds(struct slice s, struct slice part)
{
    for (size_t at = slice_find(s, part.ptr[0], 0); at < s.len;
         at = slice_find(s, part.ptr[0], at + 1))
        if (slice_starts(slice_part(s, at, s.len), part))
            return true;
    return false;
}

static enum decoder_verdict probe(struct slice head)
{
    struct slice line = slice_part(head, 0, slice_find(head, '\n', 0));
    bool ok = slice_starts(line, SLICE("{")) && holds(line, SLICE("\"error_severity\":")) &&
              holds(line, SLICE("\"session_id\":"));
    return ok ? PROBE_YES : PROBE_NO;
}

const struct log_format postgresql_jsonlog_format = {
    .name = "postgresql-jsonlog",
    .protocol = "postgresql",
    .help_en = "PostgreSQL jsonlog, with or without pgaudit",
    .help_zh = "PostgreSQL jsonlog 日志（含或不含 pgaudit）",
    .splitting = LOG_LINES,
    .probe = probe,
    .feed = feed,
    .flush = flush,
};
