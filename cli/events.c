/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell events: the archive's events, by employee, object, subject and time.
 */
#include "base/log.h"
#include "cli/commands.h"
#include "cli/query.h"
#include "cli/subject.h"
#include "event/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct listing {
    struct query q;
    const char *employee, *object, *subject, *limit, *after, *config;
    uint64_t left;
    char next[STORE_PAGE_KEY_SIZE];
};

/* The event's own JSON, with who it was resolved to in front. */
static void print_json(struct query *q, const struct store_event *e)
{
    struct buffer event;
    struct json_writer w = query_json(q);
    buffer_init(&event, EVENT_JSON_LINE_MAX);
    json_write_object_open(&w);
    json_write_key(&w, "employee");
    json_write_string(&w, e->employee);
    json_write_key(&w, "kind");
    json_write_text(&w, entity_kind_name(e->kind));
    json_write_key(&w, "confidence");
    json_write_unsigned(&w, e->confidence);
    json_write_key(&w, "asset");
    json_write_string(&w, e->asset);
    json_write_key(&w, "sequence");
    json_write_unsigned(&w, e->sequence);
    json_write_key(&w, "event");
    if (event_to_json(&event, &e->event, false) == STATUS_OK)
        json_write_raw(&w, buffer_slice(&event));
    else
        json_write_null(&w);
    json_write_object_close(&w);
    query_json_print(q);
    buffer_release(&event);
}

static void print_row(struct query *q, const struct store_event *e)
{
    const struct event *v = &e->event;
    query_cell(q, slice_from(query_time_text(v->time_ns)));
    query_cell(q, e->employee);
    query_cell(q, e->asset);
    query_cell(q, slice_from(event_action_name(v->action)));
    query_cell(q, v->object_count ? v->objects[0].name : SLICE(""));
    query_cell_number(q, v->known & EVENT_KNOWS_rows, "", v->rows);
    query_cell_number(q, v->known & EVENT_KNOWS_subjects, "", v->subjects);
    query_cell(q, slice_from(v->outcome == EVENT_OUTCOME_failure ? "failure" : ""));
    query_cell(q, slice_part(v->statement, 0, 100));
}

static bool visit(void *context, const struct store_event *e, const char *next)
{
    struct listing *l = context;
    if (l->left == 0)
        return false;
    l->left--;
    snprintf(l->next, sizeof l->next, "%s", next);
    if (l->q.json)
        print_json(&l->q, e);
    else
        print_row(&l->q, e);
    return true;
}

static bool stop_at_first(void *context, const struct store_event *e, const char *next)
{
    (void)e, (void)next;
    *(bool *)context = true;
    return false;
}

/* The one of a name's subjects that has events; false (told) where several have. */
static bool choose_subject(struct listing *l, struct subjects *subjects, const uint8_t **chosen)
{
    size_t found = 0;
    *chosen = subjects->list[0].hash;
    for (size_t i = 0; subjects->count > 1 && i < subjects->count; i++) {
        bool any = false;
        struct store_event_filter filter = {.subject = subjects->list[i].hash};
        store_events(l->q.reader, &filter, stop_at_first, &any);
        if (any && found++ == 0)
            *chosen = filter.subject;
    }
    if (found > 1)
        log_error("events: %s: an id of %zu spaces: write it as space:id", l->subject, found);
    return found <= 1;
}

static int list(struct listing *l)
{
    static const char *const headings[] = {"TIME",  "EMPLOYEE", "ASSET",   "ACTION",    "OBJECT",
                                           ">ROWS", ">PEOPLE",  "OUTCOME", "STATEMENT", NULL};
    struct subjects subjects;
    struct store_event_filter filter = {.employee = slice_from(l->employee),
                                        .object = slice_from(l->object),
                                        .from_ns = l->q.from_ns,
                                        .to_ns = l->q.to_ns,
                                        .after = l->after};
    if (l->subject && (!subject_find(&l->q, l->subject, l->config, &subjects) ||
                       !choose_subject(l, &subjects, &filter.subject)))
        return query_end(&l->q, STATUS_OK, EXIT_INPUT);
    query_table(&l->q, headings);
    enum status status = store_events(l->q.reader, &filter, visit, l);
    if (status == STATUS_INVALID)
        return query_end(
            &l->q, STATUS_OK,
            command_usage_error(l->q.command, "--after %s: not a place in the archive", l->after));
    if (!l->q.json)
        query_table_print(&l->q);
    if (l->left == 0)
        fprintf(stderr, command_text("more may follow: --after %s\n", "可能还有更多：--after %s\n"),
                l->next);
    return query_end(&l->q, status, EXIT_DONE);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct listing l = {.left = 0};
    int code;
    const struct command_option options[] = {QUERY_OPTIONS(&l.q),
                                             {"employee", OPTION_TEXT, &l.employee, 0},
                                             {"object", OPTION_TEXT, &l.object, 0},
                                             {"subject", OPTION_TEXT, &l.subject, 0},
                                             {"config", OPTION_TEXT, &l.config, 0},
                                             {"limit", OPTION_TEXT, &l.limit, 0},
                                             {"after", OPTION_TEXT, &l.after, 0},
                                             {0}};
    if (!query_begin(&l.q, command, options, argc, argv, &code))
        return query_end(&l.q, STATUS_OK, code);
    l.left = l.q.json ? UINT64_MAX : 1000;
    if (l.limit && (!slice_to_u64(slice_from(l.limit), &l.left) || l.left == 0))
        return query_end(
            &l.q, STATUS_OK,
            command_usage_error(command, "--limit %s: a number above 0 is expected", l.limit));
    return list(&l);
}

const struct command events_command = {
    .name = "events",
    .synopsis =
        "[--state DIR] [--employee E] [--object O] [--subject S] [--from T] [--to T] [--json]",
    .help_en = "the archived events of a period, an employee, an object or a subject",
    .help_zh = "查询归档事件：按时间、员工、对象或数据主体",
    .options_en = QUERY_HELP_EN
    "  --employee E     of this employee\n"
    "  --object O       that touched this table, collection or page\n"
    "  --subject S      of this person: id, space:id, or 32 hexadecimal digits\n"
    "  --config F       settings file with the site key (default: the one the state names)\n"
    "  --limit N        at most so many (default 1000; with --json all)\n"
    "  --after PLACE    go on behind the last event shown\n",
    .options_zh =
        QUERY_HELP_ZH "  --employee E     该员工的事件\n"
                      "  --object O       涉及该表、集合或页面\n"
                      "  --subject S      涉及该客户：编号、空间:编号，或 32 位十六进制哈希\n"
                      "  --config F       含站点密钥的设置文件（默认使用状态目录记录的密钥）\n"
                      "  --limit N        最多条数（默认 1000，--json 时不限）\n"
                      "  --after PLACE    从上次最后一条之后继续\n",
    .run = run,
};
