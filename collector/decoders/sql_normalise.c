/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The text without literals. What needs no change is copied in runs as long as possible.
 */
#include "collector/decoders/sql_normalise.h"

#include "collector/decoders/sql_lex.h"

/* The part of the text that is to be copied as it stands. */
struct run {
    const struct slice *text;
    struct buffer *to;
    size_t from, end;
};

static inline void run_flush(const struct run *run)
{
    buffer_append_slice(run->to, slice_part(*run->text, run->from, run->end - run->from));
}

static void replace_literal(struct run *run, const struct sql_token *token, size_t end)
{
    run_flush(run);
    if (token->gap && run->to->len > 0)
        buffer_append_byte(run->to, ' ');
    buffer_append_byte(run->to, '?');
    run->from = run->end = end;
}

static void fold_gap(struct run *run, const struct sql_token *token, size_t end)
{
    run_flush(run);
    if (run->to->len > 0)
        buffer_append_byte(run->to, ' ');
    run->from = end - token->text.len;
    run->end = end;
}

void sql_normalise(enum sql_dialect dialect, struct slice text, struct buffer *to,
                   struct slice *comment)
{
    struct sql_lexer lexer;
    struct run run = {&text, to, 0, 0};
    sql_lexer_init(&lexer, dialect, text);
    for (;;) {
        struct sql_token token = sql_lexer_next(&lexer);
        if (token.kind == SQL_TOKEN_END)
            break;
        if (sql_token_is_literal(&token))
            replace_literal(&run, &token, lexer.at);
        else if (!token.gap_is_blank || (token.gap && to->len == 0 && run.end == 0))
            fold_gap(&run, &token, lexer.at);
        else
            run.end = lexer.at;
        run.end = sql_lexer_pass_plain(&lexer);
    }
    run_flush(&run);
    if (comment)
        *comment = lexer.comment;
}
