/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell status: how far the analyzer is.
 */
#include "base/clock.h"
#include "cli/commands.h"
#include "cli/ledger.h"

#include <inttypes.h>
#include <stdio.h>

static void json_status(struct query *q)
{
    const struct store_status *s = &q->status;
    const struct {
        const char *key;
        uint64_t value;
    } numbers[] = {{"events", s->events},      {"duplicates", s->duplicates},
                   {"late", s->late},          {"refused", s->refused},
                   {"alerts", s->alerts},      {"alerts_28_days", s->raised_28},
                   {"forwarded", s->forwarded}};
    struct json_writer w = query_json(q);
    json_write_object_open(&w);
    json_write_key(&w, "event_time");
    json_write_text(&w, query_time_text(s->event_ns));
    json_write_key(&w, "commit_time");
    json_write_text(&w, query_time_text(s->commit_ns));
    json_write_key(&w, "first_day");
    json_write_text(&w, query_day_text(s->first_day));
    json_write_key(&w, "last_closed_day");
    json_write_text(&w, query_day_text(s->last_closed_day));
    json_write_key(&w, "theta");
    json_write_real(&w, s->theta);
    json_write_key(&w, "budget");
    json_write_real(&w, s->budget);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        json_write_key(&w, numbers[i].key);
        json_write_unsigned(&w, numbers[i].value);
    }
    json_write_object_close(&w);
    query_json_print(q);
}

static bool print_cursor(void *context, const struct store_cursor *c)
{
    struct query *q = context;
    query_cell(q, c->sensor);
    query_cell_format(q, "%" PRIu64, c->sequence);
    return true;
}

enum { SPOTS_SHOWN = 5 };

/* Today's (and yesterday's) coverage: the days that can still be mended. */
static enum status print_coverage(struct query *q)
{
    struct ledger ledger;
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct query recent = *q;
    if (!q->from && !q->to && q->status.event_ns > 0) {
        int64_t local = q->status.event_ns / NS_PER_S + q->status.utc_offset_s;
        recent.from_day = (int32_t)(local / 86400) - 1;
    }
    enum status status = ledger_of_query(&recent, &ledger, &arena);
    if (status == STATUS_OK) {
        ledger_print_number(&ledger);
        ledger_print_blind_spots(q, &ledger, SPOTS_SHOWN);
    }
    arena_release(&arena);
    return status;
}

static enum status print_status(struct query *q)
{
    static const char *const headings[] = {"SENSOR", ">TAKEN UP TO", NULL};
    const struct store_status *s = &q->status;
    bool closed = s->last_closed_day > INT32_MIN;
    printf("newest event      %s\nlast commit       %s\n", query_time_text(s->event_ns),
           query_time_text(s->commit_ns));
    printf("days closed       %s%s%s\n", closed ? query_day_text(s->first_day) : "none",
           closed ? " to " : "", closed ? query_day_text(s->last_closed_day) : "");
    printf("events            %" PRIu64 " (%" PRIu64 " repeated, %" PRIu64 " late, %" PRIu64
           " refused)\n",
           s->events, s->duplicates, s->late, s->refused);
    printf("alert threshold   %.2f for %.2f alerts a day; %u alerts in the last 28 days, %" PRIu64
           " ever\n",
           s->theta, s->budget, s->raised_28, s->alerts);
    enum status status = print_coverage(q);
    query_table(q, headings);
    if (status == STATUS_OK)
        status = store_cursors(q->reader, print_cursor, q);
    if (q->cell_count > q->columns) {
        putchar('\n');
        query_table_print(q);
    }
    return status;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct query q = {0};
    int code;
    const struct command_option options[] = {QUERY_OPTIONS(&q), {0}};
    if (!query_begin(&q, command, options, argc, argv, &code))
        return query_end(&q, STATUS_OK, code);
    if (!q.has_status) {
        puts(command_text("nothing was analyzed yet", "尚未分析任何事件"));
        return query_end(&q, STATUS_OK, EXIT_DONE);
    }
    if (q.json) {
        json_status(&q);
        return query_end(&q, STATUS_OK, EXIT_DONE);
    }
    return query_end(&q, print_status(&q), EXIT_DONE);
}

const struct command status_command = {
    .name = "status",
    .synopsis = "[--state DIR] [--json]",
    .help_en = "how far the analyzer is, and what it counted",
    .help_zh = "显示分析进度和计数",
    .options_en = QUERY_HELP_EN,
    .options_zh = QUERY_HELP_ZH,
    .run = run,
};
