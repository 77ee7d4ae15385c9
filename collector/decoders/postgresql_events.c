/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The events of a PostgreSQL session: what was asked, with which values, what came of it. Counts
 * are the rows that were seen to go to the client and the count of CommandComplete (documentation,
 * section "Message Formats": the command tags).
 */
#include "collector/decoders/postgresql_session.h"
#include "collector/memory.h"

#include <inttypes.h>
#include <stdio.h>

static void emit(struct pg_session *pg, const struct decoder_env *env, struct event *event)
{
    event->seq = pg->seq;
    event->account = pg_name_get(&pg->account);
    event->database = pg_name_get(&pg->database);
    event->program = pg_name_get(&pg->program);
    event->gaps |= pg->doubt;
    if (pg->mid_session)
        event->gaps |= EVENT_GAP_mid_session;
    if (!pg->seen[TO_SERVER] && !pg->mid_session)
        event->gaps |= EVENT_GAP_one_way;
    env->emit(env->emit_context, event);
}

static void set_end(struct event *event, const struct pg_end *end)
{
    event->outcome = end->outcome;
    event->error_code = end->error_code;
    event->error_text = end->error_text;
    event->gaps |= end->gaps;
    if (end->time_ns && end->time_ns >= event->time_ns) {
        event->duration_us = (end->time_ns - event->time_ns) / 1000;
        event->known |= EVENT_KNOWS_duration;
    }
}

void pg_emit_plain(struct pg_session *pg, const struct decoder_env *env, enum event_action action,
                   int64_t time_ns, const struct pg_end *end, struct slice object)
{
    struct event_object named = {.name = object};
    struct event event = {.time_ns = time_ns,
                          .action = action,
                          .objects = object.len ? &named : NULL,
                          .object_count = object.len > 0};
    set_end(&event, end);
    emit(pg, env, &event);
}

/* The count at the tag's end. */
static bool tag_count(struct slice tag, uint64_t *count)
{
    size_t from = tag.len;
    while (from > 0 && tag.ptr[from - 1] != ' ')
        from--;
    return from > 0 && slice_to_u64(slice_part(tag, from, SIZE_MAX), count);
}

static void set_rows(struct event *event, uint64_t rows)
{
    event->rows = rows;
    event->known |= EVENT_KNOWS_rows;
}

static void set_affected(struct event *event, uint64_t affected)
{
    event->affected = affected;
    event->known |= EVENT_KNOWS_affected;
}

/* SELECT and FETCH count rows to the client; CREATE TABLE AS says SELECT too, but sends none. Where
 * bytes were lost the tag has seen more rows than we have. */
static void count_rows(const struct pg_session *pg, struct event *event, struct slice tag)
{
    const struct pg_result *result = &pg->result;
    uint64_t count = 0;
    bool counted = tag_count(tag, &count);
    bool reads = slice_starts(tag, SLICE("SELECT ")) || slice_starts(tag, SLICE("FETCH "));
    bool changes = slice_starts(tag, SLICE("INSERT ")) || slice_starts(tag, SLICE("UPDATE ")) ||
                   slice_starts(tag, SLICE("DELETE ")) || slice_starts(tag, SLICE("MERGE "));
    bool copies = slice_starts(tag, SLICE("COPY "));
    bool lost = pg->doubt || event->gaps & EVENT_GAP_lost_bytes;
    if (result->copy == PG_COPY_OUT)
        set_rows(event, counted && copies ? count : result->rows);
    else if (counted && copies)
        set_affected(event, count);
    else if (counted && changes)
        set_affected(event, count);
    else if (counted && reads && !result->described && result->rows == 0 && count > 0 && !lost)
        set_affected(event, count);
    if (result->copy)
        return;
    if (reads && lost && counted && count > result->rows)
        set_rows(event, count);
    else if (result->described || result->rows > 0 || (reads && counted && count == 0))
        set_rows(event, result->rows);
}

