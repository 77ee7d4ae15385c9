/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The server's side: each answer is to the oldest request that waits. Where it begins and ends, and
 * how much of each of its packets is waited for; what they say is in mysql_result.c.
 */
#include "collector/decoders/mysql_state.h"

enum { DEFINITION_FRONT = 8 };

/* ---- beginning and end of an answer ---- */

static void begin_unseen(struct mysql_call *call)
{
    struct mysql *m = call->m;
    bool login = m->phase == MYSQL_AUTHENTICATION;
    bool lost = m->streams[TO_SERVER].heard && !login;
    m->answer.key = UINT64_MAX; /* nothing lies there */
    m->answer.request = (struct mysql_request){.command = login ? MYSQL_LOGIN : MYSQL_UNSEEN,
                                               .time_ns = call->time_ns,
                                               .seq = ++m->seq,
                                               .gaps = lost ? EVENT_GAP_lost_bytes : 0};
    if (login)
        m->phase = MYSQL_COMMANDS;
}

/* Requests that end the cursor they find; others do when they give a result. */
static bool ends_cursor(const struct mysql *m)
{
    const struct mysql_request *request = &m->answer.request;
    switch (request->command) {
    case COM_STMT_EXECUTE:
    case COM_STMT_BULK_EXECUTE:
    case COM_STMT_RESET:
        return request->statement == m->cursor.statement;
    case COM_CHANGE_USER:
    case COM_RESET_CONNECTION:
        return true;
    default:
        return false;
    }
}

/* Takes the oldest request from the queue; its answer begins. */
bool mysql_answer_begin(struct mysql_call *call)
{
    struct mysql *m = call->m;
    struct mysql_answer *answer = &m->answer;
    memset(answer, 0, offsetof(struct mysql_answer, types));
    answer->active = true;
    m->after_gap = false;
    if (m->queue_head == m->queue_tail) {
        begin_unseen(call);
        return true;
    }
    struct slice params;
    answer->key = session_memory_number_key(MYSQL_MEMORY_REQUEST, m->queue_head++);
    mysql_request_text(call, answer->key, &answer->request, &params);
    if (answer->request.seq == 0) { /* pushed out of memory */
        answer->request.seq = ++m->seq;
        answer->request.time_ns = call->time_ns;
    }
    if (answer->request.command == MYSQL_LOGIN)
        m->login_waits = false;
    if (answer->request.deferred)
        mysql_statement_resolve(call);
    uint16_t command = answer->request.command;
    if (command == COM_STMT_EXECUTE && answer->request.text_len == 0 && m->orphans > 0)
        mysql_statement_adopt(call);
    answer->binary = command == COM_STMT_EXECUTE || command == COM_STMT_BULK_EXECUTE ||
                     command == COM_STMT_FETCH;
    if (command == COM_STMT_PREPARE && m->prepares > 0)
        m->prepares--;
    if (ends_cursor(m))
        mysql_cursor_tell(call);
    if (command == COM_STMT_FETCH)
        mysql_cursor_fetch(call);
    return true;
}

void mysql_answer_end(struct mysql_call *call)
{
    struct mysql_answer *answer = &call->m->answer;
    session_memory_drop(call->env->memory, answer->key);
    answer->active = false;
}

static void tell_result(struct mysql_call *call, const struct mysql_ending *ending)
{
    if (call->m->answer.request.command == COM_STMT_FETCH)
        mysql_cursor_fetched(call, ending);
    else
        mysql_emit_result(call, ending);
}

void mysql_answer_result(struct mysql_call *call, const struct mysql_ending *ending)
{
    struct mysql_answer *answer = &call->m->answer;
    tell_result(call, ending);
    if (!ending->more) {
        mysql_answer_end(call);
        return;
    }
    answer->part++;
    answer->rows = answer->bytes = 0;
    answer->result = answer->watched = answer->watch_open = answer->has_objects = false;
    answer->infile = answer->eof_pending = false;
    answer->expect = MYSQL_EXPECT_FIRST;
}

static void lose_statement(struct mysql_call *call)
{
    struct mysql_request request;
    struct slice params, text = mysql_request_text(call, call->m->answer.key, &request, &params);
    mysql_statement_orphan(call, text);
}

void mysql_answer_abandon(struct mysql_call *call, uint32_t gaps)
{
    struct mysql_answer *answer = &call->m->answer;
    struct mysql_ending ending = {.outcome = EVENT_OUTCOME_unknown};
    bool streaming = answer->expect == MYSQL_EXPECT_STREAM;
    bool nothing = answer->request.command == MYSQL_UNSEEN && !answer->result && answer->rows == 0;
    if (streaming)
        ending.outcome = EVENT_OUTCOME_success;
    else
        answer->gaps |= gaps;
    if (answer->request.command == COM_STMT_PREPARE && answer->expect == MYSQL_EXPECT_END)
        lose_statement(call);
    if (mysql_command_find(answer->request.command)->answer == MYSQL_ANSWER_LOGIN)
        mysql_emit_login(call, &ending);
    else if (!nothing)
        tell_result(call, &ending);
    mysql_answer_end(call);
}

