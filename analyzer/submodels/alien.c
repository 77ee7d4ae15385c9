/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term alien: worked from somebody else's workstation (docs/scoring.md, 3 line 11, 2.5).
 */
#include "analyzer/submodels/submodels.h"

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    (void)state;
    rare_assess(day, RARE_alien, finding);
    finding->detail = day->owner;
}

static void observe(void *state, struct person_day *day)
{
    (void)state;
    rare_observe(day, RARE_alien, TERM_alien);
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    (void)day;
    SAY(to, language, "worked from the workstation of %.*s, which happens on %.1f %% of the days",
        "使用了%.*s的工作站，平时占%.1f%%的日子", (int)f->detail.len, (const char *)f->detail.ptr,
        100 * f->expected);
}

const struct submodel submodel_alien = {
    .term = TERM_alien, .assess = assess, .observe = observe, .explain = explain};
