/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The shape: what is the same in statements that differ in their values only. Lists are folded when
 * their parenthesis closes, by shortening what was written of them.
 */
#include "collector/decoders/sql_keyword.h"
#include "collector/decoders/sql_lex.h"
#include "collector/decoders/sql_normalise.h"

enum { DEPTH_MAX = 64 }; /* parentheses nested deeper are not folded */

/* One open parenthesis or bracket (level 0: none). Offsets are of the buffer. */
struct level {
    size_t open;      /* where its '(' stands */
    bool callable;    /* arguments of a function: their number belongs to the shape */
    bool values_only; /* nothing but '?' and ',' so far */
    bool after_comma; /* the last thing written on this level was a ',' */
    bool has_group;   /* a parenthesis closed on this level, and nothing but a ',' came behind it */
    size_t group_from; /* that parenthesis, */
    size_t group_end;  /* without the ',' */
};

struct shape {
    struct buffer *to;
    size_t start; /* where our part of the buffer begins */
    struct level levels[DEPTH_MAX];
    size_t depth; /* may pass DEPTH_MAX */
    enum sql_keyword last_key;
    bool last_is_name;
    bool last_is_value_place; /* '(' ',' or '=': NULL, TRUE and FALSE behind it are values */
};

static struct level *level_of(struct shape *shape)
{
    return shape->depth < DEPTH_MAX ? &shape->levels[shape->depth] : NULL;
}

static void put(struct shape *shape, struct slice text)
{
    if (shape->to->len > shape->start)
        buffer_append_byte(shape->to, ' ');
    buffer_append_slice(shape->to, text);
}

static void cut(struct shape *shape, size_t len)
{
    if (len < shape->to->len)
        shape->to->len = len;
}

static void open_level(struct shape *shape, struct slice mark)
{
    struct level *outer = level_of(shape);
    size_t at = shape->to->len;
    if (outer)
        outer->values_only = false;
    put(shape, mark);
    shape->depth++;
    struct level *level = level_of(shape);
    if (level)
        *level = (struct level){.open = at, .callable = shape->last_is_name, .values_only = true};
}

/* Is what was written from `from` on the same as the group before it? */
static bool repeats_group(const struct shape *shape, const struct level *level, size_t from)
{
    struct slice all = buffer_slice(shape->to);
    struct slice before = slice_part(all, level->group_from, level->group_end - level->group_from);
    return slice_equal(before, slice_part(all, from, SIZE_MAX));
}

static void close_level(struct shape *shape, struct slice mark)
{
    struct level *closed = level_of(shape);
    put(shape, mark);
    if (shape->depth == 0)
        return;
    shape->depth--;
    struct level *level = level_of(shape);
    if (!closed || !level)
        return;
    size_t from = closed->open;
    if (closed->values_only && !closed->callable && shape->to->len - from > sizeof " ( )" - 1) {
        cut(shape, from);
        put(shape, mark.ptr[0] == ')' ? SLICE("( ? )") : SLICE("[ ? ]"));
    }
    if (level->has_group && level->after_comma && repeats_group(shape, level, from))
        cut(shape, level->group_end);
    else
        level->group_from = from;
    level->group_end = shape->to->len;
    level->has_group = !closed->callable;
    level->after_comma = false;
}

static void put_comma(struct shape *shape)
{
    struct level *level = level_of(shape);
    put(shape, SLICE(","));
    if (level)
        level->after_comma = true;
}

static void put_value(struct shape *shape)
{
    struct level *level = level_of(shape);
    put(shape, SLICE("?"));
    if (level)
        level->has_group = level->after_comma = false;
}

static void put_word(struct shape *shape, struct slice text, enum sql_keyword key)
{
    struct level *level = level_of(shape);
    put(shape, key ? sql_keyword_text(key) : text);
    if (level)
        level->values_only = level->has_group = level->after_comma = false;
}

static bool is_value_word(const struct shape *shape, enum sql_keyword key)
{
    return (key == SQL_KEY_null || key == SQL_KEY_true || key == SQL_KEY_false ||
            key == SQL_KEY_default) &&
           shape->last_is_value_place;
}

static void put_token(struct shape *shape, const struct sql_token *token)
{
    bool word = token->kind == SQL_TOKEN_WORD;
    enum sql_keyword key = word ? sql_keyword_find(token->text) : SQL_KEY_NONE;
    if (sql_token_is(token, '(') || sql_token_is(token, '['))
        open_level(shape, token->text);
    else if (sql_token_is(token, ')') || sql_token_is(token, ']'))
        close_level(shape, token->text);
    else if (sql_token_is(token, ','))
        put_comma(shape);
    else if (token->kind == SQL_TOKEN_PARAM || sql_token_is_literal(token) ||
             is_value_word(shape, key))
        put_value(shape);
    else
        put_word(shape, token->text, key);
    shape->last_key = key;
    shape->last_is_name =
        sql_token_is_name(token) && (key == SQL_KEY_NONE || !sql_keyword_reserved(key));
    shape->last_is_value_place =
        sql_token_is(token, '(') || sql_token_is(token, ',') || sql_token_is(token, '=');
}

void sql_shape_text(enum sql_dialect dialect, struct slice statement, struct buffer *to)
{
    struct sql_lexer lexer;
    struct shape shape = {.to = to, .start = to->len};
    sql_lexer_init(&lexer, dialect, statement);
    for (;;) {
        struct sql_token token = sql_lexer_next(&lexer);
        if (token.kind == SQL_TOKEN_END)
            return;
        put_token(&shape, &token);
    }
}
