/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Handshake, authentication and change of user. Secrets are passed over: of what follows the
 * client's first packet nothing is looked at.
 *
 *   server: 10, version\0, thread (4), scramble (8), 0, capabilities (2), character set (1),
 *           status (2), capabilities (2), length (1), 6 zeros, MariaDB's extended capabilities (4)
 *   client: capabilities (4), longest packet (4), character set (1), 19 zeros, extended (4),
 *           account\0, secret, [database\0], [plugin\0], [attributes]
 *   server: OK, ERR, 0xfe (another method) or 0x01 (more data), the latter two again and again
 */
#include "collector/decoders/mysql_state.h"

enum { LOGIN_FRONT = 65536, SSL_REQUEST_LEN = 32, SSL_REQUEST_OLD_LEN = 5 };

void mysql_name_set(struct mysql_name *name, struct slice bytes)
{
    bytes = slice_part(bytes, 0, MYSQL_NAME_MAX);
    name->len = (uint16_t)bytes.len;
    if (bytes.len)
        memcpy(name->bytes, bytes.ptr, bytes.len);
}

struct slice mysql_name_slice(const struct mysql_name *name)
{
    return slice_make(name->bytes, name->len);
}

static bool read_greeting(struct mysql *m, struct slice payload)
{
    struct reader r = reader_of(payload);
    uint8_t version = reader_u8(&r);
    reader_cstring(&r);
    reader_le32(&r);
    if (version == 9)
        return reader_ok(&r); /* before 3.21.0 */
    reader_skip(&r, 8 + 1);
    m->server_capabilities = reader_le16(&r);
    bool ok = reader_ok(&r) && version == 10;
    reader_skip(&r, 1 + 2);
    m->server_capabilities |= (uint32_t)reader_le16(&r) << 16;
    reader_skip(&r, 1 + 6);
    uint32_t extended = reader_le32(&r);
    if (reader_ok(&r) && !(m->server_capabilities & MYSQL_LONG_PASSWORD))
        m->server_extended = extended;
    return ok;
}

/* An error in place of the greeting: blocked host, too many connections. */
static void refuse(struct mysql_call *call, struct slice payload)
{
    struct mysql *m = call->m;
    struct mysql_error error;
    mysql_read_error(payload, &error);
    m->answer.request =
        (struct mysql_request){.command = MYSQL_LOGIN, .time_ns = call->time_ns, .seq = ++m->seq};
    m->answer.key = 0;
    m->answer.bytes = MYSQL_HEADER + payload.len;
    mysql_emit_login(call,
                     &(struct mysql_ending){.outcome = EVENT_OUTCOME_failure, .error = &error});
}

bool mysql_greeting(struct mysql_call *call)
{
    struct mysql *m = call->m;
    struct mysql_packet packet;
    if (!mysql_packet_peek(call, LOGIN_FRONT, &packet))
        return false;
    if (packet.len > LOGIN_FRONT || packet.len == 0) {
        call->status = STATUS_MALFORMED;
        return false;
    }
    if (packet.first == MYSQL_BYTE_ERROR) {
        refuse(call, packet.payload);
    } else if (!read_greeting(m, packet.payload)) {
        call->status = STATUS_MALFORMED;
        return false;
    }
    m->phase = MYSQL_AUTHENTICATION;
    mysql_packet_take(call, TO_CLIENT, &packet);
    return true;
}

/* What a login or change of user says of itself. */
struct identity {
    struct slice account, database, program;
};

/* Pairs of length-encoded strings: program_name, else _client_name (the library's). */
static struct slice program_of(struct slice attributes)
{
    struct reader r = reader_of(attributes);
    struct slice library = {NULL, 0};
    while (reader_left(&r) > 0) {
        struct slice key = mysql_lenenc_bytes(&r), value = mysql_lenenc_bytes(&r);
        if (!reader_ok(&r))
            break;
        if (slice_equal(key, SLICE("program_name")) && value.len)
            return value;
        if (slice_equal(key, SLICE("_client_name")))
            library = value;
    }
    return library;
}

static void skip_secret(struct reader *r, uint32_t capabilities)
{
    if (capabilities & MYSQL_AUTH_LENENC)
        mysql_lenenc_bytes(r);
    else if (capabilities & MYSQL_SECURE_CONNECTION)
        reader_skip(r, reader_u8(r));
    else
        reader_cstring(r);
}

