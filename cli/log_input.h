/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Log files as input of a subcommand: its options --format, --timezone and --server, and the reader
 * they make.
 */
#ifndef CLI_LOG_INPUT_H
#define CLI_LOG_INPUT_H

#include "base/zone.h"
#include "cli/command.h"
#include "collector/formats/log_file.h"
#include "collector/inputs.h"

struct log_input {
    const char *format, *timezone, *server; /* of the command line, NULL: not given */
    struct buffer format_text;              /* NAME:ARGUMENT as the format takes it */
    struct zone zone;
    struct sink *sink;
    struct log_reader *reader;
    enum status written; /* of the sink */
};

/* After the options were read: the reader, which gives its events to the sink. Returns an exit
 * code; other than EXIT_DONE: told. */
int log_input_open(struct log_input *logs, const struct command *command,
                   const struct collector_inputs *inputs, struct sink *sink, bool clear);
void log_input_close(struct log_input *logs);

/* Reads a file to its end; what is wrong with it is told. */
int log_input_file(struct log_input *logs, const char *path);

/* What the sink said last, when it was the sink that failed. */
enum status log_input_written(const struct log_input *logs);

/* What the logs held, when there were any. */
void log_input_summary(const struct log_input *logs, struct buffer *out);

#endif
