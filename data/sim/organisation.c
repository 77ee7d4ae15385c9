/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Makes the people of the simulated lender.
 */
#include "sim/organisation.h"

#include "base/clock.h"
#include "sim/insiders.h"

#include <stdio.h>
#include <stdlib.h>

const struct role roles[ROLE_COUNT] = {
    [ROLE_COLLECTOR] = {"collector",
                        "collections",
                        0.34,
                        {540, 540},
                        540,
                        0.04,
                        55,
                        85,
                        150,
                        0.03,
                        4,
                        0.06,
                        0,
                        60,
                        14},
    [ROLE_AGENT] =
        {"agent", "service", 0.26, {480, 840}, 480, 0.55, 42, 130, 240, 0.06, 14, 0.03, 0, 45, 1},
    [ROLE_REVIEWER] = {"reviewer",
                       "underwriting",
                       0.16,
                       {540, 540},
                       540,
                       0.02,
                       18,
                       380,
                       420,
                       0.02,
                       3,
                       0.04,
                       0,
                       24,
                       3},
    [ROLE_ANALYST] =
        {"analyst", "data", 0.12, {570, 570}, 540, 0.03, 0, 60, 300, 0, 0, 0.3, 32, 0, 1},
    [ROLE_DBA] = {"dba", "it", 0.06, {540, 540}, 540, 0.10, 0, 60, 400, 0, 0, 0.02, 26, 0, 1},
    [ROLE_AUDITOR] =
        {"auditor", "compliance", 0.06, {540, 540}, 510, 0.01, 16, 240, 500, 1.0, 6, 0.15, 2, 0, 1},
};

static const char *const family[] = {"zhang", "wang", "li", "zhao", "chen", "liu", "yang", "huang",
                                     "zhou",  "wu",   "xu", "sun",  "ma",   "zhu", "hu",   "guo"};
static const char *const given[] = {"wei", "fang", "min", "jing", "lei",  "na",  "jun",
                                    "yan", "tao",  "xia", "bo",   "ling", "hao", "mei"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

struct sim_options sim_defaults(void)
{
    return (struct sim_options){
        .seed = 1, .employees = 60, .days = 42, .first_day = days_from_civil(2026, 10, 5)};
}

static enum role_code role_of(unsigned index, unsigned count)
{
    double place = (index + 0.5) / count, sum = 0;
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        sum += roles[role].share;
        if (place < sum)
            return (enum role_code)role;
    }
    return ROLE_AUDITOR;
}

static void make_holiday(struct employee *e, struct chance *c, unsigned days)
{
    if (!chance_hit(c, 0.6) || days < 14)
        return;
    e->leave_from = chance_below(c, days - 7);
    e->leave_to = e->leave_from + 3 + chance_below(c, 5);
}

static void make_employee(struct organisation *o, unsigned index)
{
    struct employee *e = &o->employees[index];
    struct chance c = chance_of(o->options.seed, 1, index);
    unsigned days = o->options.days;
    *e = (struct employee){.number = index + 1,
                           .role = role_of(index, o->count),
                           .change_day = UINT32_MAX,
                           .shift = chance_below(&c, 2),
                           .pace = chance_lognormal(&c, 1.0, 0.18),
                           .slowness = chance_lognormal(&c, 1.0, 0.20),
                           .leaves = UINT32_MAX,
                           .workstation = index};
    e->later_role = e->role;
    snprintf(e->id, sizeof e->id, "E%04u", e->number % 100000);
    snprintf(e->account, sizeof e->account, "%s.%s%u", family[chance_below(&c, COUNT(family))],
             given[chance_below(&c, COUNT(given))], e->number % 10000);
    if (chance_hit(&c, 0.07) && days > 21)
        e->joins = 7 + chance_below(&c, days / 2);
    if (chance_hit(&c, 0.02) && days > 21)
        e->leaves = days / 2 + chance_below(&c, days / 2);
    make_holiday(e, &c, days);
}

/* One agent becomes a reviewer half way. */
static void move_somebody(struct organisation *o)
{
    for (unsigned i = 0; i < o->count; i++) {
        struct employee *e = &o->employees[i];
        if (e->role == ROLE_AGENT && e->joins == 0 && e->leaves == UINT32_MAX &&
            o->options.days > 28) {
            e->later_role = ROLE_REVIEWER;
            e->change_day = o->options.days / 2;
            return;
        }
    }
}

enum status organisation_make(struct organisation *o, const struct sim_options *options)
{
    *o = (struct organisation){.options = *options, .count = options->employees};
    o->employees = calloc(o->count, sizeof *o->employees);
    if (!o->employees)
        return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < o->count; i++)
        make_employee(o, i);
    move_somebody(o);
    if (!options->clean)
        insiders_choose(o);
    return STATUS_OK;
}

void organisation_release(struct organisation *o)
{
    free(o->employees);
    o->employees = NULL;
}

const struct role *organisation_role(const struct employee *e, unsigned day)
{
    return &roles[day >= e->change_day ? e->later_role : e->role];
}

bool organisation_weekend(const struct organisation *o, unsigned day)
{
    int64_t weekday =
        (o->options.first_day + day + 3) % 7; /* 1970-01-01 was a Thursday; 0 = Monday */
    return weekday >= 5;
}

bool organisation_works(const struct organisation *o, const struct employee *e, unsigned day)
{
    struct chance c = chance_of(o->options.seed, 2000 + e->number, day);
    if (day < e->joins || day >= e->leaves || (day >= e->leave_from && day < e->leave_to))
        return false;
    if (organisation_weekend(o, day))
        return chance_hit(&c, organisation_role(e, day)->weekend);
    /* Who works weekends rests on two weekdays. */
    return !chance_hit(&c, 0.03 + organisation_role(e, day)->weekend * 0.35);
}

unsigned organisation_case(const struct organisation *o, const struct employee *e, unsigned day,
                           unsigned index)
{
    const struct role *role = organisation_role(e, day);
    struct chance c =
        chance_of(o->options.seed, 4000 + e->number, (day / role->case_days) * 1000 + index);
    return chance_below(&c, CUSTOMERS);
}

unsigned organisation_customer_id(unsigned customer)
{
    struct chance c = chance_of(77, 5, customer);
    return FIRST_CUSTOMER + customer * ID_STEP + chance_below(&c, ID_STEP);
}

bool organisation_campaign(const struct organisation *o, unsigned day)
{
    unsigned first = o->options.days / 3, second = o->options.days * 3 / 4;
    return day == first || day == first + 1 || day == second;
}

bool organisation_month_end(const struct organisation *o, unsigned day)
{
    int year;
    unsigned month, date;
    civil_from_days(o->options.first_day + day + 2, &year, &month, &date);
    return date <= 3;
}

bool organisation_incident_night(const struct organisation *o, unsigned day)
{
    return day == o->options.days * 2 / 3;
}

void organisation_address(unsigned workstation, char text[16])
{
    snprintf(text, 16, "10.20.%u.%u", workstation / 200 % 250, 10 + workstation % 200);
}
