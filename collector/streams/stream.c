/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Putting one connection's bytes in order.
 */
#include "collector/streams/stream.h"

#include <stdlib.h>

enum {
    SEQ_JUMP_MAX = 1 << 30, /* farther off than any window: not of this connection */
    RESET_WINDOW = 1 << 20, /* how far a reset may be ahead of what was captured */
};

static enum direction opposite(enum direction direction)
{
    return direction == TO_SERVER ? TO_CLIENT : TO_SERVER;
}

/* With the first byte; a direction may have ended before it without any. */
static void begin_session(struct stream *stream, const struct stream_env *env)
{
    stream->phase = PHASE_OPEN;
    env->counters->streams_mid_session += stream->info.mid_session;
    stream->session = env->consumer->open(env->consumer->context, &stream->info);
    for (int d = TO_SERVER; stream->session && d <= TO_CLIENT; d++)
        if (stream->halves[d].ended)
            env->consumer->end(stream->session, (enum direction)d, stream->last_ns);
}

static bool open_session(struct stream *stream, const struct stream_env *env)
{
    if (stream->phase == PHASE_NEW)
        begin_session(stream, env);
    return stream->session != NULL;
}

static void hand_data(struct stream *stream, const struct stream_env *env, enum direction direction,
                      struct slice bytes, int64_t time_ns)
{
    stream->halves[direction].next += (uint32_t)bytes.len;
    env->counters->stream_bytes += bytes.len;
    if (bytes.len > 0 && open_session(stream, env))
        env->consumer->data(stream->session, direction, bytes, time_ns);
}

static void hand_gap(struct stream *stream, const struct stream_env *env, enum direction direction,
                     uint32_t len, enum stream_loss loss, int64_t time_ns)
{
    if (len == 0)
        return;
    stream->halves[direction].next += len;
    *(loss == LOSS_CUT ? &env->counters->cut_bytes : &env->counters->lost_bytes) += len;
    env->counters->gaps++;
    if (open_session(stream, env))
        env->consumer->gap(stream->session, direction, len, loss, time_ns);
}

static void hand_on(struct stream *stream, const struct stream_env *env, enum direction direction,
                    const struct arrival *a)
{
    hand_data(stream, env, direction, a->bytes, a->time_ns);
    hand_gap(stream, env, direction, a->len - (uint32_t)a->bytes.len, LOSS_CUT, a->time_ns);
}

/* Has the sender of this segment seen bytes of the other direction that were not handed on yet?
 * Then it must wait for them, unless the other direction is not captured at all. */
static bool waits_for_other(const struct stream *stream, enum direction direction, bool has_ack,
                            uint32_t ack)
{
    const struct half *other = &stream->halves[opposite(direction)];
    if (!has_ack || !other->next_known || other->ended || !stream->info.seen[opposite(direction)])
        return false;
    int32_t ahead = seq_distance(other->next, ack);
    return ahead > 0 && ahead < SEQ_JUMP_MAX;
}

static void reach_end(struct stream *stream, const struct stream_env *env, enum direction direction,
                      int64_t time_ns)
{
    struct half *half = &stream->halves[direction];
    if (half->ended || !half->fin_known || seq_distance(half->next, half->fin_at) > 0)
        return;
    half->ended = true;
    *env->pending_bytes -= half->pending.bytes; /* nothing can come after the end */
    pending_clear(&half->pending);
    if (stream->session)
        env->consumer->end(stream->session, direction, time_ns);
}

/* The first waiting piece can go on: what it has of what comes next is handed on. */
static void release_first(struct stream *stream, const struct stream_env *env,
                          enum direction direction)
{
    struct half *half = &stream->halves[direction];
    size_t cost = half->pending.bytes;
    struct piece *piece = pending_take(&half->pending);
    *env->pending_bytes -= cost - half->pending.bytes;
    uint32_t old = (uint32_t)seq_distance(piece->seq, half->next); /* 0 or handed on before */
    if (old < piece->len) {
        struct slice bytes = slice_make(piece->bytes, piece->captured);
        struct arrival a = {.len = piece->len - old,
                            .bytes = slice_part(bytes, old, SIZE_MAX),
                            .time_ns = piece->time_ns};
        hand_on(stream, env, direction, &a);
    } else
        env->counters->duplicate_bytes += piece->len;
    reach_end(stream, env, direction, piece->time_ns);
    free(piece);
}

static bool first_is_free(const struct stream *stream, enum direction direction)
{
    const struct half *half = &stream->halves[direction];
    const struct piece *first = half->pending.first;
    return first && seq_distance(half->next, first->seq) <= 0 &&
           !waits_for_other(stream, direction, first->has_ack, first->ack);
}

