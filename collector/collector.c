/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Putting the parts together.
 */
#include "collector/collector.h"

#include "collector/app_sessions.h"
#include "collector/decoders/sql.h"
#include "collector/packets/packets.h"
#include "collector/sensitivity.h"
#include "collector/session.h"
#include "collector/streams/streams.h"

#include <stdlib.h>
#include <sys/random.h>

enum {
    STREAMS_DEFAULT = 65536,
    MEMORY_DEFAULT = 48 << 20,
    SCRATCH_MAX = 16 << 20,
    SQL_CACHE_ENTRIES = 4096,
    APP_SESSIONS_MAX = 100000,
    SOURCE_NAME_MAX = 4096,
};

struct collector {
    struct packets *packets;
    struct streams *streams;
    struct session_env sessions;
    struct sql_cache *sql;
    struct sensitivity *sensitivity;
    struct app_sessions *app_sessions;
    struct arena scratch;
    struct port_rules ports;
    struct event_site_key site_key;
    struct buffer sensor, source_name;
    size_t memory_bytes_max;
    struct sink *sink;
    enum status status;
};

static void put_event(void *context, const struct event *event)
{
    struct collector *collector = context;
    enum status status = collector->sink->put(collector->sink, event);
    if (status != STATUS_OK && status != STATUS_FULL && collector->status == STATUS_OK)
        collector->status = status;
}

static void *open_session(void *context, const struct stream_info *info)
{
    struct collector *collector = context;
    return session_new(&collector->sessions, info);
}

static void on_data(void *session, enum direction direction, struct slice bytes, int64_t time_ns)
{
    session_data(session, direction, bytes, time_ns);
}

static void on_gap(void *session, enum direction direction, size_t lost, enum stream_loss loss,
                   int64_t time_ns)
{
    session_gap(session, direction, lost, loss, time_ns);
}

static void on_end(void *session, enum direction direction, int64_t time_ns)
{
    session_end(session, direction, time_ns);
}

static void on_close(void *session, int64_t time_ns)
{
    session_close(session, time_ns);
}

static bool is_server_port(void *context, uint16_t port)
{
    const struct collector *collector = context;
    return port_rules_find(&collector->ports, port) || decoder_for_port(port);
}

static bool set_site_key(struct collector *collector, const struct event_site_key *key)
{
    collector->sessions.has_site_key = key != NULL;
    if (key)
        collector->site_key = *key;
    else if (getrandom(&collector->site_key, sizeof collector->site_key, 0) !=
             sizeof collector->site_key)
        return false;
    return true;
}

static void set_up_sessions(struct collector *collector, const struct collector_options *options)
{
    struct session_env *env = &collector->sessions;
    env->decoder.sql = collector->sql;
    env->decoder.scratch = &collector->scratch;
    env->decoder.assets = options->assets;
    env->decoder.site_key = &collector->site_key;
    env->decoder.app_sessions = collector->app_sessions;
    env->decoder.sensitivity = collector->sensitivity;
    env->decoder.clear = options->clear;
    env->ports = &collector->ports;
    env->sensor = buffer_slice(&collector->sensor);
    env->event = put_event;
    env->context = collector;
}

static bool set_up(struct collector *collector, const struct collector_options *options)
{
    const struct stream_consumer consumer = {.context = collector,
                                             .open = open_session,
                                             .data = on_data,
                                             .gap = on_gap,
                                             .end = on_end,
                                             .close = on_close};
    const struct stream_limits limits = {.streams_max = options->streams_max ? options->streams_max
                                                                             : STREAMS_DEFAULT,
                                         .pending_bytes_max = collector->memory_bytes_max / 3};
    collector->packets = packets_new();
    collector->streams = streams_new(&limits, &consumer, is_server_port);
    collector->sql = sql_cache_new(SQL_CACHE_ENTRIES);
    collector->app_sessions = app_sessions_new(APP_SESSIONS_MAX);
    collector->sensitivity = sensitivity_new();
    return collector->packets && collector->streams && collector->sql && collector->app_sessions &&
           collector->sensitivity;
}

struct collector *collector_new(const struct collector_options *options)
{
    struct collector *collector = calloc(1, sizeof *collector);
    if (!collector)
        return NULL;
    arena_init(&collector->scratch, SCRATCH_MAX);
    buffer_init(&collector->sensor, SOURCE_NAME_MAX);
    buffer_init(&collector->source_name, SOURCE_NAME_MAX);
    buffer_append_slice(&collector->sensor, options->sensor);
    collector->sink = options->sink;
    collector->memory_bytes_max =
        options->memory_bytes_max ? options->memory_bytes_max : MEMORY_DEFAULT;
    if (options->ports)
        collector->ports = *options->ports;
    if (!set_up(collector, options) || !set_site_key(collector, options->site_key))
        collector_free(&collector);
    else
        set_up_sessions(collector, options);
    return collector;
}

void collector_free(struct collector **collector)
{
    struct collector *c = *collector;
    if (!c)
        return;
    streams_free(&c->streams);
    packets_free(&c->packets);
    sql_cache_free(&c->sql);
    app_sessions_free(&c->app_sessions);
    sensitivity_free(&c->sensitivity);
    arena_release(&c->scratch);
    buffer_release(&c->sensor);
    buffer_release(&c->source_name);
    free(c);
    *collector = NULL;
}

void collector_set_source(struct collector *collector, struct slice name)
{
    buffer_reset(&collector->source_name);
    buffer_append_slice(&collector->source_name, name);
    collector->sessions.source_name = buffer_slice(&collector->source_name);
}

enum status collector_packet(struct collector *collector, const struct packet *packet)
{
    struct tcp_segment segment;
    if (!packets_decode(collector->packets, packet, &segment))
        return collector->status;
    streams_segment(collector->streams, &segment);
    size_t sessions_max = collector->memory_bytes_max / 3 * 2;
    while (collector->sessions.memory_used > sessions_max && streams_evict(collector->streams))
        continue;
    return collector->status;
}

void collector_tick(struct collector *collector, int64_t now_ns)
{
    streams_tick(collector->streams, now_ns);
}

enum status collector_finish(struct collector *collector)
{
    streams_finish(collector->streams);
    return collector->status;
}

size_t collector_open(const struct collector *collector)
{
    return streams_open(collector->streams);
}

size_t collector_counters(const struct collector *collector, struct collector_counter *to,
                          size_t max)
{
    const struct packet_counters *packets = packets_counters(collector->packets);
    const struct stream_counters *streams = streams_counters(collector->streams);
    const struct session_counters *sessions = &collector->sessions.counters;
    const struct collector_counter all[] = {
#define COUNTER(name, help) {#name, help, packets->name},
        PACKET_COUNTER_TABLE(COUNTER)
#undef COUNTER
#define COUNTER(name, help) {#name, help, streams->name},
            STREAM_COUNTER_TABLE(COUNTER)
#undef COUNTER
#define COUNTER(name, help) {#name, help, sessions->name},
                SESSION_COUNTER_TABLE(COUNTER)
#undef COUNTER
    };
    size_t count = sizeof all / sizeof *all;
    _Static_assert(sizeof all / sizeof *all <= COLLECTOR_COUNTERS_MAX, "the room that is told");
    memcpy(to, all, (count < max ? count : max) * sizeof *all);
    return count;
}

const struct blind_spots *collector_blind_spots(const struct collector *collector)
{
    return &collector->sessions.blind_spots;
}
