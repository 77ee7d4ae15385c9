/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term newpeer: an action or program that nobody of the group has ever used (docs/scoring.md, 3.4).
 */
#include "analyzer/submodels/submodels.h"

#include <math.h>

enum { QUIET_DAYS = 10, GROUP_DAYS = 20 };

double newpeer_value(double weight, double days, double sum, unsigned quarantine)
{
    return fmax(1.5 * weight * exp2(-(double)quarantine) * log2((days + 10) / (sum + 1)), 0);
}

static bool counts(const struct fresh_item *f)
{
    return f->users == 0 && (f->kind == ITEM_TOKEN || f->kind == ITEM_PROGRAM);
}

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    (void)state;
    const struct group *g = day->group;
    if (g->days < GROUP_DAYS || day->index < QUIET_DAYS || day->fresh_count == 0)
        return;
    double *values = arena_array(day->arena, day->fresh_count, sizeof *values);
    double best = -1;
    size_t n = 0;
    for (size_t i = 0; values && i < day->fresh_count; i++) {
        const struct fresh_item *f = &day->fresh[i];
        if (!counts(f))
            continue;
        values[n] = newpeer_value(f->weight, g->newpeer_days, g->newpeer, f->quarantine);
        if (values[n] > best) {
            best = values[n];
            finding->detail = day->record->items[f->kind].list[f->index].text;
        }
        n++;
    }
    finding->raw = values ? ranked_sum(values, n, 4) : 0;
    finding->observed = (double)n;
    finding->expected = (g->newpeer + 1) / (g->newpeer_days + 10);
    finding->n = g->newpeer_days;
}

static void observe(void *state, struct person_day *day)
{
    (void)state;
    if (day->index < QUIET_DAYS || term_missing(day, TERM_newpeer))
        return;
    for (size_t i = 0; i < day->level_count; i++) {
        forget(&day->levels[i]->newpeer, day->unseen, day->weight, FORGET_NEWPEER);
        forget(&day->levels[i]->newpeer_days, 1, day->weight, FORGET_NEWPEER);
    }
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    (void)day;
    SAY(to, language, "nobody in this role has ever done this: %.*s (such things today: %.0f)",
        "本岗位从未有人做过：%.*s（今日共%.0f项）", (int)f->detail.len, (const char *)f->detail.ptr,
        f->observed);
}

const struct submodel submodel_newpeer = {
    .term = TERM_newpeer, .assess = assess, .observe = observe, .explain = explain};
