/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One person's day: the terms that add up to its score, the measures, and what was done, by
 * session, by statement shape and by subject.
 */
#include "desk/trail.h"
#include "web/api.h"
#include "web/api/organisation.h"
#include "web/api/tally.h"
#include "web/member.h"

#include <stdio.h>
#include <stdlib.h>

enum { SESSIONS_MOST = 200, STATEMENTS_MOST = 200, SUBJECTS_MOST = 2000, EVENTS_MOST = 50000 };

struct session_row {
    struct slice session, asset, protocol, account, program;
    struct event_address client;
    int64_t first_ns, last_ns;
    uint64_t events, rows, views, failures;
};

struct statement_row {
    bool has_shape;
    uint64_t shape;
    struct slice statement, asset;
    enum event_action action;
    uint64_t count, rows;
    int64_t last_ns;
};

struct subject_row {
    uint8_t subject[16];
    struct slice asset, object;
    uint64_t views;
    int64_t dwell_ns, longest_ns, first_ns, last_ns;
};

struct activity {
    struct exchange *exchange;
    struct tally sessions, statements, subjects;
    uint64_t events;
    bool cut;
};

static void fold_session(struct activity *activity, const struct store_event *stored)
{
    struct arena *arena = &activity->exchange->arena;
    const struct event *event = &stored->event;
    bool created;
    struct session_row *row = tally_row(&activity->sessions, event->session, &created);
    if (!row)
        return;
    if (created) {
        *row = (struct session_row){.session = arena_copy(arena, event->session),
                                    .asset = arena_copy(arena, stored->asset),
                                    .protocol = arena_copy(arena, event->protocol),
                                    .account = arena_copy(arena, event->account),
                                    .program = arena_copy(arena, event->program),
                                    .client = event->client,
                                    .first_ns = event->time_ns,
                                    .last_ns = event->time_ns};
    }
    row->first_ns = event->time_ns < row->first_ns ? event->time_ns : row->first_ns;
    row->last_ns = event->time_ns > row->last_ns ? event->time_ns : row->last_ns;
    row->events++;
    row->rows += event->known & EVENT_KNOWS_rows ? event->rows : 0;
    row->views += event->action == EVENT_ACTION_view;
    row->failures += event->outcome == EVENT_OUTCOME_failure;
}

static void fold_statement(struct activity *activity, const struct store_event *stored)
{
    struct arena *arena = &activity->exchange->arena;
    const struct event *event = &stored->event;
    bool created;
    if (event->statement.len == 0)
        return;
    bool has_shape = event->known & EVENT_KNOWS_shape;
    struct slice key =
        has_shape ? slice_make(&event->shape, sizeof event->shape) : event->statement;
    struct statement_row *row = tally_row(&activity->statements, key, &created);
    if (!row)
        return;
    if (created) {
        *row = (struct statement_row){.has_shape = has_shape,
                                      .shape = event->shape,
                                      .statement = arena_copy(arena, event->statement),
                                      .asset = arena_copy(arena, stored->asset),
                                      .action = event->action};
    }
    row->count++;
    row->rows += event->known & EVENT_KNOWS_rows ? event->rows : 0;
    row->last_ns = event->time_ns > row->last_ns ? event->time_ns : row->last_ns;
}

static bool visit_event(void *context, const struct store_event *event, const char *next)
{
    struct activity *activity = context;
    (void)next;
    activity->cut = ++activity->events > EVENTS_MOST;
    if (activity->cut)
        return false;
    fold_session(activity, event);
    fold_statement(activity, event);
    return true;
}

static bool visit_view(void *context, const struct store_view *view)
{
    struct activity *activity = context;
    struct arena *arena = &activity->exchange->arena;
    bool created;
    struct subject_row *row =
        tally_row(&activity->subjects, slice_make(view->subject, sizeof view->subject), &created);
    if (!row)
        return true;
    if (created) {
        memcpy(row->subject, view->subject, sizeof row->subject);
        row->asset = arena_copy(arena, view->asset);
        row->object = arena_copy(arena, view->object);
        row->first_ns = view->start_ns;
    }
    row->views++;
    row->dwell_ns += view->dwell_ns;
    row->longest_ns = view->dwell_ns > row->longest_ns ? view->dwell_ns : row->longest_ns;
    row->first_ns = view->start_ns < row->first_ns ? view->start_ns : row->first_ns;
    row->last_ns = view->start_ns > row->last_ns ? view->start_ns : row->last_ns;
    return true;
}

static int by_first(const void *left, const void *right)
{
    const struct session_row *a = left, *b = right;
    return (a->first_ns > b->first_ns) - (a->first_ns < b->first_ns);
}

static int by_rows(const void *left, const void *right)
{
    const struct statement_row *a = left, *b = right;
    if (a->rows != b->rows)
        return a->rows < b->rows ? 1 : -1;
    return (a->count < b->count) - (a->count > b->count);
}

