/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The servers' own logs beside each recorded capture against what the clients are known to have
 * done: every statement must come out once, on its connection, with its account, values and error,
 * as far as that log tells them.
 */
#include "base/file.h"
#include "collector/formats/json_fields.h"
#include "collector/formats/log_event.h"
#include "collector/formats/log_reader.h"
#include "support/shared_data.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { EVENTS_MAX = 20000 };

/* A kind of log, and what it tells. */
struct truth {
    const char *folder, *suffix, *format;
    bool connection, values, errors;
    bool splits;  /* a line for each statement of a request that sends several */
    size_t least; /* statements expected in all of its logs */
};

static const struct truth truths[] = {
    {"data/captures/postgresql", "server.jsonl", "postgresql-jsonlog", true, true, true, false,
     467},
    {"data/captures/mysql", "audit.log", "mariadb-audit", false, false, true, true, 141},
    {"data/captures/mysql", "general.log", "mysql-general", false, false, false, false, 147},
    {"data/captures/mysql", "slow.log", "mysql-slow", false, false, false, true, 141},
};

/* The events of one log, and which of them were expected already. */
struct kept {
    struct sink sink;
    struct arena arena;
    struct event events[EVENTS_MAX];
    bool used[EVENTS_MAX];
    size_t count;
};

static enum status keep(struct sink *sink, const struct event *event)
{
    struct kept *kept = (struct kept *)sink;
    assert_true(kept->count < EVENTS_MAX);
    return event_copy(&kept->events[kept->count++], event, &kept->arena);
}

static void read_log(struct kept *kept, const struct truth *truth, struct slice log)
{
    *kept = (struct kept){.sink = {.name = "kept", .put = keep}};
    arena_init(&kept->arena, 256 << 20);
    const struct log_reader_options options = {.sensor = SLICE("test"),
                                               .sink = &kept->sink,
                                               .format = slice_from(truth->format),
                                               .clear = true};
    struct log_reader *reader = log_reader_new(&options);
    assert_non_null(reader);
    assert_int_equal(log_reader_begin(reader, SLICE("log"), log, INT64_MAX / 2), STATUS_OK);
    assert_int_equal(log_reader_feed(reader, log), STATUS_OK);
    assert_int_equal(log_reader_end(reader), STATUS_OK);
    assert_int_equal(log_reader_counters(reader)->malformed, 0);
    log_reader_free(&reader);
}

static struct slice bare(struct slice s)
{
    s = slice_trim(s);
    while (slice_ends(s, SLICE(";")))
        s = slice_trim(slice_part(s, 0, s.len - 1));
    return s;
}

static struct slice text_of(struct slice object, const char *path, struct arena *arena)
{
    struct json_value value;
    if (!json_find(object, slice_from(path), &value))
        return (struct slice){NULL, 0};
    return json_text(&value, arena);
}

/* Values as the clients sent them; of a boolean the server writes the first letter. */
static bool same_param(struct slice expected, const struct json_value *value,
                       const struct event_param *param)
{
    if (value->kind == JSON_LITERAL)
        return param->null;
    bool boolean = slice_equal(expected, SLICE("true")) || slice_equal(expected, SLICE("false"));
    return slice_equal(expected, param->text) ||
           (boolean && slice_equal(slice_part(expected, 0, 1), param->text));
}

static bool same_params(struct slice line, const struct event *event, struct arena *arena)
{
    struct json_value list, value;
    struct slice key;
    size_t n = 0;
    if (!json_find(line, SLICE("params"), &list) || list.kind != JSON_ARRAY)
        return true;
    struct json_fields j = json_fields_of(list.raw);
    for (; json_fields_next(&j, &key, &value); n++)
        if (n >= event->param_count ||
            !same_param(json_text(&value, arena), &value, &event->params[n]))
            return false;
    return n == event->param_count;
}

/* Of several results the first that failed is the statement's error in the log. */
static bool same_error(struct slice line, const struct event *event, struct arena *arena)
{
    struct json_value list, value;
    struct slice key, code = {NULL, 0};
    if (!json_find(line, SLICE("results"), &list))
        return true;
    struct json_fields j = json_fields_of(list.raw);
    while (code.len == 0 && json_fields_next(&j, &key, &value))
        code = text_of(value.raw, "error", arena);
    return slice_equal(code, event->error_code);
}

