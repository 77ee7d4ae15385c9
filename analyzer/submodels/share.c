/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term share: how many of the subjects have no assignment (docs/scoring.md, 3 line 2).
 */
#include "analyzer/stats/tail.h"
#include "analyzer/submodels/submodels.h"

#include <math.h>

/* own and group: sums of subjects without assignment, of subjects. */
double share_bits(double k, double n, const double own[2], const double group[2],
                  double factor_undist, double factor_dist, double *usual)
{
    double p0 = fmin((group[0] + 0.3) / (group[1] + 1), 0.98);
    double a = own[0] + 10 * p0, b = fmax(own[1] - own[0], 0) + 10 * (1 - p0);
    double q = a / (a + b);
    double odds = q / (1 - q) * fmax(factor_undist / factor_dist, 0.2);
    double today = fmin(odds / (1 + odds), 0.97), kappa = fmin(a + b, 30);
    *usual = today;
    return k <= 0 ? 0 : tail_beta_binomial(k, n, today * kappa, (1 - today) * kappa);
}

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    (void)state;
    const struct count_sums *own = day->base->sums.count, *group = day->group->sums.count;
    double k = floor(day->counts[COUNT_undist] + 0.5), n = day->counts[COUNT_dist];
    double mine[2] = {own[COUNT_undist].s, own[COUNT_dist].s};
    double peers[2] = {group[COUNT_undist].s, group[COUNT_dist].s};
    finding->raw = share_bits(k, n, mine, peers, day->group->factor[COUNT_undist],
                              day->group->factor[COUNT_dist], &finding->expected);
    finding->observed = k;
    finding->peers = (peers[0] + 0.3) / (peers[1] + 1);
    finding->n = own[COUNT_dist].n;
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    SAY(to, language, "%.0f of %.0f people had no assignment, usually %.0f %%",
        "%.0f名（共%.0f名）客户无业务关系，平时占%.0f%%", f->observed, day->counts[COUNT_dist],
        100 * f->expected);
}

const struct submodel submodel_share = {.term = TERM_share, .assess = assess, .explain = explain};
