/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * First crossings by day, one difference array of bins a day.
 */
#include "analyzer/alert_budget.h"

#include "analyzer/stats/tools.h"

#include <math.h>
#include <string.h>

enum { FIRST_INDEX = 14, LEAST_DAYS = 14, LOWEST = 24, HIGHEST = 64 }; /* bins of 6 and 16 */

void alert_budget_init(struct alert_budget *b, double wished)
{
    memset(b, 0, sizeof *b);
    b->wished = wished;
    b->theta = 10;
    for (size_t i = 0; i < BUDGET_DAYS; i++)
        b->index[i] = -1;
}

static size_t bin(double value)
{
    return (size_t)clip(floor(value / BUDGET_STEP), 0, BUDGET_BINS - 2);
}

void alert_budget_add(struct alert_budget *b, int32_t index, double before, double value)
{
    if (value <= before)
        return;
    size_t row = (size_t)index % BUDGET_DAYS;
    if (b->index[row] != index) {
        b->index[row] = index;
        memset(b->crossings[row], 0, sizeof b->crossings[row]);
    }
    b->crossings[row][bin(before) + 1]++;
    b->crossings[row][bin(value) + 1]--;
}

/* The smallest grid value that keeps to the budget. */
static double wanted(const struct alert_budget *b, int32_t index, double days)
{
    int64_t running = 0;
    for (size_t j = 0; j <= HIGHEST; j++) {
        for (size_t row = 0; row < BUDGET_DAYS; row++)
            if (b->index[row] >= 0 && index - b->index[row] < BUDGET_DAYS)
                running += b->crossings[row][j];
        if (j >= LOWEST && (double)running <= 0.8 * b->wished * days)
            return (double)j * BUDGET_STEP;
    }
    return HIGHEST * BUDGET_STEP;
}

void alert_budget_close(struct alert_budget *b, int32_t index)
{
    int32_t days = index - FIRST_INDEX + 1;
    if (days < LEAST_DAYS)
        return;
    double best = wanted(b, index, days < BUDGET_DAYS ? days : BUDGET_DAYS);
    b->theta = clip(clip(best, 0.95 * b->theta, 1.05 * b->theta), 6, 16);
}

void alert_budget_save(const struct alert_budget *b, struct buffer *to)
{
    uint64_t theta;
    memcpy(&theta, &b->theta, sizeof theta);
    buffer_append_le64(to, theta);
    for (size_t row = 0; row < BUDGET_DAYS; row++) {
        buffer_append_le32(to, (uint32_t)b->index[row]);
        for (size_t i = 0; i < BUDGET_BINS; i++)
            buffer_append_le32(to, (uint32_t)b->crossings[row][i]);
    }
}

bool alert_budget_load(struct alert_budget *b, struct reader *from)
{
    uint64_t theta = reader_le64(from);
    memcpy(&b->theta, &theta, sizeof theta);
    for (size_t row = 0; row < BUDGET_DAYS; row++) {
        b->index[row] = (int32_t)reader_le32(from);
        for (size_t i = 0; i < BUDGET_BINS; i++)
            b->crossings[row][i] = (int32_t)reader_le32(from);
    }
    return reader_ok(from);
}
