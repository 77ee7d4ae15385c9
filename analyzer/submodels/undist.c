/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term undist: people looked at without an assignment (docs/scoring.md, 3 line 1, 3.1).
 */
#include "analyzer/submodels/submodels.h"

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    (void)state;
    const struct count_sums *own = &day->base->sums.count[COUNT_undist];
    double phi = count_phi(own, &day->group->sums.count[COUNT_undist]);
    finding->raw = count_bits(day->counts[COUNT_undist], day->mu[COUNT_undist], phi);
    finding->observed = day->counts[COUNT_undist];
    finding->expected = day->expected[COUNT_undist];
    finding->peers = day->group->factor[COUNT_undist];
    finding->n = own->n;
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    (void)day;
    SAY(to, language,
        "looked at %.0f people without an assignment, usually %.1f, peers today %.1f times their "
        "usual",
        "查看了%.0f名无业务关系的客户，平时约%.1f名，同岗位今日为平时的%.1f倍", f->observed,
        f->expected, f->peers);
}

const struct submodel submodel_undist = {.term = TERM_undist, .assess = assess, .explain = explain};