/* Where nothing is known of the request, the tag tells what kind it was. */
static enum event_action action_of_tag(struct slice tag)
{
    static const struct {
        const char *word;
        enum event_action action;
    } words[] = {
        {"SELECT ", EVENT_ACTION_read},    {"FETCH ", EVENT_ACTION_read},
        {"INSERT ", EVENT_ACTION_write},   {"UPDATE ", EVENT_ACTION_write},
        {"DELETE ", EVENT_ACTION_write},   {"MERGE ", EVENT_ACTION_write},
        {"CREATE ", EVENT_ACTION_create},  {"ALTER ", EVENT_ACTION_alter},
        {"DROP ", EVENT_ACTION_drop},      {"GRANT", EVENT_ACTION_grant},
        {"REVOKE", EVENT_ACTION_revoke},   {"SET", EVENT_ACTION_set},
        {"PREPARE", EVENT_ACTION_prepare},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_starts(tag, slice_from(words[i].word)))
            return words[i].action;
    return EVENT_ACTION_other;
}

/* The statement of this result in a simple query of several; the whole text of one. */
static struct slice query_part(struct pg_session *pg, struct slice text)
{
    struct pg_result *result = &pg->result;
    struct slice rest = slice_part(text, result->text_at, SIZE_MAX), first, second;
    if (result->split && !result->several)
        return text;
    if (!result->split && slice_find(text, ';', 0) + 1 >= text.len) {
        result->split = true;
        return text;
    }
    if (!sql_next_statement(SQL_POSTGRESQL, &rest, &first))
        return text;
    if (!result->split) {
        result->split = true;
        result->several = sql_next_statement(SQL_POSTGRESQL, &rest, &second);
    }
    return result->several ? first : text;
}

static struct pg_statement statement_of(const struct pg_session *pg, const struct decoder_env *env,
                                        const struct pg_request *request)
{
    switch (request->kind) {
    case PG_PARSE:
        return (struct pg_statement){.text = request->payload, .gaps = request->gaps};
    case PG_BIND:
        return pg_statement_find(pg, env, request->statement);
    case PG_DESCRIBE_STATEMENT:
    case PG_CLOSE_STATEMENT:
        return pg_statement_find(pg, env, request->name);
    case PG_EXECUTE:
    case PG_DESCRIBE_PORTAL:
        return pg_portal_find(pg, env, request->name).statement;
    default:
        return (struct pg_statement){0};
    }
}

struct slice pg_result_text(struct pg_session *pg, const struct decoder_env *env,
                            const struct pg_request *request)
{
    if (request->kind == PG_QUERY)
        return query_part(pg, pg_payload_get(env, request->payload));
    return pg_statement_text(env, statement_of(pg, env, request).text);
}

const struct sql_description *pg_effect(const struct decoder_env *env, struct slice text)
{
    struct slice target = pg_command_target(env, text);
    struct slice described = target.len ? target : text;
    return described.len ? sql_describe(env->sql, SQL_POSTGRESQL, described) : NULL;
}

/* From a statement without success on, the rest of a simple query is one with it. */
static struct slice unanswered_text(const struct pg_session *pg, const struct decoder_env *env,
                                    const struct pg_request *request, struct slice part)
{
    if (request->kind != PG_QUERY || !pg->result.several)
        return part;
    return slice_trim(
        slice_part(pg_payload_get(env, request->payload), pg->result.text_at, SIZE_MAX));
}

static void set_effect(struct event *event, const struct sql_description *effect)
{
    event->action = effect->action;
    event->objects = effect->objects;
    event->object_count = effect->object_count;
}

/* `text` is the statement, `clear` what of the request it stands for. */
static void set_text(const struct decoder_env *env, struct event *event, struct slice text,
                     struct slice clear, bool *secret)
{
    const struct sql_description *own = sql_describe(env->sql, SQL_POSTGRESQL, text);
    event->shape = own->shape;
    event->known |= EVENT_KNOWS_shape;
    *secret = own->secret;
    set_effect(event, own);
    event->statement = own->statement;
    struct slice target = pg_command_target(env, text);
    bool partial = clear.len != text.len;
    if (target.len || (partial && env->clear)) {
        /* The next description may push the present one out. */
        event->statement = arena_copy(env->scratch, own->statement);
        if (partial)
            *secret |= sql_describe(env->sql, SQL_POSTGRESQL, clear)->secret;
        set_effect(event, sql_describe(env->sql, SQL_POSTGRESQL, target.len ? target : text));
    }
    if (env->clear)
        event->clear = *secret ? event->statement : clear;
}

