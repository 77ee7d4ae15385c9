/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Syslog as it comes over a stream, cut into messages whose headers are read; and the same bytes as
 * a journal export.
 */
#include "collector/formats/syslog_line.h"
#include "collector/sources/journal_export.h"
#include "collector/sources/syslog_frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_header(void *context, struct slice message)
{
    static const struct zone utc;
    struct syslog_line line;
    (void)context;
    if (syslog_line_read(message, &utc, INT64_C(1795295812) * 1000000000, &line) &&
        line.text.len > message.len)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct syslog_frames frames = {0};
    struct slice bytes = slice_make(data, size), message;
    struct journal_export journal;
    size_t used;
    enum status status;
    do {
        status = syslog_frames_next(&frames, bytes, &used, &message);
        if (used > bytes.len || message.len > SYSLOG_MESSAGE_MAX)
            __builtin_trap();
        bytes = slice_part(bytes, used, bytes.len);
        if (status == STATUS_OK || status == STATUS_LIMIT)
            read_header(NULL, message);
    } while (status == STATUS_OK || status == STATUS_LIMIT);
    journal_export_init(&journal, read_header, NULL);
    (void)journal_export_feed(&journal, slice_make(data, size));
    journal_export_release(&journal);
    return 0;
}
