/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell backtest: the archived days once more under other settings, beside what was. The store is
 * read only.
 */
#include "analyzer/past.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/query.h"
#include "cli/site.h"

#include <stdio.h>
#include <stdlib.h>

enum { PEOPLE_MAX = 1 << 18 };

struct backtest {
    struct query q;
    const char *config;
    struct command_list set;
    struct site site;
    struct past past;
    struct model *model;
    struct map *before, *after; /* employees with an alert */
    size_t alerts_before, alerts_after, days, differences;
    int32_t day;
    size_t today_before, today_after;
    enum status status;
};

static void note(struct map *people, struct slice employee)
{
    map_put(people, employee, NULL);
}

static void print_change(struct backtest *b, const struct person_day *d, enum alert_mark was,
                         enum alert_mark is, double theta)
{
    b->differences++;
    if (b->q.json) {
        struct json_writer w = query_json(&b->q);
        json_write_object_open(&w);
        json_write_key(&w, "day");
        json_write_text(&w, query_day_text(d->day));
        json_write_key(&w, "employee");
        json_write_string(&w, d->employee);
        json_write_key(&w, "was");
        json_write_text(&w, alert_mark_name(was));
        json_write_key(&w, "is");
        json_write_text(&w, alert_mark_name(is));
        json_write_key(&w, "value");
        json_write_real(&w, d->alert_value);
        json_write_key(&w, "theta");
        json_write_real(&w, theta);
        json_write_object_close(&w);
        query_json_print(&b->q);
        return;
    }
    printf("%s  ", query_day_text(d->day));
    query_print(d->employee);
    printf(command_text("  was %s, would be %s  (A %.2f, theta %.2f)\n",
                        "  原为 %s，将为 %s（A %.2f，阈值 %.2f）\n"),
           was ? alert_mark_name(was) : command_text("no alert", "无告警"),
           is ? alert_mark_name(is) : command_text("no alert", "无告警"), d->alert_value, theta);
}

static void take_score(void *context, const struct model_score *score)
{
    struct backtest *b = context;
    struct arena arena;
    struct store_day stored = {0};
    const struct person_day *d = score->day;
    arena_init(&arena, 1 << 20);
    enum status status = store_day_get(b->q.reader, d->employee, d->day, &arena, &stored);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        b->status = status;
    b->today_before += stored.mark == ALERT_MARK_OPENED;
    b->today_after += score->mark == ALERT_MARK_OPENED;
    if (stored.mark != ALERT_MARK_NONE)
        note(b->before, d->employee);
    if (score->mark != ALERT_MARK_NONE)
        note(b->after, d->employee);
    if (stored.mark != score->mark)
        print_change(b, d, stored.mark, score->mark, score->theta);
    arena_release(&arena);
}

static enum status run_days(struct backtest *b, int32_t from, int32_t to)
{
    enum status status = past_model(&b->past, from, &b->model);
    for (b->day = from; status == STATUS_OK && b->day <= to; b->day++) {
        b->today_before = b->today_after = 0;
        status = past_score(&b->past, b->model, b->day, true, take_score, b);
        b->alerts_before += b->today_before;
        b->alerts_after += b->today_after;
        b->days++;
        if (status == STATUS_OK && !b->q.json && b->today_before + b->today_after > 0)
            printf(command_text("%s  alerts opened: was %zu, would be %zu\n",
                                "%s  新告警：原 %zu，将 %zu\n"),
                   query_day_text(b->day), b->today_before, b->today_after);
    }
    return status == STATUS_OK ? b->status : status;
}

static void print_sum(struct backtest *b)
{
    double days = (double)b->days;
    const struct {
        const char *key, *en, *zh;
        double was, is;
    } rows[] = {
        {"alerts", "alerts opened", "新告警数", (double)b->alerts_before, (double)b->alerts_after},
        {"alerts_a_day", "alerts a day", "每天告警数", (double)b->alerts_before / days,
         (double)b->alerts_after / days},
        {"people", "people affected", "涉及人数", (double)map_count(b->before),
         (double)map_count(b->after)}};
    if (b->q.json) {
        struct json_writer w = query_json(&b->q);
        json_write_object_open(&w);
        json_write_key(&w, "days");
        json_write_unsigned(&w, b->days);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            json_write_key(&w, rows[i].key);
            json_write_array_open(&w);
            json_write_real(&w, rows[i].was);
            json_write_real(&w, rows[i].is);
            json_write_array_close(&w);
        }
        json_write_object_close(&w);
        query_json_print(&b->q);
        return;
    }
    printf(command_text("%zu days, %zu differences\n", "%zu 天，%zu 处差异\n"), b->days,
           b->differences);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        printf(command_text("  %s: was %.4g, would be %.4g\n", "  %s：原 %.4g，将 %.4g\n"),
               command_text(rows[i].en, rows[i].zh), rows[i].was, rows[i].is);
}

