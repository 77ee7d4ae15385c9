/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The values bound to an execution. Types are sent only when they change, so those of the last
 * execution are kept with the statement; a value may be sent ahead in pieces. Values are read only
 * where they are asked for (env->clear).
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
    PARAMETER_COUNT_AVAILABLE = 8,
    BULK_SENDS_TYPES = 128,
    UNSIGNED_TYPE = 0x8000,
};

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
    struct mysql_prepared prepared;
    struct slice old, text;
    if (!mysql_statement_find(call, id, &prepared, &old, &text))
        return;
    struct slice new = slice_part(types, 0, old.len);
    if (new.len != old.len || (prepared.typed && slice_equal(new, old)))
        return;
    prepared.typed = true;
    mysql_statement_store(call, id, &prepared, new, text);
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
    struct mysql_prepared prepared;
    struct slice types, text;
    if (!mysql_statement_find(call, id, &prepared, &types, &text))
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
    struct mysql_prepared prepared;
    struct slice types, text;
    if (!mysql_statement_find(b->call, id, &prepared, &types, &text) || prepared.params == 0)
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
struct slice mysql_params_bind(struct mysql_call *call, struct mysql_request *request,
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

/* 24, id (4), parameter (2), a piece of its value */
void mysql_params_long_data(struct mysql_call *call, struct slice payload)
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

void mysql_params_forget(struct mysql_call *call, uint32_t id)
{
    struct mysql_prepared prepared;
    struct slice types, text;
    if (!call->env->clear || !mysql_statement_find(call, id, &prepared, &types, &text))
        return;
    for (size_t i = 0; i < prepared.params; i++)
        session_memory_drop(call->env->memory, long_data_key(id, i));
}
