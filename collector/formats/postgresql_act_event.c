/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The event of an act, a sign-in or a sign-out of the PostgreSQL log.
 */
#include "collector/formats/delimited.h"
#include "collector/formats/postgresql_log.h"

static void set_session(struct pg_log_work *w, struct event *event)
{
    event->session = log_session_id(w->env, SLICE("postgresql"), w->text[PG_LOG_SESSION]);
    event->seq = ++w->s.seq;
    event->client = w->s.client;
    event->account = w->text[PG_LOG_USER];
    event->database = w->text[PG_LOG_DATABASE];
    event->program = w->text[PG_LOG_PROGRAM];
    event->error_code = w->text[PG_LOG_CODE];
    event->error_text = w->text[PG_LOG_ERROR];
}

void pg_log_emit_session(struct pg_log_work *w, const struct pg_log_record *record,
                         enum event_action action, enum event_outcome outcome)
{
    struct event event = {.time_ns = record->time_ns, .action = action, .outcome = outcome};
    set_session(w, &event);
    w->env->emit(w->env->emit_context, &event);
}

/* The next of "$1 = '42', $2 = NULL, $3 = 'O''Brien'". */
static bool next_detail(struct slice *rest, struct arena *scratch, struct event_param *param)
{
    struct slice name = log_cut(rest, ' ');
    *param = (struct event_param){0};
    if (!slice_starts(name, SLICE("$")) || !log_skip(rest, SLICE("= ")))
        return false;
    if (log_skip(rest, SLICE("NULL"))) {
        param->null = true;
    } else {
        /* Quotes are doubled inside: CSV with another quote. */
        struct slice s = *rest;
        if (!log_skip(&s, SLICE("'")))
            return false;
        size_t end = slice_find(s, '\'', 0);
        while (end + 1 < s.len && s.ptr[end + 1] == '\'')
            end = slice_find(s, '\'', end + 2);
        struct slice raw = slice_part(s, 0, end);
        uint8_t *to = arena_alloc(scratch, raw.len ? raw.len : 1);
        size_t n = 0;
        for (size_t i = 0; to && i < raw.len; i++) {
            to[n++] = raw.ptr[i];
            i += raw.ptr[i] == '\'';
        }
        param->text = slice_make(to, n);
        *rest = slice_part(s, end + 1, s.len);
    }
    (void)log_skip(rest, SLICE(", "));
    return true;
}

/* pgaudit writes NULL and '' alike: nothing between the commas. */
static bool next_parameter(struct delimited *d, struct arena *scratch, struct event_param *param)
{
    bool quoted;
    *param = (struct event_param){0};
    return delimited_next(d, scratch, &param->text, &quoted);
}

static void set_params(struct pg_log_work *w, struct event *event)
{
    struct slice detail = w->text[PG_LOG_DETAIL], csv = w->text[PG_LOG_PARAMETER];
    struct arena *scratch = w->env->scratch;
    if (detail.len == 0 && csv.len == 0)
        return;
    struct event_param *params = arena_array(scratch, EVENT_MAX_PARAMS, sizeof *params);
    struct delimited d = delimited_of(csv, ',');
    size_t n = 0;
    while (params && n < EVENT_MAX_PARAMS &&
           (detail.len > 0
                ? next_detail(&detail, scratch, &params[n])
                : w->text[PG_LOG_DETAIL].len == 0 && next_parameter(&d, scratch, &params[n])))
        n++;
    event->params = params;
    event->param_count = n;
    if (n == EVENT_MAX_PARAMS)
        event->gaps |= EVENT_GAP_limit;
}

static void each_text(struct pg_log_work *w, struct event *event, enum pg_log_text which)
{
    struct slice rest = w->text[which];
    while (rest.len > 0) {
        struct slice one = log_cut(&rest, 0);
        if (which == PG_LOG_OBJECTS)
            log_event_object(event, w->env, one);
        else
            log_event_objects_of(event, w->env, SQL_POSTGRESQL, one);
    }
}

/* An EXECUTE does what the prepared statement does. */
static void set_effect(struct pg_log_work *w, struct event *event)
{
    struct slice prepared = w->text[PG_LOG_PREPARED];
    if (prepared.len == 0)
        return;
    struct event of = {0};
    (void)log_event_statement(&of, w->env, SQL_POSTGRESQL, prepared);
    if (slice_starts_nocase(prepared, SLICE("prepare"))) {
        for (size_t i = 0; i + 4 < prepared.len; i++)
            if (slice_starts_nocase(slice_part(prepared, i, prepared.len), SLICE(" as "))) {
                prepared = slice_part(prepared, i + 4, prepared.len);
                (void)log_event_statement(&of, w->env, SQL_POSTGRESQL, prepared);
                break;
            }
    }
    event->action = of.action;
    event->objects = of.objects;
    event->object_count = of.object_count;
}

static void set_numbers(const struct pg_log_act *act, struct event *event)
{
    if (act->has_rows)
        event->known |= EVENT_KNOWS_rows;
    if (act->has_affected)
        event->known |= EVENT_KNOWS_affected;
    if (act->has_duration)
        event->known |= EVENT_KNOWS_duration;
    event->rows = act->rows;
    event->affected = act->affected;
    event->duration_us = act->duration_us;
}

static enum event_outcome outcome_of(const struct pg_log_act *act)
{
    if (act->failed)
        return EVENT_OUTCOME_failure;
    bool done = act->later || act->timed || act->has_rows || act->has_affected;
    return done ? EVENT_OUTCOME_success : EVENT_OUTCOME_unknown;
}

void pg_log_emit_act(struct pg_log_work *w)
{
    const struct pg_log_act *act = &w->s.act;
    struct event event = {.time_ns = act->time_ns, .gaps = act->gaps, .outcome = outcome_of(act)};
    set_session(w, &event);
    bool secret = log_event_statement(&event, w->env, SQL_POSTGRESQL, w->text[PG_LOG_STATEMENT]);
    if (!secret && w->env->clear)
        set_params(w, &event);
    set_effect(w, &event);
    each_text(w, &event, PG_LOG_OBJECTS);
    each_text(w, &event, PG_LOG_NESTED);
    set_numbers(act, &event);
    w->env->emit(w->env->emit_context, &event);
}
