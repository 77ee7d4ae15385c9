/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell coverage: what share of activity could be seen and decoded, by asset, source and day, and
 * the accounts nobody could be named for.
 */
#include "cli/commands.h"
#include "cli/query.h"

#include <stdio.h>

static void print_json(struct query *q, const struct store_coverage *c)
{
    struct json_writer w = query_json(q);
    json_write_object_open(&w);
    json_write_key(&w, "day");
    json_write_text(&w, query_day_text(c->day));
    json_write_key(&w, "asset");
    json_write_string(&w, c->asset);
    json_write_key(&w, "source");
    json_write_string(&w, c->source);
    json_write_key(&w, "events");
    json_write_unsigned(&w, c->events);
    json_write_key(&w, "incomplete");
    json_write_unsigned(&w, c->incomplete);
    json_write_key(&w, "unresolved");
    json_write_unsigned(&w, c->unresolved);
    json_write_key(&w, "lost");
    json_write_unsigned(&w, c->lost);
    json_write_key(&w, "gaps");
    json_write_object_open(&w);
    for (unsigned i = 0; i < EVENT_GAP_COUNT; i++)
        if (c->gaps[i] > 0) {
            json_write_key(&w, event_gap_name(i));
            json_write_unsigned(&w, c->gaps[i]);
        }
    json_write_object_close(&w);
    json_write_object_close(&w);
    query_json_print(q);
}

static void gaps_cell(struct query *q, const struct store_coverage *c)
{
    char text[256] = "";
    size_t len = 0;
    if (c->lost > 0)
        len = (size_t)snprintf(text, sizeof text, "lost %llu", (unsigned long long)c->lost);
    for (unsigned i = 0; i < EVENT_GAP_COUNT && len < sizeof text; i++)
        if (c->gaps[i] > 0)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%s %llu", len ? ", " : "",
                                    event_gap_name(i), (unsigned long long)c->gaps[i]);
    query_cell(q, slice_from(text));
}

static bool visit(void *context, const struct store_coverage *c)
{
    struct query *q = context;
    if (q->json) {
        print_json(q, c);
        return true;
    }
    query_cell(q, slice_from(query_day_text(c->day)));
    query_cell(q, c->asset);
    query_cell(q, c->source);
    query_cell_format(q, "%llu", (unsigned long long)c->events);
    query_cell_format(q, "%.1f %%",
                      c->events ? 100 * (1 - (double)c->incomplete / (double)c->events) : 0);
    query_cell_format(q, "%llu", (unsigned long long)c->unresolved);
    gaps_cell(q, c);
    return true;
}

static bool visit_account(void *context, const struct store_account *a)
{
    struct query *q = context;
    query_cell(q, a->asset);
    query_cell(q, a->account);
    query_cell(q, slice_from(entity_kind_name(a->kind)));
    query_cell_format(q, "%llu", (unsigned long long)a->events);
    query_cell(q, a->last_address);
    query_cell(q, slice_from(query_time_text(a->last_ns)));
    return true;
}

static enum status list_accounts(struct query *q)
{
    static const char *const headings[] = {"ASSET",        "ACCOUNT",   "KIND", ">EVENTS",
                                           "LAST ADDRESS", "LAST SEEN", NULL};
    query_table(q, headings);
    enum status status = store_accounts(q->reader, visit_account, q);
    if (q->cell_count > q->columns) {
        printf("\n%s\n",
               command_text("Accounts nobody could be named for:", "无法确定使用人的账号："));
        query_table_print(q);
    }
    return status;
}

static int run(const struct command *command, int argc, char **argv)
{
    static const char *const headings[] = {"DAY",    "ASSET",       "SOURCE", ">EVENTS",
                                           ">WHOLE", ">UNRESOLVED", "GAPS",   NULL};
    struct query q = {0};
    int code;
    const struct command_option options[] = {QUERY_OPTIONS(&q), {0}};
    if (!query_begin(&q, command, options, argc, argv, &code))
        return query_end(&q, STATUS_OK, code);
    query_table(&q, headings);
    enum status status = store_coverages(q.reader, q.from_day, q.to_day, visit, &q);
    if (!q.json) {
        query_table_print(&q);
        status = status == STATUS_OK ? list_accounts(&q) : status;
    }
    return query_end(&q, status, EXIT_DONE);
}

const struct command coverage_command = {
    .name = "coverage",
    .synopsis = "[--state DIR] [--from T] [--to T] [--json]",
    .help_en = "what could be seen and decoded, by asset, source and day",
    .help_zh = "按资产、来源和日期列出可见与可解析的活动",
    .options_en = QUERY_HELP_EN,
    .options_zh = QUERY_HELP_ZH,
    .run = run,
};
