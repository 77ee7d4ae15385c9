/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The `dwell` command is a table of subcommands (commands.c). A subcommand is one file with one
 * `const struct command`, and one row in that table.
 *
 * The command line is a contract: options are long ("--name value" or "--name=value", a few with a
 * short form "-o value"), may stand anywhere, and end at "--". Exit codes are enum exit_code; an
 * error is one line on standard error: what, where, what to do.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum command_option_kind {
    OPTION_FLAG, /* value: bool * */
    OPTION_TEXT, /* value: const char **; the last one given counts */
    OPTION_LIST, /* value: struct command_list *; each one given is added */
};

/* Texts in the order they were given; they point into argv. */
struct command_list {
    const char **items; /* freed by command_list_release() */
    size_t count;
};

struct command_option {
    const char *name; /* without the dashes */
    enum command_option_kind kind;
    void *value;
    char letter; /* a short form ("-o FILE"); 0: none */
};

struct command {
    const char *name;
    const char *synopsis;                /* what stands after "dwell NAME" */
    const char *help_en, *help_zh;       /* one line, shown in the overview too */
    const char *options_en, *options_zh; /* a line each, indented by two; may be NULL */
    /* argv[0] is the subcommand's name; returns an exit code. */
    int (*run)(const struct command *command, int argc, char **argv);
};

/* All subcommands, ended by NULL. */
extern const struct command *const commands[];

/* The whole program: finds the subcommand and runs it. Also answers --help and --version. */
int command_main(int argc, char **argv);

/* Reads the options (a table ended by a NULL name) and puts what is no option into `operands`.
 * When false, `exit_code` is what the subcommand must return: EXIT_DONE after --help, EXIT_USAGE
 * after an error, which has been told. */
bool command_parse(const struct command *command, const struct command_option *options, int argc,
                   char **argv, struct command_list *operands, int *exit_code);

/* Tells what is wrong with the command line, and where help is; gives EXIT_USAGE. */
int command_usage_error(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void command_list_release(struct command_list *list);

/* The text in the user's language (LC_ALL, LC_MESSAGES, LANG: Chinese where it begins with "zh").
 */
const char *command_text(const char *en, const char *zh);

/* Tells, once in a process, that standard output took no more (`error`: errno, 0 when not known; a
 * reader that went away is not told); gives EXIT_INPUT. */
int command_output_failed(const struct command *command, int error);

/* Writes out what standard output still holds. False, and the one line told, when it could not take
 * everything written so far (disk full); a reader that went away is not told. The subcommand must
 * then return EXIT_INPUT. */
bool command_flush(const struct command *command);

#endif
