/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tables, columns and aliases of query blocks.
 */
#include "collector/decoders/sql_names.h"

void sql_names_init(struct sql_names *names, enum sql_dialect dialect)
{
    names->dialect = dialect;
    names->used = (struct sql_mark){0};
    names->object_count = names->column_count = 0;
    names->limit = false;
    names->pool_used = 0;
}

/* --- the text of names --- */

static bool is_quote(uint8_t c)
{
    return c == '"' || c == '`' || c == '[';
}

/* What stands between the quotes; `quote` is 0 for a plain name. */
static struct slice inside_quotes(struct slice raw, uint8_t *quote)
{
    *quote = 0;
    if (raw.len > 3 && raw.ptr[1] == '&' && raw.ptr[2] == '"')
        raw = slice_part(raw, 2, SIZE_MAX);
    if (raw.len == 0 || !is_quote(raw.ptr[0]))
        return raw;
    *quote = raw.ptr[0] == '[' ? ']' : raw.ptr[0];
    struct slice inside = slice_part(raw, 1, SIZE_MAX);
    if (inside.len > 0 && inside.ptr[inside.len - 1] == *quote)
        inside.len--;
    return inside;
}

/* Alike enough for an alias: dialects differ in case rules, people seldom have two that differ so.
 */
static bool same_name(struct slice a, struct slice b)
{
    uint8_t quote;
    return slice_equal_nocase(inside_quotes(a, &quote), inside_quotes(b, &quote));
}

static void pool_byte(struct sql_names *names, uint8_t c)
{
    if (names->pool_used < SQL_POOL_SIZE)
        names->pool[names->pool_used++] = c;
    else
        names->limit = true;
}

static void pool_part(struct sql_names *names, struct slice raw)
{
    uint8_t quote;
    struct slice text = inside_quotes(raw, &quote);
    bool fold = quote == 0 && names->dialect == SQL_POSTGRESQL;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (fold && c >= 'A' && c <= 'Z')
            c = (uint8_t)(c | 0x20);
        pool_byte(names, c);
        if (quote && c == quote && i + 1 < text.len && text.ptr[i + 1] == quote)
            i++;
    }
}

static struct slice pool_since(const struct sql_names *names, size_t from)
{
    return slice_make(names->pool + from, names->pool_used - from);
}

/* --- results --- */

static int object_index(struct sql_names *names, const struct sql_name *name)
{
    size_t from = names->pool_used;
    for (unsigned i = 0; i < name->count; i++) {
        if (i > 0)
            pool_byte(names, '.');
        pool_part(names, name->parts[i]);
    }
    if (name->star) {
        pool_byte(names, '.');
        pool_byte(names, '*');
    }
    struct slice text = pool_since(names, from);
    for (unsigned i = 0; i < names->object_count; i++) {
        if (slice_equal(names->objects[i], text)) {
            names->pool_used = from;
            return (int)i;
        }
    }
    if (text.len == 0 || names->object_count == EVENT_MAX_OBJECTS) {
        names->limit |= text.len > 0;
        names->pool_used = from;
        return -1;
    }
    names->objects[names->object_count] = text;
    return (int)names->object_count++;
}

static void add_result_column(struct sql_names *names, int object, struct slice raw)
{
    if (object < 0)
        return;
    size_t from = names->pool_used;
    pool_part(names, raw);
    struct slice text = pool_since(names, from);
    unsigned same_object = 0;
    for (unsigned i = 0; i < names->column_count; i++) {
        if (names->columns[i].object != object)
            continue;
        same_object++;
        if (slice_equal(names->columns[i].name, text)) {
            names->pool_used = from;
            return;
        }
    }
    if (names->column_count == SQL_COLUMNS_MAX || same_object == EVENT_MAX_COLUMNS) {
        names->limit = true;
        names->pool_used = from;
        return;
    }
    names->columns[names->column_count++] = (struct sql_column){object, text};
}

/* --- collecting --- */

static bool is_cte(const struct sql_names *names, const struct sql_name *name)
{
    if (name->count != 1)
        return false;
    for (unsigned i = 0; i < names->used.ctes; i++)
        if (same_name(names->ctes[i], name->parts[0]))
            return true;
    return false;
}

static void push_table(struct sql_names *names, struct sql_table table)
{
    if (names->used.tables == SQL_TABLES_MAX)
        names->limit = true;
    else
        names->tables[names->used.tables++] = table;
}

void sql_names_add_table(struct sql_names *names, const struct sql_name *name, bool deferred)
{
    bool cte = is_cte(names, name);
    int object = cte || deferred ? -1 : object_index(names, name);
    push_table(names,
               (struct sql_table){.name = *name, .object = object, .deferred = deferred && !cte});
}

