/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term idc, context only: identity documents opened (docs/scoring.md, 3 line 3).
 */
#include "analyzer/submodels/submodels.h"

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    (void)state;
    const struct count_sums *own = &day->base->sums.count[COUNT_idc];
    double phi = count_phi(own, &day->group->sums.count[COUNT_idc]);
    finding->raw = count_bits(day->counts[COUNT_idc], day->mu[COUNT_idc], phi);
    finding->observed = day->counts[COUNT_idc];
    finding->expected = day->expected[COUNT_idc];
    finding->peers = day->group->factor[COUNT_idc];
    finding->n = own->n;
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    (void)day;
    SAY(to, language, "opened %.0f pages or objects of class C3, usually %.1f",
        "打开%.0f次C3级对象，平时约%.1f次", f->observed, f->expected);
}

const struct submodel submodel_idc = {.term = TERM_idc, .assess = assess, .explain = explain};
