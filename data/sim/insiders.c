/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The insiders. Each behaviour adds acts to an ordinary day, more of them the higher its strength
 * (1 subtle, 2 moderate, 3 obvious); nothing marks these acts but what they are.
 */
#include "sim/insiders.h"

#include <math.h>

enum { BIT_RECORDS = 1 << ROLE_COLLECTOR | 1 << ROLE_AGENT | 1 << ROLE_REVIEWER };

/* A look at somebody at a moment of the working day, with a usual dwell. */
static void look(struct day *day, unsigned customer, double from, double to)
{
    double second = from + (to - from) * chance_unit(&day->chance);
    day_view(day, customer, second, day_dwell(day));
}

/* The same stranger again and again: an ex-partner, a neighbour, somebody famous. */
static void snoop(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned every[] = {0, 3, 2, 1};
    unsigned victim = (day->employee->number * 977) % CUSTOMERS;
    if (since % every[strength] != 0)
        return;
    for (unsigned i = 0; i < strength; i++)
        look(day, victim, 10.0 * 3600 + i * 5400, 11.0 * 3600 + i * 5400);
}

static void browse(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned looks[] = {0, 10, 24, 60};
    (void)since;
    for (unsigned i = 0; i < looks[strength]; i++)
        look(day, day_stranger(day), 9.5 * 3600, 16.5 * 3600);
}

/* One id after the other, a few seconds each. */
static void enumerate(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned ids[] = {0, 25, 60, 180};
    unsigned first = (day->employee->number * 7919 + since * 500) % (CUSTOMERS - 400);
    double second = 13.5 * 3600 + chance_below(&day->chance, 3600);
    for (unsigned i = 0; i < ids[strength]; i++) {
        day_act(day, ACT_VIEW, second)->rows = 1;
        day_subject(day, first + i);
        second += 2.5 + chance_unit(&day->chance) * 2;
    }
}

static void export_lists(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned rows[] = {0, 400, 3000, 20000};
    (void)since;
    for (unsigned i = 0; i < strength; i++)
        day_act(day, ACT_EXPORT, (14 + i * 0.7) * 3600 + chance_below(&day->chance, 900))->rows =
            rows[strength] + chance_below(&day->chance, rows[strength]);
}

static void night(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned looks[] = {0, 5, 12, 30};
    (void)since;
    double second = day_login(day, (1.5 + chance_unit(&day->chance)) * 3600);
    for (unsigned i = 0; i < looks[strength]; i++)
        second = day_view(day, day_stranger(day), second, 20 + chance_below(&day->chance, 60)) + 10;
    day_act(day, ACT_LOGOUT, second);
}

/* At a colleague's desk, under the own account. */
static void elsewhere(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned looks[] = {0, 4, 10, 25};
    (void)since;
    unsigned own = day->workstation;
    day->workstation = own + 1 < day->organisation->count ? own + 1 : own - 1;
    double second = day_login(day, 17.2 * 3600);
    for (unsigned i = 0; i < looks[strength]; i++)
        second = day_view(day, day_stranger(day), second, 15 + chance_below(&day->chance, 40)) + 5;
    day_act(day, ACT_LOGOUT, second);
    day->workstation = own;
}

static void copy_out(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned rows[] = {0, 2000, 8000, 20000};
    if (since == 0 && strength > 1)
        day_act(day, ACT_SQL_GRANT, 18.4 * 3600);
    day_act(day, ACT_SQL_COPY, 18.5 * 3600 + chance_below(&day->chance, 600))->rows =
        rows[strength];
}

/* A little more every day. */
static void drift(struct day *day, unsigned strength, unsigned since)
{
    unsigned looks = (unsigned)(strength * 2 * pow(1.12, since));
    for (unsigned i = 0; i < looks && i < 60; i++)
        look(day, day_stranger(day), 9.5 * 3600, 16.5 * 3600);
}

