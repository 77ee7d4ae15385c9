/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Feeds a log to a format in every way it could come: whole, byte by byte, in random cuts, every
 * prefix of it, and mutated. Whatever the cut, the events must be the same.
 */
#ifndef SUPPORT_LOG_EVERY_WAY_H
#define SUPPORT_LOG_EVERY_WAY_H

#include "base/buffer.h"
#include "collector/formats/log_reader.h"

/* The events of the log fed whole, one line of text each: "time client session account ..." of what
 * is known (time as RFC 3339 with milliseconds, then client=ip:port where known, then the fields as
 * decoded_line() writes them, with a protocol in front). `format` is NAME or NAME:ARGUMENT, or
 * empty: recognised. Returns the counters. */
struct log_counters log_events(const char *format, struct slice log, struct buffer *out);

/* The same in every way; asserts (cmocka) that they agree, and with `expect`, where it is not NULL.
 */
void log_every_way(const char *format, struct slice log, const char *expect);

/* The URL of assets, the zone and the server that the reader gets; NULL and zero by default. Set
 * before, and set back. */
struct log_surroundings {
    const struct assets *assets;
    const struct zone *zone;
    struct event_address server;
    bool shape; /* the line has the masked statement too */
};
extern struct log_surroundings log_surroundings;

#endif
