/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Prepared statements: what the server calls by a number, with the text it was prepared from, and
 * the values bound to it. Types are sent with an execution only when they change, so those of the
 * last one are kept. Values are read only where they are asked for (env->clear).
 *
 *   execute       23, id (4), flags (1), 1 (4), [number], NULL bitmap, new types? (1),
 *                 [type (2), [name]] each, values
 *   bulk execute  250, id (4), flags (2), [type (2)] each, then per row and value: indicator (1),
 *                 value
 */
#include "collector/decoders/mysql_state.h"
#include "collector/decoders/mysql_value.h"

#include "base/text.h"

enum {
    STATEMENT_LAST = -1, /* MariaDB: the one prepared last */
    STATEMENT_ORPHAN = -2,
    PARAMETER_COUNT_AVAILABLE = 8,
    CURSOR_TYPES = 7, /* read only, for update, scrollable */
    BULK_SENDS_TYPES = 128,
    UNSIGNED_TYPE = 0x8000,
};

/* In memory: this, `params` types of two bytes, the text. */
struct prepared {
    uint16_t params;
    uint16_t columns;
    bool typed; /* the types are known */
};

static uint64_t memory_key(enum mysql_memory_kind kind, uint32_t id)
{
    return session_memory_number_key((uint8_t)kind, id);
}

static bool find_statement(const struct mysql_call *call, uint32_t id, struct prepared *prepared,
                           struct slice *types, struct slice *text)
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

static void store_statement(struct mysql_call *call, uint32_t id, const struct prepared *prepared,
                            struct slice types, struct slice text)
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
    struct prepared prepared = {.params = params, .columns = columns};
    store_statement(call, id, &prepared, (struct slice){NULL, 0}, text);
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
    struct prepared prepared = {.params = 0};
    store_statement(call, (uint32_t)STATEMENT_ORPHAN, &prepared, (struct slice){NULL, 0}, text);
    call->m->orphans++;
}

static void adopt_orphan(struct mysql_call *call, uint32_t id)
{
    struct prepared prepared;
    struct slice types, text;
    if (call->m->orphans == 1 && !find_statement(call, id, &prepared, &types, &text) &&
        find_statement(call, (uint32_t)STATEMENT_ORPHAN, &prepared, &types, &text)) {
        store_statement(call, id, &prepared, types, text);
        call->m->orphans = 0;
    }
}

/* The request at hand is an execution that was sent before it was known that the answer to its
 * preparation was lost. */
