/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What happens to the whole site, or to a whole role, on a day. None of it is anybody's fault.
 */
#ifndef SIM_CALENDAR_H
#define SIM_CALENDAR_H

#include "sim/sim.h"

/* X(name, numerator, denominator): the day is at this part of the simulated time. */
#define CALENDAR_TABLE(X)    \
    X(campaign, 1, 3)        \
    X(second_campaign, 3, 4) \
    X(incident, 2, 3)        \
    X(reloads, 5, 8)         \
    X(vip, 7, 10)            \
    X(holiday, 11, 20)       \
    X(migration, 13, 20)     \
    X(new_tool, 3, 5)

enum calendar_day {
#define CALENDAR_ENUM(name, a, b) CALENDAR_##name,
    CALENDAR_TABLE(CALENDAR_ENUM)
#undef CALENDAR_ENUM
        CALENDAR_COUNT
};

/* The index of that day. */
unsigned calendar_at(const struct sim_options *o, enum calendar_day what);

bool calendar_weekend(const struct sim_options *o, unsigned day);
bool calendar_monday(const struct sim_options *o, unsigned day);

/* Not a working day: a weekend or the public holiday. */
bool calendar_free(const struct sim_options *o, unsigned day);

/* Collections clears a campaign list together: two days, later one more. */
bool calendar_campaign(const struct sim_options *o, unsigned day);
bool calendar_month_end(const struct sim_options *o, unsigned day);

/* An outage calls the technicians, and some agents, in the night. */
bool calendar_incident(const struct sim_options *o, unsigned day);

/* The application hangs: everybody loads pages again and again. */
bool calendar_reloads(const struct sim_options *o, unsigned day);

/* A customer is in the news for two days and many calls are about him. */
bool calendar_vip(const struct sim_options *o, unsigned day);

/* From this day on pages and a table have other names; not in runs of less than seven weeks, which
 * leave no time to see what becomes of it. */
bool calendar_migrated(const struct sim_options *o, unsigned day);

/* From this day on the data team works with another program. */
bool calendar_new_tool(const struct sim_options *o, unsigned day);

#endif
