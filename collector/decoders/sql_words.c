/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two tables: the verbs that begin statements, and the words inside them that change what the next
 * name means. A handler answers false when its word is a name after all.
 */
#include "collector/decoders/sql_words.h"

struct verb {
    enum event_action action;
    enum sql_clause clause;
    bool expect_table;
};

#define VERB(key, ...) [SQL_KEY_##key] = {__VA_ARGS__}

/* The action `other` without a clause is also what words get that begin nothing. */
static const struct verb verbs[SQL_KEY_COUNT] = {
    VERB(select, EVENT_ACTION_read, SQL_CLAUSE_SELECT, false),
    VERB(values, EVENT_ACTION_read, SQL_CLAUSE_EXPR, false),
    VERB(table, EVENT_ACTION_read, SQL_CLAUSE_FROM, true),
    VERB(fetch, EVENT_ACTION_read, SQL_CLAUSE_NONE, false),
    VERB(handler, EVENT_ACTION_read, SQL_CLAUSE_TABLES, true),
    VERB(insert, EVENT_ACTION_write, SQL_CLAUSE_TABLES, true),
    VERB(replace, EVENT_ACTION_write, SQL_CLAUSE_TABLES, true),
    VERB(upsert, EVENT_ACTION_write, SQL_CLAUSE_TABLES, true),
    VERB(update, EVENT_ACTION_write, SQL_CLAUSE_TARGETS, true),
    VERB(delete, EVENT_ACTION_write, SQL_CLAUSE_TARGETS, true),
    VERB(merge, EVENT_ACTION_write, SQL_CLAUSE_FROM, true),
    VERB(truncate, EVENT_ACTION_write, SQL_CLAUSE_TABLES, true),
    VERB(create, EVENT_ACTION_create, SQL_CLAUSE_NONE, false),
    VERB(import, EVENT_ACTION_create, SQL_CLAUSE_NONE, false),
    VERB(install, EVENT_ACTION_create, SQL_CLAUSE_NONE, false),
    VERB(alter, EVENT_ACTION_alter, SQL_CLAUSE_NONE, false),
    VERB(rename, EVENT_ACTION_alter, SQL_CLAUSE_NONE, false),
    VERB(comment, EVENT_ACTION_alter, SQL_CLAUSE_NONE, false),
    VERB(reassign, EVENT_ACTION_alter, SQL_CLAUSE_NONE, false),
    VERB(drop, EVENT_ACTION_drop, SQL_CLAUSE_NONE, false),
    VERB(uninstall, EVENT_ACTION_drop, SQL_CLAUSE_NONE, false),
    VERB(grant, EVENT_ACTION_grant, SQL_CLAUSE_NONE, false),
    VERB(revoke, EVENT_ACTION_revoke, SQL_CLAUSE_NONE, false),
    VERB(call, EVENT_ACTION_call, SQL_CLAUSE_EXPR, false),
    VERB(exec, EVENT_ACTION_call, SQL_CLAUSE_NONE, false),
    VERB(execute, EVENT_ACTION_call, SQL_CLAUSE_NONE, false),
    VERB(do, EVENT_ACTION_call, SQL_CLAUSE_EXPR, false),
    VERB(copy, EVENT_ACTION_other, SQL_CLAUSE_TABLES, true),
    VERB(load, EVENT_ACTION_copy_in, SQL_CLAUSE_TABLES, false),
    VERB(unload, EVENT_ACTION_copy_out, SQL_CLAUSE_NONE, false),
    VERB(set, EVENT_ACTION_set, SQL_CLAUSE_NONE, false),
    VERB(reset, EVENT_ACTION_set, SQL_CLAUSE_NONE, false),
    VERB(change, EVENT_ACTION_set, SQL_CLAUSE_NONE, false),
    VERB(use, EVENT_ACTION_use, SQL_CLAUSE_NONE, false),
    VERB(kill, EVENT_ACTION_kill, SQL_CLAUSE_NONE, false),
    VERB(describe, EVENT_ACTION_other, SQL_CLAUSE_TABLES, true),
    VERB(desc, EVENT_ACTION_other, SQL_CLAUSE_TABLES, true),
    VERB(lock, EVENT_ACTION_other, SQL_CLAUSE_TABLES, true),
    VERB(show, EVENT_ACTION_other, SQL_CLAUSE_NONE, false),
};

