/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Prepared statements and portals of a PostgreSQL session (documentation, section "Extended
 * Query"): which text and which bound values an Execute stands for. The unnamed ones lie in the
 * state, named ones in the session's memory; the texts and values lie there under numbers.
 */
#include "base/reader.h"
#include "collector/decoders/postgresql_session.h"
#include "collector/decoders/postgresql_values.h"
#include "collector/memory.h"

enum { KEPT_AT_LIMIT = 16 * 1024 }; /* of a text that the memory cannot take whole */

static uint64_t number_key(enum pg_blob kind, uint64_t number)
{
    return session_memory_number_key((uint8_t)kind, number);
}

uint64_t pg_payload_put(struct pg_session *pg, const struct decoder_env *env, struct slice body,
                        uint16_t *gaps)
{
    uint64_t key = number_key(PG_BLOB_PAYLOAD, ++pg->numbers);
    enum status status = session_memory_put(env->memory, key, body, slice_make(NULL, 0));
    if (status != STATUS_OK) {
        *gaps |= EVENT_GAP_limit;
        status = session_memory_put(env->memory, key, slice_part(body, 0, KEPT_AT_LIMIT),
                                    slice_make(NULL, 0));
    }
    return status == STATUS_OK ? pg->numbers : 0;
}

struct slice pg_payload_get(const struct decoder_env *env, uint64_t number)
{
    if (number == 0)
        return slice_make(NULL, 0);
    return session_memory_get(env->memory, number_key(PG_BLOB_PAYLOAD, number), NULL);
}

void pg_payload_drop(const struct decoder_env *env, uint64_t number)
{
    if (number)
        session_memory_drop(env->memory, number_key(PG_BLOB_PAYLOAD, number));
}

struct slice pg_statement_text(const struct decoder_env *env, uint64_t text)
{
    struct slice body = pg_payload_get(env, text);
    return slice_part(body, 0, slice_find(body, 0, 0));
}

struct pg_statement pg_statement_find(const struct pg_session *pg, const struct decoder_env *env,
                                      uint64_t key)
{
    struct pg_statement statement = {0};
    if (key == 0)
        return pg->statement;
    struct slice blob = session_memory_get(env->memory, key, NULL);
    if (blob.len == sizeof statement)
        memcpy(&statement, blob.ptr, sizeof statement);
    return statement;
}

struct pg_portal pg_portal_find(const struct pg_session *pg, const struct decoder_env *env,
                                uint64_t key)
{
    struct pg_portal portal = {0};
    if (key == 0)
        return pg->portal;
    struct slice blob = session_memory_get(env->memory, key, NULL);
    if (blob.len == sizeof portal)
        memcpy(&portal, blob.ptr, sizeof portal);
    return portal;
}

/* Forgets a statement's text, unless a portal made from it may still be executed. */
static void forget_text(struct pg_session *pg, const struct decoder_env *env, uint64_t text)
{
    if (text == 0 || text == pg->statement.text || pg->portals > 0 ||
        (pg->portal.open && pg->portal.statement.text == text))
        return;
    pg_payload_drop(env, text);
    session_memory_drop(env->memory, number_key(PG_BLOB_COLUMNS, text));
    session_memory_drop(env->memory, number_key(PG_BLOB_PARAMETERS, text));
}

void pg_statement_close(struct pg_session *pg, const struct decoder_env *env, uint64_t key)
{
    struct pg_statement old = pg_statement_find(pg, env, key);
    if (key)
        session_memory_drop(env->memory, key);
    else
        pg->statement = (struct pg_statement){0};
    forget_text(pg, env, old.text);
}

void pg_statement_define(struct pg_session *pg, const struct decoder_env *env, uint64_t key,
                         uint64_t text, uint16_t gaps)
{
    struct pg_statement statement = {.text = text, .gaps = gaps, .named = key != 0};
    pg_statement_close(pg, env, key);
    if (key)
        (void)session_memory_put(env->memory, key, slice_make(&statement, sizeof statement),
                                 slice_make(NULL, 0));
    else
        pg->statement = statement;
}

void pg_portal_close(struct pg_session *pg, const struct decoder_env *env, uint64_t key)
{
    struct pg_portal old = pg_portal_find(pg, env, key);
    if (!old.open)
        return;
    if (key) {
        session_memory_drop(env->memory, key);
        pg->portals -= pg->portals > 0;
    } else {
        pg->portal = (struct pg_portal){0};
    }
    pg_payload_drop(env, old.values);
    if (!old.statement.named)
        forget_text(pg, env, old.statement.text);
}

void pg_portal_open(struct pg_session *pg, const struct decoder_env *env,
                    const struct pg_request *bind)
{
    struct pg_portal portal = {.statement = pg_statement_find(pg, env, bind->statement),
                               .values = bind->payload,
                               .gaps = bind->gaps,
                               .format = bind->format,
                               .open = true};
    pg_portal_close(pg, env, bind->name);
    if (bind->name) {
        pg->portals++;
        (void)session_memory_put(env->memory, bind->name, slice_make(&portal, sizeof portal),
                                 slice_make(NULL, 0));
    } else {
        pg->portal = portal;
    }
}

/* Formats as Parse and Bind give them: none is all text, one is for all, else one each. */
static bool binary_at(struct slice formats, size_t index)
{
    struct reader r = reader_of(formats);
    if (formats.len > 2)
        reader_skip(&r, index * 2);
    return reader_be16(&r) == 1;
}

static struct slice counted(struct reader *r, size_t width)
{
    return reader_bytes(r, reader_be16(r) * width);
}

bool pg_column_binary(struct slice formats, enum pg_format format, size_t column)
{
    return format == PG_BINARY || (format == PG_MIXED && binary_at(formats, column));
}

struct slice pg_result_formats(const struct decoder_env *env, const struct pg_portal *portal)
{
    if (portal->format != PG_MIXED)
        return slice_make(NULL, 0);
    struct reader r = reader_of(pg_payload_get(env, portal->values));
    (void)counted(&r, 2);
    for (unsigned n = reader_be16(&r); n > 0 && reader_ok(&r); n--) {
        uint32_t len = reader_be32(&r);
        reader_skip(&r, len == UINT32_MAX ? 0 : len);
    }
    return counted(&r, 2);
}

/* The types of a statement's parameters: as the server described them, else as the client named
 * them in Parse. */
static struct slice parameter_types(const struct decoder_env *env, uint64_t text)
{
    struct reader r =
        reader_of(session_memory_get(env->memory, number_key(PG_BLOB_PARAMETERS, text), NULL));
    if (reader_left(&r) > 0)
        return counted(&r, 4);
    r = reader_of(pg_payload_get(env, text));
    (void)reader_cstring(&r);
    return counted(&r, 4);
}

static uint32_t type_at(struct slice types, size_t index)
{
    struct reader r = reader_of(types);
    reader_skip(&r, index * 4);
    return reader_be32(&r);
}

const struct event_param *pg_bound_values(const struct decoder_env *env,
                                          const struct pg_statement *statement, uint64_t values,
                                          size_t *count, bool *limited)
{
    struct reader r = reader_of(pg_payload_get(env, values));
    struct slice types = parameter_types(env, statement->text);
    struct slice formats = counted(&r, 2);
    size_t sent = reader_be16(&r);
    *count = 0;
    if (sent == 0)
        return NULL;
    size_t kept = sent < EVENT_MAX_PARAMS ? sent : EVENT_MAX_PARAMS;
    struct event_param *params = arena_array(env->scratch, kept, sizeof *params);
    *limited |= kept < sent || !params;
    for (size_t i = 0; params && i < kept; i++) {
        uint32_t len = reader_be32(&r);
        params[i].null = len == UINT32_MAX;
        struct slice value = params[i].null ? slice_make(NULL, 0) : reader_bytes(&r, len);
        if (!reader_ok(&r)) {
            *limited = true;
            break;
        }
        params[i].text = value;
        if (!params[i].null && binary_at(formats, i))
            *limited |= !pg_value_text(type_at(types, i), value, env->scratch, &params[i].text);
        *count = i + 1;
    }
    return params;
}
