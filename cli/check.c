/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell check: settings, directory and inventory, without starting anything.
 */
#include "analyzer/organisation.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/site.h"
#include "collector/log_settings.h"
#include "collector/sources/syslog_tls.h"

#include <stdio.h>

/* Formats, zones, addresses and certificates of log sources, without opening a port. */
static enum status check_logs(const struct settings *settings, struct fault *fault)
{
    struct log_settings logs;
    struct syslog_tls *tls = NULL;
    enum status status = log_settings_read(&logs, settings, fault);
    if (status == STATUS_OK && settings->collector_syslog_tls.count > 0)
        status = syslog_tls_open(&tls, settings->collector_syslog_certificate,
                                 settings->collector_syslog_private_key,
                                 settings->collector_syslog_client_ca, fault);
    syslog_tls_close(&tls);
    log_settings_release(&logs);
    return status;
}

static int check(const char *config)
{
    struct site site;
    struct fault fault;
    struct organisation *organisation = NULL;
    int code = EXIT_WRONG;
    if (site_load(&site, config)) {
        enum status status =
            organisation_load(&organisation, site.settings.directory, site_key_of(&site), &fault);
        if (status == STATUS_OK)
            status = check_logs(&site.settings, &fault);
        if (status != STATUS_OK)
            log_error("%s", fault.text);
        code = status == STATUS_OK ? EXIT_DONE : EXIT_WRONG;
    }
    if (code == EXIT_DONE) {
        printf(command_text("%s: right: %zu employees, %zu assets%s%s\n",
                            "%s：正确：%zu 名员工，%zu 个资产%s%s\n"),
               config, organisation_size(organisation), assets_count(site.assets),
               organisation_has_assignments(organisation)
                   ? command_text(", with assignments", "，含业务分配")
                   : "",
               site.has_key ? "" : command_text(", no site key", "，无站点密钥"));
    }
    organisation_free(&organisation);
    site_release(&site);
    return code;
}

static void print_reference(void)
{
    struct buffer text;
    buffer_init(&text, 1 << 20);
    settings_reference_text(&text,
                            *command_text("e", "z") == 'z' ? SETTINGS_CHINESE : SETTINGS_ENGLISH);
    fwrite(text.ptr, 1, text.len, stdout);
    buffer_release(&text);
}

static int run(const struct command *command, int argc, char **argv)
{
    const char *config = NULL;
    bool settings = false;
    struct command_list operands = {0};
    int code;
    const struct command_option options[] = {
        {"config", OPTION_TEXT, &config, 0}, {"settings", OPTION_FLAG, &settings, 0}, {0}};
    if (command_parse(command, options, argc, argv, &operands, &code)) {
        if (settings) {
            print_reference();
            code = EXIT_DONE;
        } else {
            code = config ? check(config) : command_usage_error(command, "--config F is needed");
        }
        if (!command_flush(command))
            code = EXIT_INPUT;
    }
    command_list_release(&operands);
    return code;
}

const struct command check_command = {
    .name = "check",
    .synopsis = "--config F | --settings",
    .help_en = "check settings, directory and inventory without starting",
    .help_zh = "检查设置、员工目录和资产清单，不启动程序",
    .options_en = "  --config F       the settings file\n"
                  "  --settings       list all settings with units, ranges and defaults\n"
                  "Exit: 0 right; 1 a fault, told as file:line:column; 2 usage.",
    .options_zh = "  --config F       设置文件\n"
                  "  --settings       列出全部设置及单位、范围和默认值\n"
                  "退出码：0 正确；1 有错误（文件:行:列）；2 用法错误。",
    .run = run,
};
