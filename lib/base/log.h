/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A program's own log: one line an entry to standard error, "level what: where: what to do".
 * Control characters and invalid UTF-8 in the message are escaped, so text from outside cannot
 * forge a line or move a terminal. Secrets and result cells are never passed here.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_NOTICE, LOG_LEVEL_DEBUG };

/* Entries above the level are dropped; the default is LOG_LEVEL_NOTICE. */
void log_set_level(enum log_level level);

/* The program's name stands first in each line; the string must stay alive. */
void log_set_program(const char *name);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
