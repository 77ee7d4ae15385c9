/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Column definitions: they tell which tables and columns a result shows, whatever the statement
 * called them, and how the rows are laid out. All definitions of a result are waited for and read
 * at once, where they lie; what is made of them (objects) is kept in memory and made anew only when
 * the definitions differ from the last ones.
 */
#include "collector/decoders/mysql_state.h"

#include "base/hash.h"
#include "collector/decoders/sql.h"

enum { BLOCK_MAX = DECODER_NEED_MAX / 2, DEFINITION_MAX = 65536 };

/* The objects of one result, while they are collected. */
struct collected {
    struct event_object *objects;
    size_t count;
    size_t columns_max; /* room of each object's columns */
    bool limit;
};

static struct slice object_name(const struct mysql_call *call, const struct mysql_column *column)
{
    struct slice schema = column->schema;
    if (schema.len == 0 || slice_equal(schema, mysql_name_slice(&call->m->database)))
        return column->table;
    uint8_t *name = arena_alloc(call->env->scratch, schema.len + 1 + column->table.len);
    if (!name)
        return column->table;
    memcpy(name, schema.ptr, schema.len);
    name[schema.len] = '.';
    memcpy(name + schema.len + 1, column->table.ptr, column->table.len);
    return slice_make(name, schema.len + 1 + column->table.len);
}

static struct event_object *find_object(const struct mysql_call *call, struct collected *c,
                                        struct slice name)
{
    for (size_t i = c->count; i > 0; i--)
        if (slice_equal(c->objects[i - 1].name, name))
            return &c->objects[i - 1];
    struct slice *columns = c->count < EVENT_MAX_OBJECTS
                                ? arena_array(call->env->scratch, c->columns_max, sizeof *columns)
                                : NULL;
    if (!columns) {
        c->limit = true;
        return NULL;
    }
    c->objects[c->count] = (struct event_object){.name = name, .columns = columns};
    return &c->objects[c->count++];
}

static void collect(const struct mysql_call *call, struct collected *c,
                    const struct mysql_column *column)
{
    if (column->table.len == 0)
        return;
    struct event_object *object = find_object(call, c, object_name(call, column));
    if (!object || !column->original)
        return;
    for (size_t i = 0; i < object->column_count; i++)
        if (slice_equal(object->columns[i], column->name))
            return;
    if (object->column_count == c->columns_max)
        c->limit = true;
    else
        ((struct slice *)object->columns)[object->column_count++] = column->name;
}

static size_t packed_size(const struct collected *c)
{
    size_t size = 2;
    for (size_t i = 0; i < c->count; i++) {
        size += 4 + c->objects[i].name.len;
        for (size_t j = 0; j < c->objects[i].column_count; j++)
            size += 2 + c->objects[i].columns[j].len;
    }
    return size;
}

static size_t pack_number(uint8_t *to, size_t number)
{
    to[0] = (uint8_t)number;
    to[1] = (uint8_t)(number >> 8);
    return 2;
}

static size_t pack_bytes(uint8_t *to, struct slice bytes)
{
    pack_number(to, bytes.len);
    if (bytes.len)
        memcpy(to + 2, bytes.ptr, bytes.len);
    return 2 + bytes.len;
}

/* In memory: the number of objects, per object its name, the number of its columns, their names. */
static void store_objects(struct mysql_call *call, const struct collected *c)
{
    uint64_t key = session_memory_number_key(MYSQL_MEMORY_OBJECTS, 0);
    uint8_t *packed = arena_alloc(call->env->scratch, packed_size(c));
    session_memory_drop(call->env->memory, key);
    if (!packed)
        return;
    size_t at = pack_number(packed, c->count);
    for (size_t i = 0; i < c->count; i++) {
        at += pack_bytes(packed + at, c->objects[i].name);
        at += pack_number(packed + at, c->objects[i].column_count);
        for (size_t j = 0; j < c->objects[i].column_count; j++)
            at += pack_bytes(packed + at, c->objects[i].columns[j]);
    }
    (void)session_memory_put(call->env->memory, key, slice_make(packed, at),
                             (struct slice){NULL, 0});
}

static struct slice stored_objects(const struct mysql_call *call, bool *found)
{
    return session_memory_get(call->env->memory, session_memory_number_key(MYSQL_MEMORY_OBJECTS, 0),
                              found);
}

