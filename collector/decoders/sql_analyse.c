/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The walk over a statement's tokens: parentheses, names and punctuation. What the single words do
 * stands in sql_words.c.
 */
#include "collector/decoders/sql_analyse.h"

#include "collector/decoders/sql_words.h"

static const uint8_t strength[EVENT_ACTION_COUNT] = {
    [EVENT_ACTION_use] = 1,     [EVENT_ACTION_set] = 1,     [EVENT_ACTION_prepare] = 2,
    [EVENT_ACTION_read] = 3,    [EVENT_ACTION_call] = 4,    [EVENT_ACTION_kill] = 5,
    [EVENT_ACTION_write] = 6,   [EVENT_ACTION_copy_in] = 7, [EVENT_ACTION_copy_out] = 8,
    [EVENT_ACTION_create] = 9,  [EVENT_ACTION_alter] = 10,  [EVENT_ACTION_drop] = 11,
    [EVENT_ACTION_revoke] = 12, [EVENT_ACTION_grant] = 13,
};

enum event_action sql_stronger(enum event_action first, enum event_action second)
{
    return strength[second] > strength[first] ? second : first;
}

static struct sql_frame *top(struct sql_analysis *a)
{
    return &a->frames[a->depth];
}

/* --- statements --- */

void sql_block_restart(struct sql_analysis *a)
{
    /* Only parentheses may stand between us and the block that owns the names. */
    sql_names_resolve(&a->names, &top(a)->block, a->depth == 0);
}

static enum event_action statement_result(const struct sql_analysis *a)
{
    if (a->prepare)
        return EVENT_ACTION_prepare;
    if (a->explain && !a->analyze)
        return EVENT_ACTION_other;
    return a->statement_action;
}

static void statement_start(struct sql_analysis *a)
{
    a->frames[0] = (struct sql_frame){.kind = SQL_FRAME_QUERY};
    a->depth = 0;
    a->too_deep = 0;
    a->statement_action = EVENT_ACTION_other;
    a->explain = a->analyze = a->prepare = a->password_column = false;
}

void sql_statement_end(struct sql_analysis *a)
{
    while (a->depth > 0)
        sql_frame_close(a);
    sql_names_resolve(&a->names, &a->frames[0].block, true);
    a->names.used = (struct sql_mark){0};
    if (!a->routine || a->statement_action == EVENT_ACTION_create)
        a->action = sql_stronger(a->action, statement_result(a));
    statement_start(a);
}

/* --- parentheses --- */

static bool begins_query(enum sql_keyword key)
{
    return key == SQL_KEY_select || key == SQL_KEY_with || key == SQL_KEY_values ||
           key == SQL_KEY_table || key == SQL_KEY_insert || key == SQL_KEY_update ||
           key == SQL_KEY_delete || key == SQL_KEY_merge;
}

static enum sql_keyword peek_key(const struct sql_analysis *a)
{
    struct sql_token next = sql_lexer_peek(&a->lexer);
    return next.kind == SQL_TOKEN_WORD ? sql_keyword_find(next.text) : SQL_KEY_NONE;
}

static bool opens_ignored(const struct sql_analysis *a, const struct sql_frame *outer)
{
    if (outer->kind == SQL_FRAME_IGNORED || outer->cte == SQL_CTE_AS)
        return true;
    if (outer->clause == SQL_CLAUSE_FROM || outer->clause == SQL_CLAUSE_ON)
        return a->key == SQL_KEY_using || a->key == SQL_KEY_index || a->key == SQL_KEY_key ||
               a->key == SQL_KEY_partition || a->key == SQL_KEY_with ||
               a->key == SQL_KEY_tablesample;
    return outer->kind == SQL_FRAME_COLUMNS;
}

static bool creates_columns(const struct sql_analysis *a, const struct sql_frame *outer)
{
    return a->depth == 0 && outer->verb == SQL_KEY_create && !a->routine && outer->may_alias &&
           outer->clause == SQL_CLAUSE_TABLES;
}

static enum sql_frame_kind frame_kind(const struct sql_analysis *a, const struct sql_frame *outer)
{
    enum sql_keyword next = peek_key(a);
    if (begins_query(next) && outer->kind != SQL_FRAME_COLUMNS)
        return SQL_FRAME_QUERY;
    if (opens_ignored(a, outer))
        return SQL_FRAME_IGNORED;
    if (creates_columns(a, outer))
        return SQL_FRAME_COLUMNS;
    return a->name_before && !outer->may_alias ? SQL_FRAME_CALL : SQL_FRAME_GROUP;
}

