/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What insiders do. Each behaviour adds acts to an ordinary day, more of them the higher its
 * strength (1 subtle, 2 moderate, 3 obvious); nothing marks these acts but what they are.
 */
#ifndef SIM_BEHAVIOURS_H
#define SIM_BEHAVIOURS_H

#include "sim/day.h"

/* The n-th day of a behaviour, from 0. */
typedef void behaviour_act(struct day *day, unsigned strength, unsigned since);

enum behaviour_when { WHEN_WORKING, WHEN_FREE };

struct behaviour {
    const char *name;
    const char *meaning; /* for the answer key */
    uint32_t roles;      /* bit per role_code that can do it */
    unsigned days;       /* how long it goes on */
    enum behaviour_when when;
    behaviour_act *act;
    bool in_pairs; /* two people at a time */
    bool leaving;  /* his last days at work */
};

enum { BEHAVIOUR_COUNT = 27 };
extern const struct behaviour behaviours[BEHAVIOUR_COUNT];

/* behaviours_look.c: looking at people. */
behaviour_act behave_snoop, behave_browse, behave_enumerate, behave_night, behave_elsewhere,
    behave_drift, behave_skim, behave_trickle, behave_colleagues, behave_pair, behave_lurk,
    behave_borrowed, behave_documents, behave_favour;

/* behaviours_take.c: carrying data away, and what prepares or hides it. */
behaviour_act behave_export, behave_copy, behave_pull, behave_spread, behave_paging, behave_list,
    behave_leaver, behave_weekend, behave_staging, behave_automation, behave_script,
    behave_self_grant, behave_tamper;

/* A look at somebody at a moment of the working day, with a usual dwell. */
void behave_look(struct day *day, unsigned customer, double from, double to);

#endif
