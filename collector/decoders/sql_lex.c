/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The SQL lexer. `at` is only ever moved by advance() and to offsets found inside the text, and
 * bytes are read by byte_at(), which answers 0 beyond the end.
 */
#include "collector/decoders/sql_lex.h"

#include "collector/decoders/sql_keyword.h"

enum byte_class {
    IS_SPACE = 1,
    IS_WORD_START = 2,
    IS_WORD = 4,
    IS_DIGIT = 8,
    IS_HEX = 16,
    IS_RELATION = 32, /* joins with its like into one operator */
    IS_PLAIN = 64,    /* a mark that is a token by itself wherever it stands */
};

enum {
    LETTER = IS_WORD_START | IS_WORD,
    HEX_LETTER = LETTER | IS_HEX,
    DIGIT = IS_WORD | IS_DIGIT | IS_HEX,
};

static const uint8_t class_of[256] = {
    [0 ... ' '] = IS_SPACE,     [0x7f] = IS_SPACE,
    ['0' ... '9'] = DIGIT,      ['A' ... 'F'] = HEX_LETTER,
    ['G' ... 'Z'] = LETTER,     ['_'] = LETTER,
    ['a' ... 'f'] = HEX_LETTER, ['g' ... 'z'] = LETTER,
    [0x80 ... 0xff] = LETTER,   ['$'] = IS_WORD,
    ['<'] = IS_RELATION,        ['>'] = IS_RELATION,
    ['='] = IS_RELATION,        ['!'] = IS_RELATION,
    ['~'] = IS_RELATION,        ['|'] = IS_RELATION,
    ['&'] = IS_RELATION,        ['^'] = IS_RELATION,
};

static inline uint8_t byte_at(const struct sql_lexer *lx, size_t ahead)
{
    size_t i = lx->at + ahead;
    return i < lx->text.len ? lx->text.ptr[i] : 0;
}

static inline bool at_class(const struct sql_lexer *lx, size_t ahead, unsigned class)
{
    size_t i = lx->at + ahead;
    return i < lx->text.len && (class_of[lx->text.ptr[i]] & class);
}

static inline void advance(struct sql_lexer *lx, size_t n)
{
    size_t left = lx->text.len - lx->at;
    lx->at += n < left ? n : left;
}

/* (In locals: the compiler must think that bytes may be the lexer itself.) */
static inline void skip_class(struct sql_lexer *lx, unsigned class)
{
    const struct slice text = lx->text;
    size_t at = lx->at;
    while (at < text.len && (class_of[text.ptr[at]] & class))
        at++;
    lx->at = at;
}

void sql_lexer_init(struct sql_lexer *lx, enum sql_dialect dialect, struct slice text)
{
    *lx = (struct sql_lexer){.text = text, .dialect = dialect};
}

/* --- white space and comments --- */

static void keep_comment(struct sql_lexer *lx, size_t from, size_t to)
{
    struct slice text = slice_trim(slice_part(lx->text, from, to - from));
    if (text.len == 0 || text.ptr[0] == '+')
        return; /* nothing, or an optimizer hint */
    bool kept_is_tag = slice_find(lx->comment, '=', 0) < lx->comment.len;
    bool is_tag = slice_find(text, '=', 0) < text.len;
    if (lx->comment.len == 0 || (is_tag && !kept_is_tag))
        lx->comment = text;
}

static void skip_line_comment(struct sql_lexer *lx, size_t mark)
{
    size_t from = lx->at + mark;
    size_t end = slice_find(lx->text, '\n', from);
    keep_comment(lx, from, end);
    lx->at = end;
}

/* The mark of a version comment (MySQL: slash star ! and digits, MariaDB: slash star M !) is passed
 * over alone, so that what it holds is read as code. */
