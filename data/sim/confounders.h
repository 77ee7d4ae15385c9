/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What now and then makes a day look odd without anybody doing wrong.
 */
#ifndef SIM_CONFOUNDERS_H
#define SIM_CONFOUNDERS_H

#include "sim/day.h"

enum { CONFOUNDER_RECORDS = 1 << ROLE_COLLECTOR | 1 << ROLE_AGENT | 1 << ROLE_REVIEWER };

struct confounder {
    const char *name;
    double chance;  /* that it begins on a working day */
    unsigned roles; /* bit per role_code */
    unsigned days;  /* how long it goes on */
    void (*act)(struct day *day, unsigned since);
};

enum { CONFOUNDER_COUNT = 14 };
extern const struct confounder confounders[CONFOUNDER_COUNT];

/* Before the day's work: somebody else's desk. */
void confounders_place(struct day *day);

/* After it: what is added. */
void confounders_act(struct day *day);

#endif
