/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The table of log formats. Where two would recognise the same log, the one before wins.
 */
#include "collector/formats/formats.h"

/* clang-format off */
const struct log_format *const log_formats[] = {
    &postgresql_csvlog_format,
    &postgresql_jsonlog_format,
    &postgresql_syslog_format,
    &mariadb_audit_format,
    &mysql_slow_format,
    &mysql_general_format,
    &web_log_format,
    &login_log_format,
    &postgresql_stderr_format,
    &generic_json_format,
    &generic_csv_format,
    &generic_pairs_format,
    NULL,
};
/* clang-format on */

const struct log_format *log_format_named(struct slice name)
{
    for (const struct log_format *const *f = log_formats; *f; f++)
        if (slice_equal(slice_from((*f)->name), name))
            return *f;
    return NULL;
}

const struct log_format *log_format_recognise(struct slice head)
{
    const struct log_format *maybe = NULL;
    size_t count = 0;
    for (const struct log_format *const *f = log_formats; *f; f++) {
        enum decoder_verdict verdict = (*f)->probe ? (*f)->probe(head) : PROBE_NO;
        if (verdict == PROBE_YES)
            return *f;
        if (verdict == PROBE_MAYBE && count++ == 0)
            maybe = *f;
    }
    return count == 1 ? maybe : NULL;
}