static bool skip_version_mark(struct sql_lexer *lx)
{
    size_t mark = byte_at(lx, 2) == '!'                            ? 3
                  : byte_at(lx, 2) == 'M' && byte_at(lx, 3) == '!' ? 4
                                                                   : 0;
    if (lx->dialect != SQL_MYSQL || mark == 0)
        return false;
    advance(lx, mark);
    for (unsigned i = 0; i < 6 && at_class(lx, 0, IS_DIGIT); i++)
        lx->at++;
    lx->in_version_comment = true;
    return true;
}

static void skip_block_comment(struct sql_lexer *lx)
{
    if (skip_version_mark(lx))
        return;
    bool nests = lx->dialect == SQL_POSTGRESQL;
    size_t from = lx->at + 2;
    size_t depth = 1;
    advance(lx, 2);
    while (lx->at < lx->text.len) {
        uint8_t c = byte_at(lx, 0), next = byte_at(lx, 1);
        if (c == '*' && next == '/') {
            advance(lx, 2);
            if (--depth == 0) {
                keep_comment(lx, from, lx->at - 2);
                return;
            }
        } else if (nests && c == '/' && next == '*') {
            advance(lx, 2);
            depth++;
        } else {
            lx->at++;
        }
    }
}

/* In MySQL two hyphens begin a comment only before white space. */
static bool at_hyphen_comment(const struct sql_lexer *lx)
{
    if (byte_at(lx, 0) != '-' || byte_at(lx, 1) != '-')
        return false;
    return lx->dialect != SQL_MYSQL || lx->at + 2 >= lx->text.len || at_class(lx, 2, IS_SPACE);
}

/* Passes over one comment or comment mark; false when there is none here. */
static bool skip_comment(struct sql_lexer *lx)
{
    switch (byte_at(lx, 0)) {
    case '-':
        if (!at_hyphen_comment(lx))
            return false;
        skip_line_comment(lx, 2);
        return true;
    case '#':
        if (lx->dialect != SQL_MYSQL)
            return false;
        skip_line_comment(lx, 1);
        return true;
    case '/':
        if (byte_at(lx, 1) != '*')
            return false;
        skip_block_comment(lx);
        return true;
    case '*':
        if (!lx->in_version_comment || byte_at(lx, 1) != '/')
            return false;
        lx->in_version_comment = false;
        advance(lx, 2);
        return true;
    default:
        return false;
    }
}

static bool may_begin_gap(uint8_t c)
{
    return (class_of[c] & IS_SPACE) || c == '-' || c == '/' || c == '#' || c == '*';
}

/* The most frequent gap is one blank before a word. */
static inline void skip_gap(struct sql_lexer *lx, struct sql_token *token)
{
    size_t from = lx->at;
    if (byte_at(lx, 0) == ' ')
        lx->at++;
    if (lx->at < lx->text.len && may_begin_gap(lx->text.ptr[lx->at]))
        do
            skip_class(lx, IS_SPACE);
        while (skip_comment(lx));
    size_t len = lx->at - from;
    token->gap = len > 0;
    token->gap_is_blank = len == 0 || (len == 1 && lx->text.ptr[from] == ' ');
}

/* --- quoted things --- */

/* From the opening quote to behind the closing one, which doubled stands for itself. */
static void skip_quoted(struct sql_lexer *lx, uint8_t close, bool backslash)
{
    const struct slice text = lx->text;
    size_t at = lx->at + 1;
    while (at < text.len) {
        uint8_t c = text.ptr[at++];
        if (c == close) {
            if (at >= text.len || text.ptr[at] != close)
                break;
            at++;
        } else if (backslash && c == '\\') {
            at++;
        }
    }
    lx->at = at < text.len ? at : text.len;
}

static enum sql_token_kind lex_string(struct sql_lexer *lx, bool backslash)
{
    skip_quoted(lx, '\'', backslash);
    return SQL_TOKEN_STRING;
}

static enum sql_token_kind lex_double_quote(struct sql_lexer *lx)
{
    bool string = lx->dialect == SQL_MYSQL;
    skip_quoted(lx, '"', string);
    return string ? SQL_TOKEN_STRING : SQL_TOKEN_QUOTED;
}

