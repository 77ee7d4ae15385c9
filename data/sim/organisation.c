/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Makes the people of the simulated lender.
 */
#include "sim/organisation.h"

#include "base/clock.h"
#include "sim/insiders.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

const struct role roles[ROLE_COUNT] = {
    [ROLE_COLLECTOR] = {.name = "collector",
                        .department = "collections",
                        .share = 0.34,
                        .starts = {540, 540},
                        .minutes = 540,
                        .weekend = 0.04,
                        .views = 55,
                        .dwell_s = 85,
                        .pause_s = 150,
                        .unassigned = 0.03,
                        .noted = 0.6,
                        .searches = 4,
                        .exports = 0.06,
                        .terms = 0.01,
                        .cases = 60,
                        .case_days = 14,
                        .busy = 0.9},
    [ROLE_AGENT] = {.name = "agent",
                    .department = "service",
                    .share = 0.26,
                    .starts = {480, 840},
                    .minutes = 480,
                    .weekend = 0.55,
                    .views = 42,
                    .dwell_s = 130,
                    .pause_s = 240,
                    .unassigned = 0.06,
                    .noted = 0.5,
                    .searches = 14,
                    .exports = 0.03,
                    .terms = 0.02,
                    .cases = 45,
                    .case_days = 1,
                    .busy = 0.85},
    [ROLE_REVIEWER] = {.name = "reviewer",
                       .department = "underwriting",
                       .share = 0.16,
                       .starts = {540, 540},
                       .minutes = 540,
                       .weekend = 0.02,
                       .views = 18,
                       .dwell_s = 380,
                       .pause_s = 420,
                       .unassigned = 0.02,
                       .noted = 0.8,
                       .searches = 3,
                       .exports = 0.04,
                       .terms = 0.25,
                       .cases = 24,
                       .case_days = 3,
                       .busy = 0.8},
    [ROLE_ANALYST] = {.name = "analyst",
                      .department = "data",
                      .share = 0.11,
                      .starts = {570, 570},
                      .minutes = 540,
                      .weekend = 0.03,
                      .dwell_s = 60,
                      .pause_s = 300,
                      .exports = 0.3,
                      .queries = 32,
                      .case_days = 1},
    [ROLE_DBA] = {.name = "dba",
                  .department = "it",
                  .share = 0.07,
                  .starts = {540, 540},
                  .minutes = 540,
                  .weekend = 0.10,
                  .dwell_s = 60,
                  .pause_s = 400,
                  .exports = 0.02,
                  .queries = 26,
                  .case_days = 1},
    [ROLE_AUDITOR] = {.name = "auditor",
                      .department = "compliance",
                      .share = 0.06,
                      .starts = {540, 540},
                      .minutes = 510,
                      .weekend = 0.01,
                      .views = 16,
                      .dwell_s = 240,
                      .pause_s = 500,
                      .unassigned = 1.0,
                      .noted = 0.7,
                      .searches = 6,
                      .exports = 0.15,
                      .queries = 2,
                      .case_days = 1},
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
                           .covers = NOBODY,
                           .partner = NOBODY,
                           .workstation = index,
                           .acted = o->acted + (size_t)index * days};
    e->later_role = e->role;
    snprintf(e->id, sizeof e->id, "E%04u", e->number % 100000);
    snprintf(e->account, sizeof e->account, "%s.%s%u", family[chance_below(&c, COUNT(family))],
             given[chance_below(&c, COUNT(given))], e->number % 10000);
    if (chance_hit(&c, 0.07) && days > 21)
        e->joins = 7 + chance_below(&c, days / 2);
    if (chance_hit(&c, 0.02) && days > 21)
        e->leaves = days / 2 + chance_below(&c, days / 2);
    make_holiday(e, &c, days);
    e->part_time = chance_hit(&c, 0.06);
    e->hot_desk = e->role == ROLE_AGENT && chance_hit(&c, 0.3);
    e->lead = roles[e->role].cases > 0 && e->joins == 0 && chance_hit(&c, 0.06);
}

/* One agent in ten becomes a reviewer half way, every other time without a word to the directory.
 */
static void move_some(struct organisation *o)
{
    unsigned met = 0;
    for (unsigned i = 0; i < o->count && o->options.days > 28; i++) {
        struct employee *e = &o->employees[i];
        if (e->role != ROLE_AGENT || e->joins > 0 || e->leaves != UINT32_MAX || met++ % 16 != 0)
            continue;
        e->later_role = ROLE_REVIEWER;
        e->change_day = o->options.days / 2;
        e->announced = met % 32 == 1;
    }
}

