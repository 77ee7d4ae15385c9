/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The header of a syslog line in a file or as received: "<PRI>" or not, then RFC 3164 ("Nov 21
 * 21:30:27 host tag[pid]: text", the host perhaps missing as in messages of local sockets), the
 * same with an RFC 3339 time, or RFC 5424.
 */
#ifndef COLLECTOR_FORMATS_SYSLOG_LINE_H
#define COLLECTOR_FORMATS_SYSLOG_LINE_H

#include "base/slice.h"
#include "base/zone.h"

struct syslog_line {
    int64_t time_ns;
    struct slice host, tag, pid; /* empty: not said */
    struct slice text;
};

bool syslog_line_read(struct slice line, const struct zone *zone, int64_t reference_ns,
                      struct syslog_line *to);

#endif
