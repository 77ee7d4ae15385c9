/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cutting a text into statements where the server does: at ';' outside quotes, comments and
 * parentheses, and in PostgreSQL outside CREATE FUNCTION ... BEGIN ATOMIC ... END (PostgreSQL
 * manual, CREATE FUNCTION, sql_body).
 */
#include "collector/decoders/sql_keyword.h"
#include "collector/decoders/sql_lex.h"

struct splitter {
    size_t parentheses;
    size_t body; /* open BEGIN ATOMIC and, inside it, CASE */
    enum sql_keyword key, first;
    bool postgresql;
};

static void on_word(struct splitter *s, enum sql_keyword key)
{
    if (s->postgresql && s->first == SQL_KEY_create) {
        if (key == SQL_KEY_atomic && s->key == SQL_KEY_begin)
            s->body++;
        else if (s->body > 0 && key == SQL_KEY_case)
            s->body++;
        else if (s->body > 0 && key == SQL_KEY_end)
            s->body--;
    }
    if (s->first == SQL_KEY_NONE)
        s->first = key;
    s->key = key;
}

static void on_token(struct splitter *s, const struct sql_token *token)
{
    if (token->kind == SQL_TOKEN_WORD)
        on_word(s, sql_keyword_find(token->text));
    else if (sql_token_is(token, '('))
        s->parentheses++;
    else if (sql_token_is(token, ')') && s->parentheses > 0)
        s->parentheses--;
}

bool sql_next_statement(enum sql_dialect dialect, struct slice *rest, struct slice *statement)
{
    struct sql_lexer lexer;
    struct splitter s = {.postgresql = dialect == SQL_POSTGRESQL};
    size_t from = 0;
    bool empty = true;
    sql_lexer_init(&lexer, dialect, *rest);
    for (;;) {
        struct sql_token token = sql_lexer_next(&lexer);
        bool end = token.kind == SQL_TOKEN_END;
        if (!end && !(sql_token_is(&token, ';') && s.parentheses == 0 && s.body == 0)) {
            on_token(&s, &token);
            empty = false;
            continue;
        }
        size_t to = lexer.at - token.text.len;
        *statement = slice_trim(slice_part(*rest, from, to - from));
        from = lexer.at;
        if (!end && empty)
            continue;
        *rest = slice_part(*rest, lexer.at, SIZE_MAX);
        return !empty;
    }
}