/* ---- framing ---- */

/* How much of a packet is worth waiting for: all of what ends a result, the front of the rest. */
static size_t front_wanted(const struct mysql_answer *answer, const struct mysql_packet *packet)
{
    if (packet->first == MYSQL_BYTE_ERROR || packet->first == MYSQL_BYTE_EOF)
        return MYSQL_ANSWER_FRONT;
    if (!answer->active || answer->expect == MYSQL_EXPECT_FIRST || packet->sequence == 1)
        return MYSQL_ANSWER_FRONT;
    return answer->expect == MYSQL_EXPECT_ROWS ? MYSQL_ROW_WHOLE : DEFINITION_FRONT;
}

/* Does this packet begin an answer? Its id goes on from the request's last packet, which mostly is
 * its only one and has the id 0 (in the compressed protocol servers count the compressed packets of
 * the request instead); a login's goes on from what was said before. */
static bool begins(const struct mysql_call *call, const struct mysql_packet *packet)
{
    const struct mysql *m = call->m;
    if (m->login_waits || m->phase == MYSQL_AUTHENTICATION)
        return true;
    if (m->queue_head == m->queue_tail)
        return packet->sequence == 1;
    struct mysql_request request;
    struct slice params;
    mysql_request_text(call, session_memory_number_key(MYSQL_MEMORY_REQUEST, m->queue_head),
                       &request, &params);
    bool follows = packet->sequence == (uint8_t)(request.sequence + 1) ||
                   (m->packed[TO_CLIENT].on &&
                    packet->sequence == (uint8_t)(m->packed[TO_SERVER].sequence + 1));
    return request.open || follows;
}

/* An id that starts over where it should go on: the end of the answer before was not seen. (A login
 * and a file share the ids with the client.) */
static bool starts_over(const struct mysql *m, const struct mysql_packet *packet)
{
    return packet->sequence == 1 && m->streams[TO_CLIENT].sequence != 0 &&
           m->answer.request.command != MYSQL_LOGIN && !m->answer.infile;
}

static bool is_tls(const struct mysql_call *call)
{
    struct reader r = call->in;
    uint8_t record = reader_u8(&r), version = reader_u8(&r);
    return call->m->phase == MYSQL_AUTHENTICATION && record == 0x16 && version == 0x03;
}

static bool is_long_row(const struct mysql_answer *answer, const struct mysql_packet *packet)
{
    return answer->active && answer->expect == MYSQL_EXPECT_ROWS && !answer->eof_pending &&
           packet->len > MYSQL_ROW_WHOLE && packet->first != MYSQL_BYTE_ERROR;
}

/* The next packet as far as it is wanted: mostly it is there whole. */
static bool peek_answer(struct mysql_call *call, struct mysql_packet *packet)
{
    const struct mysql_answer *answer = &call->m->answer;
    if (mysql_packet_peek(call, MYSQL_ROW_WHOLE, packet))
        return true;
    return mysql_packet_peek(call, 1, packet) &&
           (is_long_row(answer, packet) ||
            mysql_packet_peek(call, front_wanted(answer, packet), packet));
}

static bool answer_packet(struct mysql_call *call)
{
    struct mysql *m = call->m;
    struct mysql_answer *answer = &m->answer;
    struct mysql_packet packet;
    if (!peek_answer(call, &packet))
        return false;
    if (answer->active && starts_over(m, &packet))
        mysql_answer_abandon(call, EVENT_GAP_lost_bytes);
    if (is_long_row(answer, &packet)) {
        mysql_row_begin_long(call, &packet);
        return true;
    }
    if (!answer->active && begins(call, &packet))
        mysql_answer_begin(call);
    mysql_packet_take(call, TO_CLIENT, &packet);
    if (!answer->active)
        return true; /* belongs to nothing that was asked */
    answer->bytes += MYSQL_HEADER + packet.payload.len;
    if (!mysql_is_progress(packet.payload))
        mysql_result_packet(call, &packet);
    return true;
}

bool mysql_answer_step(struct mysql_call *call)
{
    struct mysql *m = call->m;
    struct mysql_stream *stream = &m->streams[TO_CLIENT];
    uint64_t passed = 0;
    if (stream->lost && !mysql_resync_answer(call))
        return false;
    bool through = mysql_stream_pass(call, stream, &passed);
    m->answer.bytes += passed;
    if (!through || reader_left(&call->in) == 0)
        return false;
    if (m->phase == MYSQL_GREETING)
        return mysql_greeting(call);
    if (is_tls(call)) {
        call->status = STATUS_UNSUPPORTED;
        return false;
    }
    if (m->answer.active && m->answer.row.active)
        return mysql_row_step(call);
    if (m->answer.active && m->answer.expect == MYSQL_EXPECT_COLUMNS)
        return mysql_columns_step(call);
    return answer_packet(call);
}