/* Parentheses hold columns, unless names mean nothing around them: GRANT SELECT (a, b) ON t. */
static enum sql_clause inner_clause(const struct sql_frame *outer)
{
    if (outer->verb == SQL_KEY_grant || outer->verb == SQL_KEY_revoke)
        return SQL_CLAUSE_EXPR;
    if (outer->clause == SQL_CLAUSE_NONE || outer->clause == SQL_CLAUSE_LATE)
        return outer->clause;
    return SQL_CLAUSE_EXPR;
}

/* A group in a join goes on expecting tables; in anything else it holds an expression. */
static struct sql_frame inner_frame(const struct sql_analysis *a, const struct sql_frame *outer,
                                    enum sql_frame_kind kind)
{
    struct sql_frame frame = {.kind = kind, .block = outer->block, .verb = outer->verb};
    if (kind == SQL_FRAME_QUERY) {
        frame.verb = SQL_KEY_NONE;
        frame.block = a->names.used;
    } else if (kind == SQL_FRAME_COLUMNS) {
        frame.item_start = true;
    } else if (kind == SQL_FRAME_GROUP && outer->expect_table) {
        frame.clause = outer->clause;
        frame.expect_table = true;
    } else if (kind != SQL_FRAME_IGNORED) {
        frame.clause = inner_clause(outer);
        frame.is_extract =
            kind == SQL_FRAME_CALL && slice_equal_nocase(a->name_text, SLICE("extract"));
    }
    return frame;
}

static void frame_open(struct sql_analysis *a)
{
    struct sql_frame *outer = top(a);
    if (a->too_deep > 0 || a->depth + 1 == SQL_DEPTH_MAX) {
        a->too_deep++;
        a->names.limit = true;
        return;
    }
    enum sql_frame_kind kind = frame_kind(a, outer);
    struct sql_frame frame = inner_frame(a, outer, kind);
    outer->skip_name = outer->as_name = false;
    if (outer->cte == SQL_CTE_AS && kind == SQL_FRAME_QUERY)
        outer->cte = SQL_CTE_BODY;
    a->frames[++a->depth] = frame;
}

/* The closed parenthesis was a table, an operand, or the body of a common table expression. */
static void after_close(struct sql_analysis *a, const struct sql_frame *closed)
{
    struct sql_frame *outer = top(a);
    if (outer->cte == SQL_CTE_BODY && outer->cte_name.len) {
        if (!outer->recursive)
            sql_names_add_cte(&a->names, outer->cte_name);
        outer->cte_name = (struct slice){NULL, 0};
    } else if (outer->expect_table) {
        if (closed->kind == SQL_FRAME_QUERY)
            sql_names_add_derived(&a->names);
        outer->expect_table = false;
        outer->may_alias = true;
    } else if (closed->kind != SQL_FRAME_IGNORED) {
        outer->operand = !outer->prefix;
        outer->prefix = false;
    }
}

void sql_frame_close(struct sql_analysis *a)
{
    if (a->too_deep > 0) {
        a->too_deep--;
        return;
    }
    if (a->depth == 0)
        return;
    struct sql_frame *closed = top(a);
    if (closed->kind == SQL_FRAME_QUERY) {
        sql_names_resolve(&a->names, &closed->block, false);
        a->names.used.ctes = closed->block.ctes;
    }
    a->depth--;
    after_close(a, closed);
}

/* --- punctuation --- */

static void on_comma(struct sql_analysis *a)
{
    struct sql_frame *f = top(a);
    f->operand = f->may_alias = f->as_name = false;
    f->item_start = f->kind == SQL_FRAME_COLUMNS;
    f->assign = f->clause == SQL_CLAUSE_EXPR && f->verb == SQL_KEY_update;
    if (f->cte == SQL_CTE_BODY)
        f->cte = SQL_CTE_NAME;
    if (f->clause == SQL_CLAUSE_ON)
        f->clause = SQL_CLAUSE_FROM;
    if (f->clause == SQL_CLAUSE_FROM || f->clause == SQL_CLAUSE_TARGETS ||
        f->clause == SQL_CLAUSE_TABLES)
        f->expect_table = true;
}

static void on_operator(struct sql_analysis *a, const struct sql_token *token)
{
    struct sql_frame *f = top(a);
    bool star = sql_token_is(token, '*') && !f->operand;
    if (star && f->kind == SQL_FRAME_QUERY && f->clause == SQL_CLAUSE_SELECT)
        a->star = true;
    f->skip_name = slice_equal(token->text, SLICE("::"));
    f->operand = sql_token_is(token, ']') || star;
    f->may_alias = f->as_name = false;
}

