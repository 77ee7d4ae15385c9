/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell coverage: what share of activity could be seen and decoded, as one number with its causes,
 * by asset and source, by day; the blind spots; the accounts nobody could be named for.
 */
#include "cli/commands.h"
#include "cli/ledger.h"

#include <stdio.h>
#include <string.h>

static void print_json(struct query *q, const struct store_coverage *c)
{
    struct json_writer w = query_json(q);
    json_write_object_open(&w);
    json_write_key(&w, "record");
    json_write_text(&w, "day");
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

/* "-8.1 sessions encrypted, -2.0 packets dropped": what the number of a row lacks. */
static void causes_cell(struct query *q, const struct ledger_row *r)
{
    char text[400] = "";
    size_t len = 0;
    for (size_t k = 0; k < LEDGER_CAUSE_COUNT && len < sizeof text; k++)
        if (r->points[k] >= 0.05)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s-%.1f %s", len ? ", " : "",
                                    r->points[k],
                                    ledger_cause_text((enum ledger_cause)k, query_language()));
    query_cell(q, slice_from(text));
}

static void share_cell(struct query *q, uint64_t of, uint64_t all)
{
    if (all == 0)
        query_cell(q, SLICE("-"));
    else
        query_cell_format(q, "%.1f %%", 100 * (double)of / (double)all);
}

static void list_assets(struct query *q, const struct ledger *l)
{
    static const char *const headings[] = {"ASSET",     "SOURCE",      ">NUMBER",    ">WATCHED",
                                           ">SESSIONS", ">STATEMENTS", ">WHO KNOWN", "LAST SEEN",
                                           "MISSING",   NULL};
    query_table(q, headings);
    for (size_t i = 0; i < l->row_count; i++) {
        const struct ledger_row *r = &l->rows[i];
        query_cell(q, r->asset);
        query_cell(q, r->source);
        query_cell_format(q, "%.1f", r->percent);
        share_cell(q, r->seconds, r->expected_s);
        query_cell_format(q, "%llu", (unsigned long long)(r->sessions + r->undecoded));
        query_cell_format(q, "%llu", (unsigned long long)r->statements);
        share_cell(q, r->statements - r->unresolved, r->statements);
        query_cell(q, slice_from(r->last_ns ? query_time_text(r->last_ns) : ""));
        causes_cell(q, r);
    }
    query_table_print(q);
}

static enum status list_days(struct query *q)
{
    static const char *const headings[] = {"DAY",    "ASSET",       "SOURCE", ">EVENTS",
                                           ">WHOLE", ">UNRESOLVED", "GAPS",   NULL};
    query_table(q, headings);
    enum status status = store_coverages(q->reader, q->from_day, q->to_day, visit, q);
    if (!q->json)
        query_table_print(q);
    return status;
}

static enum status list_ledger(struct query *q)
{
    struct ledger ledger;
    struct arena arena;
    arena_init(&arena, 64 << 20);
    enum status status = ledger_of_query(q, &ledger, &arena);
    if (status == STATUS_OK && q->json)
        ledger_print_json(q, &ledger);
    else if (status == STATUS_OK) {
        ledger_print_number(&ledger);
        putchar('\n');
        list_assets(q, &ledger);
        putchar('\n');
        ledger_print_blind_spots(q, &ledger, 0);
        status = list_accounts(q);
    }
    arena_release(&arena);
    return status;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct query q = {0};
    const char *by = "asset";
    int code;
    const struct command_option options[] = {QUERY_OPTIONS(&q), {"by", OPTION_TEXT, &by, 0}, {0}};
    if (!query_begin(&q, command, options, argc, argv, &code))
        return query_end(&q, STATUS_OK, code);
    bool days = strcmp(by, "day") == 0;
    if (!days && strcmp(by, "asset") != 0)
        return query_end(&q, STATUS_OK,
                         command_usage_error(command, "--by %s: asset or day is expected", by));
    enum status status = days ? STATUS_OK : list_ledger(&q);
    if (status == STATUS_OK && (days || q.json))
        status = list_days(&q);
    return query_end(&q, status, EXIT_DONE);
}

const struct command coverage_command = {
    .name = "coverage",
    .synopsis = "[--state DIR] [--by asset|day] [--from T] [--to T] [--json]",
    .help_en = "what could be seen and decoded, and what not, and why",
    .help_zh = "可见与可解析的活动占比、盲点及其原因",
    .options_en = QUERY_HELP_EN
    "  --by asset|day   one line an asset and source (default), or a line for each day too\n",
    .options_zh = QUERY_HELP_ZH "  --by asset|day   每个资产和来源一行（默认），或按日逐行列出\n",
    .run = run,
};
