/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The client's messages of PostgreSQL's simple query and extended query protocols (documentation,
 * section "Message Flow"), put into the queue of those that wait for the server's answer:
 *
 *     Q statement\0                                              simple query
 *     P name\0 text\0 count oid...                               Parse
 *     B portal\0 name\0 formats values result-formats            Bind
 *     D ['S'|'P'] name\0      C ['S'|'P'] name\0                 Describe, Close
 *     E portal\0 limit        F oid ...                          Execute, FunctionCall
 *     S                       H                                  Sync, Flush
 */
#include "base/reader.h"
#include "collector/decoders/postgresql_session.h"
#include "collector/memory.h"

size_t pg_request_front(const struct pg_header *header)
{
    size_t most = DECODER_NEED_MAX - PG_HEADER;
    /* Passwords and data of COPY are not looked at. */
    if (header->type == 'p' || header->type == 'd')
        return 0;
    return header->body < most ? header->body : most;
}

uint64_t pg_queue_count(const struct pg_session *pg)
{
    return pg->tail - pg->head;
}

bool pg_queue_get(const struct pg_session *pg, const struct decoder_env *env, uint64_t place,
                  struct pg_request *request)
{
    *request = (struct pg_request){.kind = PG_NONE};
    if (place >= pg_queue_count(pg))
        return false;
    if (place < PG_RING) {
        *request = pg->ring[(pg->head + place) % PG_RING];
        return true;
    }
    struct slice blob = session_memory_get(
        env->memory, session_memory_number_key(PG_BLOB_QUEUED, pg->head + place), NULL);
    if (blob.len == sizeof *request)
        memcpy(request, blob.ptr, sizeof *request);
    return true;
}

static void push(struct pg_session *pg, const struct decoder_env *env, struct pg_request request)
{
    if (pg_queue_count(pg) >= PG_QUEUE_MAX) {
        pg_payload_drop(env, request.kind == PG_FUNCTION ? 0 : request.payload);
        pg->doubt |= EVENT_GAP_limit;
        return;
    }
    if (pg_queue_count(pg) < PG_RING)
        pg->ring[pg->tail % PG_RING] = request;
    else
        (void)session_memory_put(env->memory, session_memory_number_key(PG_BLOB_QUEUED, pg->tail),
                                 slice_make(&request, sizeof request), slice_make(NULL, 0));
    pg->tail++;
}

void pg_queue_pop(struct pg_session *pg, const struct decoder_env *env)
{
    struct pg_request next;
    bool refill = pg_queue_get(pg, env, PG_RING, &next);
    if (refill) {
        pg->ring[pg->head % PG_RING] = next;
        session_memory_drop(env->memory,
                            session_memory_number_key(PG_BLOB_QUEUED, pg->head + PG_RING));
        /* The memory's maximum pushed it out: what was asked there is not known. */
        if (next.kind == PG_NONE)
            pg->doubt |= EVENT_GAP_limit;
    }
    pg->head++;
}

bool pg_ends_group(enum pg_request_kind kind)
{
    return kind == PG_SYNC || kind == PG_QUERY || kind == PG_FUNCTION;
}

void pg_queue_discard(struct pg_session *pg, const struct decoder_env *env)
{
    struct pg_request request;
    (void)pg_queue_get(pg, env, 0, &request);
    if (request.kind == PG_QUERY || request.kind == PG_PARSE || request.kind == PG_BIND)
        pg_payload_drop(env, request.payload);
    pg_queue_pop(pg, env);
}

void pg_queue_apply(struct pg_session *pg, const struct decoder_env *env)
{
    struct pg_request request;
    (void)pg_queue_get(pg, env, 0, &request);
    switch (request.kind) {
    case PG_PARSE:
        pg_statement_define(pg, env, request.name, request.payload, request.gaps);
        break;
    case PG_BIND:
        pg_portal_open(pg, env, &request);
        break;
    case PG_CLOSE_STATEMENT:
        pg_statement_close(pg, env, request.name);
        break;
    case PG_CLOSE_PORTAL:
        pg_portal_close(pg, env, request.name);
        break;
    case PG_QUERY:
        pg_payload_drop(env, request.payload);
        break;
    default:
        break;
    }
    pg_queue_pop(pg, env);
}

/* Has this request a result of which no event told yet? */
static bool untold(const struct pg_session *pg, enum pg_request_kind kind)
{
    if (kind == PG_QUERY)
        return pg->result.part == 0 || pg->result.begun;
    return kind == PG_EXECUTE || kind == PG_FUNCTION;
}

