/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the model is compared with: a plain robust z-score. Customers, rows and active hours outside
 * 7 to 20 o'clock of a day against the median and the median absolute deviation of the same
 * person's days before; what lies above is added up.
 */
#ifndef DETECTION_PLAIN_SCORE_H
#define DETECTION_PLAIN_SCORE_H

#include "analyzer/day.h"

enum { PLAIN_MEASURES = 3, PLAIN_DAYS_MAX = 400 };

struct plain_history {
    double values[PLAIN_MEASURES][PLAIN_DAYS_MAX];
    size_t count;
};

/* The score of the day, which then belongs to the history; 0 with fewer than 5 days before. */
double plain_score(struct plain_history *history, const struct day_record *record);

#endif
