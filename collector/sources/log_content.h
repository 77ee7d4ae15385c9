/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a file holds, gzip'ed or not: its beginning, and whether it is the file a position tells of,
 * under whatever name or inode.
 */
#ifndef COLLECTOR_LOG_CONTENT_H
#define COLLECTOR_LOG_CONTENT_H

#include "collector/formats/format.h"
#include "collector/sources/log_position.h"

#include <sys/stat.h>

struct log_content {
    int fd; /* -1: none */
    struct stat stat;
    bool gzip;
    struct buffer head; /* plain, at most LOG_HEAD_MAX */
};

/* Opens a regular file; status: why not. log_content_close() is safe after it. */
enum status log_content_open(struct log_content *content, const char *path);
void log_content_close(struct log_content *content);

/* Reads the beginning again, at most `max` bytes of it: the file grew. */
enum status log_content_read_head(struct log_content *content, size_t max);

/* Does the file begin as the position says? */
bool log_content_begins(const struct log_content *content, const struct log_position *position);

/* Does the file begin, and go on up to `checked`, as the position says? A position of an empty file
 * fits every file. Reads a compressed file up to there. */
bool log_content_fits(const struct log_content *content, const struct log_position *position);

#endif
