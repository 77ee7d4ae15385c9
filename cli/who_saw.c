/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell who-saw: every employee who saw a subject, when, how long, through what.
 */
#include "cli/commands.h"
#include "cli/query.h"
#include "cli/subject.h"

#include <stdio.h>

struct listing {
    struct query q; /* first */
    const struct subject *subject;
};

static void print_json(struct query *q, const struct store_view *v, const struct subject *subject)
{
    struct json_writer w = query_json(q);
    json_write_object_open(&w);
    char hash[33];
    for (size_t i = 0; i < sizeof v->subject; i++)
        snprintf(hash + 2 * i, 3, "%02x", v->subject[i]);
    json_write_key(&w, "subject");
    json_write_text(&w, hash);
    if (*subject->space) {
        json_write_key(&w, "space");
        json_write_text(&w, subject->space);
    }
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
    struct listing *l = context;
    struct query *q = &l->q;
    if (q->json) {
        print_json(q, v, l->subject);
        return true;
    }
    query_cell(q, slice_from(query_time_text(v->start_ns)));
    query_cell(q, v->employee);
    query_cell_format(q, "%s%.1f s", v->cut ? ">= " : "", (double)v->dwell_ns / 1e9);
    query_cell(q, v->asset);
    query_cell(q, slice_from(event_action_name(v->action)));
    query_cell(q, v->object);
    query_cell(q, slice_from(l->subject->space));
    return true;
}

static int list(struct listing *l, const struct subjects *subjects)
{
    static const char *const headings[] = {"TIME",   "EMPLOYEE", ">DWELL", "ASSET",
                                           "ACTION", "OBJECT",   "SPACE",  NULL};
    enum status status = STATUS_OK;
    query_table(&l->q, headings);
    for (size_t i = 0; i < subjects->count && status == STATUS_OK; i++) {
        l->subject = &subjects->list[i];
        status = store_who_saw(l->q.reader, l->subject->hash, l->q.from_ns, l->q.to_ns, visit, l);
    }
    if (!l->q.json)
        query_table_print(&l->q);
    return query_end(&l->q, status, EXIT_DONE);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct listing l = {0};
    struct subjects subjects;
    const char *config = NULL;
    int code;
    const struct command_option options[] = {
        QUERY_OPTIONS(&l.q), {"config", OPTION_TEXT, &config, 0}, {0}};
    if (!query_begin(&l.q, command, options, argc, argv, &code))
        return query_end(&l.q, STATUS_OK, code);
    if (l.q.operands.count != 1)
        return query_end(&l.q, STATUS_OK, command_usage_error(command, "one SUBJECT is expected"));
    if (!subject_find(&l.q, l.q.operands.items[0], config, &subjects))
        return query_end(&l.q, STATUS_OK, EXIT_INPUT);
    return list(&l, &subjects);
}

const struct command who_saw_command = {
    .name = "who-saw",
    .synopsis = "[--state DIR] SUBJECT [--config F] [--from T] [--to T] [--json]",
    .help_en = "every employee who saw a person's data, when, how long, through what",
    .help_zh = "查询谁看过某位客户的数据、何时、多久、通过什么",
    .options_en =
        "  SUBJECT          id, space:id, or keyed hash (32 hexadecimal digits); an id alone is\n"
        "                   looked for in every space in use\n" QUERY_HELP_EN
        "  --config F       settings file with the site key (default: the key whose path the "
        "state holds)\n",
    .options_zh = "  SUBJECT          编号、空间:编号，或 32 "
                  "位十六进制哈希；只写编号时在所有已用空间中查找\n" QUERY_HELP_ZH
                  "  --config F       含站点密钥的设置文件（默认使用状态目录记录的密钥路径）\n",
    .run = run,
};
