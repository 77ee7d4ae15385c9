/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/file.h"
#include "support/log_every_way.h"
#include "support/shared_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void load(const char *below, struct buffer *to)
{
    char path[4096];
    if (!shared_data(below, path))
        skip();
    buffer_init(to, 16 << 20);
    assert_int_equal(file_read(path, to), STATUS_OK);
}

/* The events of a recorded log, of which no more than so many may be not understood. */
static void events_of(const char *below, const char *format, uint64_t malformed, struct buffer *out)
{
    struct buffer log;
    load(below, &log);
    buffer_init(out, 64 << 20);
    struct log_counters counters = log_events(format, buffer_slice(&log), out);
    assert_true(counters.records > 0 && counters.events > 0);
    assert_true(counters.malformed <= malformed);
    buffer_release(&log);
}

static const char *const postgresql_runs[] = {
    "01-session-default-prefix", "02-session-prefix-debian",       "04-session-prefix-epoch-sessid",
    "05-session-relation-once",  "07-both-statement-all-duration", "08-local-timezone",
    "10-prefix-empty",
};

/* The same run of the server was logged in two forms: every event must come out alike. */
static void csvlog_and_jsonlog_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof postgresql_runs / sizeof *postgresql_runs; i++) {
        char path[256];
        struct buffer csv, json;
        snprintf(path, sizeof path, "data/auditlogs/recorded/pg/%s.csvlog.csv", postgresql_runs[i]);
        events_of(path, "", 0, &csv);
        snprintf(path, sizeof path, "data/auditlogs/recorded/pg/%s.jsonlog.json",
                 postgresql_runs[i]);
        events_of(path, "", 0, &json);
        assert_string_equal(buffer_text(&csv), buffer_text(&json));
        buffer_release(&csv);
        buffer_release(&json);
    }
}

/* Removes " NAME=..." up to the next field, which the other form does not know. */
static void drop_field(struct buffer *events, const char *name)
{
    struct buffer kept;
    struct slice all = buffer_slice(events);
    size_t len = strlen(name);
    buffer_init(&kept, 64 << 20);
    for (size_t i = 0; i < all.len; i++) {
        if (slice_starts(slice_part(all, i, len), slice_from(name)) &&
            slice_part(all, i, len).len == len) {
            i += len;
            while (i < all.len && all.ptr[i] != ' ' && all.ptr[i] != '\n')
                i++;
        }
        buffer_append_byte(&kept, all.ptr[i]);
    }
    buffer_release(events);
    *events = kept;
}

/* stderr has no SQLSTATE in these settings; all else is the same. */
static void csvlog_and_stderr_agree(void **state)
{
    (void)state;
    static const char *const runs[] = {"01-session-default-prefix",
                                       "04-session-prefix-epoch-sessid", "08-local-timezone"};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        char path[256];
        struct buffer csv, text;
        snprintf(path, sizeof path, "data/auditlogs/recorded/pg/%s.csvlog.csv", runs[i]);
        events_of(path, "", 0, &csv);
        snprintf(path, sizeof path, "data/auditlogs/recorded/pg/%s.stderr.log", runs[i]);
        events_of(path, "", 0, &text);
        drop_field(&csv, " error=");
        drop_field(&text, " error=");
        assert_string_equal(buffer_text(&csv), buffer_text(&text));
        buffer_release(&csv);
        buffer_release(&text);
    }
}

static void forms_of_syslog_agree(const char *const *paths, size_t count)
{
    struct buffer first, other;
    events_of(paths[0], "", 0, &first);
    for (size_t i = 1; i < count; i++) {
        events_of(paths[i], "", 0, &other);
        assert_string_equal(buffer_text(&first), buffer_text(&other));
        buffer_release(&other);
    }
    buffer_release(&first);
}

static void postgresql_syslog_forms_agree(void **state)
{
    (void)state;
    static const char *const paths[] = {"data/auditlogs/recorded/pg/11-syslog.all.trad.log",
                                        "data/auditlogs/recorded/pg/11-syslog.all.iso.log",
                                        "data/auditlogs/recorded/pg/11-syslog.all.raw.log",
                                        "data/auditlogs/recorded/pg/11-syslog.all.5424.log"};
    forms_of_syslog_agree(paths, 4);
}

