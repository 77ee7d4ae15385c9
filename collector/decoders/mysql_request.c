/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The client's side of the command phase: commands become requests in a queue, in the session's
 * memory, where they wait for their answer. A command is a packet with sequence id 0; others carry
 * what a command before them asked for (authentication, which is not looked at, or a file).
 *
 *   1  command, then by command: text, ids, bound values
 */
#include "collector/decoders/mysql_state.h"
#include "collector/decoders/mysql_value.h"

enum { PLAIN_FRONT = 4096, ID_FRONT = 16 };

#define COMMAND(code, answer, silent, sql, action)                      \
    {                                                                   \
        code, MYSQL_ANSWER_##answer, silent, sql, EVENT_ACTION_##action \
    }

static const struct mysql_command commands[] = {
    COMMAND(COM_QUERY, RESULT, false, true, other),
    COMMAND(COM_STMT_EXECUTE, RESULT, false, true, other),
    COMMAND(COM_STMT_FETCH, ROWS, false, true, read),
    COMMAND(COM_STMT_PREPARE, PREPARED, true, true, prepare),
    COMMAND(COM_STMT_BULK_EXECUTE, RESULT, false, true, other),
    COMMAND(COM_PING, RESULT, true, false, other),
    COMMAND(COM_STMT_RESET, RESULT, true, false, other),
    COMMAND(COM_RESET_CONNECTION, RESULT, true, false, set),
    COMMAND(COM_SET_OPTION, RESULT, true, false, set),
    COMMAND(COM_INIT_DB, RESULT, false, false, use),
    COMMAND(COM_FIELD_LIST, FIELDS, false, false, other),
    COMMAND(COM_STATISTICS, TEXT, false, false, command),
    COMMAND(COM_PROCESS_INFO, RESULT, false, false, command),
    COMMAND(COM_PROCESS_KILL, RESULT, false, false, kill),
    COMMAND(COM_CREATE_DB, RESULT, false, false, create),
    COMMAND(COM_DROP_DB, RESULT, false, false, drop),
    COMMAND(COM_REFRESH, RESULT, false, false, command),
    COMMAND(COM_SHUTDOWN, RESULT, false, false, command),
    COMMAND(COM_DEBUG, RESULT, false, false, command),
    COMMAND(COM_CHANGE_USER, LOGIN, false, false, login),
    COMMAND(COM_BINLOG_DUMP, STREAM, false, false, copy_out),
    COMMAND(COM_BINLOG_DUMP_GTID, STREAM, false, false, copy_out),
    COMMAND(COM_TABLE_DUMP, STREAM, false, false, copy_out),
    COMMAND(COM_CLONE, RESULT, false, false, copy_out),
    COMMAND(COM_REGISTER_SLAVE, RESULT, false, false, command),
    COMMAND(MYSQL_LOGIN, LOGIN, false, false, login),
    COMMAND(MYSQL_UNSEEN, RESULT, false, false, other),
    COMMAND(COM_QUIT, NONE, false, false, logout),
    COMMAND(COM_STMT_SEND_LONG_DATA, NONE, true, false, other),
    COMMAND(COM_STMT_CLOSE, NONE, true, false, other),
};

const struct mysql_command *mysql_command_find(uint16_t code)
{
    static const struct mysql_command unknown = {.answer = MYSQL_ANSWER_RESULT,
                                                 .action = EVENT_ACTION_other};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].code == code)
            return &commands[i];
    return &unknown;
}

/* How much of a command's payload is worth waiting for. */
static size_t front_wanted(uint8_t code)
{
    switch (code) {
    case COM_QUERY:
    case COM_STMT_PREPARE:
    case COM_STMT_EXECUTE:
    case COM_STMT_BULK_EXECUTE:
        return DECODER_NEED_MAX - MYSQL_HEADER;
    case COM_STMT_SEND_LONG_DATA:
        return MYSQL_LONG_DATA_KEEP;
    case COM_CHANGE_USER:
        return MYSQL_ANSWER_FRONT;
    default:
        return PLAIN_FRONT;
    }
}

