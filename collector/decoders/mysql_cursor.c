/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cursors: an execution that opens one and the fetches that follow are one act. What they give is
 * added up here, and told when the cursor is exhausted, its statement is closed, reset or executed
 * again, another result comes between (a session watches one result at a time), or the session
 * ends. What is fetched after that is told as a further act of the same text and values, under the
 * number and time of its own first fetch.
 */
#include "collector/decoders/mysql_state.h"

static uint64_t memory_key(uint32_t statement)
{
    return session_memory_number_key(MYSQL_MEMORY_CURSOR, statement);
}

struct slice mysql_cursor_text(const struct mysql_call *call, uint32_t statement,
                               struct slice *params, uint16_t *param_count)
{
    struct mysql_request opened;
    struct slice text = mysql_request_text(call, memory_key(statement), &opened, params);
    *param_count = opened.param_count;
    return text;
}

/* What the next answer will overwrite of this one. */
static void keep_answer(struct mysql *m)
{
    const struct mysql_answer *answer = &m->answer;
    m->cursor.columns = answer->columns;
    m->cursor.watched = answer->watched;
    m->cursor.watch_open = answer->watch_open;
    m->cursor.has_objects = answer->has_objects;
}

static void begin(struct mysql *m)
{
    m->cursor = (struct mysql_cursor){.open = true,
                                      .statement = m->answer.request.statement,
                                      .request = m->answer.request,
                                      .database = m->database};
}

void mysql_cursor_open(struct mysql_call *call)
{
    struct mysql *m = call->m;
    struct mysql_cursor *cursor = &m->cursor;
    struct slice blob = session_memory_get(call->env->memory, m->answer.key, NULL);
    mysql_cursor_tell(call);
    begin(m);
    keep_answer(m);
    cursor->request.gaps |= m->answer.gaps;
    cursor->bytes = m->answer.bytes;
    cursor->end_ns = call->time_ns;
    cursor->knows_rows = true;
    (void)session_memory_put(call->env->memory, memory_key(cursor->statement),
                             slice_make(&cursor->request, sizeof cursor->request),
                             slice_part(blob, sizeof cursor->request, SIZE_MAX));
}

static void resume(struct mysql_call *call)
{
    struct mysql *m = call->m;
    bool found;
    mysql_cursor_tell(call);
    begin(m);
    session_memory_get(call->env->memory, memory_key(m->cursor.statement), &found);
    m->cursor.request.gaps |= found ? 0 : mysql_statement_gap(m);
    mysql_columns_cached(call, m->cursor.statement);
}

void mysql_cursor_fetch(struct mysql_call *call)
{
    struct mysql *m = call->m;
    struct mysql_answer *answer = &m->answer;
    const struct mysql_cursor *cursor = &m->cursor;
    answer->result = true;
    answer->expect = MYSQL_EXPECT_ROWS;
    if (!cursor->open || cursor->statement != answer->request.statement) {
        resume(call);
        return;
    }
    answer->columns = cursor->columns;
    answer->watched = cursor->watched;
    answer->watch_open = cursor->watch_open;
    answer->has_objects = cursor->has_objects;
}

static void end(struct mysql_call *call, const struct mysql_ending *ending)
{
    mysql_emit_cursor(call, ending);
    call->m->cursor.open = false;
}

void mysql_cursor_fetched(struct mysql_call *call, const struct mysql_ending *ending)
{
    struct mysql *m = call->m;
    struct mysql_cursor *cursor = &m->cursor;
    const struct mysql_answer *answer = &m->answer;
    keep_answer(m);
    cursor->rows += answer->rows;
    cursor->bytes += answer->bytes;
    cursor->knows_rows |= answer->result;
    cursor->request.gaps |= answer->gaps | answer->request.gaps;
    cursor->end_ns = call->time_ns;
    if (!ending->rest || cursor->last)
        end(call, ending);
}

void mysql_cursor_tell(struct mysql_call *call)
{
    if (call->m->cursor.open)
        end(call,
            &(struct mysql_ending){.outcome = call->m->cursor.unsure ? EVENT_OUTCOME_unknown
                                                                     : EVENT_OUTCOME_success});
}

void mysql_cursor_stop(struct mysql_call *call)
{
    struct mysql *m = call->m;
    if (!m->answer.active && m->queue_head == m->queue_tail)
        mysql_cursor_tell(call);
    m->cursor.last = true;
}

bool mysql_cursor_takes(struct mysql *m, const struct mysql_request *request, uint32_t gaps)
{
    struct mysql_cursor *cursor = &m->cursor;
    if (request->command != COM_STMT_FETCH || !cursor->open ||
        cursor->statement != request->statement)
        return false;
    cursor->request.gaps |= request->gaps | gaps;
    cursor->unsure = true;
    return true;
}

void mysql_cursor_forget(struct mysql_call *call, uint32_t statement)
{
    struct mysql *m = call->m;
    if (m->cursor.open && m->cursor.statement == statement)
        mysql_cursor_stop(call);
    if (!m->cursor.open || m->cursor.statement != statement)
        session_memory_drop(call->env->memory, memory_key(statement));
}
