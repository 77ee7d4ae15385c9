/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell alerts: the alerts, newest first, with their reasons.
 */
#include "cli/commands.h"
#include "cli/query.h"

#include <stdio.h>

static void print_json(struct query *q, const struct store_alert *a)
{
    struct json_writer w = query_json(q);
    json_write_object_open(&w);
    json_write_key(&w, "id");
    json_write_unsigned(&w, a->id);
    json_write_key(&w, "employee");
    json_write_string(&w, a->employee);
    json_write_key(&w, "day");
    json_write_text(&w, query_day_text(a->day));
    json_write_key(&w, "last_day");
    json_write_text(&w, query_day_text(a->last_day));
    json_write_key(&w, "days");
    json_write_unsigned(&w, a->days);
    json_write_key(&w, "open");
    json_write_boolean(&w, a->open);
    json_write_key(&w, "opened");
    json_write_text(&w, query_time_text(a->opened_ns));
    json_write_key(&w, "first");
    json_write_text(&w, query_time_text(a->first_ns));
    json_write_key(&w, "last");
    json_write_text(&w, query_time_text(a->last_ns));
    json_write_key(&w, "value");
    json_write_real(&w, a->value);
    json_write_key(&w, "score");
    json_write_real(&w, a->score);
    json_write_key(&w, "risk");
    json_write_real(&w, a->risk);
    json_write_key(&w, "theta");
    json_write_real(&w, a->theta);
    json_write_key(&w, "percent");
    json_write_unsigned(&w, a->percent);
    query_json_terms(&w, a->terms);
    json_write_key(&w, "en");
    json_write_string(&w, a->sentence[LANGUAGE_EN]);
    json_write_key(&w, "zh");
    json_write_string(&w, a->sentence[LANGUAGE_ZH]);
    json_write_object_close(&w);
    query_json_print(q);
}

static bool visit(void *context, const struct store_alert *a)
{
    struct query *q = context;
    if (a->last_day < q->from_day || a->day > q->to_day)
        return true;
    if (q->json) {
        print_json(q, a);
        return true;
    }
    query_cell_format(q, "#%llu", (unsigned long long)a->id);
    query_cell(q, slice_from(query_day_text(a->day)));
    query_cell_format(q, "%u", a->days);
    query_cell(q, a->employee);
    query_cell_format(q, "%.1f", a->value);
    query_cell(q, slice_from(a->open ? "open" : "closed"));
    query_cell(q, a->sentence[query_language()]);
    return true;
}

static int run(const struct command *command, int argc, char **argv)
{
    static const char *const headings[] = {">ID",    "DAY",   ">DAYS", "EMPLOYEE",
                                           ">VALUE", "STATE", "WHY",   NULL};
    struct query q = {0};
    int code;
    const struct command_option options[] = {QUERY_OPTIONS(&q), {0}};
    if (!query_begin(&q, command, options, argc, argv, &code))
        return query_end(&q, STATUS_OK, code);
    query_table(&q, headings);
    enum status status = store_alerts(q.reader, 0, visit, &q);
    if (!q.json)
        query_table_print(&q);
    return query_end(&q, status, EXIT_DONE);
}

const struct command alerts_command = {
    .name = "alerts",
    .synopsis = "[--state DIR] [--from T] [--to T] [--json]",
    .help_en = "the alerts, newest first, with their reasons",
    .help_zh = "列出告警及其原因，最新在前",
    .options_en = QUERY_HELP_EN,
    .options_zh = QUERY_HELP_ZH,
    .run = run,
};
