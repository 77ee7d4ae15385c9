/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * `dwell manual`: the page dwell(1) of the manual, made from the table of subcommands, so that it
 * says what the program does.
 */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

/* A line of text as roff: backslashes doubled, a control character at the front disarmed. */
static void roff_text(const char *text, size_t len)
{
    if (len > 0 && (text[0] == '.' || text[0] == '\''))
        fputs("\\&", stdout);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\\')
            fputs("\\e", stdout);
        else if (text[i] == '-')
            fputs("\\-", stdout);
        else
            putchar(text[i]);
    }
}

static void roff_lines(const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        roff_text(text, len);
        putchar('\n');
        text += len + (text[len] == '\n');
    }
}

static void print_command(const struct command *command)
{
    printf(".SS ");
    roff_text(command->name, strlen(command->name));
    printf("\n.B dwell %s\n", command->name);
    roff_text(command->synopsis, strlen(command->synopsis));
    printf("\n.PP\n");
    roff_lines(command_text(command->help_en, command->help_zh));
    const char *options = command_text(command->options_en, command->options_zh);
    if (!options)
        return;
    puts(".PP\n.nf");
    roff_lines(options);
    puts(".fi");
}

static int run(const struct command *command, int argc, char **argv)
{
    struct command_list operands = {0};
    int code;
    const struct command_option table[] = {{NULL, OPTION_FLAG, NULL, 0}};
    if (!command_parse(command, table, argc, argv, &operands, &code))
        return code;
    size_t extra = operands.count;
    command_list_release(&operands);
    if (extra > 0)
        return command_usage_error(command, "takes no argument");
    printf(".TH DWELL 1 \"\" \"Dwell %s\" \"Dwell\"\n", DWELL_VERSION);
    puts(command_text(
        ".SH NAME\ndwell \\- who looked at whom, how long, and whether that is normal\n"
        ".SH SYNOPSIS\n.B dwell\n.I COMMAND\n[OPTION ...]\n.SH COMMANDS",
        ".SH 名称\ndwell \\- 谁看了谁的数据、看了多久、是否正常\n"
        ".SH 概要\n.B dwell\n.I 命令\n[选项 ...]\n.SH 命令"));
    for (size_t i = 0; commands[i]; i++)
        print_command(commands[i]);
    puts(command_text(
        ".SH EXIT STATUS\n0 done; 1 something is wrong in what was checked; 2 the command line is "
        "wrong; 3 input, settings or state could not be read or written.\n.SH SEE ALSO\n.BR "
        "dwell.yaml (5)",
        ".SH 退出状态\n0 完成；1 检查发现问题；2 命令行有误；3 "
        "输入、设置或状态无法读写。\n.SH 参见\n.BR dwell.yaml (5)"));
    return command_flush(command) ? EXIT_DONE : EXIT_INPUT;
}

const struct command manual_command = {
    .name = "manual",
    .synopsis = "",
    .help_en = "print the page dwell(1) of the manual (dwell manual | man -l -)",
    .help_zh = "输出 dwell(1) 手册页（dwell manual | man -l -）",
    .run = run,
};