void sql_names_add_object(struct sql_names *names, const struct sql_name *name)
{
    object_index(names, name);
}

void sql_names_add_derived(struct sql_names *names)
{
    push_table(names, (struct sql_table){.object = -1});
}

void sql_names_set_alias(struct sql_names *names, const struct sql_mark *block, struct slice alias)
{
    if (names->used.tables > block->tables)
        names->tables[names->used.tables - 1].alias = alias;
}

void sql_names_add_column(struct sql_names *names, const struct sql_name *name, bool late)
{
    if (names->used.references == SQL_REFERENCES_MAX) {
        names->limit = true;
        return;
    }
    struct sql_reference *reference = &names->references[names->used.references++];
    *reference = (struct sql_reference){.name = name->parts[name->count - 1], .late = late};
    if (name->count > 1)
        reference->qualifier = name->parts[name->count - 2];
}

static struct slice table_label(const struct sql_table *table)
{
    if (table->alias.len || table->name.count == 0)
        return table->alias;
    return table->name.parts[table->name.count - 1];
}

void sql_names_add_target_column(struct sql_names *names, const struct sql_mark *block,
                                 const struct sql_name *name)
{
    struct sql_name full = *name;
    if (name->count == 1 && names->used.tables > block->tables) {
        full.parts[0] = table_label(&names->tables[block->tables]);
        full.parts[1] = name->parts[0];
        full.count = 2;
    }
    sql_names_add_column(names, &full, false);
}

void sql_names_add_label(struct sql_names *names, struct slice label)
{
    if (names->used.aliases < SQL_ALIASES_MAX)
        names->aliases[names->used.aliases++] = label;
}

void sql_names_add_cte(struct sql_names *names, struct slice name)
{
    if (names->used.ctes < SQL_CTES_MAX)
        names->ctes[names->used.ctes++] = name;
    else
        names->limit = true;
}

/* --- resolving --- */

/* Is this target only the alias that another table of the block declares? */
static bool is_alias_of_other(const struct sql_names *names, const struct sql_mark *block,
                              const struct sql_table *target)
{
    if (target->name.count != 1 || target->alias.len)
        return false;
    for (unsigned i = block->tables; i < names->used.tables; i++)
        if (names->tables[i].alias.len && same_name(names->tables[i].alias, target->name.parts[0]))
            return true;
    return false;
}

/* Turns deferred targets into objects, and drops those that were aliases. */
static void settle_targets(struct sql_names *names, const struct sql_mark *block)
{
    unsigned kept = block->tables;
    for (unsigned i = block->tables; i < names->used.tables; i++) {
        struct sql_table table = names->tables[i];
        if (table.deferred && is_alias_of_other(names, block, &names->tables[i]))
            continue;
        if (table.deferred)
            table.object = object_index(names, &table.name);
        table.deferred = false;
        names->tables[kept++] = table;
    }
    names->used.tables = kept;
}

static const struct sql_table *find_table(const struct sql_names *names,
                                          const struct sql_mark *block, struct slice label)
{
    for (unsigned i = block->tables; i < names->used.tables; i++)
        if (same_name(table_label(&names->tables[i]), label))
            return &names->tables[i];
    return NULL;
}

static bool is_label(const struct sql_names *names, const struct sql_mark *block, struct slice name)
{
    for (unsigned i = block->aliases; i < names->used.aliases; i++)
        if (same_name(names->aliases[i], name))
            return true;
    return false;
}

/* A bare column belongs to the only table there is; among several only the server knows. */
static bool resolve_bare(struct sql_names *names, const struct sql_mark *block,
                         const struct sql_reference *reference)
{
    if (names->used.tables == block->tables)
        return false;
    bool one = names->used.tables == block->tables + 1;
    if (one && !(reference->late && is_label(names, block, reference->name)))
        add_result_column(names, names->tables[block->tables].object, reference->name);
    return true;
}

static bool resolve_one(struct sql_names *names, const struct sql_mark *block,
                        const struct sql_reference *reference)
{
    if (reference->qualifier.len == 0)
        return resolve_bare(names, block, reference);
    const struct sql_table *table = find_table(names, block, reference->qualifier);
    if (!table)
        return false;
    add_result_column(names, table->object, reference->name);
    return true;
}

void sql_names_resolve(struct sql_names *names, const struct sql_mark *block, bool outermost)
{
    settle_targets(names, block);
    unsigned kept = block->references;
    for (unsigned i = block->references; i < names->used.references; i++) {
        struct sql_reference reference = names->references[i];
        if (!resolve_one(names, block, &reference) && !outermost)
            names->references[kept++] = reference;
    }
    names->used.references = kept;
    names->used.tables = block->tables;
    names->used.aliases = block->aliases;
}
