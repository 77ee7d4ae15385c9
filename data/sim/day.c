/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The ordinary day of each role.
 */
#include "sim/day.h"

#include "base/clock.h"

#include <stdlib.h>

const struct act_kind act_kinds[ACT_COUNT] = {
#define ACT_KIND(code, action, asset, object, statement, class) \
    {action, asset, object, statement, class},
    ACT_TABLE(ACT_KIND)
#undef ACT_KIND
};

static const struct act nowhere;

void day_begin(struct day *day, const struct organisation *o, const struct employee *e,
               unsigned index)
{
    *day = (struct day){.organisation = o,
                        .employee = e,
                        .index = index,
                        .midnight_ns =
                            (o->options.first_day + index) * NS_PER_DAY - 8 * 3600 * NS_PER_S,
                        .chance = chance_of(o->options.seed, 6000 + e->number, index),
                        .workstation = e->workstation};
}

void day_release(struct day *day)
{
    free(day->acts);
    free(day->subjects);
    day->acts = NULL;
    day->subjects = NULL;
}

static bool make_room(void **list, unsigned *capacity, unsigned count, size_t size)
{
    if (count < *capacity)
        return true;
    unsigned want = *capacity ? *capacity * 2 : 256;
    void *bigger = realloc(*list, want * size);
    if (!bigger)
        return false;
    *list = bigger;
    *capacity = want;
    return true;
}

struct act *day_act(struct day *day, enum act_code code, double second)
{
    static struct act spare; /* written to and forgotten where memory ran out */
    void *acts = day->acts;
    if (!make_room(&acts, &day->capacity, day->count, sizeof *day->acts)) {
        day->no_memory = true;
        spare = nowhere;
        return &spare;
    }
    day->acts = acts;
    struct act *act = &day->acts[day->count++];
    *act = (struct act){.time_ns = day->midnight_ns + (int64_t)(second * 1e9),
                        .employee = day->employee,
                        .code = code,
                        .first_subject = day->subject_count,
                        .workstation = day->workstation,
                        .session = day->sessions};
    return act;
}

void day_subject(struct day *day, unsigned customer)
{
    void *subjects = day->subjects;
    if (day->count == 0 ||
        !make_room(&subjects, &day->subject_capacity, day->subject_count, sizeof *day->subjects)) {
        day->no_memory |= day->count > 0;
        return;
    }
    day->subjects = subjects;
    day->subjects[day->subject_count++] = customer;
    day->acts[day->count - 1].subject_count++;
}

double day_login(struct day *day, double second)
{
    day->sessions++;
    if (chance_hit(&day->chance, 0.03)) {
        day_act(day, ACT_LOGIN, second)->failed = true;
        second += 8 + chance_below(&day->chance, 20);
    }
    day_act(day, ACT_LOGIN, second);
    day_act(day, ACT_HOME, second + 0.4);
    return second + 3 + chance_below(&day->chance, 20);
}

unsigned day_stranger(struct day *day)
{
    return chance_below(&day->chance, CUSTOMERS);
}

double day_dwell(struct day *day)
{
    double median = organisation_role(day->employee, day->index)->dwell_s * day->employee->slowness;
    double seconds = chance_lognormal(&day->chance, median, 0.55);
    return seconds < 2 ? 2 : seconds > 2400 ? 2400 : seconds;
}

double day_view(struct day *day, unsigned customer, double second, double dwell)
{
    day_act(day, ACT_VIEW, second)->rows = 1;
    day_subject(day, customer);
    if (dwell > 20 && chance_hit(&day->chance, 0.45))
        day_act(day, ACT_LOANS, second + dwell * 0.2)->rows = 1 + chance_below(&day->chance, 4);
    if (dwell > 60 && chance_hit(&day->chance, 0.06))
        day_act(day, ACT_DOCUMENT, second + dwell * 0.5)->rows = 1;
    if (dwell > 40 && chance_hit(&day->chance, 0.5))
        day_act(day, ACT_NOTE, second + dwell);
    return second + dwell + 0.5;
}

static void search(struct day *day, double second)
{
    unsigned hits = 1 + chance_below(&day->chance, 12);
    day_act(day, ACT_SEARCH, second)->rows = hits;
}

/* The customer of the next look: mostly a case. */
static unsigned next_customer(struct day *day, double unassigned)
{
    const struct role *role = organisation_role(day->employee, day->index);
    if (role->cases == 0 || chance_hit(&day->chance, unassigned))
        return day_stranger(day);
    return organisation_case(day->organisation, day->employee, day->index,
                             chance_below(&day->chance, role->cases));
}

