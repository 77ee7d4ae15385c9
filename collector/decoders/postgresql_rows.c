/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows of PostgreSQL's results (documentation, section "Message Formats": RowDescription, DataRow):
 * counted, and their cells given to the result watch as long as it wants any. A row longer than
 * ROW_WHOLE_MAX is never held: its cells are looked at one after the other, each at its front.
 *
 *     T count { name\0 table(4) number(2) type(4) size(2) modifier(4) format(2) }...
 *     D count { length(4), -1 for NULL, bytes }...
 */
#include "base/reader.h"
#include "collector/decoders/postgresql_session.h"
#include "collector/decoders/postgresql_values.h"
#include "collector/memory.h"

enum {
    ROW_WHOLE_MAX = 64 * 1024, /* longer rows are walked cell by cell */
    CELL_MAX = 4096,           /* bytes of a cell that are looked at */
    LOOK_EVERY = 64            /* rows between questions whether a watch still wants any */
};

/* Rows are walked only while somebody wants their cells. */
static bool walks(const struct pg_session *pg)
{
    return pg->result.watched && pg->result.wanted;
}

size_t pg_row_front(const struct pg_session *pg, const struct pg_header *header)
{
    return walks(pg) && header->body <= ROW_WHOLE_MAX ? header->body : 0;
}

static void look(struct pg_session *pg, size_t columns)
{
    pg->result.wanted = false;
    for (size_t i = 0; i < columns && i < RESULT_COLUMNS_MAX && !pg->result.wanted; i++)
        pg->result.wanted = result_watch_wants(&pg->watch, i);
}

void pg_result_watch(struct pg_session *pg, const struct decoder_env *env,
                     const struct pg_request *request, const struct result_column *columns,
                     size_t count)
{
    struct slice text = request ? pg_result_text(pg, env, request) : slice_make(NULL, 0);
    const struct sql_description *effect = pg_effect(env, text);
    result_watch_begin(&pg->watch, env, effect ? effect->objects : NULL,
                       effect ? effect->object_count : 0, columns, count);
    pg->result.watched = true;
    look(pg, count);
}

struct column {
    struct slice name;
    uint32_t type;
    bool binary;
};

static struct column read_column(struct reader *r)
{
    struct column column = {.name = reader_cstring(r)};
    reader_skip(r, 6); /* table, number */
    column.type = reader_be32(r);
    reader_skip(r, 6); /* size, modifier */
    column.binary = reader_be16(r) == 1;
    return column;
}

/* Which formats the columns have: the Bind tells where there was one, else the description. */
struct formats {
    bool bound;
    enum pg_format format;
    struct slice each;
};

static void describe_result(struct pg_session *pg, const struct decoder_env *env,
                            const struct pg_request *request, struct slice body,
                            const struct formats *formats)
{
    struct reader r = reader_of(body);
    size_t count = reader_be16(&r);
    size_t kept = count < RESULT_COLUMNS_MAX ? count : RESULT_COLUMNS_MAX;
    struct result_column *columns = arena_array(env->scratch, kept + 1, sizeof *columns);
    pg->result.begun = pg->result.described = true;
    for (size_t i = 0; columns && i < kept; i++) {
        struct column column = read_column(&r);
        bool binary =
            formats->bound ? pg_column_binary(formats->each, formats->format, i) : column.binary;
        columns[i].name = column.name;
        pg->cell_type[i] = (uint8_t)(binary ? pg_type_of(column.type) : PG_TYPE_UNKNOWN);
    }
    if (!columns || !reader_ok(&r))
        return;
    pg_result_watch(pg, env, request, columns, kept);
    pg->result.limited |= kept < count;
}

void pg_result_begin(struct pg_session *pg, const struct decoder_env *env,
                     const struct pg_request *request, struct slice body)
{
    struct formats formats = {.bound = false};
    describe_result(pg, env, request, body, &formats);
}