static struct slice *read_names(struct mysql_call *call, struct reader *r, size_t count)
{
    struct slice *names = count ? arena_array(call->env->scratch, count, sizeof *names) : NULL;
    for (size_t i = 0; i < count; i++) {
        struct slice name = reader_bytes(r, reader_le16(r));
        if (names)
            names[i] = name;
    }
    return names;
}

size_t mysql_objects_read(struct mysql_call *call, const struct event_object **out)
{
    struct reader r = reader_of(stored_objects(call, NULL));
    size_t count = reader_left(&r) ? reader_le16(&r) : 0;
    struct event_object *objects =
        count ? arena_array(call->env->scratch, count, sizeof *objects) : NULL;
    *out = objects;
    for (size_t i = 0; objects && i < count; i++) {
        struct event_object *object = &objects[i];
        object->name = reader_bytes(&r, reader_le16(&r));
        size_t columns = reader_le16(&r);
        object->columns = read_names(call, &r, columns);
        object->column_count = object->columns ? columns : 0;
    }
    return objects ? count : 0;
}

static void make_objects(struct mysql_call *call, const struct mysql_column *columns, size_t count,
                         uint64_t hash)
{
    struct mysql_answer *answer = &call->m->answer;
    bool found;
    stored_objects(call, &found);
    answer->has_objects = true;
    if (found && call->m->objects_hash == hash)
        return;
    struct collected c = {.columns_max = count < EVENT_MAX_COLUMNS ? count : EVENT_MAX_COLUMNS};
    c.objects = arena_array(call->env->scratch, EVENT_MAX_OBJECTS, sizeof *c.objects);
    for (size_t i = 0; i < count && c.objects; i++)
        collect(call, &c, &columns[i]);
    store_objects(call, &c);
    call->m->objects_hash = c.limit ? 0 : hash;
    answer->gaps |= c.limit ? EVENT_GAP_limit : 0;
}

static void keep_types(struct mysql_answer *answer, const struct mysql_column *columns,
                       size_t count)
{
    memset(answer->unsigned_of, 0, sizeof answer->unsigned_of);
    for (size_t i = 0; i < count && i < RESULT_COLUMNS_MAX; i++) {
        answer->types[i] = columns[i].type;
        if (columns[i].is_unsigned)
            answer->unsigned_of[i / 8] |= (uint8_t)(1u << (i % 8));
    }
}

/* A fetch is of the text of the execution that opened the cursor. */
static struct slice watched_text(const struct mysql_call *call)
{
    const struct mysql_answer *answer = &call->m->answer;
    struct mysql_request request;
    struct slice params;
    uint16_t count;
    return answer->request.command == COM_STMT_FETCH
               ? mysql_cursor_text(call, answer->request.statement, &params, &count)
               : mysql_request_text(call, answer->key, &request, &params);
}

static void begin_watch(struct mysql_call *call, const struct mysql_column *columns, size_t count)
{
    struct mysql_answer *answer = &call->m->answer;
    struct result_column *shown = arena_array(call->env->scratch, count, sizeof *shown);
    if (!shown)
        return;
    for (size_t i = 0; i < count; i++)
        shown[i] = (struct result_column){columns[i].table, columns[i].name};
    size_t next;
    struct slice text = watched_text(call);
    const struct sql_description *said = NULL;
    if (text.len && mysql_command_find(answer->request.command)->sql)
        said =
            sql_describe(call->env->sql, SQL_MYSQL, mysql_statement_text(call, text, true, &next));
    result_watch_begin(&answer->watch, call->env, said ? said->objects : NULL,
                       said ? said->object_count : 0, shown, count);
    answer->watch_open = answer->watched = true;
}

/* `block` holds the packets of `count` definitions. */
static void begin_result(struct mysql_call *call, struct slice block, size_t count)
{
    struct mysql *m = call->m;
    struct mysql_column *columns = arena_array(call->env->scratch, count, sizeof *columns);
    struct reader r = reader_of(block);
    bool ok = columns;
    for (size_t i = 0; i < count && ok; i++) {
        uint32_t len = reader_le24(&r);
        reader_u8(&r);
        struct slice payload = reader_bytes(&r, len);
        ok = mysql_read_column(payload, m->capabilities, m->extended, &columns[i]);
    }
    if (!ok) {
        m->answer.gaps |= EVENT_GAP_limit;
        m->answer.columns = 0;
        return;
    }
    keep_types(&m->answer, columns, count);
    make_objects(call, columns, count,
                 hash64_seeded(block, hash64(mysql_name_slice(&m->database))));
    begin_watch(call, columns, count);
}

