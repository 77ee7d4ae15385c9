/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The audit report of a period as CSV (RFC 4180, UTF-8 with a byte order mark, so that spreadsheets
 * read Chinese): one row an employee and day. It is written day by day while it is sent, so a year
 * takes no more memory than a day. Fields that a spreadsheet would run as formulas are guarded.
 */
#include "base/clock.h"
#include "base/text.h"
#include "desk/trail.h"
#include "web/api.h"
#include "web/api/organisation.h"
#include "web/member.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PERIOD_MOST_DAYS = 3660, PERIOD_USUAL_DAYS = 30, REASONS_SHOWN = 5 };

/* X(English head, Chinese head), in the order of write_row(). */
#define REPORT_COLUMNS(X)                       \
    X("day", "日期")                            \
    X("employee", "员工编号")                   \
    X("name", "姓名")                           \
    X("department", "部门")                     \
    X("role", "岗位")                           \
    X("day score", "当日评分")                  \
    X("risk 0-100", "风险值 0-100")             \
    X("alert threshold", "告警阈值")            \
    X("alert", "告警编号")                      \
    X("learning", "学习期")                     \
    X("coverage", "可见比例")                   \
    X("events", "事件数")                       \
    X("record views", "查看记录数")             \
    X("people seen", "涉及客户数")              \
    X("without assignment", "无业务关系客户数") \
    X("time on records s", "停留总时长（秒）")  \
    X("mean time s", "平均停留（秒）")          \
    X("exports", "导出次数")                    \
    X("rows", "返回行数")                       \
    X("rows C3", "C3 级行数")                   \
    X("rows C2", "C2 级行数")                   \
    X("rows C1", "C1 级行数")                   \
    X("failed sign-ins", "登录失败次数")        \
    X("sessions", "会话数")                     \
    X("first activity UTC", "首次活动（UTC）")  \
    X("last activity UTC", "末次活动（UTC）")   \
    X("reasons", "原因")

struct report {
    struct console *console;
    struct store_reader *reader;
    struct arena arena;
    enum language language;
    int32_t day, last;
    bool begun;
    struct buffer *to; /* of the present call */
};

static void report_free(void *state)
{
    struct report *report = state;
    console_reader_give(report->console, &report->reader);
    arena_release(&report->arena);
    free(report);
}

static void write_head(struct report *report, struct buffer *to)
{
    static const char *const heads[][LANGUAGE_COUNT] = {
#define REPORT_HEAD(en, zh) {en, zh},
        REPORT_COLUMNS(REPORT_HEAD)
#undef REPORT_HEAD
    };
    buffer_append_text(to, "\xef\xbb\xbf");
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        if (i)
            buffer_append_byte(to, ',');
        text_append_csv(to, slice_from(heads[i][report->language]));
    }
    buffer_append_text(to, "\r\n");
}

static void append_time(struct buffer *to, int64_t ns)
{
    char text[40] = "";
    if (ns)
        time_format(ns, 0, text, sizeof text);
    buffer_append_byte(to, ',');
    buffer_append_text(to, text);
}

static void append_reasons(struct report *report, const struct store_day *day)
{
    struct buffer text;
    unsigned shown = 0;
    buffer_init(&text, 1 << 16);
    for (enum term t = 0; t < TERM_COUNT && shown < REASONS_SHOWN; t++) {
        struct slice sentence = day->terms[t].sentence[report->language];
        if (!term_in_sum(t) || day->terms[t].points <= 0 || sentence.len == 0)
            continue;
        buffer_append_text(&text, shown++ ? "; " : "");
        buffer_append_format(&text, "[%.1f] ", day->terms[t].points);
        buffer_append_slice(&text, sentence);
    }
    buffer_append_byte(report->to, ',');
    text_append_csv(report->to, buffer_slice(&text));
    buffer_release(&text);
}

static void append_numbers(struct buffer *to, const struct store_day *day)
{
    const struct day_measures *m = &day->measures;
    buffer_append_format(to, ",%.2f,%u,%.2f,", day->score, day->percent, day->theta);
    if (day->alert)
        buffer_append_format(to, "%" PRIu64, day->alert);
    buffer_append_format(to, ",%s,%.3f", day->learning ? "1" : "0", day->confidence);
    buffer_append_format(to, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%.2f,%.1f,%.1f", m->events,
                         m->views, m->subjects, m->unassigned, m->dwell_total_s, m->dwell_mean_s);
    buffer_append_format(to, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64,
                         m->exports, m->rows, m->rows_by_class[3], m->rows_by_class[2],
                         m->rows_by_class[1]);
    buffer_append_format(to, ",%" PRIu64 ",%" PRIu64, m->failed_logins, m->sessions);
}