static void set_values(const struct pg_session *pg, const struct decoder_env *env,
                       const struct pg_request *request, struct event *event)
{
    struct pg_portal portal = {.values = request->payload, .gaps = request->gaps};
    bool limited = false;
    if (request->kind == PG_EXECUTE || request->kind == PG_DESCRIBE_PORTAL)
        portal = pg_portal_find(pg, env, request->name);
    else if (request->kind == PG_BIND)
        portal.statement = pg_statement_find(pg, env, request->statement);
    else
        return;
    event->gaps |= portal.gaps;
    event->params =
        pg_bound_values(env, &portal.statement, portal.values, &event->param_count, &limited);
    if (limited)
        event->gaps |= EVENT_GAP_limit;
}

/* What is missing may have been pushed out of the session's memory. */
static bool forgotten(const struct decoder_env *env)
{
    return session_memory_evicted(env->memory) > 0;
}

static void set_statement(struct pg_session *pg, const struct decoder_env *env,
                          const struct pg_request *request, const struct pg_end *end,
                          struct event *event)
{
    bool secret = false;
    struct slice text = pg_result_text(pg, env, request);
    struct slice clear = text;
    event->gaps |= request->gaps | statement_of(pg, env, request).gaps;
    if (end->outcome != EVENT_OUTCOME_success) {
        clear = unanswered_text(pg, env, request, text);
        /* A syntax error, or no answer at all: the statements share what is known. */
        if (slice_equal(end->error_code, SLICE("42601")) ||
            (end->outcome == EVENT_OUTCOME_unknown && !pg->result.begun))
            text = clear;
    }
    if (text.len) {
        set_text(env, event, text, clear, &secret);
    } else {
        event->action = action_of_tag(end->tag);
        if (forgotten(env))
            event->gaps |= EVENT_GAP_limit;
    }
    if (secret) /* the server may quote it */
        event->error_text.len = 0;
    if (env->clear && !secret)
        set_values(pg, env, request, event);
}

static void set_function(const struct decoder_env *env, const struct pg_request *request,
                         struct event *event)
{
    struct event_object *object = arena_alloc(env->scratch, sizeof *object);
    char name[32];
    int len = snprintf(name, sizeof name, "function:%" PRIu64, request->payload);
    event->action = EVENT_ACTION_call;
    if (!object)
        return;
    object->name = arena_copy(env->scratch, slice_make(name, (size_t)len));
    event->objects = object;
    event->object_count = 1;
}

static void set_part(const struct pg_session *pg, const struct pg_end *end, struct event *event)
{
    /* The first answer to several statements is the only one where it is no success. */
    if (!pg->result.several || (pg->result.part == 0 && end->outcome != EVENT_OUTCOME_success))
        return;
    event->part = pg->result.part;
    event->known |= EVENT_KNOWS_part;
}

void pg_emit_result(struct pg_session *pg, const struct decoder_env *env,
                    const struct pg_request *request, const struct pg_end *end)
{
    struct event event = {.time_ns = request ? request->time_ns : end->time_ns};
    pg->seq += !request || request->kind != PG_QUERY || pg->result.part == 0;
    set_end(&event, end);
    if (pg->result.watched)
        result_watch_end(&pg->watch, env, &event);
    pg->result.watched = false;
    if (!request)
        event.action = action_of_tag(end->tag);
    else if (request->kind == PG_FUNCTION)
        set_function(env, request, &event);
    else
        set_statement(pg, env, request, end, &event);
    set_part(pg, end, &event);
    count_rows(pg, &event, end->tag);
    if (pg->result.copy)
        event.action = pg->result.copy == PG_COPY_IN ? EVENT_ACTION_copy_in : EVENT_ACTION_copy_out;
    if (end->time_ns || pg->result.bytes) {
        event.bytes = pg->result.bytes;
        event.known |= EVENT_KNOWS_bytes;
    }
    if (pg->result.limited)
        event.gaps |= EVENT_GAP_limit;
    if (!request && !pg->doubt && pg->seen[TO_SERVER])
        event.gaps |= forgotten(env) ? EVENT_GAP_limit : EVENT_GAP_lost_bytes;
    emit(pg, env, &event);
}
