/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The packets of an answer, by what is expected.
 *
 *   OK | ERR | 0xfb (LOCAL INFILE: the client sends a file, then OK or ERR follows)
 *   result     number of columns, definitions, [EOF], rows, EOF (or OK in its place); a further
 *              result follows where the last packet's status says so
 *   prepared   0, id (4), columns (2), parameters (2), 0, warnings (2); definitions of the
 *              parameters, [EOF], of the columns, [EOF]
 */
#include "collector/decoders/mysql_state.h"

enum { PREPARED_LEN = 12 };

/* ---- packets that end a result ---- */

static void fail(struct mysql_call *call, struct slice payload)
{
    struct mysql_error error;
    mysql_read_error(payload, &error);
    if (call->m->answer.rows == 0)
        call->m->answer.result = false;
    if (call->m->answer.request.command == COM_STMT_PREPARE)
        mysql_statement_failed(call);
    mysql_answer_result(call,
                        &(struct mysql_ending){.outcome = EVENT_OUTCOME_failure, .error = &error});
}

static void succeed(struct mysql_call *call, struct slice payload)
{
    struct mysql *m = call->m;
    struct mysql_ok ok;
    mysql_read_ok(payload, m->capabilities, &ok);
    if (ok.changes_schema)
        mysql_name_set(&m->database, ok.schema);
    bool more = ok.status & MYSQL_STATUS_MORE_RESULTS;
    bool opens = m->answer.request.command == COM_STMT_EXECUTE && m->answer.result &&
                 (ok.status & MYSQL_STATUS_CURSOR_EXISTS);
    if (opens && m->answer.part == 0 && !more) {
        mysql_cursor_open(call);
        mysql_answer_end(call);
        return;
    }
    bool last = ok.status & MYSQL_STATUS_LAST_ROW_SENT || m->answer.rows < m->answer.request.asked;
    mysql_answer_result(call, &(struct mysql_ending){.outcome = EVENT_OUTCOME_success,
                                                     .more = more,
                                                     .rest = !last,
                                                     .has_affected = ok.has_affected,
                                                     .affected = ok.affected});
}

/* ---- an answer's first packet ---- */

/* Behind the parameters of a prepared statement; an EOF behind the last definition belongs to no
 * answer. */
static void expect_columns(struct mysql_call *call)
{
    struct mysql_answer *answer = &call->m->answer;
    answer->columns = answer->left = answer->prepared_columns;
    answer->preparing = true;
    answer->expect = MYSQL_EXPECT_COLUMNS;
    if (answer->left == 0)
        mysql_answer_end(call);
}

static void prepared(struct mysql_call *call, struct slice payload)
{
    struct mysql *m = call->m;
    struct mysql_answer *answer = &m->answer;
    struct reader r = reader_of(payload);
    reader_u8(&r);
    uint32_t id = reader_le32(&r);
    uint16_t columns = reader_le16(&r), params = reader_le16(&r);
    mysql_statement_prepared(call, id, columns, params);
    answer->request.statement = id;
    answer->expect = MYSQL_EXPECT_DEFINITIONS;
    answer->left = params;
    answer->prepared_columns = columns;
    answer->eof_pending = params > 0 && m->eof != MYSQL_EOF_DEPRECATED;
    if (params == 0)
        expect_columns(call);
}

/* Without its request an answer to PREPARE looks like an OK but for length and filler. */
static bool looks_prepared(const struct mysql_answer *answer, struct slice payload)
{
    enum { FILLER_AT = 9 };
    return answer->request.command == MYSQL_UNSEEN && payload.len == PREPARED_LEN &&
           payload.ptr[FILLER_AT] == 0;
}

static void column_count(struct mysql_call *call, struct slice payload)
{
    struct mysql *m = call->m;
    struct mysql_answer *answer = &m->answer;
    struct reader r = reader_of(payload);
    bool follow = true;
    if (m->capabilities & MYSQL_OPTIONAL_METADATA)
        follow = reader_u8(&r);
    uint64_t count = mysql_lenenc(&r);
    if (!m->knows_capabilities && reader_left(&r) == 1)
        m->extended |= MARIADB_CACHE_METADATA; /* nothing else has a byte there */
    if ((m->extended & MARIADB_CACHE_METADATA) && reader_left(&r) > 0)
        follow = reader_u8(&r);
    if (!reader_ok(&r) || count == 0 || count > MYSQL_COLUMNS_MAX) {
        answer->gaps |= EVENT_GAP_lost_bytes;
        answer->expect = MYSQL_EXPECT_END;
        return;
    }
    mysql_cursor_tell(call); /* there is one watch */
    answer->result = true;
    answer->columns = answer->left = (uint32_t)count;
    answer->eof_pending = m->eof != MYSQL_EOF_DEPRECATED;
    answer->expect = follow ? MYSQL_EXPECT_COLUMNS : MYSQL_EXPECT_ROWS;
    if (!follow && answer->request.command == COM_STMT_EXECUTE)
        mysql_columns_cached(call, answer->request.statement);
}

static void ask_for_file(struct mysql *m)
{
    m->answer.infile = true;
    m->file_open = true;
    m->file_bytes = 0;
}

static bool is_end(const struct mysql *m, const struct mysql_packet *packet)
{
    return mysql_is_eof(packet->len, packet->first, m->capabilities) ||
           mysql_is_ok_eof(packet->len, packet->first);
}

