/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL decoder: protocol 3.0 and 3.2 in the clear, from start-up to Terminate
 * (PostgreSQL documentation, chapter "Frontend/Backend Protocol"). What is encrypted is left to the
 * session as unsupported. postgresql_session.h names the parts.
 */
#include "collector/decoders/postgresql_session.h"

static const uint16_t ports[] = {5432, 5433, 6432, 0};

static const struct decoder_result nothing = {.status = STATUS_OK};

static void init(void *state, bool mid_session)
{
    struct pg_session *pg = state;
    pg->mid_session = mid_session;
    pg->untyped = !mid_session;
    if (mid_session) {
        pg->phase = PG_READY;
        pg->first_look[TO_SERVER] = pg->first_look[TO_CLIENT] = true;
        pg->lost[TO_SERVER] = pg->lost[TO_CLIENT] = true;
        pg->doubt = EVENT_GAP_mid_session;
    }
}

static enum decoder_verdict probe(enum direction direction, struct slice bytes)
{
    struct pg_header header;
    enum decoder_verdict startup = direction == TO_SERVER ? pg_startup_probe(bytes) : PROBE_NO;
    if (startup != PROBE_NO)
        return startup;
    if (!pg_header_read(bytes, &header))
        return bytes.len < PG_HEADER ? PROBE_MAYBE : PROBE_NO;
    if (!pg_header_plausible(direction, &header))
        return PROBE_NO;
    struct slice body = slice_part(bytes, PG_HEADER, header.body);
    return body.len < header.body || pg_body_plausible(direction, header.type, body) ? PROBE_MAYBE
                                                                                     : PROBE_NO;
}

/* Passes over what is not wanted of a message. */
static struct decoder_result skip_step(struct pg_session *pg, enum direction direction,
                                       struct slice bytes)
{
    size_t n = pg->skip[direction] < bytes.len ? (size_t)pg->skip[direction] : bytes.len;
    pg->skip[direction] -= n;
    return (struct decoder_result){.consumed = n};
}

/* The first bytes of a direction after its beginning was not seen: a start-up message after all, or
 * TLS (RFC 8446, section 5.1). */
static struct decoder_result first_look(struct pg_session *pg, enum direction direction,
                                        struct slice bytes, bool end)
{
    enum { TLS_RECORD_FRONT = 3, TLS_TYPES = 0x14, TLS_TYPES_END = 0x18 };
    bool startup = direction == TO_SERVER && pg_startup_probe(bytes) != PROBE_NO;
    bool tls = bytes.ptr[0] >= TLS_TYPES && bytes.ptr[0] < TLS_TYPES_END;
    size_t needed = startup ? PG_STARTUP_MIN : tls ? TLS_RECORD_FRONT : 0;
    if (bytes.len < needed && !end)
        return (struct decoder_result){.needed = needed};
    pg->first_look[direction] = false;
    if (tls && bytes.len >= needed && bytes.ptr[1] == 3 && bytes.ptr[2] <= 4)
        return (struct decoder_result){.status = STATUS_UNSUPPORTED};
    if (startup && bytes.len >= needed) {
        pg->untyped = true;
        pg->lost[direction] = false;
        pg->phase = PG_STARTING;
    }
    return nothing;
}

/* After lost bytes, or at the start in the middle of a session. */
static struct decoder_result find_step(struct pg_session *pg, enum direction direction,
                                       struct slice bytes, bool end)
{
    if (pg->first_look[direction])
        return first_look(pg, direction, bytes, end);
    struct pg_boundary boundary = pg_boundary_find(direction, bytes, end);
    pg->lost[direction] = !boundary.found;
    return (struct decoder_result){.consumed = boundary.skip, .needed = boundary.needed};
}

static struct decoder_result message_step(struct pg_session *pg, const struct decoder_env *env,
                                          enum direction direction, struct slice bytes,
                                          int64_t time_ns)
{
    struct pg_header header;
    if (!pg_header_read(bytes, &header)) {
        if (bytes.len < PG_HEADER)
            return (struct decoder_result){.needed = PG_HEADER};
        return (struct decoder_result){.status = STATUS_MALFORMED};
    }
    if (!pg_header_plausible(direction, &header))
        return (struct decoder_result){.status = STATUS_MALFORMED};
    size_t front =
        direction == TO_SERVER ? pg_request_front(&header) : pg_answer_front(pg, &header);
    if (bytes.len < PG_HEADER + front)
        return (struct decoder_result){.needed = PG_HEADER + front};
    struct pg_message message = {.type = header.type,
                                 .length = header.body,
                                 .body = slice_part(bytes, PG_HEADER, front),
                                 .time_ns = time_ns};
    if (direction == TO_SERVER)
        pg_request_message(pg, env, &message);
    else
        pg_answer_message(pg, env, &message);
    if (!pg->result.row_left)
        pg->skip[direction] = header.body - front;
    return (struct decoder_result){.consumed = PG_HEADER + front};
}

