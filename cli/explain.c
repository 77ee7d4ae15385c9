/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell explain: what an employee's score is made of, term by term, in words and numbers.
 */
#include "base/log.h"
#include "cli/commands.h"
#include "cli/query.h"
#include "cli/recompute.h"

#include <stdio.h>

/* What colleagues did too is at most what was there; nothing to subtract is 0, never -0. */
static double subtracted(const struct store_term *t)
{
    double most = t->deflated > 0 ? t->deflated : 0;
    double bits = t->coincidence < most ? t->coincidence : most;
    return bits > 0 ? bits : 0;
}

static bool tells(const struct store_day *d, size_t k)
{
    return d->terms[k].measured && d->terms[k].points > 0;
}

/* Terms with points: those of the sum first, then the strongest first. */
static size_t strongest_first(const struct store_day *d, size_t order[TERM_COUNT])
{
    size_t n = 0;
    for (size_t k = 0; k < TERM_COUNT; k++) {
        if (!tells(d, k))
            continue;
        size_t at = n++;
        for (; at > 0; at--) {
            size_t before = order[at - 1];
            bool sum = term_in_sum((enum term)k), sum_before = term_in_sum((enum term)before);
            if (sum == sum_before ? d->terms[before].points >= d->terms[k].points : sum_before)
                break;
            order[at] = before;
        }
        order[at] = k;
    }
    return n;
}

static void print_term(const struct store_day *d, size_t k)
{
    const struct store_term *t = &d->terms[k];
    if (term_in_sum((enum term)k))
        printf("  %5.2f  %-8s  ", t->points, term_code((enum term)k));
    else
        printf("      -  %-8s  ", term_code((enum term)k)); /* context: not in the sum */
    if (t->sentence[query_language()].len > 0)
        query_print(t->sentence[query_language()]);
    else
        fputs(term_label((enum term)k, query_language()), stdout);
    printf(command_text("\n                   observed %.4g, usual %.4g, peers %.4g, n %.1f; %.1f "
                        "bits, %.1f calibrated",
                        "\n                   观察值 %.4g，本人通常 %.4g，同组 %.4g，n %.1f；%.1f "
                        "比特，校准后 %.1f"),
           t->observed, t->expected, t->peers, t->n, t->raw, t->deflated);
    if (subtracted(t) >= 0.05)
        printf(command_text(", %.1f subtracted because colleagues did the same",
                            "，因同事同行为减去 %.1f"),
               subtracted(t));
    putchar('\n');
}

/* One line for what had nothing to say, one for what had no source. */
static void print_rest(const struct store_day *d, bool measured, const char *title)
{
    size_t n = 0;
    for (size_t k = 0; k < TERM_COUNT; k++)
        if (!tells(d, k) && d->terms[k].measured == measured)
            printf("%s%s", n++ ? " " : title, term_code((enum term)k));
    if (n > 0)
        putchar('\n');
}

static void print_terms(const struct store_day *d)
{
    size_t order[TERM_COUNT];
    size_t n = strongest_first(d, order);
    for (size_t i = 0; i < n; i++)
        print_term(d, order[i]);
    print_rest(d, true, command_text("  nothing unusual in: ", "  无异常："));
    print_rest(d, false,
               command_text("  not measured, the source was missing: ", "  数据源缺失，未测量："));
}

static const char *const revised_en[] = {"", "late events", "a verdict",
                                         "late events and a verdict"};
static const char *const revised_zh[] = {"", "迟到事件", "裁定", "迟到事件和裁定"};

static void print_revision(const struct store_day *d)
{
    if (d->revised && d->revised <= (REVISED_LATE | REVISED_VERDICT))
        printf(command_text("  scored again after its close because of %s: D was %.2f\n",
                            "  结算后因%s重新评分：原 D 为 %.2f\n"),
               command_text(revised_en[d->revised], revised_zh[d->revised]), d->first_score);
    else if (d->late)
        printf(command_text("  %llu events came late; the day is scored again at the next close\n",
                            "  有 %llu 个迟到事件；下次日结时重新评分\n"),
               (unsigned long long)d->measures.late_events);
}

static void print_day(const struct store_day *d)
{
    const struct day_measures *m = &d->measures;
    query_print(d->employee);
    printf("  %s  D %.2f  R %.2f  P %u  A %.2f / %.2f  w %.2f%s%s%s\n", query_day_text(d->day),
           d->score, d->risk, d->percent, d->alert_value, d->theta, d->weight,
           d->learning ? "  learning" : "", d->running ? "  running" : "", d->late ? "  late" : "");
    printf(command_text("  compared with %u active of ", "  对比组（当日活跃%u人）："), d->peers);
    query_print(d->group);
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
    print_revision(d);
    print_terms(d);
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
                   {"coincidence", subtracted(t)},
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
    json_write_key(&w, "revised");
    json_write_unsigned(&w, d->revised);
    if (d->revised) {
        json_write_key(&w, "first_score");
        json_write_real(&w, d->first_score);
    }
    json_write_key(&w, "terms");
    json_write_array_open(&w);
    for (size_t k = 0; k < TERM_COUNT; k++)
        json_term(&w, d, k);
    json_write_array_close(&w);
    json_write_object_close(&w);
    query_json_print(q);
}

struct explaining {
    const char *day, *config;
    bool recompute;
};

enum { RECENT_DAYS = 14 };

/* The last active days, a ring. */
struct recent {
    double scores[RECENT_DAYS];
    int32_t days[RECENT_DAYS];
    size_t count;
};

