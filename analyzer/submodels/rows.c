/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term rows: rows returned, weighted by their class (docs/scoring.md, 3 line 5, 2.6).
 */
#include "analyzer/submodels/submodels.h"

#include <math.h>

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    (void)state;
    struct log_prediction p;
    if (log_assess(day, LOG_rows, 0.8, finding, &p))
        finding->raw = upper_bits(p.z, p.nu);
}

static void observe(void *state, struct person_day *day)
{
    (void)state;
    log_observe(day, LOG_rows);
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    (void)day;
    SAY(to, language, "%.0f class-weighted rows, usually %.0f",
        "按数据级别加权的行数为%.0f，平时约%.0f", expm1(f->observed), expm1(f->expected));
}

const struct submodel submodel_rows = {
    .term = TERM_rows, .assess = assess, .observe = observe, .explain = explain};
