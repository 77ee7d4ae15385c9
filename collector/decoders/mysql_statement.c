/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Prepared statements: what the server calls by a number, with the text it was prepared from.
 */
#include "collector/decoders/mysql_state.h"

enum {
    STATEMENT_LAST = -1,   /* MariaDB: the one prepared last */
    STATEMENT_ORPHAN = -2, /* the one whose number is not known */
    CURSOR_TYPES = 7,      /* read only, for update, scrollable */
};

static uint64_t memory_key(enum mysql_memory_kind kind, uint32_t id)
{
    return session_memory_number_key((uint8_t)kind, id);
}

bool mysql_statement_find(const struct mysql_call *call, uint32_t id,
                          struct mysql_prepared *prepared, struct slice *types, struct slice *text)
{
    bool found;
    struct reader r = reader_of(
        session_memory_get(call->env->memory, memory_key(MYSQL_MEMORY_STATEMENT, id), &found));
    struct slice head = reader_bytes(&r, sizeof *prepared);
    if (!found || !reader_ok(&r))
        return false;
    memcpy(prepared, head.ptr, sizeof *prepared);
    *types = reader_bytes(&r, (size_t)prepared->params * 2);
    *text = reader_rest(&r);
    return true;
}

void mysql_statement_store(struct mysql_call *call, uint32_t id,
                           const struct mysql_prepared *prepared, struct slice types,
                           struct slice text)
{
    size_t types_len = (size_t)prepared->params * 2;
    uint8_t *tail = arena_alloc(call->env->scratch, types_len + text.len);
    if (!tail)
        return;
    if (types.len)
        memcpy(tail, types.ptr, types.len < types_len ? types.len : types_len);
    if (text.len)
        memcpy(tail + types_len, text.ptr, text.len);
    (void)session_memory_put(call->env->memory, memory_key(MYSQL_MEMORY_STATEMENT, id),
                             slice_make(prepared, sizeof *prepared),
                             slice_make(tail, types_len + text.len));
}

/* The answer to PREPARE gives the number; the text is its request's. */
void mysql_statement_prepared(struct mysql_call *call, uint32_t id, uint16_t columns,
                              uint16_t params)
{
    struct mysql_request request;
    struct slice none, text = mysql_request_text(call, call->m->answer.key, &request, &none);
    struct mysql_prepared prepared = {.params = params, .columns = columns};
    mysql_statement_store(call, id, &prepared, (struct slice){NULL, 0}, text);
    call->m->last_statement = id;
}

/* A pipelined execution of what could not be prepared has its text. */
void mysql_statement_failed(struct mysql_call *call)
{
    mysql_statement_prepared(call, (uint32_t)STATEMENT_LAST, 0, 0);
}

/* A statement whose number was not seen, because its answer was lost or the server is not heard.
 * The first number that is executed and not known is its, if there is but one such statement. */
void mysql_statement_orphan(struct mysql_call *call, struct slice text)
{
    struct mysql_prepared prepared = {.params = 0};
    mysql_statement_store(call, (uint32_t)STATEMENT_ORPHAN, &prepared, (struct slice){NULL, 0},
                          text);
    call->m->orphans++;
}

static void adopt_orphan(struct mysql_call *call, uint32_t id)
{
    struct mysql_prepared prepared;
    struct slice types, text;
    if (call->m->orphans == 1 && !mysql_statement_find(call, id, &prepared, &types, &text) &&
        mysql_statement_find(call, (uint32_t)STATEMENT_ORPHAN, &prepared, &types, &text)) {
        mysql_statement_store(call, id, &prepared, types, text);
        call->m->orphans = 0;
    }
}

/* The request at hand is an execution that was sent before it was known that the answer to its
 * preparation was lost. */
void mysql_statement_adopt(struct mysql_call *call)
{
    struct mysql_request *request = &call->m->answer.request;
    struct mysql_prepared prepared;
    struct slice types, text;
    adopt_orphan(call, request->statement);
    if (!mysql_statement_find(call, request->statement, &prepared, &types, &text))
        return;
    request->text_len = (uint32_t)text.len;
    (void)session_memory_put(call->env->memory, call->m->answer.key,
                             slice_make(request, sizeof *request), text);
}

/* Why a statement's number means nothing: its preparation was not seen, or pushed out of memory. */
uint32_t mysql_statement_gap(const struct mysql *m)
{
    if (m->unknown_account)
        return EVENT_GAP_mid_session;
    if (m->lost_before)
        return EVENT_GAP_lost_bytes;
    return m->streams[TO_CLIENT].heard ? EVENT_GAP_limit : 0;
}

/* Fills in what an execution's payload says; the text of the statement and the values. */
static struct slice read_request(struct mysql_call *call, struct mysql_request *request,
                                 struct slice payload, struct slice *values)
{
    struct reader r = reader_of(payload);
    request->statement = reader_le32(&r);
    uint16_t flags = request->command == COM_STMT_BULK_EXECUTE ? reader_le16(&r) : reader_u8(&r);
    if (request->command == COM_STMT_EXECUTE)
        reader_le32(&r);
    request->cursor = request->command == COM_STMT_EXECUTE && flags & CURSOR_TYPES;
    if (request->statement == (uint32_t)STATEMENT_LAST)
        request->statement = call->m->last_statement;
    adopt_orphan(call, request->statement);
    *values = mysql_params_bind(call, request, &r, flags);
    struct mysql_prepared prepared;
    struct slice types, text = {NULL, 0};
    if (!mysql_statement_find(call, request->statement, &prepared, &types, &text))
        request->gaps |= mysql_statement_gap(call->m);
    return text;
}

void mysql_statement_execute(struct mysql_call *call, struct mysql_request *request,
                             struct slice payload)
{
    struct reader r = reader_of(payload);
    if (reader_le32(&r) == (uint32_t)STATEMENT_LAST && call->m->prepares > 0) {
        request->deferred = true;
        mysql_request_put(call, request, payload, (struct slice){NULL, 0});
        return;
    }
    struct slice values, text = read_request(call, request, payload, &values);
    mysql_request_put(call, request, text, values);
}

/* The request at hand was an execution sent ahead of its statement's number. */
void mysql_statement_resolve(struct mysql_call *call)
{
    uint64_t key = call->m->answer.key;
    struct mysql_request request;
    struct slice values, payload = mysql_request_text(call, key, &request, &values);
    payload = arena_copy(call->env->scratch, payload);
    struct slice text = read_request(call, &request, payload, &values);
    request.deferred = false;
    request.text_len = (uint32_t)text.len;
    uint8_t *both = arena_alloc(call->env->scratch, text.len + values.len + 1);
    if (!both)
        return;
    if (text.len)
        memcpy(both, text.ptr, text.len);
    if (values.len)
        memcpy(both + text.len, values.ptr, values.len);
    (void)session_memory_put(call->env->memory, key, slice_make(&request, sizeof request),
                             slice_make(both, text.len + values.len));
    call->m->answer.request = request;
}

void mysql_statement_close(struct mysql_call *call, uint32_t id)
{
    struct session_memory *memory = call->env->memory;
    mysql_params_forget(call, id);
    session_memory_drop(memory, memory_key(MYSQL_MEMORY_STATEMENT, id));
    session_memory_drop(memory, memory_key(MYSQL_MEMORY_COLUMNS, id));
    mysql_cursor_forget(call, id);
}
