/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term inter: two application sessions used at once (docs/scoring.md, 3 line 12, 2.5).
 */
#include "analyzer/submodels/submodels.h"

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    (void)state;
    rare_assess(day, RARE_inter, finding);
}

static void observe(void *state, struct person_day *day)
{
    (void)state;
    rare_observe(day, RARE_inter, TERM_inter);
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    (void)day;
    SAY(to, language,
        "two sessions at once, %.0f changes back and forth, which happens on %.1f %% of the days",
        "同时使用两个会话，来回切换%.0f次，平时占%.1f%%的日子", f->observed, 100 * f->expected);
}

const struct submodel submodel_inter = {
    .term = TERM_inter, .assess = assess, .observe = observe, .explain = explain};
