/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The decoder contract. A decoder is a const struct in one file, listed in one row of decoders.c.
 * It is a pure function from (state, direction, bytes) to events: it never allocates, logs, looks
 * at a clock or does I/O; what it must remember beyond its fixed state it puts into the session's
 * bounded memory (memory.h).
 *
 * The session keeps what a decoder does not consume and gives it again with more bytes behind it,
 * so no decoder believes that a packet is a message; any cut of the same bytes gives the same
 * events. A message longer than DECODER_NEED_MAX is streamed: the decoder keeps what it wants of
 * its front and passes over the rest.
 *
 * The two directions are each in order. Between them the session holds a response back until the
 * request bytes that the server had acknowledged were decoded or were declared lost.
 */
#ifndef COLLECTOR_DECODER_H
#define COLLECTOR_DECODER_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "event/event.h"

struct assets; /* assets/assets.h: the inventory */
struct asset;  /* the one this session's server is, or NULL */
struct sensitivity;
struct session_memory;
struct sql_cache;
struct app_sessions;

enum direction { TO_SERVER, TO_CLIENT };

/* The most a decoder may ask to see at once. */
enum { DECODER_NEED_MAX = 1 << 20 };

/* Everything a decoder may use during a call. */
struct decoder_env {
    struct session_memory *memory; /* of this session */
    struct sql_cache *sql;         /* statement texts already analysed (decoders/sql.h) */
    struct arena *scratch;         /* reset by the session after each event and each call */
    const struct assets *assets;   /* may be NULL */
    const struct asset *asset;     /* may be NULL */
    const struct event_site_key *site_key;
    struct sensitivity *sensitivity;   /* sensitivity.h; NULL: cells are not tested by content */
    struct app_sessions *app_sessions; /* of the whole collector (app_sessions.h); may be NULL */
    bool clear;                        /* fill event.clear and event.params */

    /* Hands an event out; the session adds source, session, client, server, protocol and what it
     * knows of gaps. The event is copied or written before this returns. */
    void (*emit)(void *emit_context, const struct event *event);
    void *emit_context;
};

struct decoder_input {
    enum direction direction;
    struct slice
        bytes;       /* not yet consumed bytes of this direction, at least one; or none at `end` */
    int64_t time_ns; /* capture time of the segment that brought the last of them */
    bool end;        /* this direction is closed and `bytes` is all that is left of it */
};

struct decoder_result {
    enum status
        status;      /* OK; MALFORMED: not this protocol (any more); UNSUPPORTED: e.g. TLS begins */
    size_t consumed; /* from the front of bytes */
    size_t needed;   /* how many bytes, of those not consumed, must be there before it is worth
                        calling again; 0 = any more */
};

enum decoder_verdict { PROBE_NO, PROBE_MAYBE, PROBE_YES };

struct decoder {
    const char *name;      /* event.protocol: "postgresql" */
    const uint16_t *ports; /* usual server ports, ended by 0 */
    size_t state_size;     /* bytes, zeroed before init */

    /* `mid_session`: the beginning of the connection was not seen. */
    void (*init)(void *state, bool mid_session);

    /* Does the beginning of a direction look like this protocol? Used where the port does not tell.
     */
    enum decoder_verdict (*probe)(enum direction direction, struct slice bytes);

    struct decoder_result (*decode)(void *state, const struct decoder_env *env,
                                    const struct decoder_input *input);

    /* `lost` bytes of this direction will never come (SIZE_MAX: unknown). The decoder finds its way
     * back by itself, emits what it can no longer complete and marks what follows with the gap
     * "lost_bytes". */
    void (*gap)(void *state, const struct decoder_env *env, enum direction direction, size_t lost,
                int64_t time_ns);

    /* The connection ended (both directions, or timed out): emit what is still open. May be NULL.
     */
    void (*finish)(void *state, const struct decoder_env *env, int64_t time_ns);

    /* Frees what a third-party parser holds (HTTP); NULL otherwise. */
    void (*release)(void *state);
};

/* All decoders, ended by NULL, and the one whose ports hold `port` (NULL when none does). */
extern const struct decoder *const decoders[];
const struct decoder *decoder_for_port(uint16_t port);
const struct decoder *decoder_named(struct slice name);

#endif
