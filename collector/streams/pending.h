/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The segments of one direction that wait for something before them: in order of sequence number,
 * without overlaps. Inside streams/ only.
 */
#ifndef COLLECTOR_STREAMS_PENDING_H
#define COLLECTOR_STREAMS_PENDING_H

#include "base/slice.h"

/* Sequence numbers wrap: a is before b when the way forward from a to b is the shorter one. */
static inline int32_t seq_distance(uint32_t from, uint32_t to)
{
    return (int32_t)(to - from);
}

struct piece {
    struct piece *before, *after;
    uint32_t seq;
    uint32_t len;      /* on the wire */
    uint32_t captured; /* of these; the rest was cut off */
    uint32_t ack;
    bool has_ack;
    int64_t time_ns;
    uint8_t bytes[];
};

struct pending {
    struct piece *first, *last;
    size_t bytes; /* what the pieces cost */
    size_t count;
};

/* What pending_insert() met. */
struct pending_result {
    size_t duplicate; /* bytes that were there already */
    bool conflict;    /* and differ */
    bool no_memory;
};

/* A segment as it came; `len` may be more than bytes.len (cut by the capture). */
struct arrival {
    uint32_t seq;
    uint32_t len;
    struct slice bytes;
    uint32_t ack;
    bool has_ack;
    int64_t time_ns;
};

/* Keeps what of the segment is not there yet; what is there stays as it is. */
struct pending_result pending_insert(struct pending *pending, const struct arrival *arrival);

/* Takes the first piece out; the caller frees it. */
struct piece *pending_take(struct pending *pending);

void pending_clear(struct pending *pending);

#endif
