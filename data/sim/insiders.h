/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who misbehaves, and how.
 */
#ifndef SIM_INSIDERS_H
#define SIM_INSIDERS_H

#include "sim/day.h"
#include "sim/organisation.h"

struct behaviour {
    const char *name;
    const char *meaning; /* for the answer key */
    uint32_t roles;      /* bit per role_code that can do it */
    unsigned days;       /* how long it goes on */
    void (*act)(struct day *day, unsigned strength, unsigned since);
};

enum { BEHAVIOUR_COUNT = 10 };
extern const struct behaviour behaviours[BEHAVIOUR_COUNT];

/* Gives about one employee in seven a behaviour, each behaviour in turn, strengths mixed; they
 * begin after the first half, when baselines stand. */
void insiders_choose(struct organisation *o);

/* Adds to (or changes) the day of an insider whose time it is. */
void insiders_act(struct day *day);

#endif
