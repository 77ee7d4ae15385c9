/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One declaration per log format, for the table in formats.c.
 */
#ifndef COLLECTOR_FORMATS_FORMATS_H
#define COLLECTOR_FORMATS_FORMATS_H

#include "collector/formats/format.h"

extern const struct log_format generic_csv_format;
extern const struct log_format generic_json_format;
extern const struct log_format generic_pairs_format;
extern const struct log_format login_log_format;
extern const struct log_format mariadb_audit_format;
extern const struct log_format mysql_general_format;
extern const struct log_format mysql_slow_format;
extern const struct log_format postgresql_csvlog_format;
extern const struct log_format postgresql_jsonlog_format;
extern const struct log_format postgresql_stderr_format;
extern const struct log_format postgresql_syslog_format;
extern const struct log_format web_log_format;

#endif
