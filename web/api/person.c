/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One person: what the risk is made of, and half a year of day scores.
 */
#include "desk/trail.h"
#include "web/api.h"
#include "web/api/organisation.h"
#include "web/member.h"

#include <math.h>

enum { HISTORY_DAYS = 180 };

static bool visit_day(void *context, const struct store_day *day)
{
    struct json_writer *w = context;
    json_write_object_open(w);
    member_day(w, "day", day->day);
    member_real(w, "score", day->score);
    member_unsigned(w, "percent", day->percent);
    member_real(w, "alert_value", day->alert_value);
    member_real(w, "theta", day->theta);
    member_real(w, "weight", day->weight);
    member_real(w, "confidence", day->confidence);
    member_bool(w, "learning", day->learning);
    member_bool(w, "running", day->running);
    member_string(w, "mark", alert_mark_name(day->mark));
    member_unsigned(w, "views", day->measures.views);
    member_unsigned(w, "subjects", day->measures.subjects);
    member_unsigned(w, "rows", day->measures.rows);
    json_write_object_close(w);
    return true;
}

static void write_terms(struct json_writer *w, const struct store_person *person, double decay)
{
    json_write_key(w, "terms");
    json_write_array_open(w);
    for (enum term t = 0; t < TERM_COUNT; t++)
        if (term_in_sum(t) && person->terms[t] * decay >= 0.005)
            write_term_points(w, t, person->terms[t] * decay);
    json_write_array_close(w);
}

static enum status write_person(struct exchange *exchange, const struct store_person *person,
                                int32_t day)
{
    struct json_writer *w = &exchange->json;
    double risk = store_risk_at(person, day);
    json_write_object_open(w);
    member_text(w, "employee", person->employee);
    write_kind(w, person->kind);
    member_text(w, "name", person->name);
    member_text(w, "department", person->department);
    member_text(w, "role", person->role);
    member_text(w, "manager", person->manager);
    member_day(w, "as_of", day);
    member_unsigned(w, "percent", store_percent(risk));
    member_real(w, "risk", risk);
    member_day(w, "last_day", person->last_day);
    member_unsigned(w, "days_seen", person->days_seen);
    member_bool(w, "learning", person->learning);
    member_unsigned(w, "open_alert", person->open_alert);
    write_terms(w, person, person->risk > 0 ? risk / person->risk : 0);
    json_write_key(w, "days");
    json_write_array_open(w);
    enum status status = store_person_days(exchange->reader, person->employee,
                                           day - HISTORY_DAYS + 1, day, visit_day, w);
    json_write_array_close(w);
    json_write_object_close(w);
    return status;
}

void api_person(struct exchange *exchange)
{
    struct store_status state;
    struct store_person person;
    int32_t day;
    if (!newest_day(exchange, &state, &day))
        return;
    enum status status =
        store_person_get(exchange->reader, exchange->params[0], &exchange->arena, &person);
    if (status == STATUS_NOT_FOUND) {
        exchange_fail(exchange, 404, "not_found", "");
        return;
    }
    if (status == STATUS_OK) {
        if (!exchange_audit(exchange, TRAIL_person_viewed, person.employee))
            return;
        status = write_person(exchange, &person, day);
    }
    if (status != STATUS_OK)
        exchange_fail_status(exchange, status);
}