/* Text and values lie behind the request as one run of bytes. */
static enum status store(struct mysql_call *call, uint64_t key, struct mysql_request *request,
                         struct slice text, struct slice params)
{
    struct slice head = slice_make(request, sizeof *request);
    if (params.len == 0)
        return session_memory_put(call->env->memory, key, head, text);
    uint8_t *both = arena_alloc(call->env->scratch, text.len + params.len);
    if (!both)
        return STATUS_LIMIT;
    if (text.len)
        memcpy(both, text.ptr, text.len);
    memcpy(both + text.len, params.ptr, params.len);
    return session_memory_put(call->env->memory, key, head,
                              slice_make(both, text.len + params.len));
}

static void store_what_fits(struct mysql_call *call, uint64_t key, struct mysql_request *request,
                            struct slice text, struct slice params)
{
    request->text_len = (uint32_t)text.len;
    if (store(call, key, request, text, params) == STATUS_OK)
        return;
    request->gaps |= EVENT_GAP_limit;
    request->param_count = 0;
    request->deferred = false;
    text = slice_part(text, 0, MYSQL_TEXT_FALLBACK);
    request->text_len = (uint32_t)text.len;
    params.len = 0;
    if (store(call, key, request, text, params) == STATUS_OK)
        return;
    request->text_len = 0;
    text.len = 0;
    (void)store(call, key, request, text, params); /* lost: the answer will have no request */
}

void mysql_request_put(struct mysql_call *call, struct mysql_request *request, struct slice text,
                       struct slice params)
{
    struct mysql *m = call->m;
    request->time_ns = call->time_ns;
    request->seq = ++m->seq;
    request->gaps |= m->after_gap ? EVENT_GAP_lost_bytes : 0;
    uint64_t key = session_memory_number_key(MYSQL_MEMORY_REQUEST, m->queue_tail++);
    store_what_fits(call, key, request, text, params);
}

/* Requests beyond the `keep` newest have no answer. */
void mysql_requests_unanswered(struct mysql_call *call, uint64_t keep, uint32_t gaps)
{
    struct mysql *m = call->m;
    while (m->queue_tail - m->queue_head > keep) {
        uint64_t key = session_memory_number_key(MYSQL_MEMORY_REQUEST, m->queue_head++);
        mysql_emit_unanswered(call, key, gaps);
        session_memory_drop(call->env->memory, key);
    }
}

/* The text of a request in memory; the header is copied out. Valid until the next put. */
struct slice mysql_request_text(const struct mysql_call *call, uint64_t key,
                                struct mysql_request *request, struct slice *params)
{
    struct reader r = reader_of(session_memory_get(call->env->memory, key, NULL));
    struct slice head = reader_bytes(&r, sizeof *request);
    *params = (struct slice){NULL, 0};
    if (!reader_ok(&r)) {
        *request = (struct mysql_request){.command = MYSQL_UNSEEN, .gaps = EVENT_GAP_limit};
        return *params;
    }
    memcpy(request, head.ptr, sizeof *request);
    struct slice text = reader_bytes(&r, request->text_len);
    *params = reader_rest(&r);
    return text;
}

/* A request that came in several packets is complete only now. */
static void complete_request(struct mysql_call *call)
{
    struct mysql *m = call->m;
    uint64_t position = m->open_request - 1;
    m->open_request = 0;
    if (position < m->queue_head)
        return; /* answered before it was complete: refused as too long */
    uint64_t key = session_memory_number_key(MYSQL_MEMORY_REQUEST, position);
    struct mysql_request request;
    struct slice params, text = mysql_request_text(call, key, &request, &params);
    request.time_ns = call->time_ns;
    request.sequence = m->streams[TO_SERVER].sequence;
    request.open = false;
    store_what_fits(call, key, &request, text, params);
}

/* The attributes before the text since MySQL 8.0.23: their number, number of sets (1), NULL bitmap,
 * flag (1), type (2) and name of each, values. */