static bool note_day(void *context, const struct store_day *d)
{
    struct recent *r = context;
    size_t at = r->count++ % RECENT_DAYS;
    r->scores[at] = d->score;
    r->days[at] = d->day;
    return true;
}

/* Of the last active days the one with the highest score, the later one of equals. */
static enum status telling_day(struct query *q, struct slice employee, int32_t *day)
{
    struct recent r = {.count = 0};
    enum status status =
        store_person_days(q->reader, employee, q->from_day, q->to_day, note_day, &r);
    if (status != STATUS_OK || r.count == 0)
        return status == STATUS_OK ? STATUS_NOT_FOUND : status;
    size_t kept = r.count < RECENT_DAYS ? r.count : RECENT_DAYS, best = 0;
    for (size_t i = 1; i < kept; i++)
        if (r.scores[i] > r.scores[best] ||
            (r.scores[i] >= r.scores[best] && r.days[i] > r.days[best]))
            best = i;
    *day = r.days[best];
    return STATUS_OK;
}

/* The day asked for, or the most telling one. */
static enum status find_day(struct query *q, const char *day, struct arena *arena,
                            struct store_day *to)
{
    struct slice employee = slice_from(q->operands.items[0]);
    int32_t number;
    enum status status = STATUS_OK;
    if (!day || !query_day_of(day, &number))
        status = telling_day(q, employee, &number);
    return status == STATUS_OK ? store_day_get(q->reader, employee, number, arena, to) : status;
}

/* Every verdict on the day, and what it changed. */
static bool print_verdict(void *context, const struct store_verdict *v)
{
    const struct store_day *d = context;
    if (v->day != d->day || !slice_equal(v->employee, d->employee))
        return true;
    printf(command_text("  verdict %s by ", "  裁定 %s，作出者 "), verdict_name(v->kind));
    query_print(v->who);
    printf(command_text(" at %s: ", "，时间 %s："), query_time_text(v->time_ns));
    query_print(v->reason);
    if (!v->done)
        fputs(command_text("; learning follows it at the next close", "；下次日结时据此重新学习"),
              stdout);
    else if (v->days_again > 0)
        printf(command_text("; w %.2f became %.2f, %u days were learnt again",
                            "；权重由 %.2f 变为 %.2f，重新学习了 %u 天"),
               v->weight_before, v->weight_after, v->days_again);
    putchar('\n');
    return true;
}

static int explain(struct query *q, const struct explaining *x)
{
    struct arena arena;
    struct store_day found;
    arena_init(&arena, 16 << 20);
    enum status status = find_day(q, x->day, &arena, &found);
    if (status == STATUS_NOT_FOUND)
        log_error("explain: %s: no such employee or day in this state: see dwell risk",
                  q->operands.items[0]);
    else if (status == STATUS_OK && q->json)
        print_json(q, &found);
    else if (status == STATUS_OK) {
        print_day(&found);
        status = store_verdicts(q->reader, print_verdict, &found);
    }
    int code = EXIT_DONE;
    if (status == STATUS_OK && x->recompute)
        code = recompute_print(q, x->config, &found);
    arena_release(&arena);
    if (status == STATUS_NOT_FOUND)
        return query_end(q, STATUS_OK, EXIT_WRONG);
    return query_end(q, status, code);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct query q = {0};
    struct explaining x = {0};
    int32_t number;
    int code;
    const struct command_option options[] = {QUERY_OPTIONS(&q),
                                             {"day", OPTION_TEXT, &x.day, 0},
                                             {"config", OPTION_TEXT, &x.config, 0},
                                             {"recompute", OPTION_FLAG, &x.recompute, 0},
                                             {0}};
    if (!query_begin(&q, command, options, argc, argv, &code))
        return query_end(&q, STATUS_OK, code);
    if (q.operands.count != 1)
        return query_end(&q, STATUS_OK, command_usage_error(command, "one EMPLOYEE is expected"));
    if (x.day && !query_day_of(x.day, &number))
        return query_end(&q, STATUS_OK,
                         command_usage_error(command, "--day %s: write it as 2026-11-21", x.day));
    if (x.recompute && !x.config)
        return query_end(&q, STATUS_OK,
                         command_usage_error(command, "--recompute needs --config F: the settings "
                                                      "name the directory and the key"));
    return explain(&q, &x);
}

const struct command explain_command = {
    .name = "explain",
    .synopsis = "[--state DIR] EMPLOYEE [--day D] [--recompute --config F] [--json]",
    .help_en = "what an employee's score of a day is made of",
    .help_zh = "说明某员工某日评分的构成",
    .options_en = QUERY_HELP_EN
    "  --day D          the day (default: the highest score of the last 14 active ones)\n"
    "  --recompute      score the day again from the archive, compare every bit, and\n"
    "                   list the events behind each term\n"
    "  --config F       the settings file, for --recompute\n"
    "Exit: 0 done; 1 no such day, or --recompute gave other numbers; 2 usage; 3 state.",
    .options_zh =
        QUERY_HELP_ZH "  --day D          日期（默认最近14个活跃日中得分最高的一天）\n"
                      "  --recompute      从归档重新计算当日评分并逐位比对，列出各项依据的事件\n"
                      "  --config F       设置文件（用于 --recompute）\n"
                      "退出码：0 完成；1 无此日期或重新计算结果不同；2 用法错误；3 状态错误。",
    .run = run,
};