static void store_columns(struct mysql_call *call, struct slice block)
{
    const struct mysql_answer *answer = &call->m->answer;
    uint32_t count = answer->columns;
    (void)session_memory_put(
        call->env->memory,
        session_memory_number_key(MYSQL_MEMORY_COLUMNS, answer->request.statement),
        slice_make(&count, sizeof count), block);
}

void mysql_columns_cached(struct mysql_call *call, uint32_t statement)
{
    struct mysql_answer *answer = &call->m->answer;
    struct reader r = reader_of(session_memory_get(
        call->env->memory, session_memory_number_key(MYSQL_MEMORY_COLUMNS, statement), NULL));
    struct slice head = reader_bytes(&r, sizeof(uint32_t));
    uint32_t count = 0;
    if (head.len)
        memcpy(&count, head.ptr, sizeof count);
    struct slice block = arena_copy(call->env->scratch, reader_rest(&r));
    answer->columns = block.len ? count : 0;
    if (block.len)
        begin_result(call, block, count);
    else
        answer->gaps |= mysql_statement_gap(call->m);
}

/* Too many, or too long: the rows are counted only. */
static bool pass_over(struct mysql_call *call)
{
    struct mysql_answer *answer = &call->m->answer;
    reader_skip(&call->in, answer->block_len);
    answer->bytes += answer->block_len;
    answer->left -= answer->block_count;
    answer->block_len = answer->block_count = 0;
    answer->columns = 0;
    answer->gaps |= EVENT_GAP_limit;
    return true;
}

/* Finds more definitions whole; false when the next one is not there. */
static bool find_definitions(struct mysql_call *call)
{
    struct mysql_answer *answer = &call->m->answer;
    struct reader peek = call->in;
    reader_skip(&peek, answer->block_len);
    while (answer->block_count < answer->left) {
        uint32_t len = reader_le24(&peek);
        uint8_t sequence = reader_u8(&peek);
        if (!reader_ok(&peek))
            len = 0;
        else if (len > DEFINITION_MAX)
            return false;
        struct slice payload = reader_bytes(&peek, len);
        if (!reader_ok(&peek)) {
            call->needed = answer->block_len + MYSQL_HEADER + len;
            return false;
        }
        if ((call->m->capabilities & MYSQL_PROTOCOL_41) && !mysql_is_column(payload))
            return false;
        call->m->streams[TO_CLIENT].sequence = sequence;
        answer->block_len += MYSQL_HEADER + len;
        answer->block_count++;
    }
    return true;
}

static void definitions_found(struct mysql_call *call)
{
    struct mysql_answer *answer = &call->m->answer;
    struct slice block = reader_bytes(&call->in, answer->block_len);
    bool cached = call->m->extended & MARIADB_CACHE_METADATA;
    answer->bytes += answer->block_len;
    bool kept = answer->request.cursor ||
                (cached && (answer->preparing || answer->request.command == COM_STMT_EXECUTE));
    if (kept && answer->columns == answer->block_count)
        store_columns(call, block);
    if (answer->columns > 0 && !answer->preparing)
        begin_result(call, block, answer->columns);
}

/* An error in their place, or not what was thought: look at each packet anew. */
static bool not_definitions(struct mysql_call *call)
{
    call->m->answer.expect = MYSQL_EXPECT_END;
    call->m->answer.gaps |= EVENT_GAP_lost_bytes;
    return true;
}

bool mysql_columns_step(struct mysql_call *call)
{
    struct mysql_answer *answer = &call->m->answer;
    if (!find_definitions(call)) {
        if (call->needed == 0)
            return pass_over(call) && not_definitions(call);
        return call->needed > BLOCK_MAX && answer->block_count > 0 && pass_over(call);
    }
    definitions_found(call);
    answer->block_len = answer->block_count = 0;
    answer->left = 0;
    answer->expect = MYSQL_EXPECT_ROWS;
    if (answer->preparing) {
        session_memory_drop(call->env->memory, answer->key);
        answer->active = false;
    }
    return true;
}
