/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A log file as a row of events that can be taken one by one, for whoever merges it with others.
 * Memory is bounded: one block of the log is read ahead.
 */
#ifndef CLI_LOG_QUEUE_H
#define CLI_LOG_QUEUE_H

#include "collector/formats/log_file.h"

struct log_queue;

/* Opens a log; the options' sink is not looked at, and what they point to lives as long as the
 * queue. NULL: `error` says why. */
struct log_queue *log_queue_open(const struct log_reader_options *options, const char *path,
                                 char error[LOG_FILE_ERROR_MAX]);
void log_queue_close(struct log_queue **queue);

/* The next event, valid until the next call; END; or what ended the log early, with `error` filled.
 */
enum status log_queue_next(struct log_queue *queue, struct event *event,
                           char error[LOG_FILE_ERROR_MAX]);

/* Bytes of the file read so far. */
uint64_t log_queue_offset(const struct log_queue *queue);

#endif