/* $tag$ ... $tag$, with an empty or identifier-like tag; false when no such mark opens here. */
static bool lex_dollar_quote(struct sql_lexer *lx)
{
    size_t n = 1;
    if (at_class(lx, n, IS_WORD_START))
        while (at_class(lx, n, IS_WORD_START | IS_DIGIT))
            n++;
    if (byte_at(lx, n) != '$')
        return false;
    struct slice mark = slice_part(lx->text, lx->at, n + 1);
    struct slice rest = slice_part(lx->text, lx->at + mark.len, SIZE_MAX);
    const uint8_t *end = rest.len ? memmem(rest.ptr, rest.len, mark.ptr, mark.len) : NULL;
    lx->at = end ? (size_t)(end - lx->text.ptr) + mark.len : lx->text.len;
    return true;
}

static enum sql_token_kind lex_dollar(struct sql_lexer *lx)
{
    if (at_class(lx, 1, IS_DIGIT)) {
        advance(lx, 1);
        skip_class(lx, IS_DIGIT);
        return SQL_TOKEN_PARAM;
    }
    if (lx->dialect == SQL_POSTGRESQL && lex_dollar_quote(lx))
        return SQL_TOKEN_STRING;
    advance(lx, 1);
    skip_class(lx, IS_WORD);
    return SQL_TOKEN_WORD;
}

/* [name] is an identifier outside PostgreSQL and MySQL; a subscript has a digit or nothing there.
 */
static enum sql_token_kind lex_bracket(struct sql_lexer *lx)
{
    if (lx->dialect != SQL_ANSI || !at_class(lx, 1, IS_WORD_START)) {
        advance(lx, 1);
        return SQL_TOKEN_OPERATOR;
    }
    skip_quoted(lx, ']', false);
    return SQL_TOKEN_QUOTED;
}

/* --- words and numbers --- */

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool is_one_of(uint8_t c, const char *letters)
{
    return c != 0 && strchr(letters, lower(c)) != NULL;
}

/* Is the word just passed (from `from`) the prefix of the quote that follows it? */
static enum sql_token_kind lex_prefixed(struct sql_lexer *lx, size_t from)
{
    size_t len = lx->at - from;
    uint8_t first = lx->text.ptr[from];
    uint8_t quote = byte_at(lx, 0);
    if (quote == '\'' && len == 1 && is_one_of(first, "enbxq"))
        return lex_string(lx, lx->dialect == SQL_MYSQL || is_one_of(first, "e"));
    if (quote == '\'' && first == '_' && lx->dialect == SQL_MYSQL)
        return lex_string(lx, true);
    if (quote == '&' && len == 1 && is_one_of(first, "u") && lx->dialect != SQL_MYSQL) {
        if (byte_at(lx, 1) == '\'') {
            advance(lx, 1);
            return lex_string(lx, false);
        }
        if (byte_at(lx, 1) == '"') {
            advance(lx, 1);
            return lex_double_quote(lx);
        }
    }
    return SQL_TOKEN_WORD;
}

static inline enum sql_token_kind lex_word(struct sql_lexer *lx)
{
    size_t from = lx->at;
    skip_class(lx, IS_WORD);
    uint8_t next = byte_at(lx, 0);
    if (next == '\'' || next == '&')
        return lex_prefixed(lx, from);
    return SQL_TOKEN_WORD;
}

static void skip_exponent(struct sql_lexer *lx)
{
    size_t sign = byte_at(lx, 1) == '+' || byte_at(lx, 1) == '-' ? 1 : 0;
    if (lower(byte_at(lx, 0)) == 'e' && at_class(lx, 1 + sign, IS_DIGIT)) {
        advance(lx, 1 + sign);
        skip_class(lx, IS_DIGIT);
    }
}

static void skip_digits(struct sql_lexer *lx)
{
    skip_class(lx, IS_DIGIT);
    while (byte_at(lx, 0) == '_' && at_class(lx, 1, IS_DIGIT)) { /* 1_000_000 */
        advance(lx, 1);
        skip_class(lx, IS_DIGIT);
    }
}

