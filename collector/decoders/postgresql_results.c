/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The server's messages of PostgreSQL's protocol (documentation, section "Message Flow"): each is
 * matched with the oldest request that it can answer; rows are counted and their cells given to the
 * result watch; what ends a request ends its event.
 *
 *     Query            [T D... | G d... | H d...] C | I | E, once a statement, then Z
 *     Parse 1   Bind 2   Close 3   Describe [t] T | n
 *     Execute          D... C | s | I | H d... C ...
 *     after E          nothing until the Sync's Z
 *     at any time      N notice, S parameter, A notification
 */
#include "base/reader.h"
#include "collector/decoders/postgresql_session.h"
#include "collector/memory.h"

#define MASK(kind) (1u << (kind))

/* The requests that a message can answer. */
static uint32_t answered_by(uint8_t type)
{
    const uint32_t results = MASK(PG_QUERY) | MASK(PG_EXECUTE);
    switch (type) {
    case '1':
        return MASK(PG_PARSE);
    case '2':
        return MASK(PG_BIND);
    case '3':
        return MASK(PG_CLOSE_STATEMENT) | MASK(PG_CLOSE_PORTAL);
    case 't':
        return MASK(PG_DESCRIBE_STATEMENT);
    case 'n':
        return MASK(PG_DESCRIBE_STATEMENT) | MASK(PG_DESCRIBE_PORTAL);
    case 'T':
        return MASK(PG_DESCRIBE_STATEMENT) | MASK(PG_DESCRIBE_PORTAL) | MASK(PG_QUERY);
    case 's':
        return MASK(PG_EXECUTE);
    case 'V':
        return MASK(PG_FUNCTION);
    case 'Z':
        return MASK(PG_SYNC) | MASK(PG_QUERY) | MASK(PG_FUNCTION);
    default:
        return results;
    }
}

size_t pg_answer_front(const struct pg_session *pg, const struct pg_header *header)
{
    size_t most = DECODER_NEED_MAX - PG_HEADER;
    if (header->type == 'D')
        return pg_row_front(pg, header);
    if (header->type == 'd')
        return pg_copy_front(pg, header);
    return header->body < most ? header->body : most;
}

void pg_result_reset(struct pg_session *pg)
{
    pg->result = (struct pg_result){0};
}

/* The oldest request, where the message can answer it. Where bytes were lost, requests before the
 * first that it can answer have lost their answers. */
bool pg_result_request(struct pg_session *pg, const struct decoder_env *env, uint8_t type,
                       struct pg_request *request)
{
    uint32_t mask = answered_by(type);
    uint64_t place = 0;
    while (pg_queue_get(pg, env, place, request) && !(mask & MASK(request->kind)))
        if (++place == PG_RING || !pg->doubt)
            return false;
    if (place >= pg_queue_count(pg))
        return false;
    for (; place > 0; place--)
        pg_queue_abandon(pg, env, pg->doubt);
    return pg_queue_get(pg, env, 0, request);
}

/* The result is told; the next one of the same simple query begins. */
static void next_part(struct pg_session *pg, const struct decoder_env *env,
                      const struct pg_request *request)
{
    struct pg_result next = {
        .part = pg->result.part + 1, .split = pg->result.split, .several = pg->result.several};
    if (next.several) {
        struct slice text = pg_payload_get(env, request->payload);
        struct slice rest = slice_part(text, pg->result.text_at, SIZE_MAX), statement;
        (void)sql_next_statement(SQL_POSTGRESQL, &rest, &statement);
        next.text_at = (uint32_t)(text.len - rest.len);
    }
    pg->result = next;
}

static void end_result(struct pg_session *pg, const struct decoder_env *env,
                       const struct pg_request *request, const struct pg_end *end)
{
    pg_emit_result(pg, env, request, end);
    if (!request) {
        pg_result_reset(pg);
        return;
    }
    if (pg_command_defines(end->tag))
        pg_command_done(pg, env, end->tag, pg_result_text(pg, env, request));
    if (request->kind == PG_QUERY) {
        next_part(pg, env, request);
    } else {
        pg_result_reset(pg);
        pg_queue_pop(pg, env);
    }
}

/* CommandComplete, EmptyQueryResponse, PortalSuspended. */
static void complete(struct pg_session *pg, const struct decoder_env *env,
                     const struct pg_message *message)
{
    struct pg_request request;
    struct pg_end end = {.outcome = EVENT_OUTCOME_success, .time_ns = message->time_ns};
    if (message->type == 'C')
        end.tag = slice_part(message->body, 0, slice_find(message->body, 0, 0));
    bool known = pg_result_request(pg, env, message->type, &request);
    if (known && !pg->result.begun && request.kind == PG_EXECUTE)
        pg_result_begin_portal(pg, env, &request);
    end_result(pg, env, known ? &request : NULL, &end);
}

static void function_result(struct pg_session *pg, const struct decoder_env *env,
                            const struct pg_message *message)
{
    struct pg_request request;
    struct pg_end end = {.outcome = EVENT_OUTCOME_success, .time_ns = message->time_ns};
    if (!pg_result_request(pg, env, message->type, &request))
        return;
    pg_emit_result(pg, env, &request, &end);
    pg->result.over = true;
}

/* ErrorResponse: fields of a letter and a string; C is the SQLSTATE, M the text. */
static struct pg_end read_error(const struct pg_message *message, bool *fatal)
{
    struct pg_end end = {.outcome = EVENT_OUTCOME_failure, .time_ns = message->time_ns};
    struct reader r = reader_of(message->body);
    uint8_t letter = reader_u8(&r);
    while (letter && reader_ok(&r)) {
        struct slice value = reader_cstring(&r);
        if (letter == 'C')
            end.error_code = value;
        else if (letter == 'M')
            end.error_text = value;
        else if (letter == 'V' || letter == 'S')
            *fatal |= slice_equal(value, SLICE("FATAL")) || slice_equal(value, SLICE("PANIC"));
        letter = reader_u8(&r);
    }
    return end;
}

