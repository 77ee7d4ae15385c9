/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The column list of a COPY (PostgreSQL manual, SQL command COPY). An item that is a column's name,
 * cast or renamed or not, has this name; any other is computed and has none.
 */
#include "collector/decoders/postgresql_copy_text.h"

#include "collector/decoders/sql_lex.h"

static bool is_word(const struct sql_token *token, const char *word)
{
    return token->kind == SQL_TOKEN_WORD && slice_equal_nocase(token->text, slice_from(word));
}

static struct slice unquoted(const struct sql_token *token)
{
    bool quoted = token->kind == SQL_TOKEN_QUOTED && token->text.len > 2;
    return quoted ? slice_part(token->text, 1, token->text.len - 2) : token->text;
}

/* Does the token end the item, at the list's own level? */
static bool ends_item(const struct sql_token *token)
{
    return token->kind == SQL_TOKEN_END || sql_token_is(token, ',') || sql_token_is(token, ')') ||
           is_word(token, "from");
}

/* Passes over what is left of an item; gives the token that ended it. */
static struct sql_token rest_of_item(struct sql_lexer *lexer, struct sql_token token)
{
    size_t depth = 0;
    while (token.kind != SQL_TOKEN_END && (depth > 0 || !ends_item(&token))) {
        if (sql_token_is(&token, '('))
            depth++;
        else if (depth > 0 && sql_token_is(&token, ')'))
            depth--;
        token = sql_lexer_next(lexer);
    }
    return token;
}

/* After a whole name: the item's end, a cast, or another name for it. */
static bool leaves_name(const struct sql_token *token)
{
    return ends_item(token) || token->op == ':' || sql_token_is_name(token);
}

/* One item; gives the token that ended it, and the name where it is a plain column. */
static struct sql_token read_item(struct sql_lexer *lexer, struct slice *name, bool *star)
{
    struct sql_token token = sql_lexer_next(lexer);
    *name = slice_make(NULL, 0);
    while (sql_token_is_name(&token)) {
        struct slice part = unquoted(&token);
        token = sql_lexer_next(lexer);
        if (!sql_token_is(&token, '.')) {
            if (leaves_name(&token))
                *name = part;
            break;
        }
        token = sql_lexer_next(lexer);
    }
    *star |= sql_token_is(&token, '*') && name->len == 0;
    return rest_of_item(lexer, token);
}

static void read_list(struct pg_copy_text *copy, struct sql_lexer *lexer)
{
    struct sql_token token;
    bool star = false;
    do {
        struct slice name;
        token = read_item(lexer, &name, &star);
        if (copy->count == RESULT_COLUMNS_MAX)
            star = true;
        else
            copy->names[copy->count++] = name;
    } while (sql_token_is(&token, ','));
    if (star)
        copy->count = 0;
}

/* HEADER, HEADER true, HEADER on, HEADER match; not HEADER false, off or 0. */
static void read_options(struct pg_copy_text *copy, struct sql_lexer *lexer)
{
    struct sql_token token = sql_lexer_next(lexer);
    for (; token.kind != SQL_TOKEN_END; token = sql_lexer_next(lexer)) {
        if (!is_word(&token, "header"))
            continue;
        struct sql_token value = sql_lexer_peek(lexer);
        copy->header = !is_word(&value, "false") && !is_word(&value, "off") &&
                       !(value.kind == SQL_TOKEN_NUMBER && slice_equal(value.text, SLICE("0")));
    }
}

/* Up to the TO or FROM behind the source, which stands in no parentheses. */
static void pass_source(struct sql_lexer *lexer, size_t depth)
{
    struct sql_token token = sql_lexer_next(lexer);
    while (token.kind != SQL_TOKEN_END && (depth > 0 || !is_word(&token, "to"))) {
        if (sql_token_is(&token, '('))
            depth++;
        else if (depth > 0 && sql_token_is(&token, ')'))
            depth--;
        token = sql_lexer_next(lexer);
    }
}

/* COPY ( SELECT [ALL | DISTINCT]: the list follows. */
static bool is_plain_select(struct sql_lexer *lexer)
{
    struct sql_token token = sql_lexer_next(lexer);
    if (!is_word(&token, "select"))
        return false;
    token = sql_lexer_peek(lexer);
    if (is_word(&token, "all") || is_word(&token, "distinct"))
        sql_lexer_next(lexer);
    token = sql_lexer_peek(lexer);
    return !is_word(&token, "on"); /* DISTINCT ON (...) */
}

void pg_copy_text_read(struct pg_copy_text *copy, struct slice text)
{
    struct sql_lexer lexer;
    copy->count = 0;
    copy->header = false;
    sql_lexer_init(&lexer, SQL_POSTGRESQL, text);
    struct sql_token token = sql_lexer_next(&lexer);
    if (!is_word(&token, "copy"))
        return;
    token = sql_lexer_next(&lexer);
    bool query = sql_token_is(&token, '(');
    while (!query && (sql_token_is_name(&token) || sql_token_is(&token, '.')) &&
           !is_word(&token, "to"))
        token = sql_lexer_next(&lexer);
    struct sql_lexer source = lexer;
    if (sql_token_is(&token, '(') && (!query || is_plain_select(&lexer)))
        read_list(copy, &lexer);
    if (!is_word(&token, "to"))
        pass_source(&source, sql_token_is(&token, '('));
    read_options(copy, &source);
}
