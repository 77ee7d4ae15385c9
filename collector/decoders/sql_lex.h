/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * SQL text cut into tokens, for any dialect we meet and for any bytes: what is not closed reaches
 * to the end of the text. The lexer is a small value; copying it is how a caller looks ahead.
 *
 * Documents: ISO/IEC 9075-2 section 5.2-5.3; PostgreSQL manual section 4.1 (lexical structure);
 * MySQL manual section 9 (language structure), with the contents of version comments as code.
 */
#ifndef COLLECTOR_DECODERS_SQL_LEX_H
#define COLLECTOR_DECODERS_SQL_LEX_H

#include "base/slice.h"
#include "collector/decoders/sql.h"

enum sql_token_kind {
    SQL_TOKEN_END,
    SQL_TOKEN_WORD,     /* keyword or plain identifier */
    SQL_TOKEN_QUOTED,   /* identifier in its quotes: "..", `..`, [..], U&".." */
    SQL_TOKEN_STRING,   /* with its prefix: E'..', N'..', x'..', _utf8'..', $tag$..$tag$ */
    SQL_TOKEN_NUMBER,   /* with its sign where the sign cannot be an operator */
    SQL_TOKEN_PARAM,    /* ? $1 :name */
    SQL_TOKEN_VARIABLE, /* @name @@name */
    SQL_TOKEN_OPERATOR, /* one operator or one punctuation mark */
};

struct sql_token {
    enum sql_token_kind kind;
    uint8_t op;        /* first byte of an operator, else 0 */
    bool gap;          /* white space or a comment stands before it */
    bool gap_is_blank; /* no gap, or one single space */
    struct slice text;
};

struct sql_lexer {
    struct slice text;
    size_t at;
    enum sql_dialect dialect;
    bool in_version_comment; /* inside a MySQL version comment: its end mark is white space */
    bool after_operand;      /* a sign here is an operator */
    struct slice last_word;  /* the last token, where that was a word */
    struct slice comment; /* text of the first comment that looks like a tag (holds '='), else the
                             first comment; without its marks */
};

void sql_lexer_init(struct sql_lexer *lexer, enum sql_dialect dialect, struct slice text);

/* The next token; SQL_TOKEN_END at the end, and again after it. */
struct sql_token sql_lexer_next(struct sql_lexer *lexer);

/* The token after the current one, without moving. */
struct sql_token sql_lexer_peek(const struct sql_lexer *lexer);

/* Passes over the names, commas and parentheses that follow one another with at most one blank
 * before each, and no further; the next token is then what sql_lexer_next would have come to. Gives
 * the offset behind the last of them. For callers that look for literals only. */
size_t sql_lexer_pass_plain(struct sql_lexer *lexer);

static inline bool sql_token_is(const struct sql_token *token, char op)
{
    return token->kind == SQL_TOKEN_OPERATOR && token->text.len == 1 && token->op == (uint8_t)op;
}

static inline bool sql_token_is_literal(const struct sql_token *token)
{
    return token->kind == SQL_TOKEN_STRING || token->kind == SQL_TOKEN_NUMBER;
}

static inline bool sql_token_is_name(const struct sql_token *token)
{
    return token->kind == SQL_TOKEN_WORD || token->kind == SQL_TOKEN_QUOTED;
}

#endif