void pg_queue_abandon(struct pg_session *pg, const struct decoder_env *env, uint32_t gaps)
{
    struct pg_request request;
    struct pg_end end = {.outcome = EVENT_OUTCOME_unknown, .gaps = gaps};
    if (!pg_queue_get(pg, env, 0, &request))
        return;
    bool over = pg->result.over;
    if (!over && untold(pg, request.kind))
        pg_emit_result(pg, env, &request, &end);
    if (over)
        pg_queue_discard(pg, env);
    else
        pg_queue_apply(pg, env);
    if (pg_ends_group(request.kind) || (request.kind == PG_EXECUTE && !over))
        pg_result_reset(pg);
}

/* How many requests stand before the newest group, complete or not. */
static uint64_t before_newest(const struct pg_session *pg, const struct decoder_env *env)
{
    uint64_t count = pg_queue_count(pg);
    for (uint64_t place = count; place > 1; place--) {
        struct pg_request request;
        (void)pg_queue_get(pg, env, place - 2, &request);
        if (pg_ends_group(request.kind))
            return place - 1;
    }
    return 0;
}

void pg_queue_abandon_older(struct pg_session *pg, const struct decoder_env *env, uint32_t gaps)
{
    for (uint64_t n = before_newest(pg, env); n > 0; n--)
        pg_queue_abandon(pg, env, gaps);
}

/* Where no answer can come any more, what the client sent before is told now. */
static void settle(struct pg_session *pg, const struct decoder_env *env)
{
    if (pg->phase == PG_LOGIN && !pg->seen[TO_CLIENT]) {
        struct pg_end end = {.outcome = EVENT_OUTCOME_unknown, .gaps = EVENT_GAP_one_way};
        pg_login_end(pg, env, &end);
    }
    struct pg_request newest;
    uint64_t count = pg_queue_count(pg);
    if (count == 0 || !pg_queue_get(pg, env, count - 1, &newest) || !pg_ends_group(newest.kind))
        return;
    uint32_t gaps = 0;
    if (!pg->seen[TO_CLIENT])
        gaps = EVENT_GAP_one_way;
    else if (pg->lost[TO_CLIENT] && !pg->pipelines)
        gaps = EVENT_GAP_lost_bytes;
    while (gaps && pg_queue_count(pg) > 0)
        pg_queue_abandon(pg, env, gaps);
}

/* LATIN1 is the one encoding beside UTF-8 that needs no tables. */
static struct slice utf8_of(const struct pg_session *pg, const struct decoder_env *env,
                            struct slice text)
{
    size_t high = 0;
    for (size_t i = 0; pg->latin1 && i < text.len; i++)
        high += text.ptr[i] >> 7;
    uint8_t *to = high ? arena_alloc(env->scratch, text.len + high) : NULL;
    if (!to)
        return text;
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (c >> 7)
            to[n++] = (uint8_t)(0xc0 | c >> 6);
        to[n++] = c >> 7 ? (uint8_t)(0x80 | (c & 0x3f)) : c;
    }
    return slice_make(to, n);
}

static uint64_t key_of(enum pg_blob kind, struct slice name)
{
    return name.len ? session_memory_key((uint8_t)kind, name) : 0;
}

static void query(struct pg_session *pg, const struct decoder_env *env,
                  const struct pg_message *message, struct pg_request *request)
{
    struct slice text = message->body;
    text.len = slice_find(text, 0, 0);
    request->kind = PG_QUERY;
    if (message->body.len < message->length)
        request->gaps |= EVENT_GAP_limit;
    request->payload = pg_payload_put(pg, env, utf8_of(pg, env, text), &request->gaps);
}

static void parse(struct pg_session *pg, const struct decoder_env *env,
                  const struct pg_message *message, struct pg_request *request)
{
    struct reader r = reader_of(message->body);
    request->kind = PG_PARSE;
    request->name = key_of(PG_BLOB_STATEMENT, reader_cstring(&r));
    if (message->body.len < message->length)
        request->gaps |= EVENT_GAP_limit;
    request->payload = pg_payload_put(pg, env, utf8_of(pg, env, reader_rest(&r)), &request->gaps);
}

