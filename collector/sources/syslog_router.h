/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * From a syslog or journal message to the reader of its format: the first route whose sender and
 * tag fit. Each sender has a reader of its own in each route, so that process numbers of two hosts
 * are not mixed up; SYSLOG_READERS_MAX of them, beyond which the longest quiet one ends.
 */
#ifndef COLLECTOR_SYSLOG_ROUTER_H
#define COLLECTOR_SYSLOG_ROUTER_H

#include "collector/log_settings.h"
#include "collector/sources/log_source.h"
#include "collector/sources/log_times.h"

enum { SYSLOG_READERS_MAX = 256, SYSLOG_SAMPLES = 8 };

/* X(name, help) */
#define SYSLOG_ROUTER_TABLE(X)                                              \
    X(messages, "messages received")                                        \
    X(headerless, "messages whose header is neither RFC 3164 nor RFC 5424") \
    X(unrouted, "messages that no route is for")                            \
    X(refused, "messages their route's format could not begin with")

struct syslog_router;

/* Routes outlive the router. NULL: no memory. */
struct syslog_router *syslog_router_new(struct log_source_env *env,
                                        const struct log_settings *settings);
void syslog_router_free(struct syslog_router **router);

/* One message with its header. The status of the sink. `sender` family 0: this machine. */
enum status syslog_router_take(struct syslog_router *router, const struct event_address *sender,
                               struct slice message);

/* Gives out what waits in readers that were quiet for a second; all of it at the end. */
enum status syslog_router_idle(struct syslog_router *router);
enum status syslog_router_end(struct syslog_router *router);

/* Members of the JSON object at hand. */
void syslog_router_describe(const struct syslog_router *router, struct json_writer *json);

#endif
