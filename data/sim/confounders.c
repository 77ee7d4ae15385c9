/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The confounders of single people. Those of all are in calendar.h, those of a way of working
 * (leads, part-time, stand-ins, moves) in organisation.c.
 */
#include "sim/confounders.h"

#include "sim/work.h"

/* What a confounder that goes on over days comes back to. */
static struct chance lasting(const struct day *day, unsigned since)
{
    return chance_of(day->organisation->options.seed, 90000 + day->employee->number,
                     day->index - since);
}

static void overtime(struct day *day, unsigned since)
{
    (void)since;
    work_on_records(day, day_login(day, 19.2 * 3600), 20.8 * 3600, 10);
}

/* The boss wants a list. */
static void wanted_list(struct day *day, unsigned since)
{
    (void)since;
    day_rows(day, ACT_EXPORT, day_between(day, 10 * 3600, 17 * 3600),
             (unsigned)chance_lognormal(&day->chance, 500, 0.5));
}

/* A customer complains: the same record for days, with notes. */
static void complaint(struct day *day, unsigned since)
{
    struct chance c = lasting(day, since);
    unsigned customer = chance_below(&c, day->organisation->customers);
    for (unsigned n = 1 + chance_below(&day->chance, 3); n > 0; n--) {
        double second = day_between(day, 9.5 * 3600, 17 * 3600);
        double end = day_handle(day, customer, second, day_dwell(day));
        if (chance_hit(&day->chance, 0.6))
            day_record(day, ACT_NOTE, end, customer);
    }
}

/* The application open twice. */
static void second_tab(struct day *day, unsigned since)
{
    (void)since;
    unsigned first = day->session;
    double second = day_login(day, day_between(day, 10 * 3600, 15 * 3600));
    for (unsigned n = 2 + chance_below(&day->chance, 4); n > 0; n--)
        second = day_view(day, day_case(day), second, 20) + day_between(day, 60, 900);
    day->session = first;
}

static void ad_hoc_query(struct day *day, unsigned since)
{
    (void)since;
    day_rows(day, ACT_SQL_ALL, day_between(day, 10 * 3600, 17 * 3600),
             (unsigned)chance_lognormal(&day->chance, 80, 0.8));
}

static void maintenance(struct day *day, unsigned since)
{
    (void)since;
    work_on_queries(day, 22 * 3600, 23.5 * 3600, 12);
}

static void lost_password(struct day *day, unsigned since)
{
    (void)since;
    double second = day_between(day, 9 * 3600, 15 * 3600);
    for (unsigned n = 3 + chance_below(&day->chance, 4); n > 0; n--, second += 15)
        day_act(day, ACT_LOGIN, second)->failed = true;
}

/* Somebody who knows neither number nor spelling. */
static void hard_to_find(struct day *day, unsigned since)
{
    (void)since;
    double second = day_between(day, 9.5 * 3600, 16 * 3600);
    for (unsigned n = 6 + chance_below(&day->chance, 8); n > 0; n--, second += 12)
        work_search(day, second);
    day_handle(day, day_stranger(day), second, day_dwell(day));
}

/* A file is checked again: its documents, one after the other. */
static void recheck(struct day *day, unsigned since)
{
    (void)since;
    double second = day_between(day, 9.5 * 3600, 15 * 3600);
    for (unsigned n = 5 + chance_below(&day->chance, 8); n > 0; n--, second += 70)
        day_record(day, ACT_DOCUMENT, second, day_case(day));
}

static void print_lists(struct day *day, unsigned since)
{
    (void)since;
    double second = day_between(day, 9.5 * 3600, 16 * 3600);
    for (unsigned n = 4 + chance_below(&day->chance, 4); n > 0; n--, second += 40)
        day_rows(day, ACT_REPORT, second, 200);
}

/* A colleague asks for a hand: a dozen of his cases. */
static void helping(struct day *day, unsigned since)
{
    (void)since;
    for (unsigned n = 6 + chance_below(&day->chance, 8); n > 0; n--)
        day_handle(day, day_busy(day), day_between(day, 9.5 * 3600, 17 * 3600), day_dwell(day));
}