static void first_of_result(struct mysql_call *call, const struct mysql_packet *packet)
{
    struct mysql *m = call->m;
    uint8_t first = packet->first;
    if (first == MYSQL_BYTE_ERROR)
        fail(call, packet->payload);
    else if (first == MYSQL_BYTE_OK && looks_prepared(&m->answer, packet->payload))
        prepared(call, packet->payload);
    else if (first == MYSQL_BYTE_OK || is_end(m, packet))
        succeed(call, packet->payload);
    else if (first == MYSQL_BYTE_INFILE)
        ask_for_file(m);
    else
        column_count(call, packet->payload);
}

static void first_of_prepared(struct mysql_call *call, const struct mysql_packet *packet)
{
    if (packet->first == MYSQL_BYTE_OK)
        prepared(call, packet->payload);
    else if (packet->first == MYSQL_BYTE_ERROR)
        fail(call, packet->payload);
    else
        mysql_answer_end(call);
}

static void text_packet(struct mysql_call *call, const struct mysql_packet *packet)
{
    if (packet->first == MYSQL_BYTE_ERROR)
        fail(call, packet->payload);
    else
        mysql_answer_result(call, &(struct mysql_ending){.outcome = EVENT_OUTCOME_success});
}

static void field_packet(struct mysql_call *call, const struct mysql_packet *packet)
{
    if (packet->first == MYSQL_BYTE_ERROR)
        fail(call, packet->payload);
    else if (is_end(call->m, packet))
        mysql_answer_result(call, &(struct mysql_ending){.outcome = EVENT_OUTCOME_success});
}

static void first_packet(struct mysql_call *call, const struct mysql_packet *packet)
{
    struct mysql_answer *answer = &call->m->answer;
    switch (mysql_command_find(answer->request.command)->answer) {
    case MYSQL_ANSWER_LOGIN:
        mysql_login_answer(call, packet);
        break;
    case MYSQL_ANSWER_PREPARED:
        first_of_prepared(call, packet);
        break;
    case MYSQL_ANSWER_FIELDS:
        answer->expect = MYSQL_EXPECT_FIELDS;
        field_packet(call, packet);
        break;
    case MYSQL_ANSWER_STREAM:
        answer->expect = MYSQL_EXPECT_STREAM;
        field_packet(call, packet);
        break;
    case MYSQL_ANSWER_TEXT:
        text_packet(call, packet);
        break;
    default:
        first_of_result(call, packet);
        break;
    }
}

/* ---- the packets behind it ---- */

/* The EOF between definitions and rows; where the handshake was not seen its absence shows that it
 * is deprecated. */
static bool ends_definitions(struct mysql *m, const struct mysql_packet *packet)
{
    struct mysql_answer *answer = &m->answer;
    if (!answer->eof_pending)
        return false;
    bool eof = mysql_is_eof(packet->len, packet->first, m->capabilities);
    answer->eof_pending = false;
    if (m->eof == MYSQL_EOF_UNKNOWN)
        m->eof = eof ? MYSQL_EOF_CLASSIC : MYSQL_EOF_DEPRECATED;
    return eof;
}

/* No rows follow an EOF that opens a cursor. */
static void rows_begin(struct mysql_call *call, const struct mysql_packet *packet)
{
    struct mysql_ok ok;
    mysql_read_ok(packet->payload, call->m->capabilities, &ok);
    if (ok.status & MYSQL_STATUS_CURSOR_EXISTS)
        succeed(call, packet->payload);
}

static void row_packet(struct mysql_call *call, const struct mysql_packet *packet)
{
    struct mysql *m = call->m;
    if (ends_definitions(m, packet))
        rows_begin(call, packet);
    else if (packet->first == MYSQL_BYTE_ERROR)
        fail(call, packet->payload);
    else if (is_end(m, packet))
        succeed(call, packet->payload);
    else
        mysql_row(call, packet->payload);
}

/* Where the handshake was not seen, a definition may stand where an EOF was expected. */
static void definition_packet(struct mysql_call *call, const struct mysql_packet *packet)
{
    struct mysql_answer *answer = &call->m->answer;
    bool eof = mysql_is_eof(packet->len, packet->first, call->m->capabilities);
    bool column = !eof && answer->left == 0;
    if (column && answer->prepared_columns > 0)
        answer->prepared_columns--;
    else if (!eof)
        answer->left--;
    if (answer->left == 0 && (column || eof || !answer->eof_pending))
        expect_columns(call);
}

/* After lost bytes: definitions are known by sight, rows are what is no end. */
static void unknown_packet(struct mysql_call *call, const struct mysql_packet *packet)
{
    struct mysql *m = call->m;
    struct mysql_answer *answer = &m->answer;
    bool eof = mysql_is_eof(packet->len, packet->first, m->capabilities);
    if (mysql_is_column(packet->payload)) {
        answer->saw_columns = true;
    } else if (eof && answer->saw_columns && m->eof != MYSQL_EOF_DEPRECATED) {
        answer->saw_columns = false;
        answer->result = true;
    } else if (packet->first == MYSQL_BYTE_ERROR) {
        fail(call, packet->payload);
    } else if (is_end(m, packet)) {
        answer->result = true;
        succeed(call, packet->payload);
    } else {
        answer->rows++;
    }
}

void mysql_result_packet(struct mysql_call *call, const struct mysql_packet *packet)
{
    switch (call->m->answer.expect) {
    case MYSQL_EXPECT_FIRST:
        first_packet(call, packet);
        break;
    case MYSQL_EXPECT_ROWS:
        row_packet(call, packet);
        break;
    case MYSQL_EXPECT_DEFINITIONS:
        definition_packet(call, packet);
        break;
    case MYSQL_EXPECT_FIELDS:
    case MYSQL_EXPECT_STREAM:
        field_packet(call, packet);
        break;
    default:
        unknown_packet(call, packet);
        break;
    }
}
