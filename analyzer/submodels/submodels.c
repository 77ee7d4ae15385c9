/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The table of sub-models, and the common parts of rare and log measures.
 */
#include "analyzer/submodels/submodels.h"

#define SUBMODEL_ROW(code, weight, en, zh) [TERM_##code] = &submodel_##code,
const struct submodel *const submodels[TERM_COUNT] = {TERM_TABLE(SUBMODEL_ROW)};
#undef SUBMODEL_ROW

void rare_assess(const struct person_day *day, enum rare_measure measure, struct finding *finding)
{
    const struct rare_sums *own = &day->base->sums.rare[measure],
                           *group = &day->group->sums.rare[measure];
    finding->raw = rare_bits(day->rares[measure], own, group);
    finding->observed = day->rares[measure];
    finding->expected = rare_share(own, group);
    finding->peers = (group->a + 0.1) / (group->n + 10);
    finding->n = own->n;
}

void rare_observe(struct person_day *day, enum rare_measure measure, enum term term)
{
    if (term_missing(day, term))
        return;
    double x = day->rares[measure];
    rare_learn(&day->base->sums.rare[measure], x, day->weight, FORGET_OWN);
    for (size_t i = 0; i < day->level_count; i++)
        rare_learn(&day->levels[i]->sums.rare[measure], x, day->weight, FORGET_GROUP);
}

bool log_assess(const struct person_day *day, enum log_measure measure, double s0,
                struct finding *finding, struct log_prediction *prediction)
{
    if (!day->has_log[measure])
        return false;
    const struct log_sums *own = &day->base->sums.log[measure],
                          *group = &day->group->sums.log[measure];
    *prediction = log_predict(day->logs[measure], own, group, s0);
    finding->observed = day->logs[measure];
    finding->expected = prediction->mean;
    finding->peers = group->n > 3 ? group->sum / group->n : prediction->mean;
    finding->n = own->n;
    return true;
}

static void log_forget(struct log_sums *sums, double y, double square, double w, double t)
{
    forget(&sums->n, 1, w, t);
    forget(&sums->sum, y, w, t);
    forget(&sums->sumsq, square, w, t);
}

void log_observe(struct person_day *day, enum log_measure measure)
{
    if (!day->has_log[measure])
        return;
    double y = day->logs[measure];
    struct log_sums *own = &day->base->sums.log[measure];
    double mean = log_winsorise(&y, own, &day->group->sums.log[measure]);
    log_forget(own, y, y * y, day->weight, FORGET_OWN);
    for (size_t i = 0; i < day->level_count; i++)
        log_forget(&day->levels[i]->sums.log[measure], y, (y - mean) * (y - mean), day->weight,
                   FORGET_GROUP);
}

const char *new_in_role(const struct person_day *day, enum language language)
{
    if (day->days_seen >= 10 || day->learning)
        return "";
    return language == LANGUAGE_ZH ? "（新到岗）" : " (new in role)";
}