static void read_plugin_and_attributes(struct reader *r, uint32_t capabilities,
                                       struct identity *who)
{
    if (capabilities & MYSQL_PLUGIN_AUTH)
        reader_cstring(r);
    if (reader_ok(r) && (capabilities & MYSQL_CONNECT_ATTRIBUTES))
        who->program = program_of(mysql_lenenc_bytes(r));
}

static uint32_t read_response_41(struct reader *r, struct identity *who, uint32_t *extended)
{
    uint32_t capabilities = reader_le32(r);
    reader_skip(r, 4 + 1 + 19);
    *extended = reader_le32(r);
    who->account = reader_cstring(r);
    skip_secret(r, capabilities);
    if (reader_left(r) == 0)
        return capabilities;
    if (capabilities & MYSQL_CONNECT_WITH_DB)
        who->database = reader_cstring(r);
    read_plugin_and_attributes(r, capabilities, who);
    return capabilities;
}

/* Before 4.1: capabilities (2), longest packet (3), account\0, secret\0, [database\0]. The last
 * text may lack its zero. */
static uint32_t read_response_320(struct reader *r, struct identity *who)
{
    uint32_t capabilities = reader_le16(r);
    reader_le24(r);
    who->account = reader_cstring(r);
    if (capabilities & MYSQL_CONNECT_WITH_DB) {
        reader_cstring(r);
        struct reader database = *r;
        who->database = reader_cstring(&database);
        if (!reader_ok(&database))
            who->database = reader_rest(r);
    }
    return capabilities;
}

static bool asks_for_tls(struct slice payload)
{
    struct reader r = reader_of(payload);
    uint32_t low = reader_le16(&r);
    size_t len = low & MYSQL_PROTOCOL_41 ? SSL_REQUEST_LEN : SSL_REQUEST_OLD_LEN;
    return (low & MYSQL_SSL) && payload.len == len;
}

/* The identity waits with its request: it holds only once the server agrees. */
static void put_login(struct mysql_call *call, uint16_t command, const struct identity *who)
{
    struct mysql_request request = {.command = command};
    const struct slice parts[] = {who->account, who->database, who->program};
    uint8_t text[3 * (MYSQL_NAME_MAX + 1)];
    size_t len = 0;
    for (int i = 0; i < 3; i++) {
        struct slice part = slice_part(parts[i], 0, MYSQL_NAME_MAX);
        if (part.len)
            memcpy(text + len, part.ptr, part.len);
        len += part.len;
        text[len++] = 0;
    }
    mysql_request_put(call, &request, slice_make(text, len), (struct slice){NULL, 0});
}

static struct identity read_identity(struct slice text)
{
    struct reader r = reader_of(text);
    struct identity who;
    who.account = reader_cstring(&r);
    who.database = reader_cstring(&r);
    who.program = reader_cstring(&r);
    return who;
}

static void agree(struct mysql *m, uint32_t capabilities, uint32_t extended)
{
    bool greeted = m->phase == MYSQL_AUTHENTICATION && m->server_capabilities != 0;
    m->capabilities = greeted ? capabilities & m->server_capabilities : capabilities;
    if (!(capabilities & MYSQL_LONG_PASSWORD) && (capabilities & MYSQL_PROTOCOL_41))
        m->extended = greeted ? extended & m->server_extended : extended;
    m->eof = m->capabilities & MYSQL_DEPRECATE_EOF ? MYSQL_EOF_DEPRECATED : MYSQL_EOF_CLASSIC;
    m->knows_capabilities = true;
    m->compresses = m->capabilities & MYSQL_COMPRESS;
}