/* The server's first bytes where the client's are not seen: its one-byte answer looks like a type.
 */
static struct decoder_result one_way_step(struct pg_session *pg, struct slice bytes)
{
    if (bytes.len < 2)
        return (struct decoder_result){.needed = 2};
    pg->untyped = false;
    pg->negotiating = bytes.ptr[1] != 0;
    return nothing;
}

static struct decoder_result step(struct pg_session *pg, const struct decoder_env *env,
                                  const struct decoder_input *input, struct slice bytes)
{
    enum direction direction = input->direction;
    if (pg->skip[direction])
        return skip_step(pg, direction, bytes);
    if (pg->lost[direction])
        return find_step(pg, direction, bytes, input->end);
    if (pg->phase == PG_OVER)
        return (struct decoder_result){.consumed = bytes.len};
    if (pg->phase == PG_LOGIN_2)
        return pg_version_2_step(pg, env, direction, bytes, input->time_ns);
    if (direction == TO_SERVER && pg->untyped)
        return pg_startup_step(pg, env, bytes, input->time_ns);
    if (direction == TO_CLIENT && !pg->seen[TO_SERVER] && pg->untyped)
        return one_way_step(pg, bytes);
    if (direction == TO_CLIENT && pg->negotiating && bytes.ptr[0] != 'E')
        return pg_negotiation_step(pg, bytes);
    if (direction == TO_CLIENT && pg->result.row_left)
        return pg_long_row_step(pg, env, bytes);
    return message_step(pg, env, direction, bytes, input->time_ns);
}

/* A step that neither takes nor asks for bytes has changed what is expected: the next one goes on.
 */
static struct decoder_result decode(void *state, const struct decoder_env *env,
                                    const struct decoder_input *input)
{
    struct pg_session *pg = state;
    size_t consumed = 0;
    struct decoder_result result = nothing;
    if (input->bytes.len)
        pg->seen[input->direction] = true;
    while (consumed < input->bytes.len && result.status == STATUS_OK && !result.needed) {
        result = step(pg, env, input, slice_part(input->bytes, consumed, SIZE_MAX));
        consumed += result.consumed;
    }
    result.consumed = consumed;
    return result;
}

static void gap(void *state, const struct decoder_env *env, enum direction direction, size_t lost,
                int64_t time_ns)
{
    struct pg_session *pg = state;
    (void)time_ns;
    /* Bytes that would have been passed over anyhow are no loss. */
    if (!pg->lost[direction] && lost <= pg->skip[direction]) {
        pg->skip[direction] -= lost;
        return;
    }
    pg->skip[direction] = 0;
    pg->lost[direction] = true;
    pg->doubt |= EVENT_GAP_lost_bytes;
    if (direction == TO_CLIENT) {
        pg->result.row_left = 0;
        pg->negotiating = false;
        if (!pg->pipelines)
            pg_queue_abandon_older(pg, env, EVENT_GAP_lost_bytes);
    } else {
        pg->first_look[TO_SERVER] = pg->phase == PG_STARTING;
        pg->untyped = false;
        /* What was lost may have replaced them. */
        pg_statement_close(pg, env, 0);
        pg_portal_close(pg, env, 0);
    }
}

static void finish(void *state, const struct decoder_env *env, int64_t time_ns)
{
    struct pg_session *pg = state;
    uint16_t gaps = pg->seen[TO_CLIENT] ? EVENT_GAP_truncated : EVENT_GAP_one_way;
    struct pg_end end = {.outcome = EVENT_OUTCOME_unknown, .gaps = gaps};
    (void)time_ns;
    if (pg->phase == PG_LOGIN || pg->phase == PG_LOGIN_2)
        pg_login_end(pg, env, &end);
    while (pg_queue_count(pg) > 0)
        pg_queue_abandon(pg, env, gaps);
    if (pg->result.begun && pg->result.rows > 0)
        pg_emit_result(pg, env, NULL, &end);
    pg_logout_due(pg, env);
}

const struct decoder postgresql_decoder = {
    .name = "postgresql",
    .ports = ports,
    .state_size = sizeof(struct pg_session),
    .init = init,
    .probe = probe,
    .decode = decode,
    .gap = gap,
    .finish = finish,
};
