/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What people said of days: the verdicts as the model asks for them, by employee and day.
 */
#ifndef ANALYZER_JUDGEMENT_H
#define ANALYZER_JUDGEMENT_H

#include "base/map.h"
#include "store/records.h"

struct judgement {
    struct map *days;  /* employee, 0, day -> enum verdict_kind */
    struct map *cases; /* employee -> first day of the open case */
};

enum status judgement_init(struct judgement *j);
void judgement_release(struct judgement *j);

/* The next verdict, in the order they were given. "watch" opens a case on the employee, which the
 * next verdict of another kind closes. */
enum status judgement_add(struct judgement *j, const struct store_verdict *verdict);

/* A model_judge; `context` is the struct judgement. */
enum verdict_kind judgement_of(void *context, struct slice employee, int32_t day);

#endif