static bool lex_radix(struct sql_lexer *lx)
{
    if (byte_at(lx, 0) != '0' || !is_one_of(byte_at(lx, 1), "xbo") || !at_class(lx, 2, IS_HEX))
        return false;
    advance(lx, 2);
    skip_class(lx, IS_HEX);
    return true;
}

/* From the first digit or the dot. In MySQL digits may begin an identifier (2024_loans). */
static enum sql_token_kind lex_number(struct sql_lexer *lx)
{
    size_t from = lx->at;
    if (lex_radix(lx))
        return SQL_TOKEN_NUMBER;
    skip_digits(lx);
    if (byte_at(lx, 0) == '.') {
        advance(lx, 1);
        skip_digits(lx);
        skip_exponent(lx);
        return SQL_TOKEN_NUMBER;
    }
    skip_exponent(lx);
    if (lx->dialect == SQL_MYSQL && at_class(lx, 0, IS_WORD)) {
        lx->at = from;
        return lex_word(lx);
    }
    return SQL_TOKEN_NUMBER;
}

/* --- the rest --- */

/* :name is a bound parameter (Oracle, and tools that show it), `::` a cast, `:=` an assignment. */
static enum sql_token_kind lex_colon(struct sql_lexer *lx)
{
    if (lx->dialect == SQL_ANSI && at_class(lx, 1, IS_WORD)) {
        advance(lx, 1);
        skip_class(lx, IS_WORD);
        return SQL_TOKEN_PARAM;
    }
    advance(lx, byte_at(lx, 1) == ':' || byte_at(lx, 1) == '=' ? 2 : 1);
    return SQL_TOKEN_OPERATOR;
}

static enum sql_token_kind lex_at(struct sql_lexer *lx)
{
    size_t marks = byte_at(lx, 1) == '@' ? 2 : 1;
    if (lx->dialect == SQL_POSTGRESQL || !at_class(lx, marks, IS_WORD)) {
        advance(lx, lx->dialect == SQL_POSTGRESQL && byte_at(lx, 1) == '>' ? 2 : 1);
        return SQL_TOKEN_OPERATOR;
    }
    advance(lx, marks);
    skip_class(lx, IS_WORD);
    return SQL_TOKEN_VARIABLE;
}

/* #name is a temporary table outside MySQL, #> and #>> operators of PostgreSQL. */
static enum sql_token_kind lex_hash(struct sql_lexer *lx)
{
    advance(lx, 1);
    if (lx->dialect == SQL_ANSI && at_class(lx, 0, IS_WORD | IS_WORD_START)) {
        skip_class(lx, IS_WORD);
        return SQL_TOKEN_WORD;
    }
    while (byte_at(lx, 0) == '>')
        lx->at++;
    return SQL_TOKEN_OPERATOR;
}

/* Can what stands before end an operand? Then a sign is an operator and a dot joins names. */
static bool follows_operand(const struct sql_lexer *lx)
{
    return lx->last_word.len ? !sql_keyword_is_reserved(lx->last_word) : lx->after_operand;
}

static enum sql_token_kind lex_sign(struct sql_lexer *lx)
{
    bool number = at_class(lx, 1, IS_DIGIT) || (byte_at(lx, 1) == '.' && at_class(lx, 2, IS_DIGIT));
    if (number && !follows_operand(lx)) {
        advance(lx, 1);
        return lex_number(lx);
    }
    advance(lx, 1);
    while (byte_at(lx, 0) == '>')
        lx->at++; /* -> and ->> */
    return SQL_TOKEN_OPERATOR;
}

static enum sql_token_kind lex_operator(struct sql_lexer *lx)
{
    if (!at_class(lx, 0, IS_RELATION)) {
        advance(lx, 1);
        return SQL_TOKEN_OPERATOR;
    }
    skip_class(lx, IS_RELATION);
    if (byte_at(lx, 0) == '*' && byte_at(lx, 1) != '/' && lx->text.ptr[lx->at - 1] == '~')
        lx->at++; /* ~* and !~* */
    return SQL_TOKEN_OPERATOR;
}