static void pull_rows(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned rows[] = {0, 300, 2500, 15000};
    (void)since;
    for (unsigned i = 0; i <= strength; i++)
        day_act(day, ACT_SQL_ALL, (15 + i * 0.4) * 3600 + chance_below(&day->chance, 900))->rows =
            rows[strength] + chance_below(&day->chance, rows[strength]);
}

/* Through all own cases in a hurry: photographs of the screen. */
static void skim(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned looks[] = {0, 30, 70, 140};
    const struct role *role = organisation_role(day->employee, day->index);
    (void)since;
    double second = 12.1 * 3600;
    for (unsigned i = 0; i < looks[strength] && role->cases > 0; i++) {
        unsigned customer =
            organisation_case(day->organisation, day->employee, day->index, i % role->cases);
        day_act(day, ACT_VIEW, second)->rows = 1;
        day_subject(day, customer);
        second += 3 + chance_unit(&day->chance) * 3;
    }
}

const struct behaviour behaviours[BEHAVIOUR_COUNT] = {
    {"enumerate", "opened customers one id after the other", BIT_RECORDS, 2, enumerate},
    {"snoop", "looked at one stranger again and again", BIT_RECORDS, 9, snoop},
    {"export", "exported customer lists", BIT_RECORDS, 2, export_lists},
    {"browse", "looked at many people who are no case of theirs", BIT_RECORDS, 3, browse},
    {"copy", "copied the customers table out of the database", 1 << ROLE_DBA | 1 << ROLE_ANALYST, 2,
     copy_out},
    {"night", "looked at strangers in the night", BIT_RECORDS, 2, night},
    {"elsewhere", "worked at a colleague's desk after hours", BIT_RECORDS, 2, elsewhere},
    {"pull", "pulled customers in bulk by SQL", 1 << ROLE_ANALYST, 2, pull_rows},
    {"skim", "went through all own cases in a hurry", BIT_RECORDS, 2, skim},
    {"drift", "looked at a few more strangers every day", BIT_RECORDS, 16, drift},
};

/* The next employee, from a random one on, who can do it and is there all the time; NULL: nobody
 * left. */
static struct employee *find_actor(struct organisation *o, struct chance *c, uint32_t role_bits)
{
    unsigned start = chance_below(c, o->count);
    for (unsigned i = 0; i < o->count; i++) {
        struct employee *e = &o->employees[(start + i) % o->count];
        bool steady = e->joins == 0 && e->leaves == UINT32_MAX && e->change_day == UINT32_MAX;
        if (steady && e->behaviour == 0 && (role_bits >> e->role & 1))
            return e;
    }
    return NULL;
}

void insiders_choose(struct organisation *o)
{
    struct chance c = chance_of(o->options.seed, 9, 9);
    unsigned wanted = o->count / 7, days = o->options.days;
    for (unsigned i = 0; i < wanted; i++) {
        unsigned which = i % BEHAVIOUR_COUNT;
        struct employee *e = find_actor(o, &c, behaviours[which].roles);
        if (!e)
            continue;
        e->behaviour = (uint8_t)(which + 1);
        e->strength = (uint8_t)(3 - (i + i / BEHAVIOUR_COUNT) % 3);
        unsigned room = days / 2,
                 length = behaviours[which].days < room ? behaviours[which].days : room;
        e->bad_from = days - length - chance_below(&c, days / 5);
        e->bad_to = e->bad_from + length;
        /* Nobody misbehaves from the beach, or begins on a day off. */
        if (e->leave_from < e->bad_to && e->leave_to > e->bad_from)
            e->leave_from = e->leave_to = 0;
        while (e->bad_to < days && !organisation_works(o, e, e->bad_from)) {
            e->bad_from++;
            e->bad_to++;
        }
    }
}

void insiders_act(struct day *day)
{
    const struct employee *e = day->employee;
    if (e->behaviour == 0 || day->index < e->bad_from || day->index >= e->bad_to)
        return;
    behaviours[e->behaviour - 1].act(day, e->strength, day->index - e->bad_from);
}
