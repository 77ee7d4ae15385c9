/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * MySQL and MariaDB, unencrypted: the decoder's row, its framing, what a gap and the end do. After
 * "Client/Server Protocol" of the MySQL source documentation and of MariaDB's.
 *
 * Requests are queued as they come and leave the queue, in order, with their answers, so pipelining
 * is the general case. Each direction is a run of packets; of each packet only the front that
 * matters is asked for, the rest is passed over, so that no message is too long.
 */

#include "collector/decoders/mysql_state.h"

extern const struct decoder mysql_decoder;

bool mysql_packet_peek(struct mysql_call *call, size_t want, struct mysql_packet *packet)
{
    struct reader peek = call->in;
    *packet = (struct mysql_packet){0};
    packet->len = reader_le24(&peek);
    packet->sequence = reader_u8(&peek);
    size_t front = packet->len < want ? packet->len : want;
    packet->payload = reader_bytes(&peek, front);
    if (!reader_ok(&peek)) {
        call->needed = reader_left(&call->in) < MYSQL_HEADER ? MYSQL_HEADER : MYSQL_HEADER + front;
        return false;
    }
    packet->first = front ? packet->payload.ptr[0] : 0;
    return true;
}

void mysql_packet_take(struct mysql_call *call, enum direction direction,
                       const struct mysql_packet *packet)
{
    struct mysql_stream *stream = &call->m->streams[direction];
    reader_skip(&call->in, MYSQL_HEADER + packet->payload.len);
    stream->skip = packet->len - packet->payload.len;
    stream->continues = packet->len == MYSQL_PAYLOAD_MAX;
    stream->sequence = packet->sequence;
}

bool mysql_stream_pass(struct mysql_call *call, struct mysql_stream *stream, uint64_t *passed)
{
    for (;;) {
        size_t left = reader_left(&call->in);
        size_t n = stream->skip < left ? (size_t)stream->skip : left;
        reader_skip(&call->in, n);
        stream->skip -= n;
        *passed += n;
        if (stream->skip > 0)
            return false;
        if (!stream->continues)
            return true;
        struct mysql_packet packet;
        if (!mysql_packet_peek(call, 0, &packet))
            return false;
        reader_skip(&call->in, MYSQL_HEADER);
        stream->sequence = packet.sequence;
        stream->skip = packet.len;
        stream->continues = packet.len == MYSQL_PAYLOAD_MAX;
    }
}

static void init(void *state, bool mid_session)
{
    struct mysql *m = state;
    m->capabilities = MYSQL_PROTOCOL_41;
    m->last_statement = UINT32_MAX;
    if (!mid_session)
        return;
    m->phase = MYSQL_COMMANDS;
    m->unknown_account = true;
    m->streams[TO_SERVER].lost = m->streams[TO_CLIENT].lost = true;
}

static struct decoder_result decode(void *state, const struct decoder_env *env,
                                    const struct decoder_input *input)
{
    struct mysql_call call = {.m = state,
                              .env = env,
                              .in = reader_of(input->bytes),
                              .time_ns = input->time_ns,
                              .end = input->end};
    bool (*step)(struct mysql_call *) =
        input->direction == TO_SERVER ? mysql_request_step : mysql_answer_step;
    if (input->bytes.len > 0)
        call.m->streams[input->direction].heard = true;
    while (call.status == STATUS_OK && step(&call))
        call.needed = 0;
    size_t left = reader_left(&call.in);
    return (struct decoder_result){.status = call.status,
                                   .consumed = reader_offset(&call.in),
                                   .needed = left ? call.needed : 0};
}

/* The first packet of a server: sequence 0, protocol version 10 (or 9) and a version text, or an
 * error ("host is blocked", "too many connections"). */
