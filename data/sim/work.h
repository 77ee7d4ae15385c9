/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The ordinary day of each role.
 */
#ifndef SIM_WORK_H
#define SIM_WORK_H

#include "sim/day.h"

/* The whole ordinary day of somebody who works. */
void work_day(struct day *day);

/* Records, with pauses, from `second` to `end`; about `views` of them. */
void work_on_records(struct day *day, double second, double end, double views);
void work_on_queries(struct day *day, double from, double to, double queries);

/* A search and what it finds. */
void work_search(struct day *day, double second);

#endif
