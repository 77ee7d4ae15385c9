/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * `dwell sim`: writes the simulated lender, ready for `dwell replay`.
 */
#include "cli/commands.h"

#include "base/clock.h"
#include "base/slice.h"
#include "os/progress.h"
#include "sim/sim.h"

#include <stdio.h>
#include <string.h>

struct arguments {
    const char *out, *seed, *employees, *days, *from, *ids, *strength;
    bool clean, no_assignments, access_log;
};

static void show_progress(void *context, unsigned done, unsigned days)
{
    (void)days;
    progress_update(context, done);
}

static bool number(const char *text, uint64_t max, uint64_t *to)
{
    return !text || (slice_to_u64(slice_from(text), to) && *to <= max);
}

/* The index of a word in a list; false when it is none of them. NULL leaves what is there. */
static bool word(const char *text, const char *const words[], unsigned count, unsigned *to)
{
    for (unsigned i = 0; text && i < count; i++)
        if (strcmp(text, words[i]) == 0) {
            *to = i;
            return true;
        }
    return !text;
}

/* The options of the simulation; NULL, or what is wrong with the arguments. */
static const char *read_options(const struct arguments *a, struct sim_options *options)
{
    uint64_t employees = options->employees, days = options->days;
    static const char *const kinds[] = {"numeric", "uuid", "mixed"};
    static const char *const strengths[] = {"mixed", "subtle", "moderate", "obvious"};
    int64_t from = options->first_day * NS_PER_DAY;
    unsigned ids = options->ids;
    if (!number(a->seed, UINT64_MAX, &options->seed))
        return "--seed takes a whole number";
    if (!number(a->employees, 5000, &employees))
        return "--employees takes a number from 12 to 5000";
    if (!number(a->days, 400, &days))
        return "--days takes a number from 7 to 400";
    if (a->from && !time_parse(slice_from(a->from), &from))
        return "--from takes a date like 2026-10-05";
    if (!word(a->ids, kinds, SIM_IDS_COUNT, &ids))
        return "--ids takes numeric, uuid or mixed";
    if (!word(a->strength, strengths, SIM_STRENGTH_OBVIOUS + 1, &options->strength))
        return "--strength takes mixed, subtle, moderate or obvious";
    options->ids = (enum sim_ids)ids;
    options->employees = (unsigned)employees;
    options->days = (unsigned)days;
    options->first_day = from / NS_PER_DAY;
    options->clean = a->clean;
    options->access_log = a->access_log;
    options->no_assignments = a->no_assignments;
    return NULL;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct arguments a = {0};
    struct command_list operands = {0};
    int code;
    const struct command_option table[] = {{"output", OPTION_TEXT, &a.out, 'o'},
                                           {"seed", OPTION_TEXT, &a.seed, 0},
                                           {"employees", OPTION_TEXT, &a.employees, 0},
                                           {"days", OPTION_TEXT, &a.days, 0},
                                           {"from", OPTION_TEXT, &a.from, 0},
                                           {"ids", OPTION_TEXT, &a.ids, 0},
                                           {"strength", OPTION_TEXT, &a.strength, 0},
                                           {"clean", OPTION_FLAG, &a.clean, 0},
                                           {"access-log", OPTION_FLAG, &a.access_log, 0},
                                           {"no-assignments", OPTION_FLAG, &a.no_assignments, 0},
                                           {NULL, OPTION_FLAG, NULL, 0}};
    if (!command_parse(command, table, argc, argv, &operands, &code))
        return code;
    size_t extra = operands.count;
    command_list_release(&operands);
    struct sim_options options = sim_defaults();
    const char *wrong = read_options(&a, &options);
    if (wrong)
        return command_usage_error(command, "%s", wrong);
    if (!a.out || extra > 0)
        return command_usage_error(command, "name the folder to write to with -o FOLDER");
    struct fault fault = {""};
    struct progress progress;
    progress_start(&progress, 2, "simulating days", options.days);
    enum status status = sim_write(&options, a.out, show_progress, &progress, &fault);
    progress_finish(&progress);
    if (status == STATUS_OK)
        return EXIT_DONE;
    fprintf(stderr, "dwell sim: %s\n", fault.text);
    return status == STATUS_INVALID ? EXIT_USAGE : EXIT_INPUT;
}

const struct command sim_command = {
    .name = "sim",
    .synopsis = "-o FOLDER [--seed N] [--employees N] [--days N] [--from DATE] "
                "[--ids KIND] [--strength WORD] [--clean] [--no-assignments] [--access-log]",
    .help_en =
        "write weeks of a simulated lender's staff activity, with its directory and answer key",
    .help_zh = "生成一家模拟贷款机构数周的员工活动、人员目录和答案",
    .options_en =
        "  -o, --output FOLDER  where to write; made when missing\n"
        "  --seed N             another course of events (default 1)\n"
        "  --employees N        12 to 5000 (default 60)\n"
        "  --days N             7 to 400 (default 42)\n"
        "  --from DATE          the first day (default 2026-10-05)\n"
        "  --ids KIND           customers' ids: numeric, uuid, or mixed (uuid in the\n"
        "                       application, numeric in the database)\n"
        "  --strength WORD      of insiders: mixed (default), subtle, moderate, obvious\n"
        "  --clean              nobody misbehaves\n"
        "  --access-log         the application's requests as its web server logs them (JSON),\n"
        "                       in access.log, in place of events.jsonl\n"
        "  --no-assignments     no list of who has work to do on whom\n",
    .options_zh =
        "  -o, --output FOLDER  输出目录，不存在则创建\n"
        "  --seed N             随机种子（默认 1）\n"
        "  --employees N        员工数，12 至 5000（默认 60）\n"
        "  --days N             天数，7 至 400（默认 42）\n"
        "  --from DATE          第一天（默认 2026-10-05）\n"
        "  --ids KIND           客户编号：numeric、uuid 或 mixed（应用用 uuid，数据库用数字）\n"
        "  --strength WORD      违规强度：mixed（默认）、subtle、moderate、obvious\n"
        "  --clean              没有违规人员\n"
        "  --access-log         改为在 access.log 中输出应用的 Web 服务器访问日志（JSON）\n"
        "  --no-assignments     没有业务分配表\n",
    .run = run,
};
