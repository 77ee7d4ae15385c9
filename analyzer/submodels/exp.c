/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term exp: exports, downloads and copies out (docs/scoring.md, 3 line 4, 2.5).
 */
#include "analyzer/submodels/submodels.h"

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    (void)state;
    rare_assess(day, RARE_exp, finding);
}

static void observe(void *state, struct person_day *day)
{
    (void)state;
    rare_observe(day, RARE_exp, TERM_exp);
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    (void)day;
    SAY(to, language, "exported %.0f times, which happens on %.1f %% of the days",
        "导出%.0f次，平时有导出的日子占%.1f%%", f->observed, 100 * f->expected);
}

const struct submodel submodel_exp = {
    .term = TERM_exp, .assess = assess, .observe = observe, .explain = explain};
