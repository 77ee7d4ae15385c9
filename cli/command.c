/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Finding and running a subcommand, and reading its options.
 */
#include "cli/command.h"

#include "base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *command_text(const char *en, const char *zh)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value)
            return strncmp(value, "zh", 2) == 0 ? zh : en;
    }
    return en;
}

static void print_overview(FILE *to)
{
    fprintf(to, "%s\n\n",
            command_text("usage: dwell COMMAND [OPTION...] [ARGUMENT...]",
                         "用法：dwell 命令 [选项...] [参数...]"));
    for (const struct command *const *c = commands; *c; c++)
        fprintf(to, "  %-10s %s\n", (*c)->name, command_text((*c)->help_en, (*c)->help_zh));
    fprintf(to, "\n%s\n",
            command_text("dwell COMMAND --help tells more; dwell --version the version.",
                         "dwell 命令 --help 显示详情；dwell --version 显示版本。"));
}

static void print_help(const struct command *command)
{
    printf("%s dwell %s %s\n\n%s\n", command_text("usage:", "用法："), command->name,
           command->synopsis, command_text(command->help_en, command->help_zh));
    if (command->options_en)
        printf("\n%s\n", command_text(command->options_en, command->options_zh));
}

static const struct command *find(const char *name)
{
    for (const struct command *const *c = commands; *c; c++)
        if (strcmp((*c)->name, name) == 0)
            return *c;
    return NULL;
}

int command_main(int argc, char **argv)
{
    static const struct command overview = {.name = "--help"};
    log_set_program("dwell");
    signal(SIGPIPE, SIG_IGN); /* a reader that goes away is an error of the write */
    if (argc < 2) {
        print_overview(stderr);
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
        print_overview(stdout);
        return command_flush(&overview) ? EXIT_DONE : EXIT_INPUT;
    }
    if (strcmp(name, "--version") == 0) {
        printf("dwell %s\n", DWELL_VERSION);
        return command_flush(&overview) ? EXIT_DONE : EXIT_INPUT;
    }
    const struct command *command = find(name);
    if (!command) {
        log_error("unknown command \"%s\": dwell --help lists the commands", name);
        return EXIT_USAGE;
    }
    int code = command->run(command, argc - 1, argv + 1);
    return command_flush(command) ? code : EXIT_INPUT;
}

int command_usage_error(const struct command *command, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    log_error("%s: %s: see dwell %s --help", command->name, text, command->name);
    return EXIT_USAGE;
}

static bool list_add(struct command_list *list, const char *item)
{
    const char **items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (!items)
        return false;
    items[list->count] = item;
    *list = (struct command_list){items, list->count + 1};
    return true;
}

void command_list_release(struct command_list *list)
{
    free(list->items);
    *list = (struct command_list){0};
}

static const struct command_option *option_find(const struct command_option *options,
                                                const char *name, size_t len)
{
    for (; options->name; options++)
        if (strncmp(options->name, name, len) == 0 && options->name[len] == '\0')
            return options;
    return NULL;
}

/* What one call of command_parse() carries. */
struct parse {
    const struct command *command;
    const struct command_option *options;
    int argc, at;
    char **argv;
    struct command_list *operands;
    int code;
};

static bool refuse(struct parse *p, const char *what, const char *option)
{
    p->code = command_usage_error(p->command, "%s: %s", option, what);
    return false;
}

static bool option_store(struct parse *p, const struct command_option *option, const char *value)
{
    if (option->kind == OPTION_FLAG)
        *(bool *)option->value = true;
    else if (option->kind == OPTION_TEXT)
        *(const char **)option->value = value;
    else if (!list_add(option->value, value))
        return refuse(p, "out of memory", option->name);
    return true;
}

static const struct command_option *option_of_letter(const struct command_option *options,
                                                     const char *argument)
{
    for (; options->name; options++)
        if (argument[1] == options->letter && argument[2] == '\0')
            return options;
    return NULL;
}

/* The argument at p->at begins with a dash; "name=value" carries its value, else it follows. */
static bool parse_option(struct parse *p)
{
    const char *argument = p->argv[p->at];
    bool is_long = argument[1] == '-';
    size_t len = is_long ? strcspn(argument + 2, "=") : 0;
    const char *value = is_long && argument[2 + len] == '=' ? argument + 2 + len + 1 : NULL;
    if (strcmp(argument, "--help") == 0) {
        print_help(p->command);
        p->code = EXIT_DONE;
        return false;
    }
    const struct command_option *option = is_long ? option_find(p->options, argument + 2, len)
                                                  : option_of_letter(p->options, argument);
    if (!option)
        return refuse(p, "unknown option", argument);
    if (option->kind == OPTION_FLAG && value)
        return refuse(p, "takes no value", argument);
    if (option->kind != OPTION_FLAG && !value) {
        if (p->at + 1 >= p->argc)
            return refuse(p, "needs a value", argument);
        value = p->argv[++p->at];
    }
    return option_store(p, option, value);
}

static bool parse_all(struct parse *p)
{
    bool options_end = false;
    for (; p->at < p->argc; p->at++) {
        const char *argument = p->argv[p->at];
        if (!options_end && strcmp(argument, "--") == 0)
            options_end = true;
        else if (!options_end && argument[0] == '-' && argument[1]) {
            if (!parse_option(p))
                return false;
        } else if (!list_add(p->operands, argument))
            return refuse(p, "out of memory", argument);
    }
    return true;
}

bool command_parse(const struct command *command, const struct command_option *options, int argc,
                   char **argv, struct command_list *operands, int *exit_code)
{
    *operands = (struct command_list){0};
    struct parse p = {.command = command,
                      .options = options,
                      .argc = argc,
                      .at = 1,
                      .argv = argv,
                      .operands = operands};
    if (parse_all(&p))
        return true;
    command_list_release(operands);
    *exit_code = p.code;
    return false;
}

int command_output_failed(const struct command *command, int error)
{
    static bool told;
    /* A reader that has seen enough (head, less) is no fault worth a line. */
    if (!told && error != EPIPE)
        log_error("%s: standard output: %s: the output is incomplete", command->name,
                  error ? strerror(error) : "write failed");
    told = true;
    return EXIT_INPUT;
}

bool command_flush(const struct command *command)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    command_output_failed(command, errno);
    return false;
}