static enum sql_token_kind lex_other(struct sql_lexer *lx, uint8_t first)
{
    switch (first) {
    case '\'':
        return lex_string(lx, lx->dialect == SQL_MYSQL);
    case '"':
        return lex_double_quote(lx);
    case '`':
        skip_quoted(lx, '`', false);
        return SQL_TOKEN_QUOTED;
    case '[':
        return lex_bracket(lx);
    case '$':
        return lex_dollar(lx);
    case '?':
        advance(lx, 1);
        return SQL_TOKEN_PARAM;
    case ':':
        return lex_colon(lx);
    case '@':
        return lex_at(lx);
    case '#':
        return lex_hash(lx);
    case '+':
    case '-':
        return lex_sign(lx);
    case '.':
        /* After a name it joins; else it begins a fraction. */
        if (at_class(lx, 1, IS_DIGIT) && !follows_operand(lx))
            return lex_number(lx);
        /* fall through */
    default:
        return lex_operator(lx);
    }
}

struct sql_token sql_lexer_next(struct sql_lexer *lx)
{
    struct sql_token token = {.kind = SQL_TOKEN_END};
    skip_gap(lx, &token);
    size_t from = lx->at;
    if (from >= lx->text.len)
        return token;
    uint8_t first = lx->text.ptr[from];
    if (class_of[first] & IS_WORD_START)
        token.kind = lex_word(lx);
    else if (class_of[first] & IS_DIGIT)
        token.kind = lex_number(lx);
    else
        token.kind = lex_other(lx, first);
    token.text = (struct slice){lx->text.ptr + from, lx->at - from};
    bool op = token.kind == SQL_TOKEN_OPERATOR;
    token.op = op ? first : 0;
    lx->after_operand = !op || first == ')' || first == ']';
    lx->last_word = token.kind == SQL_TOKEN_WORD ? token.text : (struct slice){NULL, 0};
    return token;
}

struct sql_token sql_lexer_peek(const struct sql_lexer *lx)
{
    struct sql_lexer ahead = *lx;
    return sql_lexer_next(&ahead);
}

/* --- the short way over what needs no look --- */

static size_t end_of_word(struct slice text, size_t at)
{
    while (at < text.len && (class_of[text.ptr[at]] & IS_WORD))
        at++;
    return at;
}

/* May a plain token end here, whatever comes: no quote that the word prefixes? */
static bool ends_plainly(struct slice text, size_t at)
{
    return at >= text.len || (text.ptr[at] != '\'' && text.ptr[at] != '&');
}

/* The '.' between two names. */
static bool joins_names(struct slice text, size_t at)
{
    return text.ptr[at] == '.' && at + 1 < text.len && (class_of[text.ptr[at + 1]] & IS_WORD_START);
}

size_t sql_lexer_pass_plain(struct sql_lexer *lx)
{
    const struct slice text = lx->text;
    struct slice word = lx->last_word;
    uint8_t mark = 0;
    size_t at = lx->at;
    for (;;) {
        size_t from = at + (at < text.len && text.ptr[at] == ' ');
        if (from >= text.len)
            break;
        uint8_t class = class_of[text.ptr[from]];
        if (class & IS_WORD_START) {
            size_t end = end_of_word(text, from);
            if (!ends_plainly(text, end))
                break;
            word = (struct slice){text.ptr + from, end - from};
            at = end;
        } else if ((class & IS_PLAIN) || joins_names(text, from)) {
            mark = text.ptr[from];
            word.len = 0;
            at = from + 1;
        } else {
            break;
        }
    }
    if (at != lx->at) {
        lx->at = at;
        lx->last_word = word;
        lx->after_operand = word.len > 0 || mark == ')';
    }
    return at;
}
