/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell replay: collector and analyzer over recorded input, in event time, to the end.
 */
#include "analyzer/engine.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/replay_files.h"
#include "cli/site.h"
#include "collector/watching.h"
#include "os/progress.h"

#include <stdio.h>
#include <stdlib.h>

struct replay {
    const char *config, *state;
    bool quiet;
    struct command_list files;
    struct site site;
    struct replay_files input;
    struct engine *engine;
    struct progress progress;
};

static enum status take(void *context, struct slice name, uint64_t spool, uint64_t sequence,
                        const struct event *event)
{
    struct replay *r = context;
    return engine_event(r->engine, name, spool, sequence, event);
}

static bool open_engine(struct replay *r)
{
    struct fault fault;
    struct engine_options options = {.settings = &r->site.settings,
                                     .state_dir = r->state,
                                     .assets = r->site.assets,
                                     .site_key = site_key_of(&r->site),
                                     .replay = true};
    enum status status = engine_open(&r->engine, &options, &fault);
    if (status != STATUS_OK)
        log_error("replay: %s", fault.text);
    return status == STATUS_OK;
}

/* What the captures held that could not be decoded, once at the end. */
static enum status report_captures(struct replay *r)
{
    struct source_stats stats = {0};
    struct watching watching = {0};
    struct watch_report report;
    if (!r->input.collector || r->input.captured == 0)
        return STATUS_OK;
    watching_report(&watching, r->input.collector, &stats, r->input.captured_ns, &report);
    report.sensor = slice_from(r->site.settings.sensor);
    report.source = SLICE("captures");
    return engine_watch(r->engine, SLICE("replay:captures"), r->input.capture_spool,
                        r->input.captured + 1, &report);
}

static bool play(struct replay *r)
{
    enum status status;
    r->input.take = take;
    r->input.context = r;
    r->input.json.space = engine_space;
    r->input.json.context = r->engine;
    progress_start(&r->progress, 2, "replay", r->quiet ? 0 : replay_files_size(&r->input));
    while ((status = replay_files_next(&r->input)) == STATUS_OK)
        if (!r->quiet)
            progress_update(&r->progress, replay_files_read(&r->input));
    if (status == STATUS_END)
        status = report_captures(r);
    if (status == STATUS_OK)
        status = engine_score_running(r->engine);
    if (!r->quiet) {
        progress_update(&r->progress, replay_files_size(&r->input));
        progress_finish(&r->progress);
    }
    if (status != STATUS_OK)
        log_error("replay: the store could not be written: %s: what was committed is whole",
                  status_text(status));
    return status == STATUS_OK;
}

static int replay_all(struct replay *r)
{
    if (!site_load(&r->site, r->config))
        return EXIT_INPUT;
    if (!replay_files_open(&r->input, &r->site, r->files.items, r->files.count) ||
        !open_engine(r) || !play(r))
        return EXIT_INPUT;
    if (r->input.refused > 0)
        log_warning("replay: %llu lines were no events and were passed over",
                    (unsigned long long)r->input.refused);
    if (!r->quiet)
        fprintf(stderr, "%llu events replayed\n", (unsigned long long)r->input.events);
    return r->input.failed || r->input.refused > 0 ? EXIT_WRONG : EXIT_DONE;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct replay *r = calloc(1, sizeof *r);
    int code = EXIT_INPUT;
    if (!r)
        return code;
    const struct command_option options[] = {{"config", OPTION_TEXT, &r->config, 0},
                                             {"state", OPTION_TEXT, &r->state, 0},
                                             {"quiet", OPTION_FLAG, &r->quiet, 'q'},
                                             {0}};
    if (command_parse(command, options, argc, argv, &r->files, &code)) {
        if (!r->config)
            code = command_usage_error(
                command, "--config F is needed: the settings name the directory and the key");
        else if (r->files.count == 0)
            code = command_usage_error(command, "no FILE given");
        else
            code = replay_all(r);
        replay_files_close(&r->input);
        engine_close(&r->engine);
        site_release(&r->site);
    }
    command_list_release(&r->files);
    free(r);
    return code;
}

const struct command replay_command = {
    .name = "replay",
    .synopsis = "--config F [--state DIR] [-q] FILE...",
    .help_en = "run recorded captures and event lines through collector and analyzer",
    .help_zh = "将抓包文件和事件 JSON 行按时间顺序送入采集与分析",
    .options_en =
        "  FILE             captures (pcap, pcapng) and files of event JSON lines, merged by time\n"
        "  --config F       settings file: directory, site key, time zone\n"
        "  --state DIR      where to keep the result, in place of the settings' state_dir\n"
        "  -q, --quiet      no progress\n"
        "What is in the state already is not taken twice.\n"
        "Exit: 0 done; 1 some lines were refused or a file ended early; 2 usage; 3 input or state.",
    .options_zh = "  FILE             抓包文件（pcap、pcapng）和事件 JSON 行文件，按时间合并\n"
                  "  --config F       设置文件：目录、站点密钥、时区\n"
                  "  --state DIR      结果目录，代替设置中的 state_dir\n"
                  "  -q, --quiet      不显示进度\n"
                  "已在状态目录中的事件不会重复计入。\n"
                  "退出码：0 完成；1 有行被拒绝或文件提前结束；2 用法错误；3 输入或状态错误。",
    .run = run,
};
