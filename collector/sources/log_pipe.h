/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A log from standard input or a named pipe, in any format or in the journal's export format. What
 * was read from a pipe cannot be read again: events not committed when the collector is killed are
 * lost with it.
 */
#ifndef COLLECTOR_LOG_PIPE_H
#define COLLECTOR_LOG_PIPE_H

#include "collector/log_settings.h"
#include "collector/sources/log_source.h"

/* Is it standard input, or a named pipe? */
bool log_pipe_is(const char *path);

/* The descriptor, or -1 (errno says why). A named pipe is held open for writing too, so that it
 * does not end when a writer leaves. */
int log_pipe_descriptor(const char *path);

/* Takes over the descriptor. NULL: no memory. */
struct log_source *log_pipe_open(struct log_source_env *env, int fd, const struct log_row *row,
                                 const struct log_settings *settings);

#endif
