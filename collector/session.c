/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * From ordered bytes to events.
 */
#include "collector/session.h"

#include "assets/assets.h"
#include "base/buffer.h"
#include "base/hash.h"
#include "collector/detect.h"
#include "collector/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    MEMORY_BYTES_MAX = 2 << 20, /* what a decoder may remember of one session */
    MEMORY_BLOBS_MAX = 4096,
    KEEP_MAX = 2 * DECODER_NEED_MAX + (1 << 16), /* what it left and one more segment */
    KEEP_IDLE_MAX = 1 << 16, /* an empty buffer larger than this is given back */
};

enum session_phase {
    SESSION_DETECTING, /* what came is kept */
    SESSION_DECODING,
    SESSION_IGNORED, /* bytes are counted only */
};

struct session {
    struct session_env *env;
    const struct stream_info *info;
    enum session_phase phase;
    const struct decoder *decoder;
    void *state;
    struct decoder_env decoder_env;
    struct buffer keep[2];
    size_t needed[2]; /* of keep, before the decoder is asked again */
    bool lossy;       /* bytes were lost before the decoder was found */
    bool cut;         /* bytes were cut off by the snap length */
    bool lost;        /* bytes were not captured */
    uint32_t told;    /* gaps of all events so far */
    uint64_t last_seq;
    enum blind_reason reason; /* why it is ignored */
    uint64_t ignored_bytes;
    size_t accounted; /* bytes of memory_used that are this session's */
    int64_t now_ns;
    char id[17];
};

static void account(struct session *session)
{
    size_t used = sizeof *session + session->keep[0].capacity + session->keep[1].capacity;
    if (session->state)
        used += session->decoder->state_size + session_memory_bytes(session->decoder_env.memory);
    session->env->memory_used += used - session->accounted;
    session->accounted = used;
}

static void put_address(uint8_t *to, const struct event_address *address)
{
    memcpy(to, address->ip, sizeof address->ip);
    to[16] = (uint8_t)(address->port >> 8);
    to[17] = (uint8_t)address->port;
}

/* The same capture gives the same ids in every run. */
static void make_id(struct session *session)
{
    uint8_t bytes[18 + 18 + 8];
    const struct stream_info *info = session->info;
    put_address(bytes, &info->client);
    put_address(bytes + 18, &info->server);
    for (int i = 0; i < 8; i++)
        bytes[36 + i] = (uint8_t)((uint64_t)info->first_ns >> 8 * i);
    uint64_t id = hash64_seeded(slice_make(bytes, sizeof bytes), hash64(session->env->sensor));
    snprintf(session->id, sizeof session->id, "%016" PRIx64, id);
}

/* Completes a decoder's event and hands it on. */
static void emit(void *context, const struct event *event)
{
    struct session *session = context;
    struct session_env *env = session->env;
    const struct stream_info *info = session->info;
    struct event e = *event;
    e.source_kind = EVENT_SOURCE_capture;
    e.source_name = env->source_name;
    e.sensor = env->sensor;
    if (e.session.len == 0)
        e.session = slice_from(session->id);
    if (e.client.family == 0)
        e.client = info->client;
    if (e.server.family == 0)
        e.server = info->server;
    if (e.protocol.len == 0)
        e.protocol = slice_from(session->decoder ? session->decoder->name : "tls");
    if (e.gaps & EVENT_GAP_lost_bytes && session->cut) {
        e.gaps |= EVENT_GAP_truncated;
        if (!session->lost)
            e.gaps &= ~(uint32_t)EVENT_GAP_lost_bytes;
    }
    if (info->mid_session)
        e.gaps |= EVENT_GAP_mid_session;
    if (!info->seen[TO_SERVER] || !info->seen[TO_CLIENT])
        e.gaps |= EVENT_GAP_one_way;
    if (!env->has_site_key)
        e.key_count = 0;
    session->told |= e.gaps;
    session->last_seq = e.seq;
    env->counters.events++;
    env->event(env->context, &e);
}

static void ignore(struct session *session, enum blind_reason reason, uint64_t *counter)
{
    ++*counter;
    session->reason = reason;
    session->phase = SESSION_IGNORED;
    for (int d = 0; d < 2; d++) {
        session->ignored_bytes += session->keep[d].len;
        buffer_release(&session->keep[d]);
        buffer_init(&session->keep[d], KEEP_MAX);
    }
}

/* Exactly one event says that there is a session nobody can look into, unless the decoder said so.
 */