typedef bool word_handler(struct sql_analysis *a, struct sql_frame *f);

static struct sql_token peek(const struct sql_analysis *a)
{
    return sql_lexer_peek(&a->lexer);
}

static enum sql_keyword peek_key(const struct sql_analysis *a)
{
    struct sql_token next = peek(a);
    return next.kind == SQL_TOKEN_WORD ? sql_keyword_find(next.text) : SQL_KEY_NONE;
}

static bool peek_is(const struct sql_analysis *a, char op)
{
    struct sql_token next = peek(a);
    return sql_token_is(&next, op);
}

static void enter(struct sql_frame *f, enum sql_clause clause, bool expect_table)
{
    f->clause = clause;
    f->expect_table = expect_table;
    f->may_alias = f->as_name = f->operand = f->skip_name = f->prefix = f->assign = false;
}

static void raise_action(struct sql_analysis *a, enum event_action action)
{
    a->statement_action = sql_stronger(a->statement_action, action);
}

static bool is_definition(enum sql_keyword verb)
{
    return verb == SQL_KEY_create || verb == SQL_KEY_alter || verb == SQL_KEY_drop ||
           verb == SQL_KEY_rename || verb == SQL_KEY_comment;
}

static bool is_permission(enum sql_keyword verb)
{
    return verb == SQL_KEY_grant || verb == SQL_KEY_revoke;
}

static bool is_fetch(enum sql_keyword verb)
{
    return verb == SQL_KEY_fetch || verb == SQL_KEY_prepare || verb == SQL_KEY_execute ||
           verb == SQL_KEY_show || verb == SQL_KEY_set || verb == SQL_KEY_use;
}

/* --- the first word of a statement --- */

static void take_prepared_name(struct sql_analysis *a)
{
    struct sql_token name = peek(a);
    if (name.kind == SQL_TOKEN_WORD && sql_keyword_find(name.text) == SQL_KEY_prepare) {
        struct sql_lexer ahead = a->lexer; /* DEALLOCATE PREPARE name */
        sql_lexer_next(&ahead);
        name = sql_lexer_next(&ahead);
    }
    if (sql_token_is_name(&name) && a->prepared.len == 0)
        a->prepared = name.text;
}

/* Words before the verb; the verb is still to come. */
static bool prefix_word(struct sql_analysis *a, struct sql_frame *f, enum sql_keyword key)
{
    switch (key) {
    case SQL_KEY_explain:
        a->explain = true;
        return true;
    case SQL_KEY_analyze: /* MariaDB: ANALYZE SELECT; PostgreSQL: EXPLAIN ANALYZE */
        a->analyze = true;
        return true;
    case SQL_KEY_prepare:
        a->prepare = a->key != SQL_KEY_deallocate;
        take_prepared_name(a);
        return true;
    case SQL_KEY_with:
        f->cte = SQL_CTE_NAME;
        return true;
    default:
        return false;
    }
}

static bool is_verb(enum sql_keyword key)
{
    return verbs[key].action != EVENT_ACTION_other || verbs[key].clause != SQL_CLAUSE_NONE ||
           key == SQL_KEY_show;
}

/* In MySQL DESCRIBE before a statement is EXPLAIN. */
static bool describes_statement(const struct sql_analysis *a, enum sql_keyword key)
{
    enum sql_keyword next = peek_key(a);
    return (key == SQL_KEY_desc || key == SQL_KEY_describe) &&
           (next == SQL_KEY_select || next == SQL_KEY_update || next == SQL_KEY_delete ||
            next == SQL_KEY_insert || next == SQL_KEY_analyze);
}

/* A word that is no verb (BEGIN, DECLARE c CURSOR FOR, ...) is passed over until a verb comes. */
static bool first_word(struct sql_analysis *a, struct sql_frame *f, enum sql_keyword key)
{
    if (prefix_word(a, f, describes_statement(a, key) ? SQL_KEY_explain : key))
        return true;
    if (key == SQL_KEY_deallocate)
        take_prepared_name(a);
    if (!is_verb(key))
        return true;
    const struct verb *verb = &verbs[key];
    f->verb = key;
    f->cte = SQL_CTE_NONE;
    enter(f, verb->clause, verb->expect_table);
    raise_action(a, verb->action);
    if (key == SQL_KEY_table)
        a->star = true;
    if (key == SQL_KEY_execute)
        take_prepared_name(a);
    return true;
}

