/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell who-saw: every employee who saw a subject, when, how long, through what.
 */
#include "cli/commands.h"
#include "cli/query.h"
#include "cli/subject.h"

#include <stdio.h>

static void print_json(struct query *q, const struct store_view *v)
{
    struct json_writer w = query_json(q);
    json_write_object_open(&w);
    json_write_key(&w, "employee");
    json_write_string(&w, v->employee);
    json_write_key(&w, "time");
    json_write_text(&w, query_time_text(v->start_ns));
    json_write_key(&w, "dwell_ms");
    json_write_integer(&w, v->dwell_ns / 1000000);
    json_write_key(&w, "cut");
    json_write_boolean(&w, v->cut);
    json_write_key(&w, "through");
    json_write_text(&w, v->database ? "database" : "application");
    json_write_key(&w, "asset");
    json_write_string(&w, v->asset);
    json_write_key(&w, "object");
    json_write_string(&w, v->object);
    json_write_key(&w, "action");
    json_write_text(&w, event_action_name(v->action));
    json_write_key(&w, "session");
    json_write_string(&w, v->session);
    json_write_object_close(&w);
    query_json_print(q);
}

static bool visit(void *context, const struct store_view *v)
{
    struct query *q = context;
    if (q->json) {
        print_json(q, v);
        return true;
    }
    query_cell(q, slice_from(query_time_text(v->start_ns)));
    query_cell(q, v->employee);
    query_cell_format(q, "%s%.1f s", v->cut ? ">= " : "", (double)v->dwell_ns / 1e9);
    query_cell(q, v->asset);
    query_cell(q, slice_from(event_action_name(v->action)));
    query_cell(q, v->object);
    return true;
}

static int run(const struct command *command, int argc, char **argv)
{
    static const char *const headings[] = {"TIME",   "EMPLOYEE", ">DWELL", "ASSET",
                                           "ACTION", "OBJECT",   NULL};
    struct query q = {0};
    const char *config = NULL;
    uint8_t hash[16];
    int code;
    const struct command_option options[] = {
        QUERY_OPTIONS(&q), {"config", OPTION_TEXT, &config, 0}, {0}};
    if (!query_begin(&q, command, options, argc, argv, &code))
        return query_end(&q, STATUS_OK, code);
    if (q.operands.count != 1)
        return query_end(&q, STATUS_OK, command_usage_error(command, "one SUBJECT is expected"));
    if (!subject_hash(q.operands.items[0], config, hash))
        return query_end(&q, STATUS_OK, EXIT_INPUT);
    query_table(&q, headings);
    enum status status = store_who_saw(q.reader, hash, q.from_ns, q.to_ns, visit, &q);
    if (!q.json)
        query_table_print(&q);
    return query_end(&q, status, EXIT_DONE);
}

const struct command who_saw_command = {
    .name = "who-saw",
    .synopsis = "[--state DIR] SUBJECT [--config F] [--from T] [--to T] [--json]",
    .help_en = "every employee who saw a person's data, when, how long, through what",
    .help_zh = "查询谁看过某位客户的数据、何时、多久、通过什么",
    .options_en = "  SUBJECT          keyed hash, 32 hexadecimal digits; or an id (space:id) with "
                  "--config\n" QUERY_HELP_EN
                  "  --config F       settings file with the site key that hashes ids\n",
    .options_zh = "  SUBJECT          32 位十六进制哈希，或配合 --config "
                  "使用编号（空间:编号）\n" QUERY_HELP_ZH
                  "  --config F       含站点密钥的设置文件，用于对编号做哈希\n",
    .run = run,
};