static int by_dwell(const void *left, const void *right)
{
    const struct subject_row *a = left, *b = right;
    if (a->dwell_ns != b->dwell_ns)
        return a->dwell_ns < b->dwell_ns ? 1 : -1;
    return (a->views < b->views) - (a->views > b->views);
}

static void write_sessions(struct json_writer *w, struct tally *sessions)
{
    qsort(sessions->rows, sessions->count, sessions->row_size, by_first);
    json_write_key(w, "sessions");
    json_write_array_open(w);
    for (size_t i = 0; i < sessions->count; i++) {
        const struct session_row *row = tally_at(sessions, i);
        json_write_object_open(w);
        member_text(w, "session", row->session);
        member_text(w, "asset", row->asset);
        member_text(w, "protocol", row->protocol);
        member_text(w, "account", row->account);
        member_text(w, "program", row->program);
        member_address(w, "client", &row->client);
        member_time(w, "first", row->first_ns);
        member_time(w, "last", row->last_ns);
        member_unsigned(w, "events", row->events);
        member_unsigned(w, "rows", row->rows);
        member_unsigned(w, "views", row->views);
        member_unsigned(w, "failures", row->failures);
        json_write_object_close(w);
    }
    json_write_array_close(w);
}

static void write_statements(struct json_writer *w, struct tally *statements)
{
    qsort(statements->rows, statements->count, statements->row_size, by_rows);
    json_write_key(w, "statements");
    json_write_array_open(w);
    for (size_t i = 0; i < statements->count; i++) {
        const struct statement_row *row = tally_at(statements, i);
        char shape[17] = "";
        if (row->has_shape)
            snprintf(shape, sizeof shape, "%016llx", (unsigned long long)row->shape);
        json_write_object_open(w);
        member_string(w, "shape", shape);
        member_text(w, "statement", row->statement);
        member_text(w, "asset", row->asset);
        member_string(w, "action", event_action_name(row->action));
        member_unsigned(w, "count", row->count);
        member_unsigned(w, "rows", row->rows);
        member_time(w, "last", row->last_ns);
        json_write_object_close(w);
    }
    json_write_array_close(w);
}

static void write_subjects(struct json_writer *w, struct tally *subjects)
{
    qsort(subjects->rows, subjects->count, subjects->row_size, by_dwell);
    json_write_key(w, "subjects");
    json_write_array_open(w);
    for (size_t i = 0; i < subjects->count; i++) {
        const struct subject_row *row = tally_at(subjects, i);
        json_write_object_open(w);
        member_hex(w, "subject", row->subject, sizeof row->subject);
        member_unsigned(w, "views", row->views);
        member_real(w, "dwell_s", (double)row->dwell_ns / 1e9);
        member_real(w, "longest_s", (double)row->longest_ns / 1e9);
        member_time(w, "first", row->first_ns);
        member_time(w, "last", row->last_ns);
        member_text(w, "asset", row->asset);
        member_text(w, "object", row->object);
        json_write_object_close(w);
    }
    json_write_array_close(w);
}

static enum status read_activity(struct activity *activity, const struct store_status *state,
                                 const struct store_day *day)
{
    struct arena *arena = &activity->exchange->arena;
    struct store_reader *reader = activity->exchange->reader;
    struct store_event_filter filter = {.employee = day->employee,
                                        .from_ns = day_start_ns(state, day->day),
                                        .to_ns = day_start_ns(state, day->day + 1)};
    if (!tally_init(&activity->sessions, arena, sizeof(struct session_row), SESSIONS_MOST) ||
        !tally_init(&activity->statements, arena, sizeof(struct statement_row), STATEMENTS_MOST) ||
        !tally_init(&activity->subjects, arena, sizeof(struct subject_row), SUBJECTS_MOST))
        return STATUS_NO_MEMORY;
    enum status status = store_events(reader, &filter, visit_event, activity);
    if (status == STATUS_OK)
        status =
            store_views(reader, day->employee, filter.from_ns, filter.to_ns, visit_view, activity);
    return status;
}

static void write_activity(struct json_writer *w, struct activity *activity)
{
    write_sessions(w, &activity->sessions);
    write_statements(w, &activity->statements);
    write_subjects(w, &activity->subjects);
    member_bool(w, "cut",
                activity->cut || activity->sessions.cut || activity->statements.cut ||
                    activity->subjects.cut);
}

