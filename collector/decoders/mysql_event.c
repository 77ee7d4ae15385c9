/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Events of the MySQL decoder. A request gives one event per result; a statement of several gives
 * each result its own statement as far as they can be told apart, and the last result the rest.
 */
#include "collector/decoders/mysql_state.h"
#include "collector/decoders/sql.h"

#include <stdio.h>

enum { ERROR_CODE_MAX = 8, US = 1000 };

static struct event base(const struct mysql_call *call, const struct mysql_request *request)
{
    const struct mysql *m = call->m;
    struct event event = {.time_ns = request->time_ns,
                          .seq = request->seq,
                          .gaps = request->gaps,
                          .account = mysql_name_slice(&m->account),
                          .database = mysql_name_slice(&m->database),
                          .program = mysql_name_slice(&m->program)};
    event.gaps |= m->unknown_account ? EVENT_GAP_mid_session : 0;
    return event;
}

static void set_duration(int64_t end_ns, struct event *event)
{
    if (end_ns < event->time_ns)
        return;
    event->duration_us = (end_ns - event->time_ns) / US;
    event->known |= EVENT_KNOWS_duration;
}

/* "1146" and "(42S02) Table ... doesn't exist". */
static void set_error(const struct mysql_call *call, struct event *event,
                      const struct mysql_error *error)
{
    char *code = arena_alloc(call->env->scratch, ERROR_CODE_MAX);
    if (!error || !code)
        return;
    int len = snprintf(code, ERROR_CODE_MAX, "%u", error->code);
    event->error_code = slice_make(code, (size_t)len);
    event->error_text = error->text;
    size_t state = error->state.len;
    uint8_t *text = state ? arena_alloc(call->env->scratch, state + 3 + error->text.len) : NULL;
    if (!text)
        return;
    text[0] = '(';
    memcpy(text + 1, error->state.ptr, state);
    memcpy(text + 1 + state, ") ", 2);
    if (error->text.len)
        memcpy(text + 3 + state, error->text.ptr, error->text.len);
    event->error_text = slice_make(text, state + 3 + error->text.len);
}

static void set_affected(struct event *event, uint64_t affected)
{
    event->affected = affected;
    event->known |= EVENT_KNOWS_affected;
}

static void set_rows(struct event *event, uint64_t rows)
{
    event->rows = rows;
    event->known |= EVENT_KNOWS_rows;
}

/* Statements that only show, beside reads. */
static bool changes_nothing(const struct event *event)
{
    static const char *const words[] = {"show", "desc", "explain", "help"};
    if (event->action == EVENT_ACTION_read)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_starts_nocase(event->statement, slice_from(words[i])))
            return true;
    return false;
}

/* An OK returns no rows. A classic result does not tell what it changed; a read changes nothing. */
static void set_counts(const struct mysql *m, struct event *event,
                       const struct mysql_ending *ending)
{
    const struct mysql_answer *answer = &m->answer;
    bool ok = ending->outcome == EVENT_OUTCOME_success;
    if (answer->result || answer->rows > 0)
        set_rows(event, answer->rows);
    else if (ok)
        set_rows(event, 0);
    if (ok && ending->has_affected)
        set_affected(event, ending->affected);
    else if (ok && answer->result && changes_nothing(event))
        set_affected(event, 0);
}

/* ---- statements ---- */

static bool has_word(struct slice text, struct slice word)
{
    for (size_t i = 0; i + word.len <= text.len; i++)
        if (slice_starts_nocase(slice_part(text, i, word.len), word))
            return true;
    return false;
}

/* A body of statements has semicolons that the server does not split at. */
static bool has_body(struct slice text)
{
    struct slice start = slice_trim(slice_part(text, 0, 256));
    bool defines = slice_starts_nocase(start, SLICE("create")) ||
                   slice_starts_nocase(start, SLICE("alter")) ||
                   slice_starts_nocase(start, SLICE("begin not"));
    return defines && has_word(text, SLICE("begin"));
}

static bool is_call(const struct mysql_call *call, struct slice statement)
{
    return sql_describe(call->env->sql, SQL_MYSQL, statement)->action == EVENT_ACTION_call;
}

/* The statement that the current result is of; `more` results follow. `next` is where the next
 * one's begins: a CALL gives results until its OK. */
struct slice mysql_statement_text(struct mysql_call *call, struct slice text, bool more,
                                  size_t *next)
{
    const struct mysql_answer *answer = &call->m->answer;
    *next = answer->text_at;
    if ((!more && answer->part == 0) || slice_find(text, ';', 0) == text.len)
        return text;
    struct slice rest = slice_trim(slice_part(text, answer->text_at, SIZE_MAX));
    if (rest.len == 0)
        return text;
    struct slice left = rest, statement;
    if (!more || has_body(rest) || !sql_next_statement(SQL_MYSQL, &left, &statement))
        return rest;
    if (!answer->result || !is_call(call, statement))
        *next = text.len - left.len;
    return statement;
}