/* --- words inside a statement --- */

static bool on_skip(struct sql_analysis *a, struct sql_frame *f)
{
    (void)a;
    f->skip_name = true;
    f->operand = false;
    return true;
}

static bool on_select(struct sql_analysis *a, struct sql_frame *f)
{
    bool policy = f->verb == SQL_KEY_create && a->key == SQL_KEY_for;
    if (is_permission(f->verb) || policy)
        return true;
    sql_block_restart(a);
    enter(f, SQL_CLAUSE_SELECT, false);
    raise_action(a, EVENT_ACTION_read);
    return true;
}

/* IS [NOT] DISTINCT FROM; EXTRACT(x FROM y), SUBSTRING(x FROM 2), TRIM(BOTH FROM x) */
static bool is_other_from(const struct sql_analysis *a, const struct sql_frame *f)
{
    bool distinct =
        a->key == SQL_KEY_distinct && (a->key_before == SQL_KEY_is || a->key_before == SQL_KEY_not);
    return distinct || f->kind != SQL_FRAME_QUERY;
}

static bool shows_table(enum sql_keyword key)
{
    return key == SQL_KEY_columns || key == SQL_KEY_fields || key == SQL_KEY_index ||
           key == SQL_KEY_indexes || key == SQL_KEY_keys;
}

static bool on_from(struct sql_analysis *a, struct sql_frame *f)
{
    if (f->verb == SQL_KEY_copy) {
        enter(f, SQL_CLAUSE_NONE, false);
        raise_action(a, EVENT_ACTION_copy_in);
    } else if (f->verb == SQL_KEY_show) {
        enter(f, SQL_CLAUSE_TABLES, shows_table(a->key));
    } else if (is_permission(f->verb) || is_fetch(f->verb)) {
        enter(f, SQL_CLAUSE_NONE, false);
    } else if (is_other_from(a, f)) {
        f->operand = false;
    } else {
        enter(f, SQL_CLAUSE_FROM, true);
    }
    return true;
}

/* STRAIGHT_JOIN may also stand before a select list. */
static bool on_join(struct sql_analysis *a, struct sql_frame *f)
{
    (void)a;
    if (f->clause != SQL_CLAUSE_SELECT)
        enter(f, SQL_CLAUSE_FROM, true);
    return true;
}

static bool on_into(struct sql_analysis *a, struct sql_frame *f)
{
    if (f->verb != SQL_KEY_select) {
        enter(f, f->verb == SQL_KEY_merge ? SQL_CLAUSE_FROM : SQL_CLAUSE_TABLES,
              !is_fetch(f->verb));
        return true;
    }
    enum sql_keyword next = peek_key(a);
    if (next == SQL_KEY_outfile || next == SQL_KEY_dumpfile) {
        raise_action(a, EVENT_ACTION_copy_out);
        enter(f, SQL_CLAUSE_NONE, false);
    } else if (peek(a).kind == SQL_TOKEN_VARIABLE || a->names.dialect == SQL_MYSQL) {
        enter(f, SQL_CLAUSE_NONE, false);
    } else {
        raise_action(a, EVENT_ACTION_create);
        enter(f, SQL_CLAUSE_TABLES, true);
    }
    return true;
}

static bool on_values(struct sql_analysis *a, struct sql_frame *f)
{
    (void)a;
    enter(f, SQL_CLAUSE_EXPR, false);
    return true;
}

static bool on_where(struct sql_analysis *a, struct sql_frame *f)
{
    (void)a;
    enter(f, SQL_CLAUSE_EXPR, false);
    return true;
}

/* LOAD DATA has CHARACTER SET name as well as SET column = value. */
static bool assigns(const struct sql_analysis *a)
{
    struct sql_lexer ahead = a->lexer;
    sql_lexer_next(&ahead);
    struct sql_token then = sql_lexer_next(&ahead);
    return sql_token_is(&then, '=');
}

static bool on_set(struct sql_analysis *a, struct sql_frame *f)
{
    if (f->verb == SQL_KEY_load && !assigns(a))
        return on_skip(a, f);
    enter(f, is_definition(f->verb) ? SQL_CLAUSE_NONE : SQL_CLAUSE_EXPR, false);
    f->assign = f->verb == SQL_KEY_update;
    return true;
}

