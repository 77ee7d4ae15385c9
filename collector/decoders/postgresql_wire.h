/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The framing of PostgreSQL's protocol 3: which messages there are, how long each may be, and how
 * their boundaries are found again after lost bytes.
 */
#ifndef COLLECTOR_DECODERS_POSTGRESQL_WIRE_H
#define COLLECTOR_DECODERS_POSTGRESQL_WIRE_H

#include "collector/decoder.h"

enum { PG_HEADER = 5 }; /* type byte, then a length that counts itself */

struct pg_header {
    uint8_t type;
    uint32_t body; /* bytes behind the header */
};

/* A message as far as it was asked for. */
struct pg_message {
    uint8_t type;
    uint32_t length;   /* bytes behind the header on the wire */
    struct slice body; /* as many of them as were asked for */
    int64_t time_ns;
};

/* False when there are fewer than PG_HEADER bytes, or the length does not count itself. */
bool pg_header_read(struct slice bytes, struct pg_header *header);

/* Is this a message that a sender in this direction may send, of a length it may have? */
bool pg_header_plausible(enum direction direction, const struct pg_header *header);

/* Does the body read as such a message? Answers from at most its first few KiB. */
bool pg_body_plausible(enum direction direction, uint8_t type, struct slice body);

/* A boundary looked for in bytes that begin anywhere in the stream. */
struct pg_boundary {
    bool found;
    size_t skip;   /* bytes that hold no boundary, or that stand before it */
    size_t needed; /* where not found: bytes wanted behind `skip` (0: any more) */
};

/* Answers the same for any cut of the same bytes. `end`: no more will come. */
struct pg_boundary pg_boundary_find(enum direction direction, struct slice bytes, bool end);

#endif
