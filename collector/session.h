/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One connection's bytes and its decoder: the session finds the decoder, keeps what it leaves
 * unconsumed, and completes its events with what the decoder cannot know.
 */
#ifndef COLLECTOR_SESSION_H
#define COLLECTOR_SESSION_H

#include "collector/blind_spots.h"
#include "collector/decoder.h"
#include "collector/ports.h"
#include "collector/streams/streams.h"

/* X(name, help) */
#define SESSION_COUNTER_TABLE(X)                                                 \
    X(sessions, "sessions with payload")                                         \
    X(sessions_decoded, "sessions whose protocol was found")                     \
    X(sessions_encrypted, "sessions that are encrypted")                         \
    X(sessions_unknown, "sessions whose protocol is not known")                  \
    X(sessions_malformed, "sessions that turned out not to be what they seemed") \
    X(sessions_unsupported, "sessions in a form that is not supported")          \
    X(sessions_refused, "sessions that found no memory")                         \
    X(events, "events decoded")                                                  \
    X(kept_limit, "times that a decoder left more than it may")

struct session_counters {
#define SESSION_COUNTER_FIELD(name, help) uint64_t name;
    SESSION_COUNTER_TABLE(SESSION_COUNTER_FIELD)
#undef SESSION_COUNTER_FIELD
};

/* What all sessions share; lives longer than any of them. */
struct session_env {
    struct decoder_env decoder; /* memory, asset and emit are the session's own */
    const struct port_rules *ports;
    bool has_site_key; /* else subject keys mean nothing outside of this run and are not told */
    struct slice sensor;
    struct slice source_name;
    struct session_counters counters;
    struct blind_spots blind_spots;
    size_t memory_used; /* by all sessions together, bytes */
    void (*event)(void *context, const struct event *event);
    void *context;
};

struct session;

/* NULL when there is no memory. `info` lives as long as the session. */
struct session *session_new(struct session_env *env, const struct stream_info *info);

/* As struct stream_consumer calls them. */
void session_data(struct session *session, enum direction direction, struct slice bytes,
                  int64_t time_ns);
void session_gap(struct session *session, enum direction direction, size_t lost,
                 enum stream_loss loss, int64_t time_ns);
void session_end(struct session *session, enum direction direction, int64_t time_ns);
void session_close(struct session *session, int64_t time_ns); /* and frees it */

#endif