/* The format of all result columns, where it is one. */
static uint8_t result_format(struct reader values)
{
    reader_skip(&values, reader_be16(&values) * 2u);
    for (unsigned n = reader_be16(&values); n > 0 && reader_ok(&values); n--) {
        uint32_t len = reader_be32(&values);
        reader_skip(&values, len == UINT32_MAX ? 0 : len);
    }
    unsigned count = reader_be16(&values);
    unsigned binary = 0;
    for (unsigned i = 0; i < count; i++)
        binary += reader_be16(&values) == 1;
    if (!reader_ok(&values) || binary == 0)
        return PG_TEXT;
    return binary == count ? PG_BINARY : PG_MIXED;
}

static void bind(struct pg_session *pg, const struct decoder_env *env,
                 const struct pg_message *message, struct pg_request *request)
{
    struct reader r = reader_of(message->body);
    request->kind = PG_BIND;
    request->name = key_of(PG_BLOB_PORTAL, reader_cstring(&r));
    request->statement = key_of(PG_BLOB_STATEMENT, reader_cstring(&r));
    request->format = result_format(r);
    if (message->body.len < message->length)
        request->gaps |= EVENT_GAP_limit;
    if (env->clear || request->format == PG_MIXED)
        request->payload = pg_payload_put(pg, env, reader_rest(&r), &request->gaps);
}

static void named(const struct pg_message *message, enum pg_request_kind statement,
                  enum pg_request_kind portal, struct pg_request *request)
{
    struct reader r = reader_of(message->body);
    bool is_statement = reader_u8(&r) == 'S';
    request->kind = (uint8_t)(is_statement ? statement : portal);
    request->name = key_of(is_statement ? PG_BLOB_STATEMENT : PG_BLOB_PORTAL, reader_cstring(&r));
}

static void execute(const struct pg_message *message, struct pg_request *request)
{
    struct reader r = reader_of(message->body);
    request->kind = PG_EXECUTE;
    request->name = key_of(PG_BLOB_PORTAL, reader_cstring(&r));
}

static void function_call(const struct pg_message *message, struct pg_request *request)
{
    struct reader r = reader_of(message->body);
    request->kind = PG_FUNCTION;
    request->payload = reader_be32(&r);
}

/* The server ignores what Sync came while it waited for data of COPY. */
static void copy_ended(struct pg_session *pg, const struct decoder_env *env)
{
    struct pg_request newest;
    if (pg->result.copy != PG_COPY_IN)
        return;
    while (pg_queue_count(pg) > 1 && pg_queue_count(pg) <= PG_RING &&
           pg_queue_get(pg, env, pg_queue_count(pg) - 1, &newest) && newest.kind == PG_SYNC)
        pg->tail--;
}

void pg_logout_due(struct pg_session *pg, const struct decoder_env *env)
{
    if (!pg->logout_ns || pg->phase != PG_READY || pg_queue_count(pg) > 0)
        return;
    struct pg_end end = {.outcome = EVENT_OUTCOME_success};
    pg->phase = PG_OVER;
    pg->seq++;
    pg_emit_plain(pg, env, EVENT_ACTION_logout, pg->logout_ns, &end, slice_make(NULL, 0));
}

static bool make_request(struct pg_session *pg, const struct decoder_env *env,
                         const struct pg_message *message, struct pg_request *request)
{
    switch (message->type) {
    case 'Q':
        query(pg, env, message, request);
        return true;
    case 'P':
        parse(pg, env, message, request);
        return true;
    case 'B':
        bind(pg, env, message, request);
        return true;
    case 'D':
        named(message, PG_DESCRIBE_STATEMENT, PG_DESCRIBE_PORTAL, request);
        return true;
    case 'C':
        named(message, PG_CLOSE_STATEMENT, PG_CLOSE_PORTAL, request);
        return true;
    case 'E':
        execute(message, request);
        return true;
    case 'F':
        function_call(message, request);
        return true;
    case 'S':
        request->kind = PG_SYNC;
        return true;
    default:
        return false;
    }
}

void pg_request_message(struct pg_session *pg, const struct decoder_env *env,
                        const struct pg_message *message)
{
    struct pg_request request = {.time_ns = message->time_ns};
    if (message->type == 'p' || message->type == 'd')
        return;
    settle(pg, env);
    if (message->type == 'c' || message->type == 'f')
        copy_ended(pg, env);
    if (message->type == 'X') {
        pg->logout_ns = message->time_ns;
        pg_logout_due(pg, env);
    } else if (make_request(pg, env, message, &request)) {
        push(pg, env, request);
    }
}