void mysql_statement_adopt(struct mysql_call *call)
{
    struct mysql_request *request = &call->m->answer.request;
    struct prepared prepared;
    struct slice types, text;
    adopt_orphan(call, request->statement);
    if (!find_statement(call, request->statement, &prepared, &types, &text))
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

/* The bound values of one execution, collected in scratch memory. */
struct binding {
    struct mysql_call *call;
    struct event_param *params;
    size_t count, max;
    size_t bytes; /* of all texts */
    bool limit;
};

static void bind_text(struct binding *b, bool null, struct slice text)
{
    if (b->count == b->max) {
        b->limit = true;
        return;
    }
    b->params[b->count++] = (struct event_param){.null = null, .text = text};
    b->bytes += text.len;
}

/* Bytes that are no text are shown in hexadecimal. */
static struct slice readable(struct arena *scratch, struct slice bytes)
{
    if (text_is_utf8(bytes))
        return bytes;
    static const char digits[] = "0123456789abcdef";
    size_t len = bytes.len < MYSQL_LONG_DATA_KEEP ? bytes.len : MYSQL_LONG_DATA_KEEP;
    uint8_t *hex = arena_alloc(scratch, 2 + 2 * len);
    if (!hex)
        return (struct slice){NULL, 0};
    hex[0] = '0';
    hex[1] = 'x';
    for (size_t i = 0; i < len; i++) {
        hex[2 + 2 * i] = (uint8_t)digits[bytes.ptr[i] >> 4];
        hex[3 + 2 * i] = (uint8_t)digits[bytes.ptr[i] & 15];
    }
    return slice_make(hex, 2 + 2 * len);
}

static void bind_value(struct binding *b, struct reader *r, uint16_t type)
{
    char text[MYSQL_VALUE_TEXT_MAX];
    struct slice value = mysql_value(r, (uint8_t)type, type & UNSIGNED_TYPE, text);
    if (!reader_ok(r)) {
        b->limit = true;
        return;
    }
    size_t size;
    bool string = mysql_type_layout((uint8_t)type, &size) == MYSQL_LAYOUT_STRING;
    struct arena *scratch = b->call->env->scratch;
    bind_text(b, (uint8_t)type == MYSQL_TYPE_NULL,
              string ? readable(scratch, value) : arena_copy(scratch, value));
}

static uint64_t long_data_key(uint32_t statement, size_t param)
{
    return session_memory_number_key(MYSQL_MEMORY_LONG_DATA,
                                     (uint64_t)(param & 0xffff) << 32 | statement);
}

/* A value sent ahead in pieces is used once and is not in the packet. */
static bool bind_long_data(struct binding *b, uint32_t statement, size_t param)
{
    bool found;
    uint64_t key = long_data_key(statement, param);
    struct slice data = session_memory_get(b->call->env->memory, key, &found);
    if (!found)
        return false;
    struct arena *scratch = b->call->env->scratch;
    bind_text(b, false, readable(scratch, arena_copy(scratch, data)));
    session_memory_drop(b->call->env->memory, key);
    return true;
}

/* Type (2) and, with query attributes, name of each; gives the types alone. */
static struct slice read_types(struct mysql_call *call, struct reader *r, size_t count, bool named)
{
    if (!named)
        return reader_bytes(r, count * 2);
    uint8_t *types = count <= reader_left(r) ? arena_alloc(call->env->scratch, count * 2) : NULL;
    if (!types) {
        reader_fail(r);
        return (struct slice){NULL, 0};
    }
    for (size_t i = 0; i < count && reader_ok(r); i++) {
        types[2 * i] = reader_u8(r);
        types[2 * i + 1] = reader_u8(r);
        mysql_lenenc_bytes(r);
    }
    return slice_make(types, reader_ok(r) ? count * 2 : 0);
}

static void remember_types(struct mysql_call *call, uint32_t id, struct slice types)
{
    struct prepared prepared;
    struct slice old, text;
    if (!find_statement(call, id, &prepared, &old, &text))
        return;
    struct slice new = slice_part(types, 0, old.len);
    if (new.len != old.len || (prepared.typed && slice_equal(new, old)))
        return;
    prepared.typed = true;
    store_statement(call, id, &prepared, new, text);
}

static uint16_t type_at(struct slice types, size_t i)
{
    struct reader r = reader_of(slice_part(types, 2 * i, 2));
    return reader_le16(&r);
}

static void bind_execution(struct binding *b, uint32_t id, struct reader *r, size_t count,
                           size_t params, struct slice nulls, struct slice types)
{
    for (size_t i = 0; i < count && i < params && !b->limit; i++) {
        if (bind_long_data(b, id, i))
            continue;
        if (nulls.ptr[i / 8] >> (i % 8) & 1)
            bind_text(b, true, (struct slice){NULL, 0});
        else
            bind_value(b, r, type_at(types, i));
    }
}

/* COM_STMT_EXECUTE behind id, flags and count. */
static void read_execution(struct binding *b, uint32_t id, struct reader *r, uint8_t flags)
{
    struct mysql_call *call = b->call;
    struct prepared prepared;
    struct slice types, text;
    if (!find_statement(call, id, &prepared, &types, &text))
        return;
    bool attributes = call->m->capabilities & MYSQL_QUERY_ATTRIBUTES;
    uint64_t count = prepared.params;
    if (count == 0 && !(attributes && (flags & PARAMETER_COUNT_AVAILABLE)))
        return;
    if (attributes)
        count = mysql_lenenc(r);
    if (count > UINT16_MAX || count == 0)
        return;
    struct slice nulls = reader_bytes(r, ((size_t)count + 7) / 8);
    bool typed = prepared.typed;
    if (reader_u8(r) == 1) {
        types = read_types(call, r, (size_t)count, attributes);
        typed = reader_ok(r);
        remember_types(call, id, types);
    }
    b->limit = !typed || !reader_ok(r);
    bind_execution(b, id, r, (size_t)count, prepared.params, nulls, types);
}

/* COM_STMT_BULK_EXECUTE behind id and flags: the values of all rows, one after another. */
static void read_bulk(struct binding *b, uint32_t id, struct reader *r, uint16_t flags)
{
    enum { INDICATOR_NONE = 0 };
    struct prepared prepared;
    struct slice types, text;
    if (!find_statement(b->call, id, &prepared, &types, &text) || prepared.params == 0)
        return;
    bool typed = prepared.typed;
    if (flags & BULK_SENDS_TYPES) {
        types = read_types(b->call, r, prepared.params, false);
        typed = reader_ok(r);
        remember_types(b->call, id, types);
    }
    b->limit = !typed;
    for (size_t i = 0; reader_left(r) > 0 && !b->limit; i = (i + 1) % prepared.params)
        if (reader_u8(r) == INDICATOR_NONE)
            bind_value(b, r, type_at(types, i));
        else
            bind_text(b, true, (struct slice){NULL, 0}); /* NULL, DEFAULT, IGNORE */
}

/* In memory a value is: NULL? (1), length (4), text. */
static struct slice pack_params(struct binding *b)
{
    size_t len = b->count * 5 + b->bytes, at = 0;
    uint8_t *packed = len ? arena_alloc(b->call->env->scratch, len) : NULL;
    if (!packed)
        return (struct slice){NULL, 0};
    for (size_t i = 0; i < b->count; i++) {
        struct slice text = b->params[i].text;
        uint32_t text_len = (uint32_t)text.len;
        packed[at] = b->params[i].null;
        memcpy(packed + at + 1, &text_len, sizeof text_len);
        if (text.len)
            memcpy(packed + at + 5, text.ptr, text.len);
        at += 5 + text.len;
    }
    return slice_make(packed, len);
}

size_t mysql_params_read(const struct decoder_env *env, struct slice params, size_t count,
                         const struct event_param **out)
{
    struct event_param *read = count ? arena_array(env->scratch, count, sizeof *read) : NULL;
    struct reader r = reader_of(params);
    size_t n = 0;
    *out = read;
    while (read && n < count && reader_left(&r) > 0) {
        read[n].null = reader_u8(&r);
        struct slice len = reader_bytes(&r, sizeof(uint32_t));
        uint32_t text_len = 0;
        if (len.len)
            memcpy(&text_len, len.ptr, sizeof text_len);
        read[n].text = reader_bytes(&r, text_len);
        if (!reader_ok(&r))
            break;
        n++;
    }
    return n;
}

/* The values, packed; what they could not hold is in the request's gaps. */
static struct slice bound_values(struct mysql_call *call, struct mysql_request *request,
                                 struct reader *r, uint16_t flags)
{
    struct binding b = {.call = call, .max = EVENT_MAX_PARAMS};
    if (!call->env->clear)
        return (struct slice){NULL, 0};
    b.params = arena_array(call->env->scratch, b.max, sizeof *b.params);
    if (!b.params)
        b.max = 0;
    if (request->command == COM_STMT_BULK_EXECUTE)
        read_bulk(&b, request->statement, r, flags);
    else
        read_execution(&b, request->statement, r, (uint8_t)flags);
    request->gaps |= b.limit ? EVENT_GAP_limit : 0;
    struct slice packed = pack_params(&b);
    request->param_count = packed.len ? (uint16_t)b.count : 0;
    return packed;
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
    *values = bound_values(call, request, &r, flags);
    struct prepared prepared;
    struct slice types, text = {NULL, 0};
    if (!find_statement(call, request->statement, &prepared, &types, &text))
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

void mysql_cursor_hold(struct mysql_call *call)
{
    struct mysql *m = call->m;
    struct mysql_request request = m->answer.request;
    struct slice blob = session_memory_get(call->env->memory, m->answer.key, NULL);
    request.gaps |= m->answer.gaps;
    mysql_cursor_tell(call);
    m->cursor_held = true;
    m->held_statement = request.statement;
    (void)session_memory_put(call->env->memory, memory_key(MYSQL_MEMORY_CURSOR, request.statement),
                             slice_make(&request, sizeof request),
                             slice_part(blob, sizeof request, SIZE_MAX));
}

void mysql_cursor_tell(struct mysql_call *call)
{
    struct mysql *m = call->m;
    if (m->cursor_held)
        mysql_emit_cursor(call, memory_key(MYSQL_MEMORY_CURSOR, m->held_statement));
    m->cursor_held = false;
}

/* A fetch has the text and the values of the execution that opened the cursor; the first one is a
 * request with it. */
void mysql_statement_fetch(struct mysql_call *call, struct mysql_request *request)
{
    struct mysql_request opened;
    struct slice values = {NULL, 0}, text = {NULL, 0};
    uint64_t key = memory_key(MYSQL_MEMORY_CURSOR, request->statement);
    bool found;
    session_memory_get(call->env->memory, key, &found);
    if (found) {
        text = mysql_request_text(call, key, &opened, &values);
        request->param_count = opened.param_count;
        if (call->m->cursor_held) {
            request->seq = opened.seq;
            request->time_ns = opened.time_ns;
            request->gaps |= opened.gaps;
        }
    } else {
        request->gaps |= mysql_statement_gap(call->m);
    }
    call->m->cursor_held = false;
    mysql_request_put(call, request, text, values);
}

/* 24, id (4), parameter (2), a piece of its value */
void mysql_statement_long_data(struct mysql_call *call, struct slice payload)
{
    if (!call->env->clear)
        return;
    struct reader r = reader_of(payload);
    uint32_t id = reader_le32(&r);
    uint64_t key = long_data_key(id, reader_le16(&r));
    struct slice before = session_memory_get(call->env->memory, key, NULL);
    if (!reader_ok(&r) || before.len >= MYSQL_LONG_DATA_KEEP)
        return;
    (void)session_memory_put(call->env->memory, key, before, reader_rest(&r));
}

void mysql_statement_close(struct mysql_call *call, uint32_t id)
{
    struct session_memory *memory = call->env->memory;
    struct prepared prepared;
    struct slice types, text;
    if (call->env->clear && find_statement(call, id, &prepared, &types, &text))
        for (size_t i = 0; i < prepared.params; i++)
            session_memory_drop(memory, long_data_key(id, i));
    session_memory_drop(memory, memory_key(MYSQL_MEMORY_STATEMENT, id));
    session_memory_drop(memory, memory_key(MYSQL_MEMORY_COLUMNS, id));
    session_memory_drop(memory, memory_key(MYSQL_MEMORY_CURSOR, id));
}