/* USE name, also quoted by backticks. */
static struct slice used_database(struct slice statement)
{
    struct slice rest = slice_trim(statement);
    while (slice_ends(rest, SLICE(";")))
        rest = slice_trim(slice_part(rest, 0, rest.len - 1));
    if (!slice_starts_nocase(rest, SLICE("use")))
        return (struct slice){NULL, 0};
    rest = slice_trim(slice_part(rest, 3, SIZE_MAX));
    bool quoted = rest.len > 2 && slice_starts(rest, SLICE("`")) && slice_ends(rest, SLICE("`"));
    return quoted ? slice_part(rest, 1, rest.len - 2) : rest;
}

/* ---- objects ---- */

static struct slice last_name(struct slice name)
{
    size_t at = 0, dot;
    while ((dot = slice_find(name, '.', at)) < name.len)
        at = dot + 1;
    return slice_part(name, at, SIZE_MAX);
}

static bool has_object(const struct event_object *objects, size_t count, struct slice name)
{
    struct slice last = last_name(name);
    for (size_t i = 0; i < count; i++)
        if (slice_equal_nocase(last_name(objects[i].name), last))
            return true;
    return false;
}

/* What the result's metadata names comes first; of the statement's tables those that it does not
 * name (because none of their columns is shown) follow. */
static void set_objects(struct mysql_call *call, struct event *event,
                        const struct sql_description *said, bool has_metadata)
{
    const struct event_object *shown = NULL;
    size_t count = has_metadata ? mysql_objects_read(call, &shown) : 0;
    event->objects = count ? shown : said ? said->objects : NULL;
    event->object_count = count ? count : said ? said->object_count : 0;
    if (count == 0 || !said || said->object_count == 0)
        return;
    struct event_object *all =
        arena_array(call->env->scratch, count + said->object_count, sizeof *all);
    if (!all)
        return;
    memcpy(all, shown, count * sizeof *all);
    event->object_count = count;
    for (size_t i = 0; i < said->object_count && event->object_count < EVENT_MAX_OBJECTS; i++)
        if (!has_object(shown, count, said->objects[i].name))
            all[event->object_count++] = said->objects[i];
    event->objects = all;
}

static void set_named_object(const struct mysql_call *call, struct event *event, struct slice text)
{
    struct event_object *object = arena_array(call->env->scratch, 1, sizeof *object);
    struct reader r = reader_of(text);
    if (!object)
        return;
    object->name = reader_cstring(&r);
    event->objects = object;
    event->object_count = object->name.len ? 1 : 0;
}

/* ---- events ---- */

/* What the request was: from its text where it is SQL, else from the command. */
static const struct sql_description *describe(struct mysql_call *call, struct event *event,
                                              const struct mysql_command *command,
                                              struct slice statement)
{
    event->action = command->action;
    if (!command->sql || statement.len == 0)
        return NULL;
    const struct sql_description *said = sql_describe(call->env->sql, SQL_MYSQL, statement);
    if (command->code != COM_STMT_PREPARE)
        event->action = said->action;
    event->statement = said->statement;
    event->shape = said->shape;
    event->known |= EVENT_KNOWS_shape;
    if (call->env->clear)
        event->clear = said->secret ? said->statement : statement;
    return said;
}

static void set_params(const struct mysql_call *call, struct event *event,
                       const struct mysql_request *request, struct slice params)
{
    if (call->env->clear)
        event->param_count =
            mysql_params_read(call->env, params, request->param_count, &event->params);
}

/* The database a successful request left the session in. */
static void follow_database(struct mysql *m, const struct event *event, uint16_t command,
                            struct slice text, struct slice statement)
{
    if (command == COM_INIT_DB)
        mysql_name_set(&m->database, text);
    else if (event->action == EVENT_ACTION_use && used_database(statement).len)
        mysql_name_set(&m->database, used_database(statement));
}

static void fill_result(struct mysql_call *call, struct event *event,
                        const struct mysql_ending *ending)
{
    struct mysql *m = call->m;
    struct mysql_answer *answer = &m->answer;
    const struct mysql_command *command = mysql_command_find(answer->request.command);
    struct mysql_request stored;
    struct slice params, text = mysql_request_text(call, answer->key, &stored, &params);
    size_t next = 0;
    struct slice statement = command->sql ? mysql_statement_text(call, text, ending->more, &next)
                                          : (struct slice){NULL, 0};
    const struct sql_description *said = describe(call, event, command, statement);
    if (ending->outcome == EVENT_OUTCOME_success)
        follow_database(m, event, command->code, text, statement);
    event->database = mysql_name_slice(&m->database);
    set_params(call, event, &answer->request, params);
    set_objects(call, event, said, answer->has_objects);
    if (command->code == COM_FIELD_LIST)
        set_named_object(call, event, text);
    if (command->code == MYSQL_UNSEEN && answer->result)
        event->action = EVENT_ACTION_read;
    if (said && said->secret)
        event->error_text.len = 0; /* it may quote the statement */
    answer->text_at = next;
}