static void ignore_encrypted(struct session *session)
{
    if (!(session->told & (EVENT_GAP_encrypted | EVENT_GAP_compressed))) {
        struct event event = {.time_ns = session->now_ns,
                              .seq = session->last_seq + 1,
                              .action = EVENT_ACTION_login,
                              .outcome = EVENT_OUTCOME_unknown,
                              .gaps = EVENT_GAP_encrypted};
        emit(session, &event);
    }
    ignore(session, BLIND_encrypted, &session->env->counters.sessions_encrypted);
}

struct session *session_new(struct session_env *env, const struct stream_info *info)
{
    struct session *session = calloc(1, sizeof *session);
    if (!session) {
        env->counters.sessions_refused++;
        return NULL;
    }
    session->env = env;
    session->info = info;
    session->decoder_env = env->decoder;
    session->decoder_env.emit = emit;
    session->decoder_env.emit_context = session;
    session->now_ns = info->first_ns;
    if (env->decoder.assets)
        session->decoder_env.asset = assets_find(env->decoder.assets, &info->server);
    for (int d = 0; d < 2; d++)
        buffer_init(&session->keep[d], KEEP_MAX);
    make_id(session);
    env->counters.sessions++;
    account(session);
    return session;
}

/* What the decoder's answer means for the session; false when it was the last one. */
static bool obey(struct session *session, enum status status)
{
    struct session_counters *counters = &session->env->counters;
    if (status == STATUS_OK)
        return true;
    if (status != STATUS_UNSUPPORTED)
        ignore(session, BLIND_malformed, &counters->sessions_malformed);
    else if (session->told & EVENT_GAP_compressed)
        ignore(session, BLIND_unsupported, &counters->sessions_unsupported);
    else
        ignore_encrypted(session);
    return false;
}

/* Gives the decoder the bytes as often as it takes some; what stays is what it left. */
static struct slice decode_all(struct session *session, enum direction direction,
                               struct slice bytes, bool end)
{
    struct decoder_env *env = &session->decoder_env;
    struct decoder_result result;
    do {
        struct decoder_input input = {
            .direction = direction, .bytes = bytes, .time_ns = session->now_ns, .end = end};
        result = session->decoder->decode(session->state, env, &input);
        arena_reset(env->scratch);
        if (result.consumed > bytes.len) /* a decoder's mistake must not become ours */
            result.consumed = bytes.len;
        bytes = slice_part(bytes, result.consumed, SIZE_MAX);
        session->needed[direction] = result.needed;
        if (!obey(session, result.status)) {
            session->ignored_bytes += bytes.len;
            return (struct slice){0};
        }
    } while (result.consumed > 0 && bytes.len > 0 && bytes.len >= result.needed);
    return bytes;
}

/* A decoder that leaves more than it may ask for does not get it twice. */
static void enforce_limit(struct session *session, enum direction direction)
{
    struct buffer *keep = &session->keep[direction];
    if (keep->len <= DECODER_NEED_MAX && buffer_status(keep) == STATUS_OK)
        return;
    size_t lost = keep->len;
    session->env->counters.kept_limit++;
    session_gap(session, direction, lost, LOSS_NOT_CAPTURED, session->now_ns);
}

static void decode_kept(struct session *session, enum direction direction, bool end)
{
    struct buffer *keep = &session->keep[direction];
    struct slice left = decode_all(session, direction, buffer_slice(keep), end);
    if (session->phase != SESSION_DECODING)
        return;
    buffer_consume(keep, keep->len - left.len);
    if (keep->len == 0 && keep->capacity > KEEP_IDLE_MAX) {
        buffer_release(keep);
        buffer_init(keep, KEEP_MAX);
    }
    enforce_limit(session, direction);
}

/* What fits is decoded where it lies; what the decoder leaves is kept. */
static void decode(struct session *session, enum direction direction, struct slice bytes)
{
    struct buffer *keep = &session->keep[direction];
    if (keep->len > 0) {
        buffer_append_slice(keep, bytes);
        if (keep->len >= session->needed[direction])
            decode_kept(session, direction, false);
        return;
    }
    if (bytes.len >= session->needed[direction])
        bytes = decode_all(session, direction, bytes, false);
    if (session->phase == SESSION_DECODING && bytes.len > 0) {
        buffer_append_slice(keep, bytes);
        enforce_limit(session, direction);
    }
}

static void begin_decoding(struct session *session, const struct decoder *decoder)
{
    struct session_env *env = session->env;
    session->decoder = decoder;
    session->state = calloc(1, decoder->state_size ? decoder->state_size : 1);
    session->decoder_env.memory = session_memory_new(MEMORY_BYTES_MAX, MEMORY_BLOBS_MAX);
    if (!session->state || !session->decoder_env.memory) {
        free(session->state);
        session->state = NULL;
        session_memory_free(&session->decoder_env.memory);
        ignore(session, BLIND_unsupported, &env->counters.sessions_refused);
        return;
    }
    decoder->init(session->state, session->info->mid_session || session->lossy);
    session->phase = SESSION_DECODING;
    env->counters.sessions_decoded++;
}