/* Half of the collectors' leaves are stood in for by the next one; the feed knows of most. */
static void arrange_cover(struct organisation *o)
{
    struct chance c = chance_of(o->options.seed, 3, 3);
    for (unsigned i = 0; i + 1 < o->count; i++) {
        struct employee *away = &o->employees[i], *stand_in = &o->employees[i + 1];
        if (away->role != ROLE_COLLECTOR || stand_in->role != ROLE_COLLECTOR ||
            away->leave_to == 0 || !chance_hit(&c, 0.5))
            continue;
        stand_in->covers = i;
        stand_in->cover_assigned = chance_hit(&c, 0.8);
    }
}

enum status organisation_make(struct organisation *o, const struct sim_options *options)
{
    unsigned count = options->employees;
    *o = (struct organisation){.options = *options,
                               .count = count,
                               .customers = count * 400 > 20000 ? count * 400 : 20000,
                               .busy = count * 30};
    o->employees = calloc(count, sizeof *o->employees);
    o->acted = calloc((size_t)count * options->days, sizeof *o->acted);
    if (!o->employees || !o->acted) {
        organisation_release(o);
        return STATUS_NO_MEMORY;
    }
    for (unsigned i = 0; i < count; i++)
        make_employee(o, i);
    move_some(o);
    arrange_cover(o);
    if (!options->clean)
        insiders_choose(o);
    return STATUS_OK;
}

void organisation_release(struct organisation *o)
{
    free(o->employees);
    free(o->acted);
    o->employees = NULL;
    o->acted = NULL;
}

const struct role *organisation_role(const struct employee *e, unsigned day)
{
    return &roles[day >= e->change_day ? e->later_role : e->role];
}

bool organisation_on_leave(const struct employee *e, unsigned day)
{
    return day >= e->leave_from && day < e->leave_to;
}

bool organisation_works(const struct organisation *o, const struct employee *e, unsigned day)
{
    struct chance c = chance_of(o->options.seed, 2000 + e->number, day);
    const struct role *role = organisation_role(e, day);
    if (day < e->joins || day >= e->leaves || organisation_on_leave(e, day))
        return false;
    if (calendar_free(&o->options, day))
        return chance_hit(&c, role->weekend);
    if (e->part_time && (day + e->number) % 7 < 2)
        return false;
    /* Who works weekends rests on two weekdays. */
    return !chance_hit(&c, 0.03 + role->weekend * 0.35);
}

unsigned organisation_busy(const struct organisation *o, unsigned day, unsigned index)
{
    struct chance c = chance_of(o->options.seed, 100000 + index, (day + index % 14) / 14);
    return chance_below(&c, o->customers);
}

unsigned organisation_case(const struct organisation *o, const struct employee *e, unsigned day,
                           unsigned index)
{
    const struct role *role = organisation_role(e, day);
    unsigned batch = day / role->case_days;
    struct chance c = chance_of(o->options.seed, 4000 + e->number, batch * 1000 + index);
    if (chance_hit(&c, role->busy))
        return organisation_busy(o, batch * role->case_days, chance_below(&c, o->busy));
    return chance_below(&c, o->customers);
}

void organisation_subject(const struct organisation *o, bool application, unsigned customer,
                          char text[SUBJECT_TEXT])
{
    struct chance c = chance_of(77, 5, customer);
    if (o->options.ids == SIM_IDS_numeric || (o->options.ids == SIM_IDS_mixed && !application)) {
        snprintf(text, SUBJECT_TEXT, "customer:%u",
                 FIRST_CUSTOMER + customer * ID_STEP + chance_below(&c, ID_STEP));
        return;
    }
    uint64_t a = chance_next(&c), b = chance_next(&c);
    snprintf(text, SUBJECT_TEXT,
             "customer:%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-a%03" PRIx64 "-%012" PRIx64,
             a >> 32, a >> 16 & 0xffff, a & 0xfff, b >> 48 & 0xfff, b & 0xffffffffffff);
}

void organisation_address(unsigned workstation, char text[16])
{
    snprintf(text, 16, "10.20.%u.%u", workstation / 200 % 250, 10 + workstation % 200);
}