static void skip_attributes(struct reader *r)
{
    uint64_t count = mysql_lenenc(r);
    mysql_lenenc(r);
    if (count == 0)
        return;
    if (count > reader_left(r)) {
        reader_fail(r);
        return;
    }
    struct slice nulls = reader_bytes(r, ((size_t)count + 7) / 8);
    if (reader_u8(r) != 1)
        reader_fail(r);
    struct reader types = *r;
    for (uint64_t i = 0; i < count && reader_ok(r); i++) {
        reader_le16(r);
        mysql_lenenc_bytes(r);
    }
    char text[MYSQL_VALUE_TEXT_MAX];
    for (uint64_t i = 0; i < count && reader_ok(r); i++) {
        uint16_t type = reader_le16(&types);
        mysql_lenenc_bytes(&types);
        if (!(nulls.ptr[i / 8] >> (i % 8) & 1))
            mysql_value(r, (uint8_t)type, type & 0x8000, text);
    }
}

/* Where the handshake was not seen, attributes show by a first byte that no statement begins with:
 * their number, and the number of sets, which is 1. */
static bool has_attributes(const struct mysql *m, struct reader r)
{
    if (m->knows_capabilities)
        return m->capabilities & MYSQL_QUERY_ATTRIBUTES;
    uint8_t count = reader_u8(&r), sets = reader_u8(&r);
    return reader_ok(&r) && count < '\t' && sets == 1;
}

static void query(struct mysql_call *call, struct mysql_request *request, struct slice payload)
{
    struct reader r = reader_of(payload);
    if (request->command == COM_QUERY && has_attributes(call->m, r)) {
        skip_attributes(&r);
        if (!reader_ok(&r)) {
            request->gaps |= EVENT_GAP_limit;
            r = reader_of((struct slice){NULL, 0});
        }
    }
    if (request->command == COM_STMT_PREPARE) {
        call->m->prepares++;
        if (!call->m->streams[TO_CLIENT].heard)
            mysql_statement_orphan(call, payload);
    }
    mysql_request_put(call, request, reader_rest(&r), (struct slice){NULL, 0});
}

static void set_option(struct mysql *m, struct slice payload)
{
    struct reader r = reader_of(payload);
    uint16_t off = reader_le16(&r);
    if (!reader_ok(&r))
        return;
    if (off)
        m->capabilities &= ~(uint32_t)MYSQL_MULTI_STATEMENTS;
    else
        m->capabilities |= MYSQL_MULTI_STATEMENTS;
}

static void plain(struct mysql_call *call, struct mysql_request *request, struct slice payload)
{
    struct reader r = reader_of(payload);
    if (request->command == COM_SET_OPTION)
        set_option(call->m, payload);
    if (request->command == COM_STMT_FETCH || request->command == COM_STMT_RESET)
        request->statement = reader_le32(&r);
    if (request->command == COM_STMT_FETCH)
        request->asked = reader_le32(&r);
    bool names = request->command == COM_INIT_DB || request->command == COM_FIELD_LIST ||
                 request->command == COM_CREATE_DB || request->command == COM_DROP_DB;
    mysql_request_put(call, request, names ? payload : (struct slice){NULL, 0},
                      (struct slice){NULL, 0});
}

static void quit(struct mysql_call *call)
{
    if (!call->m->streams[TO_CLIENT].heard)
        mysql_requests_unanswered(call, 0, 0);
    mysql_cursor_stop(call);
    struct mysql_request request = {
        .command = COM_QUIT, .time_ns = call->time_ns, .seq = ++call->m->seq};
    mysql_emit_plain(call, &request, EVENT_OUTCOME_success);
}

static uint32_t statement_id(struct slice payload)
{
    struct reader r = reader_of(payload);
    return reader_le32(&r);
}

