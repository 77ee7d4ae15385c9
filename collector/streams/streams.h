/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * TCP connections (RFC 9293) as a passive listener puts them together: each direction's bytes in
 * order, once, and between the directions a response after the request bytes its acknowledgement
 * number covers.
 *
 * What is missing is waited for, in bounded memory: until it comes; until the receiver has
 * acknowledged it and STREAM_WAIT_NS have passed (it was received but not captured); until the
 * limits; or until the connection ends. Then it is declared lost and the rest goes on. Where
 * segments overlap, the bytes that came first win.
 */
#ifndef COLLECTOR_STREAMS_H
#define COLLECTOR_STREAMS_H

#include "base/clock.h"
#include "collector/decoder.h"
#include "collector/packets/packets.h"

#define STREAM_WAIT_NS NS_PER_S
#define STREAM_IDLE_NS NS_PER_DAY /* a session that is idle for longer is closed */
#define STREAM_LINGER_NS \
    (30 * NS_PER_S) /* late segments of a closed connection are known so long */

enum {
    STREAM_PENDING_BYTES = 1 << 20, /* kept of one direction while something before it is missing */
    STREAM_PENDING_SEGMENTS = 1024,
};

/* What one connection is; valid as long as the consumer's session of it. */
struct stream_info {
    struct event_address client, server;
    int64_t first_ns; /* time of the first packet */
    bool mid_session; /* its beginning was not captured */
    bool seen[2];     /* packets were seen in enum direction */
};

enum stream_loss { LOSS_NOT_CAPTURED, LOSS_CUT /* by the snap length */ };

/* Who takes the bytes. A session begins with the first byte of its connection. */
struct stream_consumer {
    void *context;
    /* NULL: the connection is not wanted. */
    void *(*open)(void *context, const struct stream_info *info);
    void (*data)(void *session, enum direction direction, struct slice bytes, int64_t time_ns);
    void (*gap)(void *session, enum direction direction, size_t lost, enum stream_loss loss,
                int64_t time_ns);
    void (*end)(void *session, enum direction direction, int64_t time_ns);
    void (*close)(void *session, int64_t time_ns); /* the last call */
};

/* X(name, help) */
#define STREAM_COUNTER_TABLE(X)                                                \
    X(streams, "TCP connections with a packet seen")                           \
    X(streams_mid_session, "TCP connections whose beginning was not captured") \
    X(streams_evicted, "TCP connections given up for want of room")            \
    X(streams_expired, "TCP connections given up after being idle")            \
    X(streams_reused, "connections begun anew on addresses still in use")      \
    X(stray, "segments of no known connection, without payload")               \
    X(late, "segments that came after the end of their connection")            \
    X(resets_ignored, "resets outside of the expected sequence")               \
    X(outlandish, "segments far outside of the expected sequence")             \
    X(stream_bytes, "payload bytes handed on in order")                        \
    X(duplicate_bytes, "payload bytes that came again")                        \
    X(conflicting, "segments that overlap others with different bytes")        \
    X(out_of_order, "segments that had to wait for others")                    \
    X(gaps, "holes declared lost")                                             \
    X(lost_bytes, "payload bytes that were never captured")                    \
    X(cut_bytes, "payload bytes cut off by the snap length")                   \
    X(pending_limit, "times that a hole was given up for want of room")

struct stream_counters {
#define STREAM_COUNTER_FIELD(name, help) uint64_t name;
    STREAM_COUNTER_TABLE(STREAM_COUNTER_FIELD)
#undef STREAM_COUNTER_FIELD
};

struct stream_limits {
    size_t streams_max;
    size_t pending_bytes_max; /* of all connections together */
};

struct streams;

/* The server's side of a connection whose beginning was not seen is guessed with `is_server_port`
 * (may be NULL), else it is the lower port. NULL when there is no memory. */
struct streams *streams_new(const struct stream_limits *limits,
                            const struct stream_consumer *consumer,
                            bool (*is_server_port)(void *context, uint16_t port));
void streams_free(struct streams **streams); /* closes what is open, as at streams_finish() */

void streams_segment(struct streams *streams, const struct tcp_segment *segment);

/* Time passes without packets (a quiet live interface). */
void streams_tick(struct streams *streams, int64_t now_ns);

/* Gives up the connection that was quiet for longest; false when there is none. */
bool streams_evict(struct streams *streams);

/* The input ended: everything still waiting is delivered, every connection closed. */
void streams_finish(struct streams *streams);

size_t streams_open(const struct streams *streams);
const struct stream_counters *streams_counters(const struct streams *streams);

#endif
