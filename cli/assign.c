/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell assign: says whose an account is. One record is added to accounts.csv of the directory,
 * whole or not at all, and written into the console's audit trail before that.
 */
#include "analyzer/organisation.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/query.h"
#include "cli/site.h"
#include "desk/trail.h"

#include <stdio.h>
#include <sys/stat.h>

enum { ACCOUNTS_FILE_MAX = 512 << 20, RECORD_MAX = 4096 };

struct assignment {
    const char *config, *asset, *from, *to;
    const char *account, *employee;
    struct site site;
};

static const char *value_of(const struct assignment *a, struct slice column)
{
    const struct {
        const char *column, *value;
    } values[] = {{"asset", a->asset},
                  {"account", a->account},
                  {"employee", a->employee},
                  {"from", a->from ? a->from : ""},
                  {"to", a->to ? a->to : ""}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (slice_equal(column, slice_from(values[i].column)))
            return values[i].value;
    return "";
}

static void append_field(struct buffer *to, const char *value)
{
    buffer_append_byte(to, '"');
    for (; *value; value++) {
        if (*value == '"')
            buffer_append_byte(to, '"');
        buffer_append_byte(to, (uint8_t)*value);
    }
    buffer_append_byte(to, '"');
}

/* The record in the order of the file's header. */
static enum status append_record(const struct assignment *a, struct buffer *file)
{
    struct csv csv;
    struct fault fault;
    struct buffer record;
    if (file->len == 0)
        buffer_append_text(file, "asset,account,employee,from,to\n");
    if (file->ptr[file->len - 1] != '\n')
        buffer_append_byte(file, '\n');
    buffer_init(&record, RECORD_MAX);
    enum status status = csv_open(&csv, buffer_slice(file), "accounts.csv", &fault);
    for (size_t i = 0; status == STATUS_OK && i < csv.columns; i++) {
        if (i > 0)
            buffer_append_byte(&record, ',');
        append_field(&record, value_of(a, csv.header[i]));
    }
    if (status != STATUS_OK)
        log_error("%s", fault.text);
    csv_release(&csv);
    buffer_append_byte(&record, '\n');
    buffer_append_slice(file, buffer_slice(&record));
    if (status == STATUS_OK)
        status = buffer_status(&record) != STATUS_OK ? STATUS_LIMIT : buffer_status(file);
    buffer_release(&record);
    return status;
}

static bool write_trail(const struct assignment *a)
{
    struct desk desk;
    struct clock clock = clock_real();
    char error[DB_ERROR_SIZE] = "", about[TRAIL_TEXT_MAX];
    snprintf(about, sizeof about, "%.100s@%.100s = %.64s %.10s..%.10s", a->account, a->asset,
             a->employee, a->from ? a->from : "", a->to ? a->to : "");
    enum status status = desk_open(&desk, a->site.settings.state_dir, DB_WRITER, &clock, error);
    if (status == STATUS_OK)
        status = trail_append(&desk, TRAIL_account_assigned, SLICE("dwell assign"),
                              SLICE("command line"), slice_from(about));
    if (status != STATUS_OK)
        log_error("assign: the audit trail cannot be written: %s: nothing was changed",
                  *error ? error : status_text(status));
    desk_close(&desk);
    return status == STATUS_OK;
}

static bool replace_file(const struct assignment *a)
{
    char path[4200];
    struct stat about;
    struct buffer file;
    buffer_init(&file, ACCOUNTS_FILE_MAX);
    snprintf(path, sizeof path, "%s/accounts.csv", a->site.settings.directory);
    mode_t mode = stat(path, &about) == 0 ? about.st_mode & 0777 : 0640;
    enum status status = file_read(path, &file);
    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        status = append_record(a, &file);
    bool ok = status == STATUS_OK && write_trail(a);
    if (ok)
        status = file_replace(path, buffer_slice(&file), mode);
    if (status != STATUS_OK)
        log_error("%s: %s: nothing was changed", path, status_text(status));
    buffer_release(&file);
    return ok && status == STATUS_OK;
}

/* The employee must be there, and the account nobody's on the first day. */
static bool may_assign(const struct assignment *a, const struct organisation *o)
{
    int32_t day = 0;
    const struct employee *owner;
    enum entity_kind kind;
    if (!organisation_find(o, slice_from(a->employee))) {
        log_error("assign: %s: no such employee: add him to employees.csv", a->employee);
        return false;
    }
    if (a->from)
        query_day_of(a->from, &day);
    if (organisation_account(o, slice_from(a->asset), slice_from(a->account), day, &owner, &kind) !=
        STATUS_OK)
        return true;
    log_error("assign: %s is in accounts.csv for that day already (%s): end that record first, or "
              "use --from",
              a->account, entity_kind_name(kind));
    return false;
}

static int assign(struct assignment *a)
{
    struct organisation *o = NULL;
    struct fault fault;
    if (!site_load(&a->site, a->config))
        return EXIT_INPUT;
    if (organisation_load(&o, a->site.settings.directory, site_key_of(&a->site), &fault) !=
        STATUS_OK) {
        log_error("%s", fault.text);
        return EXIT_INPUT;
    }
    bool may = may_assign(a, o);
    organisation_free(&o);
    if (!may)
        return EXIT_WRONG;
    if (!replace_file(a))
        return EXIT_INPUT;
    puts(command_text("assigned: the analyzer takes it up on SIGHUP",
                      "已指定：分析器收到 SIGHUP 后生效"));
    return EXIT_DONE;
}

static bool bad_text(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ')
            return true;
    return false;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct assignment a = {0};
    struct command_list operands = {0};
    int32_t day;
    int code;
    const struct command_option options[] = {{"config", OPTION_TEXT, &a.config, 0},
                                             {"asset", OPTION_TEXT, &a.asset, 0},
                                             {"from", OPTION_TEXT, &a.from, 0},
                                             {"to", OPTION_TEXT, &a.to, 0},
                                             {0}};
    if (!command_parse(command, options, argc, argv, &operands, &code))
        return code;
    if (operands.count != 2 || !a.asset || !a.config)
        code = command_usage_error(command, "ACCOUNT, EMPLOYEE, --asset and --config are needed");
    else if ((a.from && !query_day_of(a.from, &day)) || (a.to && !query_day_of(a.to, &day)))
        code = command_usage_error(command, "--from, --to: write a day as 2026-11-21");
    else if (bad_text(operands.items[0]) || bad_text(a.asset))
        code = command_usage_error(command, "a name holds a control character");
    else {
        a.account = operands.items[0];
        a.employee = operands.items[1];
        code = assign(&a);
        site_release(&a.site);
    }
    command_list_release(&operands);
    return code;
}

const struct command assign_command = {
    .name = "assign",
    .synopsis = "ACCOUNT EMPLOYEE --asset A --config F [--from D] [--to D]",
    .help_en = "say whose an account is, from a day on",
    .help_zh = "指定某账号属于哪位员工",
    .options_en = "  --asset A        the asset as dwell coverage names it, or * for all\n"
                  "  --from D, --to D first and last day (default: no limit)\n"
                  "  --config F       settings file: directory and state_dir\n"
                  "Adds a record to accounts.csv; audited, so the console must be stopped.\n",
    .options_zh = "  --asset A        资产名称（与 dwell coverage 所列一致），* 表示全部\n"
                  "  --from D, --to D 起止日期（默认不限）\n"
                  "  --config F       设置文件：directory 和 state_dir\n"
                  "向 accounts.csv 追加一条记录并写入审计，须先停止控制台。\n",
    .run = run,
};
