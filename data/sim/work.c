/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The ordinary day.
 */
#include "sim/work.h"

void work_search(struct day *day, double second)
{
    day_rows(day, ACT_SEARCH, second, 1 + chance_below(&day->chance, 12));
}

/* A case of a colleague who is away, or of the team, or somebody who is in work elsewhere. */
static unsigned unassigned_customer(struct day *day)
{
    const struct organisation *o = day->organisation;
    return chance_hit(&day->chance, 0.75) || o->busy == 0 ? day_busy(day) : day_stranger(day);
}

static bool stands_in(const struct day *day)
{
    const struct employee *e = day->employee;
    return e->covers != NOBODY &&
           organisation_on_leave(&day->organisation->employees[e->covers], day->index);
}

/* The customer of the next look: mostly a case. */
static unsigned next_customer(struct day *day, double unassigned)
{
    const struct organisation *o = day->organisation;
    const struct role *role = day_role(day);
    if (role->cases > 0 && stands_in(day) && chance_hit(&day->chance, 0.25))
        return organisation_case(o, &o->employees[day->employee->covers], day->index,
                                 chance_below(&day->chance, role->cases));
    if (role->cases == 0 || chance_hit(&day->chance, unassigned))
        return unassigned_customer(day);
    return day_case(day);
}

static bool in_campaign(const struct day *day)
{
    return day_role(day) == &roles[ROLE_COLLECTOR] &&
           calendar_campaign(&day->organisation->options, day->index);
}

static double share_unassigned(const struct day *day)
{
    double share = in_campaign(day) ? 0.35 : day_role(day)->unassigned;
    return day->employee->lead && share < 0.25 ? 0.25 : share;
}

void work_on_records(struct day *day, double second, double end, double views)
{
    const struct role *role = day_role(day);
    double unassigned = share_unassigned(day);
    unsigned wanted = chance_count(&day->chance, in_campaign(day) ? views * 1.7 : views);
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
            work_search(day, second - 6);
        double dwell = day_dwell(day) * (in_campaign(day) ? 0.8 : 1.0);
        second = day_handle(day, next_customer(day, unassigned), second, dwell);
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
    bool is_dba = day_role(day) == &roles[ROLE_DBA];
    return is_dba ? dba[chance_below(&day->chance, 6)] : analyst[chance_below(&day->chance, 6)];
}

static void query(struct day *day, double second)
{
    struct act *act = day_act(day, next_query(day), second);
    unsigned scale = calendar_month_end(&day->organisation->options, day->index) ? 4 : 1;
    act->failed = chance_hit(&day->chance, 0.02);
    if (act->code == ACT_SQL_JOIN)
        act->rows = (unsigned)chance_lognormal(&day->chance, 300 * scale, 0.9);
    else if (act->code == ACT_SQL_ONE) {
        act->rows = 1;
        day_subject(day, day_busy(day));
    } else if (act->code == ACT_SQL_COUNT || act->code == ACT_SQL_STATE)
        act->rows = 8 + chance_below(&day->chance, 30);
    else if (act->code == ACT_SQL_SCORE)
        act->rows = 1;
}

void work_on_queries(struct day *day, double from, double to, double queries)
{
    for (unsigned n = chance_count(&day->chance, queries); n > 0; n--)
        query(day, day_between(day, from, to));
}

static void exports(struct day *day, double start, double end)
{
    const struct role *role = day_role(day);
    bool month_end = calendar_month_end(&day->organisation->options, day->index);
    unsigned size = role == &roles[ROLE_ANALYST] ? 400 : 60;
    for (unsigned n = chance_count(&day->chance, role->exports * (month_end ? 3 : 1)); n > 0; n--)
        day_rows(day, ACT_EXPORT, day_between(day, start, end),
                 (unsigned)chance_lognormal(&day->chance, size, 0.7));
}

static void incident(struct day *day)
{
    const struct role *role = day_role(day);
    if (!calendar_incident(&day->organisation->options, day->index))
        return;
    if (role == &roles[ROLE_DBA])
        work_on_queries(day, 2 * 3600, 4 * 3600, 25);
    else if (role == &roles[ROLE_AGENT] && chance_hit(&day->chance, 0.5))
        work_on_records(day, day_login(day, 2.2 * 3600), 4 * 3600, 12);
}

/* Weekly reports of analysts and auditors. */
static void batch_reports(struct day *day, double from)
{
    const struct role *role = day_role(day);
    if (!calendar_monday(&day->organisation->options, day->index) ||
        (role != &roles[ROLE_ANALYST] && role != &roles[ROLE_AUDITOR]))
        return;
    for (unsigned i = 0; i < 3; i++)
        day_rows(day, ACT_SQL_JOIN, from + 900 + i * 400,
                 (unsigned)chance_lognormal(&day->chance, 4000, 0.4));
}

/* How busy the day is. */
static double load(const struct day *day)
{
    const struct sim_options *o = &day->organisation->options;
    double factor = calendar_monday(o, day->index) ? 1.25 : 1;
    return day->employee->pace * (calendar_month_end(o, day->index) ? factor * 1.1 : factor);
}

void work_day(struct day *day)
{
    const struct role *role = day_role(day);
    incident(day);
    double start = role->starts[day->employee->shift] * 60.0 + 240 * chance_normal(&day->chance);
    double end = start + role->minutes * 60.0;
    double from = day_login(day, start);
    exports(day, from, end);
    batch_reports(day, from);
    if (role->queries > 0)
        work_on_queries(day, from, end, role->queries * load(day));
    if (chance_hit(&day->chance, 0.4))
        day_rows(day, ACT_REPORT, from + 600 + chance_below(&day->chance, 7200), 50);
    if (role->views > 0)
        work_on_records(day, from + 20, end, role->views * load(day));
    else
        day_act(day, ACT_LOGOUT, end);
}
