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

struct decoder_result mysql_decode_plain(struct mysql *m, const struct decoder_env *env,
                                         const struct decoder_input *input)
{
    struct mysql_call call = {.m = m,
                              .env = env,
                              .in = reader_of(input->bytes),
                              .time_ns = input->time_ns,
                              .end = input->end};
    bool (*step)(struct mysql_call *) =
        input->direction == TO_SERVER ? mysql_request_step : mysql_answer_step;
    while (call.status == STATUS_OK && !call.stop && step(&call))
        call.needed = 0;
    size_t left = reader_left(&call.in);
    return (struct decoder_result){.status = call.status,
                                   .consumed = reader_offset(&call.in),
                                   .needed = left ? call.needed : 0};
}

static struct decoder_result decode(void *state, const struct decoder_env *env,
                                    const struct decoder_input *input)
{
    struct mysql *m = state;
    struct decoder_input rest = *input;
    struct decoder_result plain = {.status = STATUS_OK};
    if (input->bytes.len > 0)
        m->streams[input->direction].heard = true;
    if (!m->packed[input->direction].on)
        plain = mysql_decode_plain(m, env, input);
    if (!m->packed[input->direction].on || plain.status != STATUS_OK)
        return plain;
    rest.bytes = slice_part(input->bytes, plain.consumed, SIZE_MAX);
    struct decoder_result packed = mysql_packed_decode(m, env, &rest);
    packed.consumed += plain.consumed;
    return packed;
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

static void lose_requests(struct mysql *m, uint32_t why)
{
    m->after_gap = true;
    m->file_open = false;
    m->open_request = 0;
    m->answer.gaps |= m->answer.active ? why : 0;
    if (m->phase != MYSQL_COMMANDS) {
        m->phase = MYSQL_COMMANDS;
        m->unknown_account = true;
    }
}

/* What is lost belongs to the answer that is being read, else to the oldest that is awaited. */
static void lose_answer(struct mysql_call *call, uint32_t why)
{
    struct mysql *m = call->m;
    struct mysql_answer *answer = &m->answer;
    if (m->phase == MYSQL_GREETING)
        m->phase = MYSQL_AUTHENTICATION;
    answer->row.active = false;
    if (!answer->active && (m->queue_head == m->queue_tail || !mysql_answer_begin(call)))
        return;
    answer->gaps |= why;
    if (answer->expect != MYSQL_EXPECT_ROWS && answer->expect != MYSQL_EXPECT_STREAM)
        answer->expect = MYSQL_EXPECT_END;
    answer->block_len = answer->block_count = 0;
}

/* Is what is lost within something that is passed over anyway? */
static bool keeps_boundaries(struct mysql *m, enum direction direction, size_t lost)
{
    struct mysql_stream *stream = &m->streams[direction];
    if (direction == TO_CLIENT && mysql_row_lose(&m->answer, lost))
        return true;
    if (lost > stream->skip)
        return false;
    stream->skip -= lost;
    m->file_bytes += direction == TO_SERVER && m->file_open ? lost : 0;
    return true;
}

void mysql_lose_plain(struct mysql *m, const struct decoder_env *env, enum direction direction,
                      size_t lost, int64_t time_ns, uint32_t why)
{
    struct mysql_stream *stream = &m->streams[direction];
    struct mysql_call call = {
        .m = m, .env = env, .in = reader_of((struct slice){NULL, 0}), .time_ns = time_ns};
    m->lost_before = true;
    if (keeps_boundaries(m, direction, lost)) {
        m->answer.gaps |= m->answer.active ? why : 0;
        return;
    }
    m->cursor.request.gaps |= why;
    mysql_cursor_stop(&call);
    *stream = (struct mysql_stream){.lost = true, .heard = stream->heard};
    if (direction == TO_SERVER)
        lose_requests(m, why);
    else
        lose_answer(&call, why);
}

static void gap(void *state, const struct decoder_env *env, enum direction direction, size_t lost,
                int64_t time_ns)
{
    struct mysql *m = state;
    if (m->packed[direction].on || m->compresses)
        mysql_packed_gap(m, env, direction, lost, time_ns);
    else
        mysql_lose_plain(m, env, direction, lost, time_ns, EVENT_GAP_lost_bytes);
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

static void release(void *state)
{
    mysql_packed_release(state);
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
    .release = release,
};
