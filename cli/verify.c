/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell verify: the hash chains and indexes of a state directory.
 */
#include "cli/commands.h"
#include "cli/query.h"

#include <inttypes.h>
#include <stdio.h>

static void tell(void *context, const char *line)
{
    struct query *q = context;
    if (!q->json) {
        printf("%s\n", line);
        return;
    }
    struct json_writer w = query_json(q);
    json_write_object_open(&w);
    json_write_key(&w, "fault");
    json_write_text(&w, line);
    json_write_object_close(&w);
    query_json_print(q);
}

static void summary(struct query *q, const struct store_verification *v)
{
    if (!q->json) {
        printf(command_text("%" PRIu64 " days, %" PRIu64 " blocks, %" PRIu64 " events, %" PRIu64
                            " index rows, %" PRIu64 " notices checked: %" PRIu64 " faults\n",
                            "已检查 %" PRIu64 " 天，%" PRIu64 " 个数据块，%" PRIu64
                            " 个事件，%" PRIu64 " 条索引，%" PRIu64 " 条通知：%" PRIu64
                            " 处错误\n"),
               v->days, v->blocks, v->events, v->index_rows, v->notices, v->faults);
        return;
    }
    const struct {
        const char *key;
        uint64_t value;
    } numbers[] = {{"days", v->days},       {"blocks", v->blocks},
                   {"events", v->events},   {"index_rows", v->index_rows},
                   {"notices", v->notices}, {"faults", v->faults}};
    struct json_writer w = query_json(q);
    json_write_object_open(&w);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        json_write_key(&w, numbers[i].key);
        json_write_unsigned(&w, numbers[i].value);
    }
    json_write_object_close(&w);
    query_json_print(q);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct query q = {0};
    struct store_verification result;
    int code;
    const struct command_option options[] = {QUERY_OPTIONS(&q), {0}};
    if (!query_begin(&q, command, options, argc, argv, &code))
        return query_end(&q, STATUS_OK, code);
    enum status status = store_verify(q.reader, tell, &q, &result);
    summary(&q, &result);
    return query_end(&q, status, result.faults > 0 ? EXIT_WRONG : EXIT_DONE);
}

const struct command verify_command = {
    .name = "verify",
    .synopsis = "[--state DIR] [--json]",
    .help_en = "check the hash chains and indexes of everything kept",
    .help_zh = "校验全部留存数据的哈希链和索引",
    .options_en = QUERY_HELP_EN
    "Exit: 0 everything is as it was written; 1 faults were found; 3 the state cannot be read.",
    .options_zh = QUERY_HELP_ZH "退出码：0 完好；1 发现错误；3 无法读取。",
    .run = run,
};
