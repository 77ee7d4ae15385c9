/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Finding packet boundaries again after lost bytes, or in the middle of a session. The client's are
 * found by sight: a command at sequence id 0. The server's are found by their chain: lengths that
 * lead from header to header with sequence ids that count up, to the end of a result or far enough;
 * or by the first packets of an answer. What a candidate needs is waited for, so that the place
 * found does not depend on how the bytes were cut.
 */
#include "collector/decoders/mysql_state.h"

enum {
    CHAIN = 4,             /* headers in a row that are proof enough */
    CANDIDATE_MAX = 16384, /* longer packets are not believed */
    SIGHT = 12,            /* payload bytes of a command that are looked at */
    QUERY_MAX = 1 << 24,
};

enum belief { NO, YES, WAIT };

static bool is_text(struct slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.ptr[i];
        if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
            return false;
    }
    return bytes.len > 0;
}

/* Commands whose length tells them, and those with text. */
static bool plausible_command(uint32_t len, struct slice seen)
{
    uint8_t code = seen.ptr[0];
    struct slice rest = slice_part(seen, 1, SIZE_MAX);
    switch (code) {
    case COM_QUERY:
        return is_text(rest) || slice_starts(rest, SLICE("\0\1"));
    case COM_STMT_PREPARE:
    case COM_INIT_DB:
        return is_text(rest);
    case COM_QUIT:
    case COM_PING:
    case COM_STATISTICS:
    case COM_RESET_CONNECTION:
        return len == 1;
    case COM_STMT_CLOSE:
    case COM_STMT_RESET:
    case COM_PROCESS_KILL:
        return len == 5;
    case COM_STMT_FETCH:
        return len == 9;
    case COM_STMT_EXECUTE: /* flags and a count of 1 behind the id */
        return len >= 10 && slice_equal(slice_part(rest, 5, 4), SLICE("\1\0\0\0"));
    case COM_SET_OPTION:
        return len == 3;
    default:
        return false;
    }
}

static enum belief believe_command(struct reader r, size_t *needed)
{
    uint32_t len = reader_le24(&r);
    uint8_t sequence = reader_u8(&r);
    *needed = MYSQL_HEADER;
    if (!reader_ok(&r))
        return WAIT;
    if (sequence != 0 || len == 0)
        return NO;
    size_t sight = len < SIGHT ? len : SIGHT;
    struct slice seen = reader_bytes(&r, sight);
    *needed = MYSQL_HEADER + sight;
    if (!reader_ok(&r))
        return WAIT;
    return plausible_command(len, seen) ? YES : NO;
}

/* Goes on until a candidate is believed, or has to be waited for. */
static bool scan(struct mysql_call *call, enum belief (*believe)(struct reader, size_t *))
{
    while (reader_left(&call->in) > 0) {
        size_t needed = 0;
        switch (believe(call->in, &needed)) {
        case YES:
            return true;
        case WAIT:
            call->needed = needed;
            return false;
        default:
            reader_skip(&call->in, 1);
        }
    }
    call->needed = 0;
    return false;
}

bool mysql_resync_request(struct mysql_call *call)
{
    struct mysql_stream *stream = &call->m->streams[TO_SERVER];
    if (!scan(call, believe_command))
        return false;
    stream->lost = false;
    return true;
}

/* An ERR with its SQLSTATE, an EOF with a plausible status. */
static bool plausible_end(uint32_t len, struct slice payload)
{
    enum { ERROR_LEAST = 9, STATE_MARK = 3, STATUS_HIGH = 4, OK_MOST = 512 };
    if (payload.ptr[0] == MYSQL_BYTE_ERROR)
        return len >= ERROR_LEAST && payload.ptr[STATE_MARK] == '#';
    if (payload.ptr[0] != MYSQL_BYTE_EOF)
        return false;
    return (len == 5 && payload.ptr[STATUS_HIGH] < 0x80) || (len >= 7 && len < OK_MOST);
}

/* The first packet of an answer: OK, or a number of columns and the first definition behind it. */
static bool plausible_ok(uint8_t sequence, uint32_t len, struct slice payload)
{
    return sequence == 1 && payload.ptr[0] == MYSQL_BYTE_OK && len >= 7 && len < 64;
}

static enum belief believe_chain(struct reader r, size_t *needed)
{
    uint8_t expected = 0;
    struct reader start = r;
    for (int i = 0; i < CHAIN; i++) {
        uint32_t len = reader_le24(&r);
        uint8_t sequence = reader_u8(&r);
        *needed = reader_ok(&r) ? reader_offset(&r) - reader_offset(&start) + len
                                : reader_left(&start) + 1;
        if (!reader_ok(&r))
            return WAIT;
        if (len == 0 || len > CANDIDATE_MAX || (i > 0 ? sequence != expected : sequence == 0))
            return NO; /* an id of 0 is rare, the high byte of a length mostly 0 */
        struct slice payload = reader_bytes(&r, len);
        if (!reader_ok(&r))
            return WAIT;
        if (plausible_end(len, payload) || plausible_ok(sequence, len, payload))
            return YES;
        expected = (uint8_t)(sequence + 1);
    }
    return YES;
}

/* A number of columns is followed by a definition; where MariaDB leaves out the definitions (a
 * second byte of 0) by EOF or a binary row. */
static bool counts_columns(struct slice payload, struct reader next)
{
    uint32_t len = reader_le24(&next);
    uint8_t sequence = reader_u8(&next);
    struct slice follows = reader_bytes(&next, len);
    if (!reader_ok(&next) || sequence != 2 || len == 0 || payload.len > 3)
        return false;
    if (mysql_is_column(follows))
        return true;
    return payload.len == 2 && payload.ptr[1] == 0 &&
           (follows.ptr[0] == MYSQL_BYTE_OK || follows.ptr[0] == MYSQL_BYTE_EOF);
}

/* The start of an answer is told from its middle: id 1, then not what rows or definitions are. */
static bool starts_answer(struct reader r)
{
    uint32_t len = reader_le24(&r);
    uint8_t sequence = reader_u8(&r);
    struct slice payload = reader_bytes(&r, len);
    if (!reader_ok(&r) || sequence != 1)
        return false;
    return payload.ptr[0] == MYSQL_BYTE_ERROR || plausible_ok(sequence, len, payload) ||
           counts_columns(payload, r);
}

bool mysql_resync_answer(struct mysql_call *call)
{
    struct mysql *m = call->m;
    struct mysql_stream *stream = &m->streams[TO_CLIENT];
    if (!scan(call, believe_chain))
        return false;
    stream->lost = false;
    struct reader peek = call->in;
    reader_le24(&peek);
    stream->sequence = (uint8_t)(reader_u8(&peek) - 1);
    bool starts = starts_answer(call->in);
    if (m->answer.active && starts)
        mysql_answer_abandon(call, EVENT_GAP_lost_bytes);
    if (m->answer.active || starts || !mysql_answer_begin(call))
        return true;
    m->answer.gaps |= EVENT_GAP_lost_bytes;
    m->answer.expect = MYSQL_EXPECT_END;
    return true;
}