static void on_punctuation(struct sql_analysis *a, const struct sql_token *token)
{
    if (sql_token_is(token, '('))
        frame_open(a);
    else if (sql_token_is(token, ')'))
        sql_frame_close(a);
    else if (a->too_deep > 0)
        return;
    else if (sql_token_is(token, ','))
        on_comma(a);
    else if (sql_token_is(token, ';'))
        sql_statement_end(a);
    else
        on_operator(a, token);
}

static void on_value(struct sql_analysis *a, const struct sql_token *token)
{
    struct sql_frame *f = top(a);
    bool value = token->kind != SQL_TOKEN_VARIABLE;
    if (value && (a->password_near > 0 || a->password_column))
        a->secret = true;
    if (a->grants && a->key == SQL_KEY_to && a->grantee.len == 0)
        a->grantee = token->text;
    f->operand = !f->prefix;
    f->prefix = f->expect_table = f->may_alias = f->as_name = f->skip_name = false;
}

/* --- names --- */

/* The rest of a dotted name whose first part is `token`. */
static struct sql_name read_name(struct sql_analysis *a, const struct sql_token *token)
{
    struct sql_name name = {.parts = {token->text}, .count = 1};
    struct sql_token next = sql_lexer_peek(&a->lexer);
    while (sql_token_is(&next, '.')) {
        sql_lexer_next(&a->lexer);
        next = sql_lexer_peek(&a->lexer);
        name.star = sql_token_is(&next, '*');
        if (!name.star && !sql_token_is_name(&next))
            return name;
        sql_lexer_next(&a->lexer);
        if (name.star)
            return name;
        if (name.count == SQL_NAME_PARTS) {
            memmove(name.parts, name.parts + 1, sizeof name.parts - sizeof name.parts[0]);
            name.count--;
        }
        name.parts[name.count++] = next.text;
        next = sql_lexer_peek(&a->lexer);
    }
    return name;
}

static bool next_is(const struct sql_analysis *a, char op)
{
    struct sql_token next = sql_lexer_peek(&a->lexer);
    return sql_token_is(&next, op);
}

static void on_table(struct sql_analysis *a, const struct sql_name *name)
{
    struct sql_frame *f = top(a);
    bool in_query = f->clause == SQL_CLAUSE_FROM;
    if (in_query && f->verb != SQL_KEY_merge && next_is(a, '(')) {
        a->name_before = true; /* a function that returns rows */
        sql_names_add_derived(&a->names);
        f->expect_table = false;
        f->may_alias = false;
        return;
    }
    bool only_named = (f->verb == SQL_KEY_select && f->clause == SQL_CLAUSE_TABLES) ||
                      f->kind == SQL_FRAME_COLUMNS;
    if (only_named)
        sql_names_add_object(&a->names, name);
    else
        sql_names_add_table(&a->names, name, f->clause == SQL_CLAUSE_TARGETS);
    f->expect_table = false;
    f->may_alias = !only_named;
}

static void on_alias(struct sql_analysis *a, struct slice alias)
{
    struct sql_frame *f = top(a);
    if (f->clause == SQL_CLAUSE_FROM || f->clause == SQL_CLAUSE_TARGETS || f->may_alias)
        sql_names_set_alias(&a->names, &f->block, alias);
    else if (f->clause == SQL_CLAUSE_SELECT && f->kind == SQL_FRAME_QUERY)
        sql_names_add_label(&a->names, alias);
    f->may_alias = f->as_name = false;
    f->operand = true;
}

static void on_column(struct sql_analysis *a, const struct sql_name *name)
{
    struct sql_frame *f = top(a);
    bool typed_literal = sql_lexer_peek(&a->lexer).kind == SQL_TOKEN_STRING;
    bool field = f->is_extract;
    f->is_extract = false;
    if (name->star) {
        a->star |= f->clause == SQL_CLAUSE_SELECT;
    } else if (next_is(a, '(')) {
        a->name_before = true;
        a->name_text = name->parts[name->count - 1];
        return;
    } else if (f->assign && a->names.dialect != SQL_MYSQL) {
        sql_names_add_target_column(&a->names, &f->block, name);
    } else if (!typed_literal && !field) {
        sql_names_add_column(&a->names, name, f->clause == SQL_CLAUSE_LATE);
    }
    f->operand = !typed_literal;
    f->assign = false;
}