/* A quick afternoon: everything is looked at for a moment, to plan the week. */
static void planning(struct day *day, unsigned since)
{
    (void)since;
    double second = day_between(day, 13 * 3600, 15 * 3600);
    for (unsigned n = 10 + chance_below(&day->chance, 12); n > 0; n--)
        second = day_view(day, day_case(day), second, 6 + chance_below(&day->chance, 20));
}

/* A calm day: nearly nothing comes in, and people stay long on what there is. */
static void long_call(struct day *day, unsigned since)
{
    (void)since;
    day_handle(day, day_case(day), day_between(day, 10 * 3600, 15 * 3600), 2200);
}

/* A technician gives somebody rights, as the ticket says. */
static void give_rights(struct day *day, unsigned since)
{
    (void)since;
    day_act(day, ACT_SQL_GRANT, day_between(day, 10 * 3600, 16 * 3600));
}

const struct confounder confounders[CONFOUNDER_COUNT] = {
    {"overtime", 0.006, CONFOUNDER_RECORDS, 1, overtime},
    {"wanted list", 0.001, CONFOUNDER_RECORDS | 1 << ROLE_ANALYST, 1, wanted_list},
    {"complaint", 0.0015, CONFOUNDER_RECORDS, 3, complaint},
    {"second tab", 0.003, CONFOUNDER_RECORDS, 1, second_tab},
    {"ad hoc query", 0.040, 1 << ROLE_ANALYST, 1, ad_hoc_query},
    {"maintenance", 0.050, 1 << ROLE_DBA, 1, maintenance},
    {"lost password", 0.006, UINT32_MAX, 1, lost_password},
    {"hard to find", 0.010, CONFOUNDER_RECORDS, 1, hard_to_find},
    {"recheck", 0.010, 1 << ROLE_REVIEWER, 1, recheck},
    {"print lists", 0.003, 1 << ROLE_COLLECTOR | 1 << ROLE_AUDITOR, 1, print_lists},
    {"helping", 0.004, CONFOUNDER_RECORDS, 1, helping},
    {"planning", 0.004, CONFOUNDER_RECORDS, 1, planning},
    {"long call", 0.050, CONFOUNDER_RECORDS, 1, long_call},
    {"give rights", 0.060, 1 << ROLE_DBA, 1, give_rights},
};

/* Has it begun on one of the last days, and which? */
static bool goes_on(const struct day *day, unsigned which, unsigned *since)
{
    const struct confounder *f = &confounders[which];
    for (*since = 0; *since < f->days && *since <= day->index; ++*since) {
        struct chance c =
            chance_of(day->organisation->options.seed, 80000 + day->employee->number * 32 + which,
                      day->index - *since);
        if (chance_hit(&c, f->chance))
            return true;
    }
    return false;
}

/* A joiner is shown many examples in the first days. */
static void training(struct day *day)
{
    const struct employee *e = day->employee;
    if (e->joins == 0 || day->index >= e->joins + 4 || day_role(day)->cases == 0)
        return;
    for (unsigned n = 12 + chance_below(&day->chance, 10); n > 0; n--)
        day_view(day, day_busy(day), day_between(day, 9.5 * 3600, 17 * 3600), day_dwell(day));
}

/* The customer in the news. */
static void famous(struct day *day)
{
    const struct organisation *o = day->organisation;
    bool agent = day_role(day) == &roles[ROLE_AGENT];
    if (!calendar_vip(&o->options, day->index) || day_role(day)->cases == 0 ||
        !chance_hit(&day->chance, agent ? 0.4 : 0.08))
        return;
    struct chance c = chance_of(o->options.seed, 12, 12);
    day_handle(day, chance_below(&c, o->customers), day_between(day, 9.5 * 3600, 17 * 3600), 60);
}

void confounders_place(struct day *day)
{
    unsigned count = day->organisation->count;
    if (chance_hit(&day->chance, 0.004))
        day->workstation = chance_below(&day->chance, count);
}

void confounders_act(struct day *day)
{
    enum role_code role =
        day->index >= day->employee->change_day ? day->employee->later_role : day->employee->role;
    unsigned since;
    training(day);
    famous(day);
    for (unsigned i = 0; i < CONFOUNDER_COUNT; i++)
        if ((confounders[i].roles >> role & 1) && goes_on(day, i, &since))
            confounders[i].act(day, since);
}
