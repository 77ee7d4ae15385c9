/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell risk: employees ranked by risk, or their days.
 */
#include "cli/commands.h"
#include "cli/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANKED_MAX = 1 << 18, NAME_MAX_BYTES = 64 };

/* What is kept of a person for the ranking. */
struct ranked {
    double risk, score;
    char employee[NAME_MAX_BYTES * 4], name[NAME_MAX_BYTES], department[NAME_MAX_BYTES],
        role[NAME_MAX_BYTES];
    int32_t last_day;
    uint64_t alert;
    bool learning;
    double terms[TERM_COUNT];
};

struct ranking {
    struct query q;
    const char *by;
    struct ranked *people;
    size_t count, capacity;
    int32_t today;
};

static double points_of(const struct store_term *t, size_t k)
{
    return term_in_sum((enum term)k) ? t->points : 0;
}

static void json_day_terms(struct json_writer *w, const struct store_day *d)
{
    json_write_key(w, "terms");
    json_write_array_open(w);
    for (size_t k = 0; k < TERM_COUNT; k++) {
        const struct store_term *t = &d->terms[k];
        if (points_of(t, k) <= 0)
            continue;
        json_write_object_open(w);
        json_write_key(w, "term");
        json_write_text(w, term_code((enum term)k));
        json_write_key(w, "points");
        json_write_real(w, t->points);
        json_write_key(w, "bits");
        json_write_real(w, t->raw);
        json_write_key(w, "observed");
        json_write_real(w, t->observed);
        json_write_key(w, "expected");
        json_write_real(w, t->expected);
        json_write_key(w, "n");
        json_write_real(w, t->n);
        json_write_key(w, "sentence");
        json_write_string(w, t->sentence[LANGUAGE_EN]);
        json_write_object_close(w);
    }
    json_write_array_close(w);
}

static void print_day_json(struct query *q, const struct store_day *d)
{
    struct json_writer w = query_json(q);
    json_write_object_open(&w);
    json_write_key(&w, "employee");
    json_write_string(&w, d->employee);
    json_write_key(&w, "day");
    json_write_text(&w, query_day_text(d->day));
    json_write_key(&w, "score");
    json_write_real(&w, d->score);
    json_write_key(&w, "risk");
    json_write_real(&w, d->risk);
    json_write_key(&w, "percent");
    json_write_unsigned(&w, d->percent);
    json_write_key(&w, "alert");
    json_write_text(&w, alert_mark_name(d->mark));
    json_write_key(&w, "learning");
    json_write_boolean(&w, d->learning);
    json_write_key(&w, "running");
    json_write_boolean(&w, d->running);
    json_write_key(&w, "late");
    json_write_boolean(&w, d->late);
    json_write_key(&w, "confidence");
    json_write_real(&w, d->confidence);
    json_day_terms(&w, d);
    json_write_object_close(&w);
    query_json_print(q);
}

static void day_terms_cell(struct query *q, const struct store_day *d)
{
    char text[400] = "";
    size_t len = 0;
    for (size_t k = 0; k < TERM_COUNT && len < sizeof text; k++)
        if (points_of(&d->terms[k], k) > 0)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%s %.1f", len ? ", " : "",
                                    term_code((enum term)k), d->terms[k].points);
    query_cell(q, slice_from(text));
}

static bool visit_day(void *context, const struct store_day *d)
{
    struct query *q = context;
    if (q->json) {
        print_day_json(q, d);
        return true;
    }
    query_cell(q, slice_from(query_day_text(d->day)));
    query_cell(q, d->employee);
    query_cell_format(q, "%.2f", d->score);
    query_cell_format(q, "%.2f", d->risk);
    query_cell_format(q, "%u", d->percent);
    query_cell(q, slice_from(d->running    ? "running"
                             : d->learning ? "learning"
                                           : alert_mark_name(d->mark)));
    day_terms_cell(q, d);
    return true;
}

static enum status list_days(struct query *q)
{
    static const char *const headings[] = {"DAY", "EMPLOYEE", ">SCORE", ">RISK",
                                           ">P",  "STATE",    "TERMS",  NULL};
    query_table(q, headings);
    enum status status = store_days(q->reader, q->from_day, q->to_day, visit_day, q);
    if (!q->json)
        query_table_print(q);
    return status;
}

