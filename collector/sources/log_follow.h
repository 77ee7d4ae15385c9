/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Log files that are followed: one setting, which is a path or a pattern, and all the files that it
 * came to mean. Rotation by renaming, by copying and truncating, compressed old files, restarts
 * and kills neither lose nor double an event; docs/log-sources.md says how and where the limits
 * are.
 */
#ifndef COLLECTOR_LOG_FOLLOW_H
#define COLLECTOR_LOG_FOLLOW_H

#include "collector/sources/log_source.h"

struct log_follow_options {
    const char *path;        /* absolute, or a glob(7) pattern; copied */
    struct slice format;     /* as log_reader_options; all below outlive the source */
    const struct zone *zone; /* NULL: UTC */
    struct event_address server;
};

/* Reads the positions kept in the spool. NULL when there is no memory. */
struct log_source *log_follow_open(struct log_source_env *env,
                                   const struct log_follow_options *options);

/* The folder in which the files of a path or pattern lie, for the sandbox: what stands before the
 * first wildcard, up to its last slash. At most `size` bytes. */
void log_follow_folder(const char *path, char *to, size_t size);

#endif