/* The server ends the session by itself. */
static void dismissed(struct pg_session *pg, const struct decoder_env *env,
                      const struct pg_end *end)
{
    pg->phase = PG_OVER;
    pg->seq++;
    pg_emit_plain(pg, env, EVENT_ACTION_logout, end->time_ns, end, slice_make(NULL, 0));
}

static void error(struct pg_session *pg, const struct decoder_env *env,
                  const struct pg_message *message)
{
    bool fatal = false;
    struct pg_request request;
    struct pg_end end = read_error(message, &fatal);
    if (pg->phase == PG_STARTING || pg->phase == PG_LOGIN) {
        pg_login_end(pg, env, &end);
        return;
    }
    if (pg->result.over)
        return;
    bool known = pg_queue_get(pg, env, 0, &request);
    if (!known && fatal) {
        dismissed(pg, env, &end);
        return;
    }
    pg_emit_result(pg, env, known ? &request : NULL, &end);
    pg_result_reset(pg);
    pg->result.over = known;
    if (known && !pg_ends_group(request.kind))
        pg_queue_discard(pg, env);
}

/* Everything up to the next Sync or simple query has its answer. */
static void end_group(struct pg_session *pg, const struct decoder_env *env, bool idle)
{
    struct pg_request request = {.kind = PG_NONE};
    struct pg_end end = {.outcome = EVENT_OUTCOME_unknown, .gaps = pg->doubt};
    while (!pg_ends_group(request.kind) && pg_queue_get(pg, env, 0, &request))
        pg_queue_abandon(pg, env, pg->doubt);
    if (pg->result.begun) /* rows to nobody's request, without their end */
        pg_emit_result(pg, env, NULL, &end);
    pg_result_reset(pg);
    if (idle)
        pg->portals = 0; /* portals end with their transaction */
}

static void ready(struct pg_session *pg, const struct decoder_env *env,
                  const struct pg_message *message)
{
    struct pg_end end = {.outcome = EVENT_OUTCOME_success, .time_ns = message->time_ns};
    if (pg->phase == PG_LOGIN || pg->phase == PG_STARTING)
        pg_login_end(pg, env, &end);
    else
        end_group(pg, env, message->body.len && message->body.ptr[0] == 'I');
    if (pg_queue_count(pg) > 0)
        pg->pipelines |= !pg->doubt;
    else if (!pg->lost[TO_SERVER])
        pg->doubt = 0;
    pg_logout_due(pg, env);
}

/* RowDescription and NoData end a Describe; RowDescription begins a simple query's result. */
static void described(struct pg_session *pg, const struct decoder_env *env,
                      const struct pg_message *message)
{
    struct pg_request request;
    bool known = pg_result_request(pg, env, message->type, &request);
    if (!known && message->type == 'n')
        return;
    if (!known || request.kind == PG_QUERY) {
        pg_result_begin(pg, env, known ? &request : NULL, message->body);
        return;
    }
    struct pg_statement statement = request.kind == PG_DESCRIBE_PORTAL
                                        ? pg_portal_find(pg, env, request.name).statement
                                        : pg_statement_find(pg, env, request.name);
    pg_queue_pop(pg, env);
    if (message->type == 'n' || statement.text == 0)
        return;
    uint64_t key = session_memory_number_key(PG_BLOB_COLUMNS, statement.text);
    if (!slice_equal(session_memory_get(env->memory, key, NULL), message->body))
        (void)session_memory_put(env->memory, key, message->body, slice_make(NULL, 0));
}

static void parameter_types(struct pg_session *pg, const struct decoder_env *env,
                            const struct pg_message *message)
{
    struct pg_request request;
    if (!pg_result_request(pg, env, message->type, &request))
        return;
    struct pg_statement statement = pg_statement_find(pg, env, request.name);
    if (statement.text)
        (void)session_memory_put(env->memory,
                                 session_memory_number_key(PG_BLOB_PARAMETERS, statement.text),
                                 message->body, slice_make(NULL, 0));
}

static void applied(struct pg_session *pg, const struct decoder_env *env,
                    const struct pg_message *message)
{
    struct pg_request request;
    if (pg_result_request(pg, env, message->type, &request))
        pg_queue_apply(pg, env);
}

void pg_answer_message(struct pg_session *pg, const struct decoder_env *env,
                       const struct pg_message *message)
{
    if (message->type != 'N' && message->type != 'S' && message->type != 'A')
        pg->result.bytes += PG_HEADER + (uint64_t)message->length;
    switch (message->type) {
    case 'D':
        pg_data_row(pg, env, message);
        break;
    case 'd':
        pg_copy_data(pg, env, message);
        break;
    case 'T':
    case 'n':
        described(pg, env, message);
        break;
    case 'C':
    case 'I':
    case 's':
        complete(pg, env, message);
        break;
    case 'Z':
        ready(pg, env, message);
        break;
    case '1':
    case '2':
    case '3':
        applied(pg, env, message);
        break;
    case 't':
        parameter_types(pg, env, message);
        break;
    case 'E':
        error(pg, env, message);
        break;
    case 'G':
    case 'H':
    case 'W':
        pg_copy_begin(pg, env, message);
        break;
    case 'V':
        function_result(pg, env, message);
        break;
    case 'S':
        pg_parameter_status(pg, message);
        break;
    default:
        break;
    }
}
