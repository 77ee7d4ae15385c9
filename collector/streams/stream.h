/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One TCP connection: what came in which direction, what waits, what was handed on. Inside streams/
 * only; streams.c finds the connection of a segment and watches over all of them.
 */
#ifndef COLLECTOR_STREAMS_STREAM_H
#define COLLECTOR_STREAMS_STREAM_H

#include "collector/streams/pending.h"
#include "collector/streams/streams.h"

struct half {
    struct pending pending;
    uint32_t next;   /* the sequence number that comes next */
    uint32_t acked;  /* the other side has received everything before this */
    uint32_t fin_at; /* where the direction ends */
    uint32_t begin;  /* the sequence number of its SYN */
    bool next_known, acked_known, fin_known, begin_known;
    bool ended; /* everything was handed on */
};

enum stream_phase {
    PHASE_NEW,    /* no payload yet */
    PHASE_OPEN,   /* handed on to a session, or refused by the consumer */
    PHASE_CLOSED, /* remembered, so that late segments are known for what they are */
};

/* A place in one of the lists of streams.c. */
struct stream_link {
    struct stream *before, *after;
    int64_t since_ns;
    bool listed;
};

struct stream {
    struct stream_info info;
    struct half halves[2]; /* by enum direction */
    enum stream_phase phase;
    bool reset;
    void *session; /* the consumer's; NULL when it refused */
    int64_t last_ns;
    struct stream_link phase_link; /* among the new or the closed */
    struct stream_link wait_link;  /* among those that wait for something */
    uint8_t key[36];
    uint8_t key_len;
};

/* What the functions below work with. */
struct stream_env {
    const struct stream_consumer *consumer;
    struct stream_counters *counters;
    size_t *pending_bytes; /* of all connections together */
};

/* Takes a segment of this direction. The caller then asks for stream_waits() and stream_is_over().
 */
void stream_take(struct stream *stream, const struct stream_env *env, enum direction direction,
                 const struct tcp_segment *segment);

bool stream_waits(const struct stream *stream);

/* Something has waited since before `since_ns`, and the receiver has acknowledged what is missing
 * (or is not seen at all). */
bool stream_is_overdue(const struct stream *stream, int64_t since_ns);

/* Both directions ended, or one was reset. */
bool stream_is_over(const struct stream *stream);

/* Declares lost what the first waiting segments wait for, and hands these on. */
void stream_resolve(struct stream *stream, const struct stream_env *env);

/* Hands on all that waits, in order, with the holes declared lost, and ends the session. */
void stream_close(struct stream *stream, const struct stream_env *env, int64_t now_ns);

#endif