static enum decoder_verdict probe_server(struct slice bytes)
{
    struct reader r = reader_of(bytes);
    uint32_t len = reader_le24(&r);
    uint8_t sequence = reader_u8(&r), version = reader_u8(&r), digit = reader_u8(&r);
    if (!reader_ok(&r) || len < 8 || len > 4096 || sequence != 0)
        return PROBE_NO;
    if (version == MYSQL_BYTE_ERROR)
        return PROBE_MAYBE;
    bool greets = (version == 10 || version == 9) && digit >= '0' && digit <= '9';
    return greets ? PROBE_YES : PROBE_NO;
}

static enum decoder_verdict probe_client(struct slice bytes)
{
    struct reader r = reader_of(bytes);
    uint32_t len = reader_le24(&r);
    uint8_t sequence = reader_u8(&r), first = reader_u8(&r);
    bool query = sequence == 0 && first == COM_QUERY && len > 1;
    bool login = sequence == 1 && len >= 32 && len < 4096;
    return reader_ok(&r) && (query || login) ? PROBE_MAYBE : PROBE_NO;
}

static enum decoder_verdict probe(enum direction direction, struct slice bytes)
{
    return direction == TO_CLIENT ? probe_server(bytes) : probe_client(bytes);
}

static void lose_requests(struct mysql *m)
{
    m->after_gap = true;
    m->file_open = false;
    m->open_request = 0;
    m->answer.gaps |= m->answer.active ? EVENT_GAP_lost_bytes : 0;
    if (m->phase != MYSQL_COMMANDS) {
        m->phase = MYSQL_COMMANDS;
        m->unknown_account = true;
    }
}

/* What is lost belongs to the answer that is being read, else to the oldest that is awaited. */
static void lose_answer(struct mysql_call *call)
{
    struct mysql *m = call->m;
    struct mysql_answer *answer = &m->answer;
    if (m->phase == MYSQL_GREETING)
        m->phase = MYSQL_AUTHENTICATION;
    answer->row.active = false;
    if (!answer->active && (m->queue_head == m->queue_tail || !mysql_answer_begin(call)))
        return;
    answer->gaps |= EVENT_GAP_lost_bytes;
    if (answer->expect != MYSQL_EXPECT_ROWS && answer->expect != MYSQL_EXPECT_STREAM)
        answer->expect = MYSQL_EXPECT_END;
    answer->block_len = answer->block_count = 0;
}

static void gap(void *state, const struct decoder_env *env, enum direction direction, size_t lost,
                int64_t time_ns)
{
    struct mysql *m = state;
    struct mysql_stream *stream = &m->streams[direction];
    struct mysql_call call = {
        .m = m, .env = env, .in = reader_of((struct slice){NULL, 0}), .time_ns = time_ns};
    m->lost_before = true;
    if (stream->skip > 0 && lost <= stream->skip) {
        stream->skip -= lost; /* the boundaries are known still */
        m->file_bytes += direction == TO_SERVER && m->file_open ? lost : 0;
        m->answer.gaps |= m->answer.active ? EVENT_GAP_lost_bytes : 0;
        return;
    }
    m->cursor.request.gaps |= EVENT_GAP_lost_bytes;
    mysql_cursor_stop(&call);
    *stream = (struct mysql_stream){.lost = true, .heard = stream->heard};
    if (direction == TO_SERVER)
        lose_requests(m);
    else
        lose_answer(&call);
}

static void finish(void *state, const struct decoder_env *env, int64_t time_ns)
{
    struct mysql *m = state;
    struct mysql_call call = {
        .m = m, .env = env, .in = reader_of((struct slice){NULL, 0}), .time_ns = time_ns};
    uint32_t gaps = m->streams[TO_CLIENT].heard ? EVENT_GAP_truncated : 0;
    if (m->answer.active)
        mysql_answer_abandon(&call, gaps);
    mysql_requests_unanswered(&call, 0, gaps);
    mysql_cursor_tell(&call);
}

const struct decoder mysql_decoder = {
    .name = "mysql",
    .ports = (const uint16_t[]){3306, 0},
    .state_size = sizeof(struct mysql),
    .init = init,
    .probe = probe,
    .decode = decode,
    .gap = gap,
    .finish = finish,
};