/* The audit plugin and the slow log of one run saw the same statements. */
static void mariadb_logs_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        uint64_t events;
    } logs[] = {{"01-file-connect-query-table.server_audit.log", 57},
                {"04-syslog.syslog-all.trad.log", 57},
                {"04-syslog.syslog-all.raw.log", 57},
                {"04-syslog.syslog-all.iso.log", 57},
                {"04-syslog.syslog-all.5424.log", 57},
                {"01-file-connect-query-table.general.log", 62},
                {"01-file-connect-query-table.slow.log", 40},
                {"05-slow-verbose.slow.log", 40},
                {"07-bulk-insert.server_audit.log", 3}};
    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        char path[256];
        struct buffer log, out;
        snprintf(path, sizeof path, "data/auditlogs/recorded/mariadb/%s", logs[i].path);
        load(path, &log);
        buffer_init(&out, 64 << 20);
        struct log_counters counters = log_events("", buffer_slice(&log), &out);
        assert_int_equal(counters.events, logs[i].events);
        assert_int_equal(counters.malformed, 0);
        /* No password of the scenario in any of them. */
        assert_null(strstr(buffer_text(&out), "S3cret"));
        assert_null(strstr(buffer_text(&out), "third"));
        buffer_release(&log);
        buffer_release(&out);
    }
}

static void nginx_logs_are_read(void **state)
{
    (void)state;
    static const char *const paths[] = {"data/auditlogs/recorded/nginx/access.combined.log",
                                        "data/auditlogs/recorded/nginx/access.json.log"};
    for (size_t i = 0; i < 2; i++) {
        struct buffer log, out;
        load(paths[i], &log);
        buffer_init(&out, 64 << 20);
        struct log_counters counters = log_events("", buffer_slice(&log), &out);
        assert_int_equal(counters.events, 82);
        assert_int_equal(counters.passed, 2); /* what was not HTTP */
        buffer_release(&log);
        buffer_release(&out);
    }
}

static void login_lines_are_read(void **state)
{
    (void)state;
    static const char *const paths[] = {"data/auditlogs/recorded/sshd-sudo/all.trad.log",
                                        "data/auditlogs/recorded/sshd-sudo/all.raw.log",
                                        "data/auditlogs/recorded/sshd-sudo/all.iso.log",
                                        "data/auditlogs/recorded/sshd-sudo/all.5424.log"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct buffer log, out;
        load(paths[i], &log);
        buffer_init(&out, 64 << 20);
        struct log_counters counters = log_events("", buffer_slice(&log), &out);
        assert_int_equal(counters.events, 21);
        assert_int_equal(counters.malformed, 0);
        assert_non_null(
            strstr(buffer_text(&out), "account=ghost user action=login outcome=failure"));
        buffer_release(&log);
        buffer_release(&out);
    }
}

/* A log of another maker, by configuration alone. */
static void mysql_audit_json_is_read_by_a_mapping(void **state)
{
    (void)state;
    struct buffer log, out;
    load("data/auditlogs/public-mysql_audit/percona-docs/audit-log-filter-json.samples.txt", &log);
    buffer_init(&out, 64 << 20);
    struct log_counters counters =
        log_events("generic-json:protocol: mysql\ndialect: mysql\nwhen: {event: [log]}\n"
                   "fields: {time: timestamp, account: login.user, client: login.ip,\n"
                   "  session: connection_id, statement: general_data.query,\n"
                   "  outcome: general_data.status}\noutcomes: {'0': success}\n",
                   buffer_slice(&log), &out);
    assert_true(counters.events >= 1);
    assert_int_equal(counters.malformed, 0);
    assert_non_null(strstr(buffer_text(&out), "account=root action=create outcome=success "
                                              "clear=CREATE TABLE t1 (c1 INT) object=t1"));
    buffer_release(&log);
    buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csvlog_and_jsonlog_agree),
        cmocka_unit_test(csvlog_and_stderr_agree),
        cmocka_unit_test(postgresql_syslog_forms_agree),
        cmocka_unit_test(mariadb_logs_are_read),
        cmocka_unit_test(nginx_logs_are_read),
        cmocka_unit_test(login_lines_are_read),
        cmocka_unit_test(mysql_audit_json_is_read_by_a_mapping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