static void drain(struct stream *stream, const struct stream_env *env)
{
    bool moved;
    do {
        moved = false;
        for (int d = TO_SERVER; d <= TO_CLIENT; d++)
            while (first_is_free(stream, (enum direction)d)) {
                release_first(stream, env, (enum direction)d);
                moved = true;
            }
    } while (moved);
}

static void keep(struct stream *stream, const struct stream_env *env, enum direction direction,
                 const struct arrival *a)
{
    struct half *half = &stream->halves[direction];
    size_t cost = half->pending.bytes;
    struct pending_result result = pending_insert(&half->pending, a);
    *env->pending_bytes += half->pending.bytes - cost;
    env->counters->duplicate_bytes += result.duplicate;
    env->counters->conflicting += result.conflict;
    env->counters->out_of_order++;
    if (result.no_memory) /* the bytes are lost, like any that never came */
        env->counters->pending_limit++;
    while (half->pending.bytes > STREAM_PENDING_BYTES ||
           half->pending.count > STREAM_PENDING_SEGMENTS) {
        env->counters->pending_limit++;
        stream_resolve(stream, env);
    }
}

static void take_payload(struct stream *stream, const struct stream_env *env,
                         enum direction direction, struct arrival a)
{
    struct half *half = &stream->halves[direction];
    int32_t old = seq_distance(a.seq, half->next);
    if (old <= -SEQ_JUMP_MAX || old >= SEQ_JUMP_MAX) {
        env->counters->outlandish++;
        return;
    }
    if (old > 0) {
        uint32_t n = (uint32_t)old < a.len ? (uint32_t)old : a.len;
        env->counters->duplicate_bytes += n;
        a.seq += n;
        a.len -= n;
        a.bytes = slice_part(a.bytes, n, SIZE_MAX);
    }
    if (a.len == 0)
        return;
    const struct piece *first = half->pending.first;
    bool clear = !first || seq_distance(a.seq + a.len, first->seq) >= 0;
    if (a.seq == half->next && clear && !waits_for_other(stream, direction, a.has_ack, a.ack))
        hand_on(stream, env, direction, &a);
    else
        keep(stream, env, direction, &a);
}

static void take_ack(struct stream *stream, enum direction direction,
                     const struct tcp_segment *segment)
{
    struct half *other = &stream->halves[opposite(direction)];
    if (!(segment->flags & TCP_ACK))
        return;
    if (!other->acked_known || seq_distance(other->acked, segment->ack) > 0)
        other->acked = segment->ack;
    other->acked_known = true;
}

static void take_begin(struct half *half, const struct tcp_segment *segment)
{
    bool syn = segment->flags & TCP_SYN;
    /* A keep-alive probe repeats an old number: an empty segment tells nothing. */
    bool tells = segment->wire_len > 0 || segment->flags & (TCP_SYN | TCP_FIN);
    if (half->next_known || !tells)
        return;
    half->next = segment->seq + syn;
    half->next_known = true;
    half->begin_known = syn;
    half->begin = segment->seq;
}

/* Where the direction ends, unless that is behind what came already. */
static void take_fin(struct half *half, uint32_t at)
{
    int32_t ahead = seq_distance(half->next, at);
    if (half->fin_known || ahead < 0 || ahead > SEQ_JUMP_MAX)
        return;
    half->fin_known = true;
    half->fin_at = at;
}

/* RFC 5961: a reset counts where it is expected. One that was forged blindly does not end the
 * listening. */
static void take_reset(struct stream *stream, const struct stream_env *env,
                       enum direction direction, const struct tcp_segment *segment)
{
    struct half *half = &stream->halves[direction];
    int32_t ahead = seq_distance(half->next, segment->seq);
    if (half->next_known && (ahead < -1 || ahead > RESET_WINDOW))
        env->counters->resets_ignored++;
    else
        stream->reset = true;
}

void stream_take(struct stream *stream, const struct stream_env *env, enum direction direction,
                 const struct tcp_segment *segment)
{
    struct half *half = &stream->halves[direction];
    bool syn = segment->flags & TCP_SYN;
    stream->info.seen[direction] = true;
    if (!(segment->flags & TCP_RST))
        take_begin(half, segment);
    take_ack(stream, direction, segment);
    struct arrival a = {.seq = segment->seq + syn,
                        .len = (uint32_t)segment->wire_len,
                        .bytes = segment->payload,
                        .ack = segment->ack,
                        .has_ack = segment->flags & TCP_ACK,
                        .time_ns = segment->time_ns};
    if (segment->flags & TCP_RST) {
        take_reset(stream, env, direction,
                   segment); /* its payload, if any, is a message to people */
        return;
    }
    if (segment->flags & TCP_FIN)
        take_fin(half, a.seq + a.len);
    if (a.len > 0 && !half->ended)
        take_payload(stream, env, direction, a);
    reach_end(stream, env, direction, segment->time_ns);
    drain(stream, env);
}