/* The days that can be made again, inside the period asked for. */
static bool choose_period(struct backtest *b, int32_t *from, int32_t *to)
{
    int32_t first;
    if (!store_first_kept_day(b->q.reader, &first) || !b->q.has_status) {
        log_error("backtest: no closed day is kept in this state: play or wait for one");
        return false;
    }
    *from = b->q.from && b->q.from_day > first ? b->q.from_day : first;
    *to = b->q.to && b->q.to_day < b->q.status.last_closed_day ? b->q.to_day
                                                               : b->q.status.last_closed_day;
    if (b->q.from && b->q.from_day < first)
        log_warning("backtest: days before %s are not kept any more (analyzer.day_records)",
                    query_day_text(first));
    if (*from > *to)
        log_error("backtest: no closed day between --from and --to");
    return *from <= *to;
}

static bool change_settings(struct backtest *b, const struct command *command, int *code)
{
    for (size_t i = 0; i < b->set.count; i++) {
        struct fault fault = {""};
        if (settings_change(&b->site.settings, slice_from(b->set.items[i]), &fault) != STATUS_OK) {
            *code = command_usage_error(command, "--set %s: %s", b->set.items[i], fault.text);
            return false;
        }
    }
    return true;
}

static int work(struct backtest *b)
{
    struct fault fault = {""};
    int32_t from, to;
    enum status status = past_open(&b->past, b->q.reader, &b->site.settings, b->site.assets,
                                   site_key_of(&b->site), &fault);
    if (status != STATUS_OK) {
        log_error("backtest: %s", fault.text);
        return EXIT_INPUT;
    }
    b->before = map_new(1, PEOPLE_MAX, MAP_REFUSE, NULL, NULL);
    b->after = map_new(1, PEOPLE_MAX, MAP_REFUSE, NULL, NULL);
    if (!b->before || !b->after || !choose_period(b, &from, &to))
        return EXIT_INPUT;
    status = run_days(b, from, to);
    if (status == STATUS_OK)
        print_sum(b);
    else
        log_error("backtest: the state could not be read: %s", status_text(status));
    return status == STATUS_OK ? EXIT_DONE : EXIT_INPUT;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct backtest *b = calloc(1, sizeof *b);
    int code = EXIT_INPUT;
    if (!b)
        return code;
    const struct command_option options[] = {QUERY_OPTIONS(&b->q),
                                             {"config", OPTION_TEXT, &b->config, 0},
                                             {"set", OPTION_LIST, &b->set, 0},
                                             {0}};
    if (query_begin(&b->q, command, options, argc, argv, &code)) {
        if (!b->config)
            code = command_usage_error(
                command, "--config F is needed: the settings name the directory and the key");
        else if (!site_load(&b->site, b->config))
            code = EXIT_INPUT;
        else if (change_settings(b, command, &code))
            code = work(b);
    }
    model_free(&b->model);
    map_free(&b->before);
    map_free(&b->after);
    past_close(&b->past);
    site_release(&b->site);
    command_list_release(&b->set);
    code = query_end(&b->q, STATUS_OK, code);
    free(b);
    return code;
}

const struct command backtest_command = {
    .name = "backtest",
    .synopsis = "[--state DIR] --config F [--set NAME=VALUE ...] [--from D] [--to D] [--json]",
    .help_en = "run past days under other settings; the store stays as it is",
    .help_zh = "用其他设置重算过去各日；不改动存储",
    .options_en = QUERY_HELP_EN
    "  --config F       settings file: directory, site key, time zone\n"
    "  --set N=V        a setting to try, as analyzer.alert_budget=1\n"
    "Prints what would be another alert, and the sum: alerts a day, people affected.\n"
    "Days go back as far as analyzer.day_records.\n"
    "Exit: 0 done; 2 usage; 3 settings or state.",
    .options_zh = QUERY_HELP_ZH "  --config F       设置文件：目录、站点密钥、时区\n"
                                "  --set N=V        要试用的设置，如 analyzer.alert_budget=1\n"
                                "列出告警的差异和汇总：每天告警数、涉及人数。\n"
                                "可回溯的天数由 analyzer.day_records 决定。\n"
                                "退出码：0 完成；2 用法错误；3 设置或状态错误。",
    .run = run,
};