static bool visit_person(void *context, const struct store_person *p)
{
    struct ranking *r = context;
    if (p->last_day < r->q.from_day || p->last_day > r->q.to_day)
        return true;
    if (r->count == r->capacity) {
        size_t more = r->capacity ? r->capacity * 2 : 256;
        struct ranked *bigger =
            more <= RANKED_MAX ? realloc(r->people, more * sizeof *bigger) : NULL;
        if (!bigger)
            return false;
        r->people = bigger;
        r->capacity = more;
    }
    struct ranked *to = &r->people[r->count++];
    *to = (struct ranked){store_risk_at(p, r->today),
                          p->score,
                          {0},
                          {0},
                          {0},
                          {0},
                          p->last_day,
                          p->open_alert,
                          p->learning,
                          {0}};
    slice_copy_text(p->employee, to->employee, sizeof to->employee);
    slice_copy_text(p->name, to->name, sizeof to->name);
    slice_copy_text(p->department, to->department, sizeof to->department);
    slice_copy_text(p->role, to->role, sizeof to->role);
    for (size_t k = 0; k < TERM_COUNT; k++)
        to->terms[k] = p->risk > 0 ? p->terms[k] * to->risk / p->risk : 0;
    return true;
}

static int by_risk(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->risk != y->risk)
        return x->risk < y->risk ? 1 : -1;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return strcmp(x->employee, y->employee);
}

static void print_person_json(struct query *q, const struct ranked *p)
{
    struct json_writer w = query_json(q);
    json_write_object_open(&w);
    json_write_key(&w, "employee");
    json_write_string(&w, slice_from(p->employee));
    json_write_key(&w, "name");
    json_write_string(&w, slice_from(p->name));
    json_write_key(&w, "department");
    json_write_string(&w, slice_from(p->department));
    json_write_key(&w, "role");
    json_write_string(&w, slice_from(p->role));
    json_write_key(&w, "day");
    json_write_text(&w, query_day_text(p->last_day));
    json_write_key(&w, "score");
    json_write_real(&w, p->score);
    json_write_key(&w, "risk");
    json_write_real(&w, p->risk);
    json_write_key(&w, "percent");
    json_write_unsigned(&w, store_percent(p->risk));
    json_write_key(&w, "learning");
    json_write_boolean(&w, p->learning);
    json_write_key(&w, "alert");
    json_write_unsigned(&w, p->alert);
    query_json_terms(&w, p->terms);
    json_write_object_close(&w);
    query_json_print(q);
}

static void print_person(struct query *q, const struct ranked *p)
{
    char text[400] = "";
    size_t len = 0;
    for (size_t k = 0; k < TERM_COUNT && len < sizeof text; k++)
        if (p->terms[k] >= 0.05)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%s %.1f", len ? ", " : "",
                                    term_code((enum term)k), p->terms[k]);
    query_cell(q, slice_from(p->employee));
    query_cell(q, slice_from(p->name));
    query_cell(q, slice_from(p->role));
    query_cell_format(q, "%u", store_percent(p->risk));
    query_cell_format(q, "%.2f", p->risk);
    query_cell(q, slice_from(query_day_text(p->last_day)));
    query_cell_number(q, p->alert != 0, "#", p->alert);
    query_cell(q, slice_from(text));
}

static enum status list_people(struct ranking *r)
{
    static const char *const headings[] = {"EMPLOYEE", "NAME",  "ROLE",    ">P", ">RISK",
                                           "LAST DAY", "ALERT", "MADE OF", NULL};
    struct query *q = &r->q;
    int64_t local = q->status.event_ns / 1000000000 + q->status.utc_offset_s;
    r->today = (int32_t)(local / 86400);
    enum status status = store_persons(q->reader, visit_person, r);
    if (r->count > 1)
        qsort(r->people, r->count, sizeof *r->people, by_risk);
    query_table(q, headings);
    for (size_t i = 0; i < r->count; i++)
        if (q->json)
            print_person_json(q, &r->people[i]);
        else
            print_person(q, &r->people[i]);
    if (!q->json)
        query_table_print(q);
    free(r->people);
    return status;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct ranking r = {.by = "person"};
    int code;
    const struct command_option options[] = {
        QUERY_OPTIONS(&r.q), {"by", OPTION_TEXT, &r.by, 0}, {0}};
    if (!query_begin(&r.q, command, options, argc, argv, &code))
        return query_end(&r.q, STATUS_OK, code);
    if (strcmp(r.by, "day") == 0)
        return query_end(&r.q, list_days(&r.q), EXIT_DONE);
    if (strcmp(r.by, "person") == 0)
        return query_end(&r.q, list_people(&r), EXIT_DONE);
    return query_end(&r.q, STATUS_OK,
                     command_usage_error(command, "--by %s: day or person is expected", r.by));
}

const struct command risk_command = {
    .name = "risk",
    .synopsis = "[--state DIR] [--by day|person] [--from T] [--to T] [--json]",
    .help_en = "employees ranked by risk, or the scores of their days",
    .help_zh = "按风险排列员工，或列出每日评分",
    .options_en = QUERY_HELP_EN "  --by day|person  persons by risk as of now (default), or days\n",
    .options_zh = QUERY_HELP_ZH "  --by day|person  按当前风险列人员（默认），或按日列出\n",
    .run = run,
};