static void on_cte_name(struct sql_analysis *a, struct slice name)
{
    struct sql_frame *f = top(a);
    f->cte_name = name;
    f->cte = SQL_CTE_AS;
    if (f->recursive)
        sql_names_add_cte(&a->names, name);
}

static void on_defined_column(struct sql_analysis *a, const struct sql_name *name)
{
    top(a)->item_start = false;
    if (!next_is(a, '(')) /* else an expression of an index */
        sql_names_add_column(&a->names, name, false);
}

static bool holds_columns(enum sql_clause clause)
{
    return clause == SQL_CLAUSE_SELECT || clause == SQL_CLAUSE_EXPR || clause == SQL_CLAUSE_ON ||
           clause == SQL_CLAUSE_LATE;
}

static void on_name(struct sql_analysis *a, const struct sql_token *token)
{
    struct sql_frame *f = top(a);
    struct sql_name name = read_name(a, token);
    if (f->cte == SQL_CTE_NAME)
        on_cte_name(a, token->text);
    else if (f->skip_name) {
        f->skip_name = false;
        f->operand = true;
    } else if (f->as_name)
        on_alias(a, token->text);
    else if (f->expect_table)
        on_table(a, &name);
    else if (f->item_start)
        on_defined_column(a, &name);
    else if (f->may_alias || (f->operand && f->clause != SQL_CLAUSE_NONE))
        on_alias(a, token->text);
    else if (holds_columns(f->clause))
        on_column(a, &name);
    else if (next_is(a, '('))
        a->name_before = true;
}

/* --- words --- */

static bool ends_nocase(struct slice word, struct slice end)
{
    return word.len >= end.len &&
           slice_equal_nocase(slice_part(word, word.len - end.len, end.len), end);
}

static bool names_password(struct slice word)
{
    return ends_nocase(word, SLICE("password")) || ends_nocase(word, SLICE("passwd")) ||
           ends_nocase(word, SLICE("pwd")) || slice_equal_nocase(word, SLICE("identified")) ||
           slice_equal_nocase(word, SLICE("secret"));
}

static void watch_password(struct sql_analysis *a, const struct sql_token *token)
{
    enum { REACH = 6 }; /* IDENTIFIED WITH plugin BY PASSWORD '..' */
    if (a->password_near > 0)
        a->password_near--;
    if (!sql_token_is_name(token))
        return;
    struct slice word = token->text;
    if (token->kind == SQL_TOKEN_QUOTED && word.len > 2)
        word = slice_part(word, 1, word.len - 2);
    if (!names_password(word))
        return;
    a->password_near = REACH;
    enum sql_keyword verb = a->frames[0].verb;
    a->password_column |=
        verb == SQL_KEY_insert || verb == SQL_KEY_replace || verb == SQL_KEY_merge;
}

static void on_word(struct sql_analysis *a, const struct sql_token *token, enum sql_keyword key)
{
    enum sql_keyword before = a->key;
    if (!(key && sql_word(a, key)))
        on_name(a, token);
    if (a->grants && before == SQL_KEY_to && a->grantee.len == 0)
        a->grantee = token->text;
}

static void on_token(struct sql_analysis *a, const struct sql_token *token)
{
    bool word = token->kind == SQL_TOKEN_WORD;
    enum sql_keyword key = word ? sql_keyword_find(token->text) : SQL_KEY_NONE;
    bool seen = a->too_deep == 0;
    watch_password(a, token);
    if (sql_token_is_name(token))
        a->name_before = false; /* before the word, which may set it */
    if (sql_token_is_name(token) && seen)
        on_word(a, token, key);
    else if (token->kind == SQL_TOKEN_OPERATOR)
        on_punctuation(a, token);
    else if (seen)
        on_value(a, token);
    if (!sql_token_is_name(token))
        a->name_before = false; /* behind the parenthesis, which asks for it */
    a->key_before = a->key;
    a->key = key;
}

void sql_analyse(struct sql_analysis *a, enum sql_dialect dialect, struct slice text)
{
    sql_names_init(&a->names, dialect);
    sql_lexer_init(&a->lexer, dialect, text);
    a->key = a->key_before = SQL_KEY_NONE;
    a->name_before = a->routine = false;
    a->password_near = 0;
    a->action = EVENT_ACTION_other;
    a->star = a->secret = a->grants = false;
    a->name_text = a->grantee = a->prepared = (struct slice){NULL, 0};
    statement_start(a);
    for (;;) {
        struct sql_token token = sql_lexer_next(&a->lexer);
        if (token.kind == SQL_TOKEN_END)
            break;
        on_token(a, &token);
    }
    sql_statement_end(a);
}