static bool on_late(struct sql_analysis *a, struct sql_frame *f)
{
    (void)a;
    bool query = f->kind == SQL_FRAME_QUERY && f->clause != SQL_CLAUSE_NONE;
    enter(f, query ? SQL_CLAUSE_LATE : f->clause, false);
    return true;
}

static bool on_limit(struct sql_analysis *a, struct sql_frame *f)
{
    (void)a;
    enter(f, f->clause == SQL_CLAUSE_NONE ? SQL_CLAUSE_NONE : SQL_CLAUSE_EXPR, false);
    return true;
}

/* FOR UPDATE OF t, WINDOW w AS, FETCH NEXT 5 ROWS; in a function: SUBSTRING(x FOR 2). A table may
 * still be joined behind FOR SYSTEM_TIME. */
static bool on_tail(struct sql_analysis *a, struct sql_frame *f)
{
    (void)a;
    if (f->kind == SQL_FRAME_QUERY && f->clause != SQL_CLAUSE_FROM)
        enter(f, SQL_CLAUSE_NONE, false);
    f->operand = f->may_alias = false;
    return true;
}

static bool on_returning(struct sql_analysis *a, struct sql_frame *f)
{
    (void)a;
    enter(f, SQL_CLAUSE_SELECT, false);
    return true;
}

/* The object of a GRANT: a table unless another kind is named. */
static void enter_granted(struct sql_analysis *a, struct sql_frame *f)
{
    enum sql_keyword kind = peek_key(a);
    bool other = kind == SQL_KEY_function || kind == SQL_KEY_procedure || kind == SQL_KEY_schema ||
                 kind == SQL_KEY_database || kind == SQL_KEY_sequence || kind == SQL_KEY_all ||
                 kind == SQL_KEY_type || kind == SQL_KEY_routine || kind == SQL_KEY_foreign;
    enter(f, SQL_CLAUSE_TABLES, !other);
}

static bool definition_on(struct sql_analysis *a, struct sql_frame *f)
{
    enum sql_keyword next = peek_key(a);
    bool names_table = (f->verb == SQL_KEY_create || f->verb == SQL_KEY_drop) &&
                       next != SQL_KEY_delete && next != SQL_KEY_update && next != SQL_KEY_commit &&
                       next != SQL_KEY_conflict && f->kind == SQL_FRAME_QUERY;
    if (names_table && !slice_equal_nocase(peek(a).text, SLICE("schedule")))
        enter(f, SQL_CLAUSE_TABLES, true);
    return true;
}

static bool on_on(struct sql_analysis *a, struct sql_frame *f)
{
    if (is_permission(f->verb) && f->clause != SQL_CLAUSE_TABLES)
        enter_granted(a, f);
    else if (is_definition(f->verb) && f->clause != SQL_CLAUSE_FROM)
        return definition_on(a, f);
    else if (f->clause == SQL_CLAUSE_SELECT)
        f->prefix = true; /* DISTINCT ON (...) */
    else
        enter(f, f->clause == SQL_CLAUSE_FROM ? SQL_CLAUSE_ON : SQL_CLAUSE_EXPR, false);
    return true;
}

static bool on_using(struct sql_analysis *a, struct sql_frame *f)
{
    if (f->verb == SQL_KEY_merge || (f->verb == SQL_KEY_delete && !peek_is(a, '(')))
        enter(f, SQL_CLAUSE_FROM, true);
    else if (f->clause == SQL_CLAUSE_FROM)
        f->may_alias = f->operand = false;
    return true;
}

static bool on_as(struct sql_analysis *a, struct sql_frame *f)
{
    (void)a;
    f->as_name = true;
    f->operand = false;
    return true;
}

static bool on_to(struct sql_analysis *a, struct sql_frame *f)
{
    if (f->verb == SQL_KEY_copy)
        raise_action(a, EVENT_ACTION_copy_out);
    if (f->verb == SQL_KEY_grant)
        a->grants = true;
    if (f->verb == SQL_KEY_copy || is_permission(f->verb) || is_definition(f->verb))
        enter(f, SQL_CLAUSE_NONE, false);
    return true;
}

static bool on_table_word(struct sql_analysis *a, struct sql_frame *f)
{
    bool other = f->kind != SQL_FRAME_QUERY || (a->routine && f->verb == SQL_KEY_create) ||
                 f->clause == SQL_CLAUSE_SELECT || f->clause == SQL_CLAUSE_EXPR;
    if (!other && (f->clause != SQL_CLAUSE_FROM || f->expect_table))
        enter(f, f->clause == SQL_CLAUSE_NONE ? SQL_CLAUSE_TABLES : f->clause, true);
    return true;
}

