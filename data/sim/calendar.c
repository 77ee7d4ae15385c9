/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The days of the site.
 */
#include "sim/calendar.h"

#include "base/clock.h"

unsigned calendar_at(const struct sim_options *o, enum calendar_day what)
{
    static const struct {
        unsigned numerator, denominator;
    } parts[CALENDAR_COUNT] = {
#define CALENDAR_ROW(name, a, b) {a, b},
        CALENDAR_TABLE(CALENDAR_ROW)
#undef CALENDAR_ROW
    };
    unsigned day = o->days * parts[what].numerator / parts[what].denominator;
    while (calendar_weekend(o, day))
        day++;
    return day;
}

/* 0 = Monday; 1970-01-01 was a Thursday. */
static unsigned weekday(const struct sim_options *o, unsigned day)
{
    return (unsigned)((o->first_day + day + 3) % 7);
}

bool calendar_weekend(const struct sim_options *o, unsigned day)
{
    return weekday(o, day) >= 5;
}

bool calendar_monday(const struct sim_options *o, unsigned day)
{
    return weekday(o, day) == 0;
}

bool calendar_free(const struct sim_options *o, unsigned day)
{
    return calendar_weekend(o, day) || day == calendar_at(o, CALENDAR_holiday);
}

bool calendar_campaign(const struct sim_options *o, unsigned day)
{
    unsigned first = calendar_at(o, CALENDAR_campaign);
    return day == first || day == first + 1 || day == calendar_at(o, CALENDAR_second_campaign);
}

bool calendar_month_end(const struct sim_options *o, unsigned day)
{
    int year;
    unsigned month, date;
    civil_from_days(o->first_day + day + 2, &year, &month, &date);
    return date <= 3;
}

bool calendar_incident(const struct sim_options *o, unsigned day)
{
    return day == calendar_at(o, CALENDAR_incident);
}

bool calendar_reloads(const struct sim_options *o, unsigned day)
{
    return day == calendar_at(o, CALENDAR_reloads);
}

bool calendar_vip(const struct sim_options *o, unsigned day)
{
    unsigned first = calendar_at(o, CALENDAR_vip);
    return day == first || day == first + 1;
}

bool calendar_migrated(const struct sim_options *o, unsigned day)
{
    return o->days >= 49 && day >= calendar_at(o, CALENDAR_migration);
}

bool calendar_new_tool(const struct sim_options *o, unsigned day)
{
    return day >= calendar_at(o, CALENDAR_new_tool);
}
