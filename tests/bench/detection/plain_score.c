/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The plain robust z-score.
 */
#include "plain_score.h"

#include "analyzer/stats/tools.h"

#include <math.h>
#include <string.h>

static void measure_day(const struct day_record *r, double values[PLAIN_MEASURES])
{
    values[0] = (double)r->subject_count;
    values[1] = 0;
    for (size_t i = 0; i < EVENT_CLASSES; i++)
        values[1] += r->rows[i];
    values[2] = 0;
    for (size_t hour = 0; hour < 24; hour++)
        values[2] += r->active[hour] && (hour < 7 || hour >= 20);
}

static double robust_z(const double *before, size_t n, double x)
{
    double sorted[PLAIN_DAYS_MAX];
    memcpy(sorted, before, n * sizeof *sorted);
    double middle = median(sorted, n, false);
    for (size_t i = 0; i < n; i++)
        sorted[i] = fabs(before[i] - middle);
    double spread = 1.4826 * median(sorted, n, false);
    return (x - middle) / fmax(spread, fmax(0.1 * middle, 1));
}

double plain_score(struct plain_history *history, const struct day_record *record)
{
    double values[PLAIN_MEASURES], score = 0;
    size_t n = history->count;
    measure_day(record, values);
    for (size_t i = 0; i < PLAIN_MEASURES; i++) {
        if (n >= 5)
            score += fmax(robust_z(history->values[i], n, values[i]), 0);
        if (n < PLAIN_DAYS_MAX)
            history->values[i][n] = values[i];
    }
    history->count += n < PLAIN_DAYS_MAX;
    return score;
}
