/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A log file read once from its beginning to its end, gzip'ed or not: all of it into a log reader,
 * or event by event for whoever merges several inputs.
 */
#ifndef COLLECTOR_FORMATS_LOG_FILE_H
#define COLLECTOR_FORMATS_LOG_FILE_H

#include "collector/formats/log_reader.h"

enum { LOG_FILE_ERROR_MAX = 512 };

struct log_file;

/* Opens a file and lets the reader begin with it; `error` says what is wrong otherwise. "-" is
 * standard input. */
struct log_file *log_file_open(struct log_reader *reader, const char *path,
                               char error[LOG_FILE_ERROR_MAX]);
void log_file_close(struct log_file **file);

/* Gives the next block to the reader. OK; END: the reader was told the end; what the sink said;
 * MALFORMED, IO and others with `error` filled: what was before it was read. */
enum status log_file_next(struct log_file *file, char error[LOG_FILE_ERROR_MAX]);

/* Bytes of the file read so far, as they lie there. */
uint64_t log_file_offset(const struct log_file *file);

/* Does the file begin like a log that a format knows? Not a capture, not event JSON. */
bool log_file_is_log(const char *path);

#endif
