/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A message of the PostgreSQL server as text: the line with the prefix, continuation lines that
 * begin with a TAB, and the lines of its DETAIL, CONTEXT and STATEMENT. Read alike from stderr and
 * from syslog.
 */
#ifndef COLLECTOR_FORMATS_POSTGRESQL_STDERR_H
#define COLLECTOR_FORMATS_POSTGRESQL_STDERR_H

#include "collector/formats/postgresql_prefix.h"

/* `fallback` stands in for what the prefix does not say: time, session. */
enum status pg_stderr_message(const struct pg_prefix *prefix, const struct log_env *env,
                              struct slice text, const struct pg_log_record *fallback);

#endif
