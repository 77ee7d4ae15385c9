/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell decode: captures and logs in, events as JSON lines out. Several captures are read one after
 * the other as one, so that sessions may go on from file to file (tcpdump -C); so are logs of one
 * format (rotation).
 */
#include "base/log.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/log_input.h"
#include "collector/collector.h"
#include "collector/inputs.h"
#include "collector/sinks/jsonl.h"

#include <stdio.h>
#include <string.h>

enum { OUTPUT_BLOCK = 1 << 18 };

struct decode {
    const struct command *command;
    const char *config, *keylog;
    struct log_input logs;
    struct command_list port_texts, files;
    bool clear, verbose;
    struct collector_inputs inputs;
    struct jsonl_sink sink;
    struct collector *collector;
};

/* What is not there yet is refused: ignoring it would give other events than asked for. */
static int check_options(const struct decode *d)
{
    if (d->keylog)
        return command_usage_error(d->command, "--keylog: decryption is not supported");
    if (d->files.count == 0)
        return command_usage_error(d->command, "no FILE given");
    return EXIT_DONE;
}

/* After the settings: the command line counts more. */
static int read_ports(struct decode *d)
{
    for (size_t i = 0; i < d->port_texts.count; i++) {
        const char *text = d->port_texts.items[i];
        enum status status = port_rules_add(&d->inputs.ports, text);
        if (status == STATUS_NOT_FOUND)
            return command_usage_error(d->command, "--port %s: no decoder of that name", text);
        if (status != STATUS_OK)
            return command_usage_error(d->command, "--port %s: N=PROTO is expected", text);
    }
    return EXIT_DONE;
}

static int load_inputs(struct decode *d)
{
    struct fault fault;
    if (collector_inputs_load(&d->inputs, d->config, &fault) != STATUS_OK) {
        log_error("%s", fault.text);
        return EXIT_INPUT;
    }
    return read_ports(d);
}

static int make_collector(struct decode *d)
{
    jsonl_sink_init(&d->sink, stdout, d->clear);
    struct collector_options options = collector_inputs_options(&d->inputs);
    options.sink = &d->sink.sink;
    options.clear = d->clear;
    d->collector = collector_new(&options);
    if (d->collector)
        return log_input_open(&d->logs, d->command, &d->inputs, &d->sink.sink, d->clear);
    log_error("decode: %s", status_text(STATUS_NO_MEMORY));
    return EXIT_INPUT;
}

