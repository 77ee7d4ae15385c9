/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Packets in, events out: packets, streams, sessions and a sink put together, with all bounds. Used
 * by dwell-collector, `dwell decode` and `dwell replay` alike. One thread.
 */
#ifndef COLLECTOR_COLLECTOR_H
#define COLLECTOR_COLLECTOR_H

#include "base/buffer.h"
#include "collector/ports.h"
#include "collector/sink.h"
#include "collector/sources/source.h"

struct assets;
struct collector;

struct collector_options {
    struct slice sensor;                   /* event.source.sensor */
    struct sink *sink;                     /* not owned */
    const struct assets *assets;           /* not owned, may be NULL */
    const struct event_site_key *site_key; /* NULL: subjects are counted, their keys not told */
    const struct port_rules *ports;        /* copied; NULL: none */
    bool clear;                            /* events hold the statement as sent and its values */
    size_t streams_max;                    /* connections known at once; 0: 65,536 */
    size_t memory_bytes_max; /* of all sessions and waiting segments; 0: 48 MiB. The session
                                that was quiet for longest goes first. */
};

/* Everything counted, by name. */
struct collector_counter {
    const char *name, *help;
    uint64_t value;
};

/* NULL when there is no memory. */
struct collector *collector_new(const struct collector_options *options);
void collector_free(struct collector **collector);

/* The name that following events carry as source.name; copied. */
void collector_set_source(struct collector *collector, struct slice name);

/* The status of the sink: once it is not OK (or FULL: dropped by the sink's policy and counted
 * there), it stays so, and events are lost. */
enum status collector_packet(struct collector *collector, const struct packet *packet);

/* Time passes without packets. */
void collector_tick(struct collector *collector, int64_t now_ns);

/* The input ended: everything still open is decoded and closed. */
enum status collector_finish(struct collector *collector);

/* All counters into `to` (room for `max`); returns how many there are. */
size_t collector_counters(const struct collector *collector, struct collector_counter *to,
                          size_t max);

enum { COLLECTOR_COUNTERS_MAX = 64 };

struct blind_spots;
const struct blind_spots *collector_blind_spots(const struct collector *collector);

/* Sessions open now. */
size_t collector_open(const struct collector *collector);

/* What was seen and what was not, as lines for a person; and as one JSON object. */
void collector_summary(const struct collector *collector, struct buffer *out);
struct log_inputs; /* collector/log_inputs.h; NULL: no logs */
void collector_summary_json(const struct collector *collector, const struct log_inputs *logs,
                            const struct source_stats *stats, int64_t time_ns, struct buffer *out);

#endif