/* Records, with pauses, from `second` to `end`; about `views` of them. */
static void work_on_records(struct day *day, double second, double end, double views)
{
    const struct role *role = organisation_role(day->employee, day->index);
    bool campaign =
        role == &roles[ROLE_COLLECTOR] && organisation_campaign(day->organisation, day->index);
    double unassigned = campaign ? 0.35 : role->unassigned;
    unsigned wanted = chance_count(&day->chance, campaign ? views * 1.7 : views);
    double lunch = 12 * 3600 + chance_below(&day->chance, 1800);
    bool eaten = second > lunch;
    double stretch =
        (end - second - 3000) / (wanted + 1.0) / ((role->dwell_s + role->pause_s) * 1.25);
    for (unsigned i = 0; i < wanted && second < end; i++) {
        if (!eaten && second > lunch) {
            second += 2400 + chance_below(&day->chance, 1800);
            eaten = true;
        }
        if (chance_hit(&day->chance, role->searches / (role->views + 1)))
            search(day, second - 6);
        double dwell = day_dwell(day) * (campaign ? 0.8 : 1.0);
        second = day_view(day, next_customer(day, unassigned), second, dwell);
        double pause = chance_lognormal(&day->chance, role->pause_s, 0.7);
        second += pause * (stretch < 1 ? stretch : 1);
    }
    if (second < end + 3600)
        day_act(day, ACT_LOGOUT, second + 5);
}

static enum act_code next_query(struct day *day)
{
    static const enum act_code analyst[] = {ACT_SQL_COUNT, ACT_SQL_COUNT, ACT_SQL_JOIN,
                                            ACT_SQL_JOIN,  ACT_SQL_SCORE, ACT_SQL_ONE};
    static const enum act_code dba[] = {ACT_SQL_STATE, ACT_SQL_STATE, ACT_SQL_STATE,
                                        ACT_SQL_COUNT, ACT_SQL_ALTER, ACT_SQL_INDEX};
    bool is_dba = organisation_role(day->employee, day->index) == &roles[ROLE_DBA];
    return is_dba ? dba[chance_below(&day->chance, 6)] : analyst[chance_below(&day->chance, 6)];
}

static void query(struct day *day, double second)
{
    struct act *act = day_act(day, next_query(day), second);
    unsigned scale = organisation_month_end(day->organisation, day->index) ? 4 : 1;
    act->failed = chance_hit(&day->chance, 0.02);
    if (act->code == ACT_SQL_JOIN)
        act->rows = (unsigned)chance_lognormal(&day->chance, 300 * scale, 0.9);
    else if (act->code == ACT_SQL_ONE) {
        act->rows = 1;
        day_subject(day, day_stranger(day));
    } else if (act->code == ACT_SQL_COUNT || act->code == ACT_SQL_STATE)
        act->rows = 8 + chance_below(&day->chance, 30);
    else if (act->code == ACT_SQL_SCORE)
        act->rows = 1;
}

static void work_on_queries(struct day *day, double start, double end, double queries)
{
    unsigned wanted = chance_count(&day->chance, queries);
    for (unsigned i = 0; i < wanted; i++)
        query(day, start + (end - start) * chance_unit(&day->chance));
}

static void exports(struct day *day, double start, double end)
{
    const struct role *role = organisation_role(day->employee, day->index);
    double mean = role->exports * (organisation_month_end(day->organisation, day->index) ? 3 : 1);
    for (unsigned n = chance_count(&day->chance, mean); n > 0; n--)
        day_act(day, ACT_EXPORT, start + (end - start) * chance_unit(&day->chance))->rows =
            (unsigned)chance_lognormal(&day->chance, role == &roles[ROLE_ANALYST] ? 400 : 60, 0.7);
}

/* An outage calls the technicians, and some agents, in the night. */
static void incident(struct day *day)
{
    const struct role *role = organisation_role(day->employee, day->index);
    if (!organisation_incident_night(day->organisation, day->index))
        return;
    if (role == &roles[ROLE_DBA])
        work_on_queries(day, 2 * 3600, 4 * 3600, 25);
    else if (role == &roles[ROLE_AGENT] && chance_hit(&day->chance, 0.5))
        work_on_records(day, day_login(day, 2.2 * 3600), 4 * 3600, 12);
}

void day_work(struct day *day)
{
    const struct role *role = organisation_role(day->employee, day->index);
    incident(day);
    double start = role->starts[day->employee->shift] * 60.0 + 240 * chance_normal(&day->chance);
    double end = start + role->minutes * 60.0;
    double from = day_login(day, start);
    exports(day, from, end);
    if (role->queries > 0)
        work_on_queries(day, from, end, role->queries * day->employee->pace);
    if (chance_hit(&day->chance, 0.4))
        day_act(day, ACT_REPORT, from + 600 + chance_below(&day->chance, 7200))->rows = 50;
    if (role->views > 0)
        work_on_records(day, from + 20, end, role->views * day->employee->pace);
    else
        day_act(day, ACT_LOGOUT, end);
}
