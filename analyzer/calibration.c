/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/scoring.md, 4.1, 4.2, 6.
 */
#include "analyzer/calibration.h"

#include "analyzer/model.h"
#include "analyzer/stats/tail.h"

#include <math.h>

#define BIN_BITS   0.5
#define PRIOR      150.0 /* days of everybody's histogram mixed into the group's */
#define EXCEEDANCE 0.02

size_t histogram_bin(double bits)
{
    return (size_t)fmin(bits / BIN_BITS, HISTOGRAM_BINS - 1);
}

static double total(const double *bins)
{
    double sum = 0;
    for (size_t i = 0; i < HISTOGRAM_BINS; i++)
        sum += bins[i];
    return sum;
}

double deflation_slope(const double *group, const double *everybody)
{
    double total_group = total(group), total_all = total(everybody), tail_group = 0, tail_all = 0;
    size_t edge = HISTOGRAM_BINS - 1;
    for (size_t i = HISTOGRAM_BINS; i-- > 0;) { /* the lowest edge of the run from the top */
        tail_group += group[i];
        tail_all += everybody[i];
        double p =
            (tail_group + PRIOR * (tail_all + 0.5) / (total_all + 1)) / (total_group + PRIOR);
        if (p > EXCEEDANCE)
            break;
        edge = i;
    }
    return fmin(1, -log2(EXCEEDANCE) / fmax((double)edge * BIN_BITS, BIN_BITS));
}

double coincidence_bits(double c, double others, double n)
{
    if (n < 4 || c <= 4 || others < fmax(2, 0.12 * n))
        return 0;
    double chance = exp2(-fmax(4, c / 2));
    return tail_beta(others, n - others, chance, 1 - chance);
}

double learning_weight(double score, uint32_t days_seen, int32_t index)
{
    double w = score < 4 ? 1 : score >= 10 ? 0.1 : 1 - 0.9 * (score - 4) / 6;
    if (index < 7 || days_seen < 5)
        w = fmax(w, 0.5);
    else if (days_seen < 10)
        w = fmax(w, 0.3);
    return w;
}
