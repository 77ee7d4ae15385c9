/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term dwell: the usual time on a record, too short or too long (docs/scoring.md, 3 line 7, 2.6).
 */
#include "analyzer/submodels/submodels.h"

#include <math.h>

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    (void)state;
    struct log_prediction p;
    if (log_assess(day, LOG_dwell, 0.3, finding, &p))
        finding->raw = fmax(upper_bits(-p.z, p.nu), upper_bits(p.z, p.nu) - 1);
}

static void observe(void *state, struct person_day *day)
{
    (void)state;
    log_observe(day, LOG_dwell);
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    (void)day;
    SAY(to, language, "spends %.1f s on a record, usually %.1f s",
        "每条记录停留%.1f秒，平时约%.1f秒", exp(f->observed), exp(f->expected));
}

const struct submodel submodel_dwell = {
    .term = TERM_dwell, .assess = assess, .observe = observe, .explain = explain};