static void write_row(struct report *report, const struct store_day *day,
                      const struct store_person *person)
{
    struct buffer *to = report->to;
    char text[11];
    const struct slice names[] = {day->employee, person->name, person->department, person->role};
    day_text(day->day, text);
    buffer_append_text(to, text);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        buffer_append_byte(to, ',');
        text_append_csv(to, names[i]);
    }
    append_numbers(to, day);
    append_time(to, day->measures.first_ns);
    append_time(to, day->measures.last_ns);
    append_reasons(report, day);
    buffer_append_text(to, "\r\n");
}

/* The day's employees; their names are read when the walk over the day is over. */
struct employees {
    struct report *report;
    struct slice *ids;
    size_t count, room;
    bool full;
};

static bool visit_day(void *context, const struct store_day *day)
{
    struct employees *all = context;
    struct arena *arena = &all->report->arena;
    if (all->count == all->room) {
        size_t room = all->room ? all->room * 2 : 256;
        struct slice *ids = arena_array(arena, room, sizeof *ids);
        all->full = !ids;
        if (all->full)
            return false;
        if (all->count)
            memcpy(ids, all->ids, all->count * sizeof *ids);
        all->ids = ids;
        all->room = room;
    }
    all->ids[all->count++] = arena_copy(arena, day->employee);
    return true;
}

static enum status write_employee(struct report *report, struct slice employee)
{
    struct store_day day;
    struct store_person person = {0};
    enum status status = store_day_get(report->reader, employee, report->day, &report->arena, &day);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (status == STATUS_OK)
        status = store_person_get(report->reader, employee, &report->arena, &person);
    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        write_row(report, &day, &person);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status report_next(void *state, struct buffer *to, bool *done)
{
    struct report *report = state;
    struct employees all = {.report = report};
    report->to = to;
    arena_reset(&report->arena);
    if (!report->begun)
        write_head(report, to);
    report->begun = true;
    enum status status = store_days(report->reader, report->day, report->day, visit_day, &all);
    if (status == STATUS_OK && all.full)
        status = STATUS_LIMIT;
    for (size_t i = 0; status == STATUS_OK && i < all.count; i++)
        status = write_employee(report, all.ids[i]);
    *done = report->day == report->last;
    report->day++;
    return status == STATUS_OK ? buffer_status(to) : status;
}

static bool read_period(struct exchange *exchange, struct report *report)
{
    struct store_status state;
    struct slice language;
    int32_t newest;
    if (!newest_day(exchange, &state, &newest) ||
        !exchange_query_day(exchange, "to", newest, &report->last) ||
        !exchange_query_day(exchange, "from", report->last - PERIOD_USUAL_DAYS + 1, &report->day) ||
        !exchange_query_text(exchange, "language", 2, &language))
        return false;
    report->language = slice_equal(language, SLICE("zh")) ? LANGUAGE_ZH : LANGUAGE_EN;
    if (report->day <= report->last && report->last - report->day < PERIOD_MOST_DAYS)
        return true;
    exchange_fail(exchange, 400, "query", "from");
    return false;
}

void api_report(struct exchange *exchange)
{
    struct report wanted = {.console = exchange->console};
    char from[11], to[11], about[32];
    if (!read_period(exchange, &wanted))
        return;
    day_text(wanted.day, from);
    day_text(wanted.last, to);
    snprintf(about, sizeof about, "%s..%s", from, to);
    if (!exchange_audit(exchange, TRAIL_report_exported, slice_from(about)))
        return;
    struct report *report = malloc(sizeof *report);
    if (!report) {
        exchange_fail_status(exchange, STATUS_NO_MEMORY);
        return;
    }
    *report = wanted;
    report->reader = exchange->reader;
    exchange->reader = NULL;
    arena_init(&report->arena, EXCHANGE_ARENA_MAX);
    struct http_response *response = &exchange->response;
    response->stream = report;
    response->next = report_next;
    response->free_stream = report_free;
    response->content_type = "text/csv; charset=utf-8";
    snprintf(response->filename, sizeof response->filename, "dwell-audit-%s-%s.csv", from, to);
}
