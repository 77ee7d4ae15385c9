/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell explain: what an employee's score is made of, term by term, in words and numbers.
 */
#include "base/log.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/query.h"

#include <stdio.h>

static void print_safe(struct slice text)
{
    struct buffer out;
    buffer_init(&out, 1 << 16);
    text_append_terminal(&out, text);
    fwrite(out.ptr, 1, out.len, stdout);
    buffer_release(&out);
}

static void print_term(const struct store_day *d, size_t k)
{
    const struct store_term *t = &d->terms[k];
    printf("  %-8s %5.2f  ", term_code((enum term)k), term_in_sum((enum term)k) ? t->points : 0);
    if (!t->measured) {
        printf("%s\n", command_text("not measured: its source was missing", "未测量：数据源缺失"));
        return;
    }
    printf(command_text("%6.2f bits, %.2f after calibration, -%.2f coincidence; n %.1f",
                        "%6.2f 比特，校准后 %.2f，同事同行为 -%.2f；n %.1f"),
           t->raw, t->deflated, t->coincidence, t->n);
    if (t->sentence[query_language()].len > 0) {
        fputs("\n           ", stdout);
        print_safe(t->sentence[query_language()]);
    }
    putchar('\n');
}

static void print_day(const struct store_day *d)
{
    const struct day_measures *m = &d->measures;
    print_safe(d->employee);
    printf("  %s  D %.2f  R %.2f  P %u  A %.2f / %.2f  w %.2f%s%s%s\n", query_day_text(d->day),
           d->score, d->risk, d->percent, d->alert_value, d->theta, d->weight,
           d->learning ? "  learning" : "", d->running ? "  running" : "", d->late ? "  late" : "");
    printf(command_text("  compared with %u active of ", "  对比组（当日活跃%u人）："), d->peers);
    print_safe(d->group);
    printf(command_text("; %llu active days before; confidence %.2f\n",
                        "；此前活跃%llu天；可信度%.2f\n"),
           (unsigned long long)d->days_seen, d->confidence);
    printf(command_text("  %llu events, %llu views, %llu people (%.1f without assignment), %llu "
                        "rows, %llu exports, mean dwell %.1f s\n",
                        "  %llu 事件，%llu 次查看，%llu 名客户（%.1f 名无业务关系），%llu 行，%llu "
                        "次导出，平均停留 %.1f 秒\n"),
           (unsigned long long)m->events, (unsigned long long)m->views,
           (unsigned long long)m->subjects, m->unassigned, (unsigned long long)m->rows,
           (unsigned long long)m->exports, m->dwell_mean_s);
    for (size_t k = 0; k < TERM_COUNT; k++)
        print_term(d, k);
}

static void json_term(struct json_writer *w, const struct store_day *d, size_t k)
{
    const struct store_term *t = &d->terms[k];
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"points", term_in_sum((enum term)k) ? t->points : 0},
                   {"bits", t->raw},
                   {"deflated", t->deflated},
                   {"coincidence", t->coincidence},
                   {"observed", t->observed},
                   {"expected", t->expected},
                   {"peers", t->peers},
                   {"n", t->n}};
    json_write_object_open(w);
    json_write_key(w, "term");
    json_write_text(w, term_code((enum term)k));
    json_write_key(w, "measured");
    json_write_boolean(w, t->measured);
    for (size_t i = 0; t->measured && i < sizeof numbers / sizeof *numbers; i++) {
        json_write_key(w, numbers[i].key);
        json_write_real(w, numbers[i].value);
    }
    if (t->sentence[LANGUAGE_EN].len > 0) {
        json_write_key(w, "en");
        json_write_string(w, t->sentence[LANGUAGE_EN]);
        json_write_key(w, "zh");
        json_write_string(w, t->sentence[LANGUAGE_ZH]);
    }
    json_write_object_close(w);
}

static void print_json(struct query *q, const struct store_day *d)
{
    struct json_writer w = query_json(q);
    json_write_object_open(&w);
    json_write_key(&w, "employee");
    json_write_string(&w, d->employee);
    json_write_key(&w, "day");
    json_write_text(&w, query_day_text(d->day));
    json_write_key(&w, "group");
    json_write_string(&w, d->group);
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"score", d->score},           {"risk", d->risk},
                   {"percent", d->percent},       {"value", d->alert_value},
                   {"theta", d->theta},           {"weight", d->weight},
                   {"confidence", d->confidence}, {"days_seen", (double)d->days_seen}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        json_write_key(&w, numbers[i].key);
        json_write_real(&w, numbers[i].value);
    }
    json_write_key(&w, "learning");
    json_write_boolean(&w, d->learning);
    json_write_key(&w, "running");
    json_write_boolean(&w, d->running);
    json_write_key(&w, "late");
    json_write_boolean(&w, d->late);
    json_write_key(&w, "terms");
    json_write_array_open(&w);
    for (size_t k = 0; k < TERM_COUNT; k++)
        json_term(&w, d, k);
    json_write_array_close(&w);
    json_write_object_close(&w);
    query_json_print(q);
}

/* The day asked for, or the last one of the employee. */
static enum status find_day(struct query *q, const char *day, struct arena *arena,
                            struct store_day *to)
{
    struct store_person person;
    struct slice employee = slice_from(q->operands.items[0]);
    int32_t number;
    enum status status = store_person_get(q->reader, employee, arena, &person);
    if (status != STATUS_OK)
        return status;
    if (!day || !query_day_of(day, &number))
        number = person.last_day;
    return store_day_get(q->reader, employee, number, arena, to);
}

static int explain(struct query *q, const char *day)
{
    struct arena arena;
    struct store_day found;
    arena_init(&arena, 16 << 20);
    enum status status = find_day(q, day, &arena, &found);
    if (status == STATUS_NOT_FOUND)
        log_error("explain: %s: no such employee or day in this state: see dwell risk",
                  q->operands.items[0]);
    else if (status == STATUS_OK && q->json)
        print_json(q, &found);
    else if (status == STATUS_OK)
        print_day(&found);
    arena_release(&arena);
    if (status == STATUS_NOT_FOUND)
        return query_end(q, STATUS_OK, EXIT_WRONG);
    return query_end(q, status, EXIT_DONE);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct query q = {0};
    const char *day = NULL;
    int32_t number;
    int code;
    const struct command_option options[] = {QUERY_OPTIONS(&q), {"day", OPTION_TEXT, &day, 0}, {0}};
    if (!query_begin(&q, command, options, argc, argv, &code))
        return query_end(&q, STATUS_OK, code);
    if (q.operands.count != 1)
        return query_end(&q, STATUS_OK, command_usage_error(command, "one EMPLOYEE is expected"));
    if (day && !query_day_of(day, &number))
        return query_end(&q, STATUS_OK,
                         command_usage_error(command, "--day %s: write it as 2026-11-21", day));
    return explain(&q, day);
}

const struct command explain_command = {
    .name = "explain",
    .synopsis = "[--state DIR] EMPLOYEE [--day D] [--json]",
    .help_en = "what an employee's score of a day is made of",
    .help_zh = "说明某员工某日评分的构成",
    .options_en =
        QUERY_HELP_EN "  --day D          the day (default: the last one with activity)\n",
    .options_zh = QUERY_HELP_ZH "  --day D          日期（默认最近一个活跃日）\n",
    .run = run,
};