void mysql_emit_result(struct mysql_call *call, const struct mysql_ending *ending)
{
    struct mysql *m = call->m;
    struct mysql_answer *answer = &m->answer;
    const struct mysql_command *command = mysql_command_find(answer->request.command);
    if (command->silent && ending->outcome != EVENT_OUTCOME_failure)
        return;
    struct event event = base(call, &answer->request);
    event.gaps |= answer->gaps;
    event.outcome = ending->outcome;
    set_duration(call->time_ns, &event);
    if (answer->part > 0 || ending->more) {
        event.part = answer->part;
        event.known |= EVENT_KNOWS_part;
    }
    if (answer->watch_open)
        result_watch_end(&answer->watch, call->env, &event);
    set_error(call, &event, ending->error);
    fill_result(call, &event, ending);
    if (answer->infile)
        event.action = EVENT_ACTION_copy_in;
    if (command->sql || command->code == MYSQL_UNSEEN)
        set_counts(m, &event, ending);
    event.bytes = answer->infile ? m->file_bytes : answer->bytes;
    event.known |= EVENT_KNOWS_bytes;
    call->env->emit(call->env->emit_context, &event);
}

static void set_identity(struct event *event, struct slice text)
{
    struct reader r = reader_of(text);
    event->account = reader_cstring(&r);
    event->database = reader_cstring(&r);
    event->program = reader_cstring(&r);
}

void mysql_emit_login(struct mysql_call *call, const struct mysql_ending *ending)
{
    struct mysql *m = call->m;
    struct mysql_request stored;
    struct slice params, text = mysql_request_text(call, m->answer.key, &stored, &params);
    struct event event = base(call, &m->answer.request);
    event.gaps |= m->answer.gaps;
    event.action = EVENT_ACTION_login;
    event.outcome = ending->outcome;
    set_duration(call->time_ns, &event);
    set_identity(&event, text);
    set_error(call, &event, ending->error);
    call->env->emit(call->env->emit_context, &event);
}

void mysql_emit_plain(struct mysql_call *call, const struct mysql_request *request,
                      enum event_outcome outcome)
{
    struct event event = base(call, request);
    event.action = mysql_command_find(request->command)->action;
    event.outcome = outcome;
    call->env->emit(call->env->emit_context, &event);
}

/* What a cursor gave, as the one act of the execution that opened it. */
void mysql_emit_cursor(struct mysql_call *call, const struct mysql_ending *ending)
{
    struct mysql *m = call->m;
    struct mysql_cursor *cursor = &m->cursor;
    struct slice params,
        text = mysql_cursor_text(call, cursor->statement, &params, &cursor->request.param_count);
    struct event event = base(call, &cursor->request);
    event.database = mysql_name_slice(&cursor->database);
    event.outcome = ending->outcome;
    set_duration(cursor->end_ns, &event);
    if (cursor->watch_open)
        result_watch_end(&m->answer.watch, call->env, &event);
    set_error(call, &event, ending->error);
    const struct sql_description *said =
        describe(call, &event, mysql_command_find(COM_STMT_FETCH), text);
    set_params(call, &event, &cursor->request, params);
    set_objects(call, &event, said, cursor->has_objects);
    if (cursor->knows_rows)
        set_rows(&event, cursor->rows);
    if (ending->outcome == EVENT_OUTCOME_success && changes_nothing(&event))
        set_affected(&event, 0);
    event.bytes = cursor->bytes;
    event.known |= EVENT_KNOWS_bytes;
    call->env->emit(call->env->emit_context, &event);
}

/* A request whose answer is not seen. */
void mysql_emit_unanswered(struct mysql_call *call, uint64_t key, uint32_t gaps)
{
    struct mysql_request request;
    struct slice params, text = mysql_request_text(call, key, &request, &params);
    const struct mysql_command *command = mysql_command_find(request.command);
    bool silent = command->silent && command->code != COM_STMT_PREPARE;
    if (silent || request.seq == 0 || mysql_cursor_takes(call->m, &request, gaps))
        return;
    if (command->code == COM_STMT_FETCH)
        text = mysql_cursor_text(call, request.statement, &params, &request.param_count);
    if (command->code == COM_STMT_FETCH && text.len == 0)
        gaps |= mysql_statement_gap(call->m);
    struct event event = base(call, &request);
    event.gaps |= gaps;
    if (command->answer == MYSQL_ANSWER_LOGIN)
        set_identity(&event, text);
    struct slice statement = request.deferred ? (struct slice){NULL, 0} : text;
    const struct sql_description *said = describe(call, &event, command, statement);
    set_params(call, &event, &request, params);
    set_objects(call, &event, said, false);
    if (command->code == COM_FIELD_LIST)
        set_named_object(call, &event, text);
    call->env->emit(call->env->emit_context, &event);
}
