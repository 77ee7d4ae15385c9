/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * COPY in PostgreSQL's protocol (documentation, section "COPY Operations" and SQL command COPY):
 * the rows that go to the client are counted, one CopyData each, and their cells given to the
 * result watch. CommandComplete has the last word on the count. What the client sends is passed
 * over: the server counts it.
 *
 *     text    cells between tabs, one row a line; \N is NULL
 *     csv     cells between commas, quoted where needed
 *     binary  "PGCOPY\n\377\r\n\0" flags(4) length(4) extension, then count(2) { length(4) bytes
 * }...
 */
#include "base/reader.h"
#include "collector/decoders/postgresql_copy_text.h"
#include "collector/decoders/postgresql_session.h"
#include "collector/decoders/postgresql_values.h"

enum {
    COPY_ROW_MAX = 64 * 1024, /* bytes of a row that are looked at */
    CELL_MAX = 4096,
    SIGNATURE = 11
};

/* The statement tells the names where it lists as many columns as the server announces. */
static void name_columns(struct pg_session *pg, const struct decoder_env *env,
                         const struct pg_request *request, struct result_column *columns,
                         size_t count)
{
    struct pg_copy_text *copy = arena_alloc(env->scratch, sizeof *copy);
    if (!copy)
        return;
    pg_copy_text_read(copy, pg_result_text(pg, env, request));
    pg->result.copy_header = copy->header;
    if (copy->count != count)
        return;
    for (size_t i = 0; i < count; i++)
        columns[i].name = copy->names[i];
}

static void watch_columns(struct pg_session *pg, const struct decoder_env *env, size_t count)
{
    struct pg_request request;
    bool known = pg_result_request(pg, env, 'H', &request);
    size_t kept = count < RESULT_COLUMNS_MAX ? count : RESULT_COLUMNS_MAX;
    struct result_column *columns = arena_array(env->scratch, kept + 1, sizeof *columns);
    if (!columns)
        return;
    if (known)
        name_columns(pg, env, &request, columns, kept);
    memset(pg->cell_type, 0, sizeof pg->cell_type);
    pg_result_watch(pg, env, known ? &request : NULL, columns, kept);
    pg->result.limited |= kept < count;
}

void pg_copy_begin(struct pg_session *pg, const struct decoder_env *env,
                   const struct pg_message *message)
{
    struct reader r = reader_of(message->body);
    pg->result.begun = true;
    pg->result.copy_binary = reader_u8(&r) == 1;
    size_t count = reader_be16(&r);
    switch (message->type) {
    case 'G':
        pg->result.copy = PG_COPY_IN;
        break;
    case 'H':
        pg->result.copy = PG_COPY_OUT;
        watch_columns(pg, env, count);
        break;
    default:
        pg->result.copy = PG_COPY_BOTH;
        break;
    }
}

size_t pg_copy_front(const struct pg_session *pg, const struct pg_header *header)
{
    if (pg->result.copy != PG_COPY_OUT)
        return 0;
    /* The end of a binary COPY is two bytes and no row. */
    if (!pg->result.wanted && !(pg->result.copy_binary && header->body == 2))
        return 0;
    return header->body < COPY_ROW_MAX ? header->body : COPY_ROW_MAX;
}

static void give(struct pg_session *pg, const struct decoder_env *env, size_t column,
                 struct slice cell)
{
    if (!slice_equal(cell, SLICE("\\N")))
        pg_cell(pg, env, column, slice_part(cell, 0, CELL_MAX));
}

static void walk_text(struct pg_session *pg, const struct decoder_env *env, struct slice row)
{
    size_t column = 0, from = 0;
    for (size_t i = 0; i <= row.len; i++) {
        bool end = i == row.len || row.ptr[i] == '\n';
        if (!end && row.ptr[i] != '\t')
            continue;
        give(pg, env, column++, slice_part(row, from, i - from));
        from = i + 1;
        if (end)
            return;
    }
}

/* Is this a line of comma separated values? The announcement does not tell it from text. */
static bool looks_like_csv(struct slice row)
{
    return slice_find(row, '\t', 0) == row.len && slice_find(row, ',', 0) < row.len;
}

static void walk_csv(struct pg_session *pg, const struct decoder_env *env, struct slice row)
{
    size_t column = 0, from = 0;
    bool quoted = false;
    for (size_t i = 0; i <= row.len; i++) {
        bool end = i == row.len || (!quoted && row.ptr[i] == '\n');
        if (!end && row.ptr[i] == '"')
            quoted = !quoted;
        if (!end && (quoted || row.ptr[i] != ','))
            continue;
        struct slice cell = slice_part(row, from, i - from);
        if (cell.len > 1 && cell.ptr[0] == '"')
            cell = slice_part(cell, 1, cell.len - 2);
        give(pg, env, column++, cell);
        from = i + 1;
        if (end)
            return;
    }
}

/* Types are not told. No text holds a zero byte, so this is a number: a key, more often than not.
 */
static void give_binary(struct pg_session *pg, const struct decoder_env *env, size_t column,
                        struct slice cell)
{
    enum pg_type type = cell.len == 4 ? PG_TYPE_INT4 : PG_TYPE_INT8;
    if ((cell.len == 4 || cell.len == 8) && cell.ptr[0] == 0 &&
        !pg_typed_value_text(type, cell, env->scratch, &cell))
        return;
    pg_cell(pg, env, column, cell);
}

static void walk_binary(struct pg_session *pg, const struct decoder_env *env, struct slice row)
{
    struct reader r = reader_of(row);
    if (slice_starts(row, slice_make("PGCOPY\n\377\r\n", SIGNATURE))) {
        reader_skip(&r, SIGNATURE + 4);
        reader_skip(&r, reader_be32(&r));
    }
    size_t count = reader_be16(&r);
    for (size_t i = 0; i < count && reader_ok(&r); i++) {
        uint32_t len = reader_be32(&r);
        struct slice cell = len == UINT32_MAX ? slice_make(NULL, 0) : reader_bytes(&r, len);
        if (cell.len)
            give_binary(pg, env, i, slice_part(cell, 0, CELL_MAX));
    }
}

void pg_copy_data(struct pg_session *pg, const struct decoder_env *env,
                  const struct pg_message *message)
{
    struct pg_result *result = &pg->result;
    if (result->copy != PG_COPY_OUT)
        return;
    if (result->copy_binary && message->length == 2)
        return;
    if (result->copy_header) { /* names, no row */
        result->copy_header = false;
        return;
    }
    result->rows++;
    if (!result->watched || !result->wanted)
        return;
    if (result->copy_binary)
        walk_binary(pg, env, message->body);
    else if (looks_like_csv(message->body))
        walk_csv(pg, env, message->body);
    else
        walk_text(pg, env, message->body);
    result->limited |= message->body.len < message->length;
}