void pg_result_begin_portal(struct pg_session *pg, const struct decoder_env *env,
                            const struct pg_request *request)
{
    struct pg_portal portal = pg_portal_find(pg, env, request->name);
    pg->result.begun = true;
    struct slice columns = session_memory_get(
        env->memory, session_memory_number_key(PG_BLOB_COLUMNS, portal.statement.text), NULL);
    if (columns.len == 0)
        return;
    columns = arena_copy(env->scratch, columns);
    struct formats formats = {.bound = true,
                              .format = portal.format,
                              .each = arena_copy(env->scratch, pg_result_formats(env, &portal))};
    describe_result(pg, env, request, columns, &formats);
}

void pg_cell(struct pg_session *pg, const struct decoder_env *env, size_t column, struct slice cell)
{
    if (column >= RESULT_COLUMNS_MAX || !result_watch_wants(&pg->watch, column))
        return;
    enum pg_type type = pg->cell_type[column];
    cell = slice_part(cell, 0, CELL_MAX);
    if (type > PG_TYPE_SAME && !pg_typed_value_text(type, cell, env->scratch, &cell))
        return;
    result_watch_cell(&pg->watch, env, column, cell);
}

static void walk_row(struct pg_session *pg, const struct decoder_env *env, struct slice row)
{
    struct reader r = reader_of(row);
    size_t count = reader_be16(&r);
    for (size_t i = 0; i < count && reader_ok(&r); i++) {
        uint32_t len = reader_be32(&r);
        if (len == UINT32_MAX)
            continue;
        struct slice cell = reader_bytes(&r, len);
        if (reader_ok(&r))
            pg_cell(pg, env, i, cell);
    }
    if (pg->result.rows % LOOK_EVERY == 0)
        look(pg, count);
}

void pg_data_row(struct pg_session *pg, const struct decoder_env *env,
                 const struct pg_message *message)
{
    struct pg_request request;
    if (!pg->result.begun && pg_result_request(pg, env, 'D', &request) &&
        request.kind == PG_EXECUTE)
        pg_result_begin_portal(pg, env, &request);
    pg->result.begun = true;
    pg->result.rows++;
    if (message->body.len)
        walk_row(pg, env, message->body);
    else if (walks(pg)) {
        pg->result.row_left = message->length;
        pg->result.row_cells = pg->result.row_column = 0;
        pg->result.row_counted = false;
    }
}

/* The next cell of a long row: its length, its front; the rest of it is passed over. */
static struct decoder_result long_row_cell(struct pg_session *pg, const struct decoder_env *env,
                                           struct slice bytes)
{
    struct pg_result *result = &pg->result;
    struct reader r = reader_of(slice_part(bytes, 0, result->row_left));
    uint32_t len = reader_be32(&r);
    if (!reader_ok(&r) && bytes.len < 4)
        return (struct decoder_result){.needed = 4};
    size_t size = len == UINT32_MAX ? 0 : len;
    if (result->row_left < 4 || size > result->row_left - 4) {
        result->row_cells = 0; /* not a row after all: pass over it */
        return (struct decoder_result){.consumed = 0};
    }
    size_t front = size < CELL_MAX ? size : CELL_MAX;
    if (bytes.len < 4 + front)
        return (struct decoder_result){.needed = 4 + front};
    if (len != UINT32_MAX)
        pg_cell(pg, env, result->row_column, reader_bytes(&r, front));
    result->row_column++;
    result->row_cells--;
    result->row_left -= (uint32_t)(4 + size);
    pg->skip[TO_CLIENT] = size - front;
    return (struct decoder_result){.consumed = 4 + front};
}

struct decoder_result pg_long_row_step(struct pg_session *pg, const struct decoder_env *env,
                                       struct slice bytes)
{
    struct pg_result *result = &pg->result;
    if (!result->row_counted) {
        struct reader r = reader_of(bytes);
        if (bytes.len < 2)
            return (struct decoder_result){.needed = 2};
        result->row_cells = reader_be16(&r);
        result->row_counted = true;
        result->row_left -= 2;
        return (struct decoder_result){.consumed = 2};
    }
    if (result->row_cells > 0) {
        struct decoder_result step = long_row_cell(pg, env, bytes);
        if (step.consumed || step.needed)
            return step;
    }
    size_t rest = result->row_left < bytes.len ? result->row_left : bytes.len;
    result->row_left -= (uint32_t)rest;
    return (struct decoder_result){.consumed = rest};
}