/* The bytes kept so far, with the direction's turn over or not. Bytes are kept of one direction
 * only: at the latest the other one's first bytes decide. */
static void detect(struct session *session, enum direction direction, bool last)
{
    struct detection detection = {.ports = session->env->ports,
                                  .asset = session->decoder_env.asset,
                                  .server_port = session->info->server.port,
                                  .mid_session = session->info->mid_session || session->lossy,
                                  .last = last};
    const struct decoder *decoder;
    switch (
        detect_protocol(&detection, direction, buffer_slice(&session->keep[direction]), &decoder)) {
    case DETECT_FOUND:
        begin_decoding(session, decoder);
        if (session->phase == SESSION_DECODING)
            decode_kept(session, direction, false);
        break;
    case DETECT_TLS:
        session->decoder = decoder;
        ignore_encrypted(session);
        break;
    case DETECT_UNKNOWN:
        ignore(session, BLIND_unknown_protocol, &session->env->counters.sessions_unknown);
        break;
    case DETECT_MORE:
        break;
    }
}

/* The other direction speaks while this one's bytes did not tell: perhaps its answer does. */
static void detect_by_answer(struct session *session, enum direction asked, struct slice answer)
{
    for (size_t i = 0; decoders[i]; i++)
        if (decoders[i]->probe &&
            decoders[i]->probe(asked == TO_SERVER ? TO_CLIENT : TO_SERVER, answer) == PROBE_YES &&
            decoders[i]->probe(asked, buffer_slice(&session->keep[asked])) != PROBE_NO) {
            begin_decoding(session, decoders[i]);
            if (session->phase == SESSION_DECODING)
                decode_kept(session, asked, false);
            return;
        }
    detect(session, asked, true);
}

void session_data(struct session *session, enum direction direction, struct slice bytes,
                  int64_t time_ns)
{
    enum direction other = direction == TO_SERVER ? TO_CLIENT : TO_SERVER;
    session->now_ns = time_ns;
    if (session->phase == SESSION_DETECTING && session->keep[other].len > 0)
        detect_by_answer(session, other, bytes);
    if (session->phase == SESSION_IGNORED)
        session->ignored_bytes += bytes.len;
    else if (session->phase == SESSION_DECODING)
        decode(session, direction, bytes);
    else {
        buffer_append_slice(&session->keep[direction], bytes);
        detect(session, direction, false);
    }
    account(session);
}

void session_gap(struct session *session, enum direction direction, size_t lost,
                 enum stream_loss loss, int64_t time_ns)
{
    struct decoder_env *env = &session->decoder_env;
    session->now_ns = time_ns;
    session->cut |= loss == LOSS_CUT;
    session->lost |= loss == LOSS_NOT_CAPTURED;
    if (session->phase == SESSION_DETECTING) {
        session->lossy = true;
        if (session->keep[direction].len > 0)
            detect(session, direction, true);
    }
    if (session->phase != SESSION_DECODING)
        return;
    buffer_reset(&session->keep[direction]);
    session->needed[direction] = 0;
    session->decoder->gap(session->state, env, direction, lost, time_ns);
    arena_reset(env->scratch);
    account(session);
}

void session_end(struct session *session, enum direction direction, int64_t time_ns)
{
    session->now_ns = time_ns;
    if (session->phase == SESSION_DETECTING && session->keep[direction].len > 0)
        detect(session, direction, true);
    if (session->phase == SESSION_DECODING)
        decode_kept(session, direction, true);
    account(session);
}

void session_close(struct session *session, int64_t time_ns)
{
    struct session_env *env = session->env;
    const struct decoder *decoder = session->decoder;
    session->now_ns = time_ns;
    if (session->phase == SESSION_DECODING && decoder->finish) {
        decoder->finish(session->state, &session->decoder_env, time_ns);
        arena_reset(session->decoder_env.scratch);
    }
    if (session->phase == SESSION_IGNORED)
        blind_spots_add(&env->blind_spots,
                        session->decoder_env.asset ? asset_name(session->decoder_env.asset)
                                                   : SLICE(""),
                        session->info->server.port, session->reason, session->ignored_bytes);
    if (session->state && decoder->release)
        decoder->release(session->state);
    free(session->state);
    session_memory_free(&session->decoder_env.memory);
    for (int d = 0; d < 2; d++)
        buffer_release(&session->keep[d]);
    env->memory_used -= session->accounted;
    free(session);
}