static bool on_view_word(struct sql_analysis *a, struct sql_frame *f)
{
    if (!is_definition(f->verb) || a->depth > 0 || f->clause != SQL_CLAUSE_NONE)
        return false;
    return on_table_word(a, f);
}

/* CREATE TABLE a LIKE b, CREATE TABLE a (LIKE b) */
static bool on_like(struct sql_analysis *a, struct sql_frame *f)
{
    if (f->item_start) {
        f->item_start = false;
        f->expect_table = true;
        return true;
    }
    if (a->depth == 0 && f->verb == SQL_KEY_create && f->may_alias)
        enter(f, SQL_CLAUSE_TABLES, true);
    f->operand = false;
    return true;
}

/* CREATE FUNCTION, PROCEDURE, TRIGGER, EVENT: a body of statements may follow. */
static bool on_routine_word(struct sql_analysis *a, struct sql_frame *f)
{
    if (f->verb != SQL_KEY_create || a->depth > 0 || f->clause != SQL_CLAUSE_NONE)
        return false;
    a->routine = true;
    return true;
}

/* In the body of a routine a statement begins behind BEGIN, THEN, ELSE and DO. */
static bool in_body(const struct sql_analysis *a)
{
    return a->routine && a->depth == 0;
}

static bool on_then(struct sql_analysis *a, struct sql_frame *f)
{
    f->operand = false;
    if (in_body(a))
        sql_statement_end(a);
    return true;
}

static bool on_begin(struct sql_analysis *a, struct sql_frame *f)
{
    (void)f;
    if (!in_body(a))
        return false;
    sql_statement_end(a);
    return true;
}

static bool on_top(struct sql_analysis *a, struct sql_frame *f)
{
    (void)a;
    f->prefix = true;
    return true;
}

static bool on_operand(struct sql_analysis *a, struct sql_frame *f)
{
    (void)a;
    f->operand = true;
    f->may_alias = f->expect_table = false;
    return true;
}

/* Words that only an expression of ON CONFLICT, MERGE or a window has. */
static bool on_noise(struct sql_analysis *a, struct sql_frame *f)
{
    bool conflict = a->key == SQL_KEY_on || a->key == SQL_KEY_do || a->key == SQL_KEY_conflict;
    bool merge = f->verb == SQL_KEY_merge && (a->key == SQL_KEY_when || a->key == SQL_KEY_not);
    return conflict || merge;
}

static bool on_do(struct sql_analysis *a, struct sql_frame *f)
{
    return f->verb == SQL_KEY_insert || on_begin(a, f);
}

static bool on_analyze(struct sql_analysis *a, struct sql_frame *f)
{
    a->analyze |= a->explain;
    (void)f;
    return true;
}

/* RENAME TABLE a TO b, LOCK TABLES a READ */
static bool on_tables(struct sql_analysis *a, struct sql_frame *f)
{
    if (f->verb != SQL_KEY_lock || f->clause != SQL_CLAUSE_TABLES)
        return false;
    return on_table_word(a, f);
}

static bool on_password(struct sql_analysis *a, struct sql_frame *f)
{
    if (a->frames[0].verb == SQL_KEY_set && a->key == SQL_KEY_set)
        raise_action(a, EVENT_ACTION_alter);
    return f->clause == SQL_CLAUSE_NONE;
}