static void write_terms(struct json_writer *w, const struct store_day *day)
{
    json_write_key(w, "terms");
    json_write_array_open(w);
    for (enum term t = 0; t < TERM_COUNT; t++) {
        const struct store_term *term = &day->terms[t];
        json_write_object_open(w);
        member_string(w, "term", term_code(t));
        member_both(w, "label", slice_from(term_label(t, LANGUAGE_EN)),
                    slice_from(term_label(t, LANGUAGE_ZH)));
        member_bool(w, "in_sum", term_in_sum(t));
        member_bool(w, "measured", term->measured);
        member_real(w, "observed", term->observed);
        member_real(w, "expected", term->expected);
        member_real(w, "peers", term->peers);
        member_real(w, "n", term->n);
        member_real(w, "raw", term->raw);
        member_real(w, "deflated", term->deflated);
        member_real(w, "coincidence", term->coincidence);
        member_real(w, "points", term->points);
        member_both(w, "sentence", term->sentence[LANGUAGE_EN], term->sentence[LANGUAGE_ZH]);
        json_write_object_close(w);
    }
    json_write_array_close(w);
}

static void write_measures(struct json_writer *w, const struct day_measures *m)
{
    json_write_key(w, "measures");
    json_write_object_open(w);
    member_unsigned(w, "events", m->events);
    member_unsigned(w, "statements", m->statements);
    member_unsigned(w, "views", m->views);
    member_unsigned(w, "subjects", m->subjects);
    member_real(w, "unassigned", m->unassigned);
    member_unsigned(w, "exports", m->exports);
    member_unsigned(w, "logins", m->logins);
    member_unsigned(w, "failed_logins", m->failed_logins);
    member_unsigned(w, "errors", m->errors);
    member_unsigned(w, "rows", m->rows);
    member_unsigned(w, "bytes", m->bytes);
    member_unsigned(w, "sessions", m->sessions);
    member_real(w, "dwell_total_s", m->dwell_total_s);
    member_real(w, "dwell_mean_s", m->dwell_mean_s);
    member_unsigned(w, "hours", m->hours);
    member_time(w, "first", m->first_ns);
    member_time(w, "last", m->last_ns);
    member_unsigned(w, "gaps", m->gaps);
    member_unsigned(w, "late_events", m->late_events);
    json_write_key(w, "rows_by_class");
    json_write_array_open(w);
    for (int i = 0; i < EVENT_CLASSES; i++)
        json_write_unsigned(w, m->rows_by_class[i]);
    json_write_array_close(w);
    json_write_object_close(w);
}

static void write_score(struct json_writer *w, const struct store_day *day)
{
    member_text(w, "employee", day->employee);
    member_day(w, "day", day->day);
    member_real(w, "score", day->score);
    member_real(w, "risk", day->risk);
    member_unsigned(w, "percent", day->percent);
    member_real(w, "alert_value", day->alert_value);
    member_real(w, "theta", day->theta);
    member_real(w, "weight", day->weight);
    member_real(w, "confidence", day->confidence);
    member_bool(w, "learning", day->learning);
    member_bool(w, "running", day->running);
    member_bool(w, "late", day->late);
    member_unsigned(w, "revised", day->revised);
    member_real(w, "first_score", day->first_score);
    member_string(w, "mark", alert_mark_name(day->mark));
    member_unsigned(w, "alert", day->alert);
    member_text(w, "group", day->group);
    member_unsigned(w, "peers", day->peers);
    member_unsigned(w, "days_seen", day->days_seen);
}

/* The day on record; false and the error answer when there is none. */
static bool find_day(struct exchange *exchange, struct store_status *state, struct store_day *day)
{
    int32_t newest, wanted;
    if (!exchange_day(exchange, exchange->params[1], "day", &wanted) ||
        !newest_day(exchange, state, &newest))
        return false;
    enum status status =
        store_day_get(exchange->reader, exchange->params[0], wanted, &exchange->arena, day);
    if (status == STATUS_NOT_FOUND)
        exchange_fail(exchange, 404, "not_found", "");
    else if (status != STATUS_OK)
        exchange_fail_status(exchange, status);
    return status == STATUS_OK;
}

void api_day(struct exchange *exchange)
{
    struct activity activity = {.exchange = exchange};
    struct store_status state;
    struct store_day day;
    char about[256], text[11];
    if (!find_day(exchange, &state, &day))
        return;
    day_text(day.day, text);
    snprintf(about, sizeof about, "%.*s %s", (int)day.employee.len, (const char *)day.employee.ptr,
             text);
    if (!exchange_audit(exchange, TRAIL_day_viewed, slice_from(about)))
        return;
    enum status status = read_activity(&activity, &state, &day);
    if (status == STATUS_OK) {
        json_write_object_open(&exchange->json);
        write_score(&exchange->json, &day);
        write_measures(&exchange->json, &day.measures);
        write_terms(&exchange->json, &day);
        write_activity(&exchange->json, &activity);
        json_write_object_close(&exchange->json);
    }
    tally_release(&activity.subjects);
    tally_release(&activity.statements);
    tally_release(&activity.sessions);
    if (status != STATUS_OK)
        exchange_fail_status(exchange, status);
}