static bool same_connection(struct slice line, const struct event *event, struct arena *arena)
{
    struct slice connection = text_of(line, "conn", arena);
    struct event_address client = {0};
    (void)log_address_port(log_cut(&connection, '>'), &client);
    return memcmp(&client, &event->client, sizeof client) == 0 &&
           slice_equal(text_of(line, "database", arena), event->database);
}

static bool same(const struct truth *truth, struct slice line, const struct event *event,
                 struct arena *arena)
{
    return slice_equal(bare(text_of(line, "statement", arena)), bare(event->clear)) &&
           slice_equal(text_of(line, "user", arena), event->account) &&
           (!truth->connection || same_connection(line, event, arena)) &&
           (!truth->values || same_params(line, event, arena)) &&
           (!truth->errors || same_error(line, event, arena));
}

/* What this kind of log tells under another text: values put into the statement, or a line for each
 * of several statements. */
static bool is_told_otherwise(const struct truth *truth, struct slice line, struct arena *arena)
{
    struct json_value list;
    struct slice key, text = bare(text_of(line, "statement", arena)), first;
    struct json_value value;
    bool has_values = json_find(line, SLICE("params"), &list) && list.kind == JSON_ARRAY;
    if (has_values) {
        struct json_fields j = json_fields_of(list.raw);
        has_values = json_fields_next(&j, &key, &value);
    }
    bool several = sql_next_statement(SQL_MYSQL, &text, &first) && bare(text).len > 0;
    return text_of(line, "statement", arena).len == 0 || (!truth->values && has_values) ||
           (truth->splits && several);
}

static size_t check_lines(struct kept *kept, const struct truth *truth, struct slice expected)
{
    struct arena arena;
    size_t count = 0;
    arena_init(&arena, 16 << 20);
    while (expected.len > 0) {
        struct slice line = log_cut(&expected, '\n');
        arena_reset(&arena);
        if (is_told_otherwise(truth, line, &arena))
            continue;
        size_t i = 0;
        while (i < kept->count && (kept->used[i] || !same(truth, line, &kept->events[i], &arena)))
            i++;
        if (i == kept->count)
            print_error("not found: %.*s\n", (int)line.len, (const char *)line.ptr);
        assert_true(i < kept->count);
        kept->used[i] = true;
        count++;
    }
    arena_release(&arena);
    return count;
}

static bool load(const char *path, struct buffer *to)
{
    buffer_init(to, 64 << 20);
    return file_read(path, to) == STATUS_OK;
}

static size_t check_capture(struct kept *kept, const struct truth *truth, const char *expected_path)
{
    char log_path[4200];
    struct buffer expected, log;
    size_t count = 0;
    int base = (int)(strlen(expected_path) - strlen(".expect.jsonl"));
    snprintf(log_path, sizeof log_path, "%.*s.%s", base, expected_path, truth->suffix);
    bool there = load(expected_path, &expected);
    if (load(log_path, &log) && there) {
        read_log(kept, truth, buffer_slice(&log));
        count = check_lines(kept, truth, buffer_slice(&expected));
        arena_release(&kept->arena);
    }
    buffer_release(&expected);
    buffer_release(&log);
    return count;
}

static void check_truth(const struct truth *truth)
{
    char folder[4096], pattern[4200];
    glob_t found;
    size_t count = 0;
    if (!shared_data(truth->folder, folder))
        skip();
    struct kept *kept = malloc(sizeof *kept);
    assert_non_null(kept);
    snprintf(pattern, sizeof pattern, "%s/*.expect.jsonl", folder);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        count += check_capture(kept, truth, found.gl_pathv[i]);
    globfree(&found);
    free(kept);
    print_message("%s: %zu statements\n", truth->format, count);
    assert_true(count >= truth->least);
}

static void every_statement_is_told_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
        check_truth(&truths[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_statement_is_told_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
