/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The alert threshold that keeps to a budget of alerts a day (docs/scoring.md, section 5).
 */
#ifndef ANALYZER_ALERT_BUDGET_H
#define ANALYZER_ALERT_BUDGET_H

#include "base/buffer.h"
#include "base/reader.h"

enum { BUDGET_DAYS = 56, BUDGET_BINS = 66 };
#define BUDGET_STEP 0.25

struct alert_budget {
    double wished;              /* alerts a day */
    double theta;               /* today's threshold */
    int32_t index[BUDGET_DAYS]; /* day index of each row, -1 none */
    /* Row: +1 above the bin of the largest value of the days before, -1 above that of today; the
     * running sum over bins counts first crossings of each grid value. */
    int32_t crossings[BUDGET_DAYS][BUDGET_BINS];
};

void alert_budget_init(struct alert_budget *b, double wished);

/* One employee-day outside learning: `before` is the largest value of the seven days before. */
void alert_budget_add(struct alert_budget *b, int32_t index, double before, double value);

/* The threshold of the next day. */
void alert_budget_close(struct alert_budget *b, int32_t index);

void alert_budget_save(const struct alert_budget *b, struct buffer *to);
bool alert_budget_load(struct alert_budget *b, struct reader *from);

#endif