static word_handler *const handlers[SQL_KEY_COUNT] = {
    [SQL_KEY_select] = on_select,
    [SQL_KEY_from] = on_from,
    [SQL_KEY_join] = on_join,
    [SQL_KEY_straight_join] = on_join,
    [SQL_KEY_into] = on_into,
    [SQL_KEY_values] = on_values,
    [SQL_KEY_where] = on_where,
    [SQL_KEY_set] = on_set,
    [SQL_KEY_group] = on_late,
    [SQL_KEY_order] = on_late,
    [SQL_KEY_having] = on_late,
    [SQL_KEY_limit] = on_limit,
    [SQL_KEY_for] = on_tail,
    [SQL_KEY_window] = on_tail,
    [SQL_KEY_fetch] = on_tail,
    [SQL_KEY_returning] = on_returning,
    [SQL_KEY_on] = on_on,
    [SQL_KEY_using] = on_using,
    [SQL_KEY_as] = on_as,
    [SQL_KEY_to] = on_to,
    [SQL_KEY_table] = on_table_word,
    [SQL_KEY_tables] = on_tables,
    [SQL_KEY_view] = on_view_word,
    [SQL_KEY_like] = on_like,
    [SQL_KEY_function] = on_routine_word,
    [SQL_KEY_procedure] = on_routine_word,
    [SQL_KEY_trigger] = on_routine_word,
    [SQL_KEY_event] = on_routine_word,
    [SQL_KEY_begin] = on_begin,
    [SQL_KEY_then] = on_then,
    [SQL_KEY_else] = on_then,
    [SQL_KEY_do] = on_do,
    [SQL_KEY_end] = on_operand,
    [SQL_KEY_null] = on_operand,
    [SQL_KEY_true] = on_operand,
    [SQL_KEY_false] = on_operand,
    [SQL_KEY_default] = on_operand,
    [SQL_KEY_unbounded] = on_operand,
    [SQL_KEY_current] = on_operand,
    [SQL_KEY_current_date] = on_operand,
    [SQL_KEY_current_time] = on_operand,
    [SQL_KEY_current_timestamp] = on_operand,
    [SQL_KEY_current_user] = on_operand,
    [SQL_KEY_session_user] = on_operand,
    [SQL_KEY_localtime] = on_operand,
    [SQL_KEY_localtimestamp] = on_operand,
    [SQL_KEY_isnull] = on_operand,
    [SQL_KEY_notnull] = on_operand,
    [SQL_KEY_asc] = on_operand,
    [SQL_KEY_desc] = on_operand,
    [SQL_KEY_top] = on_top,
    [SQL_KEY_over] = on_skip,
    [SQL_KEY_collate] = on_skip,
    [SQL_KEY_constraint] = on_skip,
    [SQL_KEY_conflict] = on_noise,
    [SQL_KEY_duplicate] = on_noise,
    [SQL_KEY_nothing] = on_noise,
    [SQL_KEY_matched] = on_noise,
    [SQL_KEY_analyze] = on_analyze,
    [SQL_KEY_password] = on_password,
};

/* Between TABLE (or FROM, INTO ...) and the name stand words such as IF NOT EXISTS, ONLY, IGNORE.
 */
static bool is_filler(const struct sql_analysis *a, const struct sql_frame *f)
{
    struct sql_token next = peek(a);
    return f->expect_table && (sql_token_is_name(&next) || next.kind == SQL_TOKEN_STRING);
}

static bool constraint_item(enum sql_keyword key)
{
    return key == SQL_KEY_fulltext || key == SQL_KEY_spatial || key == SQL_KEY_partition;
}

static bool is_soft_name(const struct sql_analysis *a, const struct sql_frame *f,
                         enum sql_keyword key)
{
    if (sql_keyword_reserved(key))
        return false;
    if (f->skip_name || f->as_name)
        return true;
    return f->cte == SQL_CTE_NAME && !(key == SQL_KEY_recursive && a->key == SQL_KEY_with);
}

static bool reserved_word(struct sql_frame *f, bool reserved)
{
    if (!reserved)
        return false;
    f->operand = f->may_alias = f->as_name = f->item_start = false;
    return true;
}

bool sql_word(struct sql_analysis *a, enum sql_keyword key)
{
    struct sql_frame *f = &a->frames[a->depth];
    bool reserved = sql_keyword_reserved(key);
    if (is_soft_name(a, f, key))
        return false;
    if (f->cte == SQL_CTE_NAME && key == SQL_KEY_recursive)
        return f->recursive = true;
    if (f->cte == SQL_CTE_AS &&
        (key == SQL_KEY_as || key == SQL_KEY_not || key == SQL_KEY_materialized))
        return true;
    if (f->kind == SQL_FRAME_QUERY && !f->verb)
        return first_word(a, f, key);
    if (f->kind == SQL_FRAME_IGNORED)
        return true;
    if (f->item_start && constraint_item(key)) {
        f->item_start = false;
        return true;
    }
    if (!reserved && is_filler(a, f) && key != SQL_KEY_table)
        return true;
    if (handlers[key] && !(f->item_start && !reserved) && handlers[key](a, f))
        return true;
    return reserved_word(f, reserved);
}
