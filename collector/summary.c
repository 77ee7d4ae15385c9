/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What was seen and what was not: for people, and for programs.
 */
#include "base/clock.h"
#include "base/json_write.h"
#include "collector/blind_spots.h"
#include "collector/collector.h"
#include "collector/log_inputs.h"

#include <inttypes.h>

void collector_summary(const struct collector *collector, struct buffer *out)
{
    struct collector_counter counters[COLLECTOR_COUNTERS_MAX];
    size_t count = collector_counters(collector, counters, COLLECTOR_COUNTERS_MAX);
    for (size_t i = 0; i < count; i++)
        if (counters[i].value > 0)
            buffer_append_format(out, "%12" PRIu64 "  %s\n", counters[i].value, counters[i].help);
    const struct blind_spots *spots = collector_blind_spots(collector);
    for (size_t i = 0; i < spots->count; i++) {
        const struct blind_spot *spot = &spots->spots[i];
        buffer_append_format(
            out, "blind spot: port %" PRIu16 ": %s: %" PRIu64 " sessions, %" PRIu64 " bytes\n",
            spot->port, blind_reason_text(spot->reason), spot->sessions, spot->bytes);
    }
}

static void write_counters(const struct collector *collector, struct json_writer *json)
{
    struct collector_counter counters[COLLECTOR_COUNTERS_MAX];
    size_t count = collector_counters(collector, counters, COLLECTOR_COUNTERS_MAX);
    json_write_key(json, "counters");
    json_write_object_open(json);
    for (size_t i = 0; i < count; i++) {
        json_write_key(json, counters[i].name);
        json_write_unsigned(json, counters[i].value);
    }
    json_write_object_close(json);
}

static void write_blind_spots(const struct collector *collector, struct json_writer *json)
{
    const struct blind_spots *spots = collector_blind_spots(collector);
    json_write_key(json, "blind_spots");
    json_write_array_open(json);
    for (size_t i = 0; i < spots->count; i++) {
        json_write_object_open(json);
        if (*spots->spots[i].asset) {
            json_write_key(json, "asset");
            json_write_text(json, spots->spots[i].asset);
        }
        json_write_key(json, "port");
        json_write_unsigned(json, spots->spots[i].port);
        json_write_key(json, "reason");
        json_write_text(json, blind_reason_name(spots->spots[i].reason));
        json_write_key(json, "sessions");
        json_write_unsigned(json, spots->spots[i].sessions);
        json_write_key(json, "bytes");
        json_write_unsigned(json, spots->spots[i].bytes);
        json_write_object_close(json);
    }
    json_write_array_close(json);
}

void collector_summary_json(const struct collector *collector, const struct log_inputs *logs,
                            const struct source_stats *stats, int64_t time_ns, struct buffer *out)
{
    char time[40];
    size_t len = time_format(time_ns, 3, time, sizeof time);
    struct json_writer json = json_write_to(out);
    json_write_object_open(&json);
    json_write_key(&json, "time");
    json_write_string(&json, slice_make(time, len));
    json_write_key(&json, "open");
    json_write_unsigned(&json, collector_open(collector));
    json_write_key(&json, "received");
    json_write_unsigned(&json, stats->received);
    json_write_key(&json, "dropped");
    json_write_unsigned(&json, stats->dropped);
    json_write_key(&json, "interface_dropped");
    json_write_unsigned(&json, stats->interface_dropped);
    write_counters(collector, &json);
    write_blind_spots(collector, &json);
    json_write_key(&json, "logs");
    log_inputs_json(logs, &json);
    json_write_object_close(&json);
}