static void command(struct mysql_call *call, const struct mysql_packet *packet)
{
    struct mysql_request request = {.command = packet->first,
                                    .gaps = packet->cut ? EVENT_GAP_truncated : 0};
    struct slice payload = slice_part(packet->payload, 1, SIZE_MAX);
    if (payload.len + 1 < packet->len)
        request.gaps |= packet->cut ? 0 : EVENT_GAP_limit;
    request.open = payload.len + 1 < packet->len || packet->len == MYSQL_PAYLOAD_MAX;
    switch (packet->first) {
    case COM_QUIT:
        quit(call);
        break;
    case COM_STMT_CLOSE:
        mysql_statement_close(call, statement_id(payload));
        break;
    case COM_STMT_SEND_LONG_DATA:
        mysql_params_long_data(call, payload);
        break;
    case COM_CHANGE_USER:
        mysql_change_user(call, packet);
        break;
    case COM_STMT_EXECUTE:
    case COM_STMT_BULK_EXECUTE:
        mysql_statement_execute(call, &request, payload);
        break;
    case COM_QUERY:
    case COM_STMT_PREPARE:
        query(call, &request, payload);
        break;
    default:
        plain(call, &request, payload);
    }
}

/* At the end of the connection the packet that was not completed is taken as far as it goes. */
static bool cut_packet(struct mysql_call *call, struct mysql_packet *packet)
{
    struct reader peek = call->in;
    *packet = (struct mysql_packet){.cut = true};
    packet->len = reader_le24(&peek);
    packet->sequence = reader_u8(&peek);
    packet->payload = reader_rest(&peek);
    packet->first = packet->payload.len ? packet->payload.ptr[0] : 0;
    return call->end && reader_ok(&peek) && packet->payload.len > 0;
}

static bool command_packet(struct mysql_call *call)
{
    struct mysql *m = call->m;
    struct mysql_packet packet;
    if (!mysql_packet_peek(call, 1, &packet))
        return false;
    if (m->compresses && !m->packed[TO_SERVER].on && packet.sequence == 0) {
        m->packed[TO_SERVER].on = true; /* this is no command, but the first compressed packet */
        return false;
    }
    if (packet.len == 0 || packet.sequence != 0) {
        mysql_packet_take(call, TO_SERVER, &packet);
        return true;
    }
    if (!mysql_packet_peek(call, front_wanted(packet.first), &packet) && !cut_packet(call, &packet))
        return false;
    bool heard = m->streams[TO_CLIENT].heard;
    mysql_requests_unanswered(call, heard ? MYSQL_QUEUE_MAX : MYSQL_QUEUE_ONE_WAY,
                              heard ? EVENT_GAP_limit : 0);
    if (!heard && m->login_waits && packet.first != COM_QUIT)
        mysql_login_believe(call);
    uint64_t tail = m->queue_tail;
    command(call, &packet);
    mysql_packet_take(call, TO_SERVER, &packet);
    bool open = m->streams[TO_SERVER].skip > 0 || m->streams[TO_SERVER].continues;
    m->open_request = open && m->queue_tail > tail ? m->queue_tail : 0;
    return true;
}

/* LOCAL INFILE: the file in packets, ended by an empty one. */
static bool file_packet(struct mysql_call *call)
{
    struct mysql_packet packet;
    if (!mysql_packet_peek(call, 0, &packet))
        return false;
    mysql_packet_take(call, TO_SERVER, &packet);
    call->m->streams[TO_SERVER].continues = false;
    call->m->file_open = packet.len > 0;
    return true;
}

bool mysql_request_step(struct mysql_call *call)
{
    struct mysql *m = call->m;
    struct mysql_stream *stream = &m->streams[TO_SERVER];
    uint64_t passed = 0;
    if (stream->lost && !mysql_resync_request(call))
        return false;
    bool through = mysql_stream_pass(call, stream, &passed);
    m->file_bytes += m->file_open ? passed : 0;
    if (!through)
        return false;
    if (m->open_request)
        complete_request(call);
    if (reader_left(&call->in) == 0)
        return false;
    if (m->phase != MYSQL_COMMANDS)
        return mysql_login_request(call);
    return m->file_open ? file_packet(call) : command_packet(call);
}

bool mysql_command_known(uint8_t code)
{
    return code != 0 && mysql_command_find(code)->code == code;
}