/* The sink knows why; other failures of it are told by their status. */
static int output_failed(struct decode *d, enum status status)
{
    if (d->sink.error)
        return command_output_failed(d->command, d->sink.error);
    log_error("decode: %s: the output is incomplete", status_text(status));
    return EXIT_INPUT;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* Whatever can be read of the file is decoded; what ends it early is told. */
static int decode_capture(struct decode *d, struct source *source, const char *path)
{
    collector_set_source(d->collector, slice_from(base_name(path)));
    struct packet packet;
    enum status read, written = STATUS_OK;
    while (written == STATUS_OK && (read = source->next(source, &packet)) == STATUS_OK)
        written = collector_packet(d->collector, &packet);
    if (written != STATUS_OK)
        return output_failed(d, written);
    if (read == STATUS_END)
        return EXIT_DONE;
    log_error("%s: everything before it was decoded", source->error);
    return EXIT_INPUT;
}

static int decode_log(struct decode *d, const char *path)
{
    int code = log_input_file(&d->logs, path);
    enum status written = log_input_written(&d->logs);
    return written == STATUS_OK ? code : output_failed(d, written);
}

/* With --format everything is a log; else what is no capture may be one. */
static int decode_file(struct decode *d, const char *path)
{
    char error[SOURCE_ERROR_MAX];
    if (d->logs.format)
        return decode_log(d, path);
    struct source *source = capture_file_open(path, error);
    if (source) {
        int code = decode_capture(d, source, path);
        source_free(&source);
        return code;
    }
    if (strcmp(path, "-") != 0 && log_file_is_log(path))
        return decode_log(d, path);
    log_error("%s", error);
    return EXIT_INPUT;
}

static void print_summary(const struct decode *d)
{
    struct buffer text;
    buffer_init(&text, 1 << 20);
    collector_summary(d->collector, &text);
    log_input_summary(&d->logs, &text);
    fputs(buffer_text(&text), stderr);
    buffer_release(&text);
}

/* A file that fails does not keep the others from being decoded. */
static int decode_files(struct decode *d)
{
    int code = EXIT_DONE;
    for (size_t i = 0; i < d->files.count && !ferror(stdout); i++) {
        int one = decode_file(d, d->files.items[i]);
        code = one == EXIT_DONE ? code : one;
    }
    enum status status = collector_finish(d->collector);
    if (status == STATUS_OK)
        status = d->sink.sink.commit(&d->sink.sink);
    if (status != STATUS_OK)
        code = output_failed(d, status);
    if (d->verbose)
        print_summary(d);
    return code;
}

static void release(struct decode *d)
{
    collector_free(&d->collector);
    log_input_close(&d->logs);
    if (d->sink.sink.close)
        d->sink.sink.close(&d->sink.sink);
    collector_inputs_release(&d->inputs);
    command_list_release(&d->port_texts);
    command_list_release(&d->files);
}

static int run(const struct command *command, int argc, char **argv)
{
    static char output[OUTPUT_BLOCK];
    struct decode d = {.command = command};
    const struct command_option options[] = {{"config", OPTION_TEXT, &d.config, 0},
                                             {"format", OPTION_TEXT, &d.logs.format, 0},
                                             {"timezone", OPTION_TEXT, &d.logs.timezone, 0},
                                             {"server", OPTION_TEXT, &d.logs.server, 0},
                                             {"port", OPTION_LIST, &d.port_texts, 0},
                                             {"keylog", OPTION_TEXT, &d.keylog, 0},
                                             {"clear", OPTION_FLAG, &d.clear, 0},
                                             {"verbose", OPTION_FLAG, &d.verbose, 'v'},
                                             {0}};
    int code;
    setvbuf(stdout, output, _IOFBF, sizeof output);
    if (command_parse(command, options, argc, argv, &d.files, &code)) {
        code = check_options(&d);
        code = code == EXIT_DONE ? load_inputs(&d) : code;
        code = code == EXIT_DONE ? make_collector(&d) : code;
        code = code == EXIT_DONE ? decode_files(&d) : code;
    }
    release(&d);
    return code;
}

const struct command decode_command = {
    .name = "decode",
    .synopsis = "[--config F] [--format NAME] [--port N=PROTO] [--clear] [-v] FILE...",
    .help_en = "print the access events of captures and logs as JSON lines",
    .help_zh = "将抓包文件和日志中的访问事件输出为 JSON 行",
    .options_en =
        "  FILE             pcap or pcapng, or a log; gzip too; - is standard input\n"
        "  --config F       settings file: assets, site key, sensor name\n"
        "  --format NAME    the files are logs of this format (docs/log-formats.md); else "
        "recognised\n"
        "  --timezone ZONE  of log times that name none; else the site's\n"
        "  --server IP:PORT the server whose logs they are\n"
        "  --port N=PROTO   the server port N speaks PROTO; may be repeated\n"
        "  --clear          print statements as sent, with their values\n"
        "  -v, --verbose    afterwards, what was seen and what was not, to standard error\n"
        "Exit: 0 done; 2 usage; 3 a file could not be read to its end, or output failed.",
    .options_zh = "  FILE             pcap、pcapng 或日志文件，可为 gzip 压缩；- 表示标准输入\n"
                  "  --config F       设置文件：资产、站点密钥、采集器名称\n"
                  "  --format NAME    文件为该格式的日志（见 docs/log-formats.md），默认自动识别\n"
                  "  --timezone ZONE  日志时间未注明时区时所用的时区，默认为站点时区\n"
                  "  --server IP:PORT 日志所属的服务器\n"
                  "  --port N=PROTO   服务器端口 N 使用协议 PROTO，可重复\n"
                  "  --clear          按原文输出语句及其参数值\n"
                  "  -v, --verbose    结束后在标准错误输出已解析与未解析的统计\n"
                  "退出码：0 完成；2 用法错误；3 文件未能读完或输出失败。",
    .run = run,
};
