/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * SQL commands that name a statement or a cursor (PostgreSQL documentation, "SQL Commands"), so
 * that EXECUTE and FETCH are known by what they read:
 *
 *     PREPARE name [(type, ...)] AS statement          EXECUTE name [(value, ...)]
 *     DECLARE name ... CURSOR ... FOR query            FETCH [direction] [FROM | IN] name
 *     DEALLOCATE [PREPARE] name                        CLOSE name
 *
 * Statements share their names with those of Parse. ALL needs nothing: what no name leads to is not
 * asked for again.
 */
#include "collector/decoders/postgresql_session.h"
#include "collector/memory.h"

enum { IDENTIFIER_MAX = 63, WORDS_MAX = 64 };

static bool is_word(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || c >= 0x80;
}

/* White space and comments. */
static struct slice skip_space(struct slice s)
{
    for (;;) {
        s = slice_trim(s);
        size_t end;
        if (slice_starts(s, SLICE("--")))
            end = slice_find(s, '\n', 0);
        else if (slice_starts(s, SLICE("/*"))) {
            end = 2;
            while (end < s.len && !(s.ptr[end - 1] == '*' && s.ptr[end] == '/' && end > 2))
                end++;
            end++;
        } else {
            return s;
        }
        s = slice_part(s, end, SIZE_MAX);
    }
}

/* The next word, quoted identifier (with its quotes) or other single byte. */
static struct slice next_word(struct slice *rest)
{
    struct slice s = skip_space(*rest);
    size_t n = s.len > 0;
    if (s.len && s.ptr[0] == '"') {
        n = slice_find(s, '"', 1) + 1;
        n = n < s.len ? n : s.len;
    } else if (s.len && is_word(s.ptr[0])) {
        while (n < s.len && is_word(s.ptr[n]))
            n++;
    }
    *rest = slice_part(s, n, SIZE_MAX);
    return slice_part(s, 0, n);
}

/* The key of an identifier: unquoted ones fold to lower case, all are cut as the server cuts. */
static uint64_t identifier_key(enum pg_blob kind, struct slice word)
{
    uint8_t name[IDENTIFIER_MAX];
    bool quoted = word.len > 1 && word.ptr[0] == '"';
    if (quoted)
        word = slice_part(word, 1, word.len - 2);
    word = slice_part(word, 0, IDENTIFIER_MAX);
    for (size_t i = 0; i < word.len; i++) {
        uint8_t c = word.ptr[i];
        name[i] = !quoted && c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
    }
    return session_memory_key((uint8_t)kind, slice_make(name, word.len));
}

/* What stands behind the word, outside of parentheses; empty when the word is not there. */
static struct slice behind_word(struct slice rest, struct slice word)
{
    int depth = 0;
    for (int i = 0; i < WORDS_MAX && rest.len; i++) {
        struct slice next = next_word(&rest);
        if (slice_equal(next, SLICE("(")))
            depth++;
        else if (slice_equal(next, SLICE(")")))
            depth--;
        else if (depth == 0 && slice_equal_nocase(next, word))
            return slice_trim(rest);
    }
    return slice_make(NULL, 0);
}

/* The last word of FETCH is the cursor. */
static struct slice last_word(struct slice rest)
{
    struct slice last = slice_make(NULL, 0);
    for (int i = 0; i < WORDS_MAX && rest.len; i++) {
        struct slice word = next_word(&rest);
        if (word.len && (is_word(word.ptr[0]) || word.ptr[0] == '"'))
            last = word;
    }
    return last;
}

struct slice pg_command_target(const struct decoder_env *env, struct slice text)
{
    struct slice rest = skip_space(text);
    uint8_t first = rest.len ? rest.ptr[0] | 0x20 : 0;
    if (first != 'e' && first != 'f')
        return slice_make(NULL, 0);
    struct slice word = next_word(&rest);
    if (slice_equal_nocase(word, SLICE("fetch")))
        return session_memory_get(env->memory, identifier_key(PG_BLOB_CURSOR, last_word(rest)),
                                  NULL);
    struct pg_statement statement = {0};
    if (slice_equal_nocase(word, SLICE("execute"))) {
        struct slice blob = session_memory_get(
            env->memory, identifier_key(PG_BLOB_STATEMENT, next_word(&rest)), NULL);
        if (blob.len == sizeof statement)
            memcpy(&statement, blob.ptr, sizeof statement);
    }
    return pg_statement_text(env, statement.text);
}

static void prepared(struct pg_session *pg, const struct decoder_env *env, struct slice rest)
{
    uint16_t gaps = 0;
    uint64_t key = identifier_key(PG_BLOB_STATEMENT, next_word(&rest));
    struct slice body = behind_word(rest, SLICE("as"));
    if (body.len == 0)
        return;
    /* The text lies in the memory: the copy outlives the put. */
    body = arena_copy(env->scratch, body);
    uint64_t number = pg_payload_put(pg, env, body, &gaps);
    pg_statement_define(pg, env, key, number, gaps);
}

static void declared(const struct decoder_env *env, struct slice rest)
{
    uint64_t key = identifier_key(PG_BLOB_CURSOR, next_word(&rest));
    struct slice body = behind_word(rest, SLICE("for"));
    if (body.len)
        (void)session_memory_put(env->memory, key, arena_copy(env->scratch, body),
                                 slice_make(NULL, 0));
}

static void deallocated(struct pg_session *pg, const struct decoder_env *env, struct slice rest)
{
    struct slice word = next_word(&rest);
    if (slice_equal_nocase(word, SLICE("prepare")))
        word = next_word(&rest);
    pg_statement_close(pg, env, identifier_key(PG_BLOB_STATEMENT, word));
}

bool pg_command_defines(struct slice tag)
{
    return slice_equal(tag, SLICE("PREPARE")) || slice_equal(tag, SLICE("DEALLOCATE")) ||
           slice_equal(tag, SLICE("DECLARE CURSOR")) || slice_equal(tag, SLICE("CLOSE CURSOR"));
}

void pg_command_done(struct pg_session *pg, const struct decoder_env *env, struct slice tag,
                     struct slice text)
{
    struct slice rest = text;
    (void)next_word(&rest);
    if (slice_equal(tag, SLICE("CLOSE CURSOR")))
        session_memory_drop(env->memory, identifier_key(PG_BLOB_CURSOR, next_word(&rest)));
    else if (slice_equal(tag, SLICE("PREPARE")))
        prepared(pg, env, rest);
    else if (slice_equal(tag, SLICE("DEALLOCATE")))
        deallocated(pg, env, rest);
    else
        declared(env, rest);
}
