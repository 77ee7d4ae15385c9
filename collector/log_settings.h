/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What collector.logs and collector.syslog_* say, checked and ready for use: zones loaded, formats
 * found, addresses read. Used by dwell-collector and `dwell check`.
 */
#ifndef COLLECTOR_LOG_SETTINGS_H
#define COLLECTOR_LOG_SETTINGS_H

#include "base/fault.h"
#include "base/settings.h"
#include "base/zone.h"
#include "event/event.h"

enum { LOG_ROWS_MAX = 64, LOG_ROUTES_MAX = 64 };

struct log_row {
    const char *path;   /* "-": standard input; or absolute */
    const char *format; /* "" : recognised */
    bool journal;       /* systemd's export format: messages are routed like syslog's */
    struct zone *zone;  /* NULL: UTC */
    struct event_address server;
};

/* Which messages, and what they are. */
struct log_route {
    struct event_address sender; /* family 0: any */
    unsigned sender_bits;
    struct slice tag; /* empty: any */
    bool tag_prefix;
    const char *format;
    struct zone *zone;
    struct event_address server;
};

struct log_settings {
    struct log_row rows[LOG_ROWS_MAX];
    size_t row_count;
    struct log_route routes[LOG_ROUTES_MAX];
    size_t route_count;
    const struct settings *settings; /* borrowed; texts point into it */
};

/* INVALID and others: the fault names the setting and what to do. To be released in any case. */
enum status log_settings_read(struct log_settings *to, const struct settings *settings,
                              struct fault *fault);
void log_settings_release(struct log_settings *settings);

/* Is there any log to be read, or any port to listen on? */
bool log_settings_any(const struct settings *settings);
bool log_settings_listens(const struct settings *settings);

#endif
