/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The list of acts and its pieces.
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
    if (e->hot_desk)
        day->workstation = o->count + chance_below(&day->chance, o->count / 8 + 1);
}

void day_release(struct day *day)
{
    free(day->acts);
    free(day->subjects);
    day->acts = NULL;
    day->subjects = NULL;
    day->count = 0;
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
                        .session = day->session,
                        .program = day->program};
    return act;
}

struct act *day_rows(struct day *day, enum act_code code, double second, unsigned rows)
{
    struct act *act = day_act(day, code, second);
    act->rows = rows;
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

struct act *day_record(struct day *day, enum act_code code, double second, unsigned customer)
{
    struct act *act = day_rows(day, code, second, 1);
    day_subject(day, customer);
    return act;
}

double day_login(struct day *day, double second)
{
    day->session = ++day->sessions;
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
    return chance_below(&day->chance, day->organisation->customers);
}

unsigned day_busy(struct day *day)
{
    return organisation_busy(day->organisation, day->index,
                             chance_below(&day->chance, day->organisation->busy));
}

unsigned day_case(struct day *day)
{
    const struct role *role = day_role(day);
    if (role->cases == 0)
        return day_stranger(day);
    return organisation_case(day->organisation, day->employee, day->index,
                             chance_below(&day->chance, role->cases));
}

double day_dwell(struct day *day)
{
    double median = day_role(day)->dwell_s * day->employee->slowness;
    double seconds = chance_lognormal(&day->chance, median, 0.55);
    return seconds < 2 ? 2 : seconds > 2400 ? 2400 : seconds;
}

double day_between(struct day *day, double from, double to)
{
    return from + (to - from) * chance_unit(&day->chance);
}

double day_view(struct day *day, unsigned customer, double second, double dwell)
{
    unsigned times = 1;
    if (calendar_reloads(&day->organisation->options, day->index))
        times += chance_below(&day->chance, 3);
    for (unsigned i = 0; i < times; i++)
        day_record(day, ACT_VIEW, second + i * 4, customer);
    if (dwell > 20 && chance_hit(&day->chance, 0.45))
        day_rows(day, ACT_LOANS, second + dwell * 0.2, 1 + chance_below(&day->chance, 4));
    return second + dwell + 0.5;
}

double day_handle(struct day *day, unsigned customer, double second, double dwell)
{
    const struct role *role = day_role(day);
    double end = day_view(day, customer, second, dwell);
    if (dwell > 60 && chance_hit(&day->chance, 0.06))
        day_record(day, ACT_DOCUMENT, second + dwell * 0.5, customer);
    if (dwell > 30 && chance_hit(&day->chance, role->noted))
        day_record(day, ACT_NOTE, second + dwell, customer);
    if (dwell > 30 && chance_hit(&day->chance, role->terms))
        day_record(day, ACT_TERMS, second + dwell * 0.9, customer);
    return end;
}