bool mysql_login_request(struct mysql_call *call)
{
    struct mysql *m = call->m;
    struct mysql_packet packet;
    if (!mysql_packet_peek(call, LOGIN_FRONT, &packet))
        return false;
    m->phase = m->phase == MYSQL_GREETING ? MYSQL_GREETING : MYSQL_AUTHENTICATION;
    if (packet.sequence == 0) { /* a command: the login went by unseen */
        m->phase = MYSQL_COMMANDS;
        m->unknown_account = true;
        return true;
    }
    mysql_packet_take(call, TO_SERVER, &packet);
    if (asks_for_tls(packet.payload)) {
        call->status = STATUS_UNSUPPORTED;
        return false;
    }
    struct reader r = reader_of(packet.payload), low = r;
    struct identity who = {0};
    uint32_t extended = 0, capabilities = reader_le16(&low);
    capabilities = capabilities & MYSQL_PROTOCOL_41 ? read_response_41(&r, &who, &extended)
                                                    : read_response_320(&r, &who);
    agree(m, capabilities, extended);
    m->phase = MYSQL_COMMANDS;
    m->login_waits = true;
    put_login(call, MYSQL_LOGIN, &who);
    return true;
}

/* 17, account\0, secret, database\0, character set (2), [plugin\0], [attributes] */
void mysql_change_user(struct mysql_call *call, const struct mysql_packet *packet)
{
    uint32_t capabilities = call->m->capabilities;
    struct reader r = reader_of(slice_part(packet->payload, 1, SIZE_MAX));
    struct identity who = {0};
    who.account = reader_cstring(&r);
    if (!call->m->knows_capabilities)
        capabilities |= MYSQL_SECURE_CONNECTION;
    skip_secret(&r, capabilities & ~(uint32_t)MYSQL_AUTH_LENENC);
    who.database = reader_cstring(&r);
    if (reader_left(&r) > 2) {
        reader_le16(&r);
        read_plugin_and_attributes(&r, capabilities, &who);
    }
    if (who.program.len == 0)
        who.program = mysql_name_slice(&call->m->program);
    put_login(call, COM_CHANGE_USER, &who);
}

/* The server is not heard, but the client goes on after its login, which is what it said it is. */
void mysql_login_believe(struct mysql_call *call)
{
    struct mysql *m = call->m;
    struct mysql_request request;
    struct slice params;
    uint64_t key = session_memory_number_key(MYSQL_MEMORY_REQUEST, m->queue_head);
    struct slice text = mysql_request_text(call, key, &request, &params);
    if (request.command != MYSQL_LOGIN || m->account.len > 0)
        return;
    struct identity who = read_identity(text);
    mysql_name_set(&m->account, who.account);
    mysql_name_set(&m->database, who.database);
    mysql_name_set(&m->program, who.program);
}

static void logged_in(struct mysql_call *call)
{
    struct mysql *m = call->m;
    struct mysql_request request;
    struct slice params;
    struct identity who = read_identity(mysql_request_text(call, m->answer.key, &request, &params));
    m->unknown_account = who.account.len == 0 && m->answer.request.command == MYSQL_UNSEEN;
    mysql_name_set(&m->account, who.account);
    mysql_name_set(&m->database, who.database);
    mysql_name_set(&m->program, who.program);
}

/* What follows the login is compressed; by Zstandard, it is told once and not looked at. */
static void begin_compression(struct mysql_call *call)
{
    struct mysql *m = call->m;
    if (m->answer.request.command != MYSQL_LOGIN || !m->knows_capabilities)
        return;
    if (m->compresses) {
        m->packed[TO_CLIENT].on = call->stop = true;
    } else if (m->capabilities & MYSQL_ZSTD) {
        m->answer.gaps |= EVENT_GAP_compressed;
        call->status = STATUS_UNSUPPORTED;
    }
}

/* OK or ERR end it; what is between belongs to the methods. */
void mysql_login_answer(struct mysql_call *call, const struct mysql_packet *packet)
{
    struct mysql *m = call->m;
    struct mysql_error error;
    struct mysql_ok ok;
    if (packet->first == MYSQL_BYTE_ERROR) {
        mysql_read_error(packet->payload, &error);
        mysql_emit_login(call,
                         &(struct mysql_ending){.outcome = EVENT_OUTCOME_failure, .error = &error});
    } else if (packet->first == MYSQL_BYTE_OK) {
        logged_in(call);
        if (mysql_read_ok(packet->payload, m->capabilities, &ok) && ok.changes_schema)
            mysql_name_set(&m->database, ok.schema);
        begin_compression(call);
        mysql_emit_login(call, &(struct mysql_ending){.outcome = EVENT_OUTCOME_success});
    } else {
        return;
    }
    session_memory_drop(call->env->memory, m->answer.key);
    m->answer.active = false;
}
