/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Looking at people one has no work to do on. Numbers in tables are by strength.
 */
#include "sim/behaviours.h"

#include "sim/work.h"

#include <math.h>

static const double morning = 9.5 * 3600, evening = 16.5 * 3600;

void behave_look(struct day *day, unsigned customer, double from, double to)
{
    day_view(day, customer, day_between(day, from, to), day_dwell(day));
}

static void look_at_strangers(struct day *day, unsigned looks)
{
    for (unsigned i = 0; i < looks; i++)
        behave_look(day, day_stranger(day), morning, evening);
}

/* Strangers one after the other from a moment on. */
static void look_in_a_row(struct day *day, unsigned looks, double second, unsigned least_s)
{
    for (unsigned i = 0; i < looks; i++)
        second = day_view(day, day_stranger(day), second,
                          least_s + chance_below(&day->chance, 2 * least_s)) +
                 8;
    day_act(day, ACT_LOGOUT, second);
}

/* The same stranger again and again: an ex-partner, a neighbour, somebody famous. */
void behave_snoop(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned every[] = {0, 3, 2, 1};
    unsigned victim = (day->employee->number * 977) % day->organisation->customers;
    if (since % every[strength] != 0)
        return;
    for (unsigned i = 0; i < strength; i++)
        behave_look(day, victim, 10.0 * 3600 + i * 5400, 11.0 * 3600 + i * 5400);
}

void behave_browse(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned looks[] = {0, 10, 24, 60};
    (void)since;
    look_at_strangers(day, looks[strength]);
}

/* One id after the other, a few seconds each. */
void behave_enumerate(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned ids[] = {0, 25, 60, 180};
    unsigned first =
        (day->employee->number * 7919 + since * 500) % (day->organisation->customers - 400);
    double second = 13.5 * 3600 + chance_below(&day->chance, 3600);
    for (unsigned i = 0; i < ids[strength]; i++) {
        day_record(day, ACT_VIEW, second, first + i);
        second += 2.5 + chance_unit(&day->chance) * 2;
    }
}

void behave_night(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned looks[] = {0, 5, 12, 30};
    (void)since;
    double second = day_login(day, (1.5 + chance_unit(&day->chance)) * 3600);
    look_in_a_row(day, looks[strength], second, 20);
}

/* At a colleague's desk, under the own account. */
void behave_elsewhere(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned looks[] = {0, 4, 10, 25};
    (void)since;
    unsigned own = day->employee->workstation, before = day->workstation;
    day->workstation = own + 1 < day->organisation->count ? own + 1 : own - 1;
    look_in_a_row(day, looks[strength], day_login(day, 17.2 * 3600), 15);
    day->workstation = before;
}

/* A little more every day. */
void behave_drift(struct day *day, unsigned strength, unsigned since)
{
    double looks = strength * 2 * pow(1.12, since);
    look_at_strangers(day, looks < 60 ? (unsigned)looks : 60);
}

/* Through the own cases in a hurry: photographs of the screen. */
void behave_skim(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned looks[] = {0, 30, 70, 140};
    const struct role *role = day_role(day);
    (void)since;
    double second = 12.1 * 3600;
    for (unsigned i = 0; i < looks[strength] && role->cases > 0; i++) {
        unsigned customer =
            organisation_case(day->organisation, day->employee, day->index, i % role->cases);
        day_record(day, ACT_VIEW, second, customer);
        second += 3 + chance_unit(&day->chance) * 3;
    }
}

/* Never many on one day, for weeks. */
void behave_trickle(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned looks[] = {0, 3, 6, 10};
    (void)since;
    look_at_strangers(day, looks[strength] - 1 + chance_below(&day->chance, 3));
}

/* Colleagues are customers too: searched by name, one or two looks each. */
void behave_colleagues(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned people[] = {0, 2, 5, 12};
    for (unsigned i = 0; i < people[strength]; i++) {
        unsigned colleague = (since * 16 + i) % day->organisation->count;
        unsigned customer = (colleague * 1327 + 11) % day->organisation->customers;
        double second = day_between(day, morning, evening);
        for (unsigned n = 2 + chance_below(&day->chance, 3); n > 0; n--, second += 9)
            work_search(day, second);
        day_view(day, customer, second, day_dwell(day));
    }
}

/* Two people at the same records within minutes. */
void behave_pair(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned people[] = {0, 2, 4, 8};
    const struct employee *e = day->employee;
    unsigned first = e->partner < e->number - 1 ? e->partner : e->number - 1;
    struct chance c = chance_of(day->organisation->options.seed, 50000 + first, day->index);
    (void)since;
    for (unsigned i = 0; i < people[strength]; i++) {
        unsigned customer = chance_below(&c, day->organisation->customers);
        double second = 10 * 3600 + chance_below(&c, 6 * 3600);
        behave_look(day, customer, second, second + 240);
    }
}

/* A few strangers, half an hour each: everything is written down by hand. */
void behave_lurk(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned people[] = {0, 2, 4, 7};
    (void)since;
    for (unsigned i = 0; i < people[strength]; i++)
        day_view(day, day_stranger(day), 9.2 * 3600 + i * 3900,
                 1200 + chance_below(&day->chance, 1000));
}

/* Somebody else works under this account, from another desk and in another way. */
void behave_borrowed(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned looks[] = {0, 6, 15, 30};
    unsigned before = day->workstation;
    (void)since;
    day->workstation = (day->employee->number * 31) % day->organisation->count;
    double second = day_login(day, day_between(day, 11 * 3600, 15 * 3600));
    for (unsigned i = 0; i < looks[strength]; i++) {
        if (i % 3 == 0)
            work_search(day, second);
        second = day_view(day, day_stranger(day), second + 5, 25) + 20;
        if (i % 5 == 4)
            day_rows(day, ACT_REPORT, second, 200);
    }
    day->workstation = before;
}

/* Photographs of identity cards, of people who are cases. */
void behave_documents(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned papers[] = {0, 12, 30, 70};
    (void)since;
    double second = day_between(day, 10 * 3600, 13 * 3600);
    for (unsigned i = 0; i < papers[strength]; i++, second += 45)
        day_record(day, ACT_DOCUMENT, second, day_case(day));
}

/* Better terms for friends, who are nobody's case. */
void behave_favour(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned friends[] = {0, 1, 3, 6};
    (void)since;
    for (unsigned i = 0; i < friends[strength]; i++) {
        unsigned customer = day_stranger(day);
        double second = day_between(day, morning, evening);
        double end = day_view(day, customer, second, 90);
        day_record(day, ACT_TERMS, end - 20, customer);
    }
}
