/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * For machines: /healthz, and /metrics in Prometheus' text format 0.0.4. Metrics are answered to
 * this machine and to admins.
 */
#include "web/api.h"

#include <inttypes.h>

void api_health(struct exchange *exchange)
{
    struct buffer *to = &exchange->response.body;
    exchange->response.content_type = "text/plain; charset=utf-8";
    buffer_append_text(to, "ok\n");
}

static void append_metric(struct buffer *to, const char *name, const char *type, const char *help,
                          uint64_t value)
{
    buffer_append_format(to, "# HELP %s %s\n# TYPE %s %s\n%s %" PRIu64 "\n", name, help, name, type,
                         name, value);
}

static void append_store(struct exchange *exchange, struct buffer *to)
{
    struct store_reader *reader = NULL;
    struct store_status state;
    bool readable = console_reader_take(exchange->console, &reader) == STATUS_OK &&
                    store_status_get(reader, &state) == STATUS_OK;
    append_metric(to, "dwell_store_readable", "gauge", "Whether the store could be read.",
                  readable);
    if (readable) {
        append_metric(to, "dwell_store_events_total", "counter", "Events in the store.",
                      state.events);
        append_metric(to, "dwell_store_alerts_total", "counter", "Alerts ever opened.",
                      state.alerts);
        append_metric(to, "dwell_store_newest_event_seconds", "gauge",
                      "Time of the newest event, seconds since 1970.",
                      (uint64_t)(state.event_ns / NS_PER_S));
    }
    console_reader_give(exchange->console, &reader);
}

void api_metrics(struct exchange *exchange)
{
    struct console_counters *counters = &exchange->console->counters;
    struct buffer *to = &exchange->response.body;
    if (!exchange->request.loopback && exchange->session.role < ROLE_ADMIN) {
        exchange_fail(exchange, 403, "role", "");
        return;
    }
    exchange->response.content_type = "text/plain; version=0.0.4; charset=utf-8";
#define APPEND_COUNTER(name, help)                                      \
    append_metric(to, "dwell_console_" #name "_total", "counter", help, \
                  atomic_load(&counters->name));
    CONSOLE_COUNTER_TABLE(APPEND_COUNTER)
#undef APPEND_COUNTER
    append_store(exchange, to);
}