bool stream_waits(const struct stream *stream)
{
    return stream->halves[TO_SERVER].pending.first || stream->halves[TO_CLIENT].pending.first;
}

static bool half_is_overdue(const struct stream *stream, enum direction direction, int64_t since_ns)
{
    const struct half *half = &stream->halves[direction];
    const struct piece *first = half->pending.first;
    if (!first || first->time_ns > since_ns)
        return false;
    bool hole = seq_distance(half->next, first->seq) > 0;
    bool received = half->acked_known && seq_distance(half->acked, first->seq) <= 0;
    return !hole || received || !stream->info.seen[opposite(direction)];
}

bool stream_is_overdue(const struct stream *stream, int64_t since_ns)
{
    return half_is_overdue(stream, TO_SERVER, since_ns) ||
           half_is_overdue(stream, TO_CLIENT, since_ns);
}

bool stream_is_over(const struct stream *stream)
{
    return stream->reset || (stream->halves[TO_SERVER].ended && stream->halves[TO_CLIENT].ended);
}

/* A hole in front of the first waiting piece, given up at most as far as the other direction's
 * first piece needs it: that one goes first then. */
static bool resolve_hole(struct stream *stream, const struct stream_env *env,
                         enum direction direction)
{
    struct half *half = &stream->halves[direction];
    const struct piece *first = half->pending.first;
    const struct piece *other = stream->halves[opposite(direction)].pending.first;
    int32_t hole = first ? seq_distance(half->next, first->seq) : 0;
    if (hole <= 0)
        return false;
    int32_t needed = other && other->has_ack ? seq_distance(half->next, other->ack) : hole;
    int32_t lost = needed > 0 && needed < hole ? needed : hole;
    hand_gap(stream, env, direction, (uint32_t)lost, LOSS_NOT_CAPTURED, first->time_ns);
    return true;
}

/* The first piece waits for the other direction, of which nothing is there: that was lost. */
static bool resolve_wait(struct stream *stream, const struct stream_env *env,
                         enum direction direction)
{
    enum direction other = opposite(direction);
    const struct piece *first = stream->halves[direction].pending.first;
    if (!first || !waits_for_other(stream, direction, first->has_ack, first->ack))
        return false;
    if (stream->halves[other].pending.first) { /* both wait for each other: forged */
        release_first(stream, env, direction);
        return true;
    }
    int32_t lost = seq_distance(stream->halves[other].next, first->ack);
    hand_gap(stream, env, other, (uint32_t)lost, LOSS_NOT_CAPTURED, first->time_ns);
    reach_end(stream, env, other, first->time_ns);
    return true;
}

void stream_resolve(struct stream *stream, const struct stream_env *env)
{
    drain(stream, env); /* so that something really waits, and giving it up is progress */
    if (resolve_hole(stream, env, TO_SERVER) || resolve_hole(stream, env, TO_CLIENT) ||
        resolve_wait(stream, env, TO_SERVER) || resolve_wait(stream, env, TO_CLIENT))
        drain(stream, env);
}

/* What the receiver acknowledged last but nobody captured. A FIN takes one number, too. */
static void lose_tail(struct stream *stream, const struct stream_env *env, enum direction direction,
                      int64_t now_ns)
{
    struct half *half = &stream->halves[direction];
    if (!half->next_known || !half->acked_known || !stream->info.seen[direction] || half->ended)
        return;
    int32_t lost = seq_distance(half->next, half->acked);
    if (lost > 1 && lost < SEQ_JUMP_MAX)
        hand_gap(stream, env, direction, (uint32_t)lost, LOSS_NOT_CAPTURED, now_ns);
}

void stream_close(struct stream *stream, const struct stream_env *env, int64_t now_ns)
{
    drain(stream, env);
    while (stream_waits(stream))
        stream_resolve(stream, env);
    if (stream->session) {
        lose_tail(stream, env, TO_SERVER, now_ns);
        lose_tail(stream, env, TO_CLIENT, now_ns);
        for (int d = TO_SERVER; d <= TO_CLIENT; d++)
            if (!stream->halves[d].ended)
                env->consumer->end(stream->session, (enum direction)d, now_ns);
        env->consumer->close(stream->session, now_ns);
    }
    stream->session = NULL;
    stream->phase = PHASE_CLOSED;
}
