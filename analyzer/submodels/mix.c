/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term mix: the proportions of a day, whatever its amount (docs/scoring.md, "Extended model"):
 * searches among searches and people looked at, identity documents among documents and people,
 * people looked at on whom nothing was done afterwards. Each is judged like term share.
 */
#include "analyzer/submodels/submodels.h"

#include <math.h>

enum { LEAST = 3 }; /* fewer of a thing are no proportion */

static const char *const names[MIX_MEASURES][LANGUAGE_COUNT] = {
    [MIX_searches] = {"searches among searches and people looked at", "搜索次数占比"},
    [MIX_documents] = {"identity documents among documents and people looked at", "证件页面占比"},
    [MIX_unworked] = {"people looked at on whom nothing was done", "仅查看未处理的客户占比"},
};

/* k of n, by measure. */
static void counts_of(const struct day_record *r, double counts[MIX_MEASURES][2])
{
    double people = (double)r->subject_count, worked = 0;
    for (size_t i = 0; i < r->subject_count; i++)
        worked += r->subjects[i].worked;
    counts[MIX_searches][0] = r->searches;
    counts[MIX_searches][1] = r->searches + people;
    counts[MIX_documents][0] = r->idc;
    counts[MIX_documents][1] = r->idc + people;
    counts[MIX_unworked][0] = people - worked;
    counts[MIX_unworked][1] = people;
}

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    double counts[MIX_MEASURES][2];
    (void)state;
    counts_of(day->record, counts);
    for (size_t m = 0; m < MIX_MEASURES; m++) {
        const double *own = day->base->sums.mix[m], *group = day->group->sums.mix[m];
        double usual;
        if (counts[m][0] < LEAST)
            continue;
        double bits = share_bits(counts[m][0], counts[m][1], own, group, 1, 1, &usual);
        if (bits <= finding->raw)
            continue;
        finding->raw = bits;
        finding->observed = counts[m][0];
        finding->expected = usual;
        finding->peers = (group[0] + 0.3) / (group[1] + 1);
        finding->n = counts[m][1];
        finding->detail = slice_from(names[m][LANGUAGE_EN]);
    }
}

static void observe(void *state, struct person_day *day)
{
    double counts[MIX_MEASURES][2];
    (void)state;
    if (term_missing(day, TERM_mix))
        return;
    counts_of(day->record, counts);
    for (size_t m = 0; m < MIX_MEASURES; m++)
        for (size_t i = 0; i < 2; i++) {
            forget(&day->base->sums.mix[m][i], counts[m][i], day->weight, FORGET_OWN);
            for (size_t level = 0; level < day->level_count; level++)
                forget(&day->levels[level]->sums.mix[m][i], counts[m][i], day->weight,
                       FORGET_GROUP);
        }
}

static const char *name_in(struct slice detail, enum language language)
{
    for (size_t m = 0; m < MIX_MEASURES; m++)
        if (slice_equal(detail, slice_from(names[m][LANGUAGE_EN])))
            return names[m][language];
    return names[0][language];
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    (void)day;
    SAY(to, language, "%s: %.0f of %.0f, usually %.0f %%", "%s：%.0f／%.0f，平时占%.0f%%",
        name_in(f->detail, language), f->observed, f->n, 100 * f->expected);
}

const struct submodel submodel_mix = {
    .term = TERM_mix, .assess = assess, .observe = observe, .explain = explain};
