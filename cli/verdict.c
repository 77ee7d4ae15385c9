/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell verdict: what somebody decided about an employee's day. It is added to the list of verdicts
 * that the console writes too; the analyzer takes it in within a second, or when it starts.
 */
#include "base/clock.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/query.h"
#include "store/verdict_list.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

struct giving {
    const char *day, *reason;
    enum verdict_kind kind;
};

static struct slice who_gives(char *to, size_t size)
{
    const struct passwd *user = getpwuid(getuid());
    int n = user ? snprintf(to, size, "%s (dwell verdict)", user->pw_name)
                 : snprintf(to, size, "uid %lu (dwell verdict)", (unsigned long)getuid());
    return slice_make(to, n > 0 ? (size_t)n : 0);
}

static bool list_verdict(void *context, const struct store_verdict *v)
{
    struct slice *employee = context;
    if (employee->len > 0 && !slice_equal(*employee, v->employee))
        return true;
    printf("#%llu  ", (unsigned long long)v->sequence);
    query_print(v->employee);
    printf("  %s  %s  ", query_day_text(v->day), verdict_name(v->kind));
    query_print(v->who);
    printf("  %s  ", query_time_text(v->time_ns));
    query_print(v->reason);
    putchar('\n');
    return true;
}

static int list(struct query *q)
{
    struct verdict_list_place place = {0};
    struct slice employee =
        q->operands.count > 0 ? slice_from(q->operands.items[0]) : (struct slice){0};
    enum status status = verdict_list_read(q->state, &place, list_verdict, &employee);
    if (status == STATUS_CORRUPT)
        log_error("verdict: %s/desk/verdicts: line %llu does not follow from those before: restore "
                  "the file",
                  q->state, (unsigned long long)place.sequence + 1);
    return query_end(q, STATUS_OK, status == STATUS_OK ? EXIT_DONE : EXIT_INPUT);
}

static int add(struct query *q, struct giving *g)
{
    char who[VERDICT_WHO_MAX];
    struct clock real = clock_real();
    struct arena arena;
    struct store_day stored;
    struct store_verdict v = {.employee = slice_from(q->operands.items[0]),
                              .kind = g->kind,
                              .who = who_gives(who, sizeof who),
                              .reason = slice_from(g->reason),
                              .time_ns = clock_now(&real)};
    query_day_of(g->day, &v.day);
    arena_init(&arena, 16 << 20);
    enum status status = store_day_get(q->reader, v.employee, v.day, &arena, &stored);
    v.alert = status == STATUS_OK ? stored.alert : 0;
    if (status == STATUS_NOT_FOUND)
        log_error("verdict: %s: no scored day %s of this employee: see dwell risk",
                  q->operands.items[0], g->day);
    else if (status == STATUS_OK && (status = verdict_list_add(q->state, &v)) != STATUS_OK)
        log_error("verdict: %s/desk/verdicts: %s: nothing was added", q->state,
                  status_text(status));
    arena_release(&arena);
    if (status == STATUS_OK)
        printf(command_text("verdict #%llu: the analyzer takes it in; learning follows at the next "
                            "close of a day\n",
                            "裁定 #%llu：分析器会接收；下次日结时据此重新学习\n"),
               (unsigned long long)v.sequence);
    return query_end(q, STATUS_OK,
                     status == STATUS_OK          ? EXIT_DONE
                     : status == STATUS_NOT_FOUND ? EXIT_WRONG
                                                  : EXIT_INPUT);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct query q = {0};
    struct giving g = {0};
    bool listing = false;
    int32_t day;
    int code;
    const struct command_option options[] = {QUERY_OPTIONS(&q),
                                             {"day", OPTION_TEXT, &g.day, 0},
                                             {"reason", OPTION_TEXT, &g.reason, 0},
                                             {"list", OPTION_FLAG, &listing, 0},
                                             {0}};
    if (!query_begin(&q, command, options, argc, argv, &code))
        return query_end(&q, STATUS_OK, code);
    if (listing)
        return list(&q);
    if (q.operands.count != 2 || !verdict_find(slice_from(q.operands.items[1]), &g.kind))
        return query_end(&q, STATUS_OK,
                         command_usage_error(command, "EMPLOYEE and one of benign, watch, "
                                                      "confirmed are expected"));
    if (!g.day || !query_day_of(g.day, &day))
        return query_end(&q, STATUS_OK,
                         command_usage_error(command, "--day D is needed, as 2026-11-21"));
    if (!g.reason || !*g.reason || strlen(g.reason) > VERDICT_REASON_MAX)
        return query_end(
            &q, STATUS_OK,
            command_usage_error(command, "--reason T is needed, of at most 1000 bytes"));
    return add(&q, &g);
}

const struct command verdict_command = {
    .name = "verdict",
    .synopsis =
        "[--state DIR] EMPLOYEE --day D benign|watch|confirmed --reason T | --list [EMPLOYEE]",
    .help_en = "say how an employee's day is judged; learning follows it",
    .help_zh = "对某员工某日作出裁定；学习据此调整",
    .options_en = QUERY_HELP_EN
    "  --day D          the day\n"
    "  --reason T       why, in a sentence\n"
    "  --list           the verdicts given, with the hash chain checked\n"
    "benign: the day is learnt whole, its alert closes. watch: a case is open, its\n"
    "days stay out of the alert threshold. confirmed: nothing of the day is learnt.\n"
    "Exit: 0 done; 1 no such day; 2 usage; 3 state.",
    .options_zh =
        QUERY_HELP_ZH "  --day D          日期\n"
                      "  --reason T       理由（一句话）\n"
                      "  --list           列出已作裁定并校验哈希链\n"
                      "benign：当日全部学习，告警关闭。watch：立案，其间各日不计入告警阈值。\n"
                      "confirmed：当日内容完全不学习。\n"
                      "退出码：0 完成；1 无此日期；2 用法错误；3 状态错误。",
    .run = run,
};
