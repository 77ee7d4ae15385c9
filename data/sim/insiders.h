/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who misbehaves, and when. behaviours.h says how.
 */
#ifndef SIM_INSIDERS_H
#define SIM_INSIDERS_H

#include "sim/day.h"

/* Gives about one employee in seven a behaviour, each behaviour and strength in turn (the next seed
 * goes on where this one ends); they begin after the first half, when baselines stand. */
void insiders_choose(struct organisation *o);

/* Adds to the day of an insider whose time it is; `works`: it is a day with work. */
void insiders_act(struct day *day, bool works);

#endif
