/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term regular: (context only) views at nearly equal gaps (docs/scoring.md, 3 line 8, 2.6).
 */
#include "analyzer/submodels/submodels.h"

#include <math.h>

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    (void)state;
    struct log_prediction p;
    if (log_assess(day, LOG_regular, 0.25, finding, &p))
        finding->raw = upper_bits(p.z, p.nu);
}

static void observe(void *state, struct person_day *day)
{
    (void)state;
    log_observe(day, LOG_regular);
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    (void)day;
    SAY(to, language, "ten views in a row at nearly equal gaps (variation %.2f, usually %.2f)",
        "连续十次查看的间隔几乎相等（变异系数%.2f，平时%.2f）", exp(-f->observed),
        exp(-f->expected));
}

const struct submodel submodel_regular = {
    .term = TERM_regular, .assess = assess, .observe = observe, .explain = explain};
