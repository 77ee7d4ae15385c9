/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term hours: active at an hour at which this person is not (docs/scoring.md, 3.2).
 */
#include "analyzer/submodels/submodels.h"

#include <math.h>

enum { HOURS = 24 };

struct hour_profile {
    double share[HOURS];
};

/* Over the clock: 1/4, 1/2, 1/4. */
static struct hour_profile smooth(const struct hour_profile *p)
{
    struct hour_profile s;
    for (size_t i = 0; i < HOURS; i++)
        s.share[i] =
            p->share[(i + HOURS - 1) % HOURS] / 4 + p->share[i] / 2 + p->share[(i + 1) % HOURS] / 4;
    return s;
}

double hours_shares(const struct sums *own, const struct sums *group, unsigned kind,
                    double shares[24])
{
    unsigned other = 1 - kind;
    double w0 = own->hour_days[other] > 0 ? fmin(own->hour_days[other], 4) / 2 : 0;
    struct hour_profile mine, peers;
    for (size_t i = 0; i < HOURS; i++) {
        mine.share[i] =
            own->hour[kind][i] + (w0 > 0 ? w0 * own->hour[other][i] / own->hour_days[other] : 0);
        peers.share[i] = (group->hour[kind][i] +
                          group->hour[other][i] / fmax(group->hour_days[other], 1) + 0.02) /
                         (group->hour_days[kind] + 1.04);
    }
    mine = smooth(&mine);
    peers = smooth(&peers);
    double days = own->hour_days[kind] + w0;
    for (size_t i = 0; i < HOURS; i++)
        shares[i] =
            clip((mine.share[i] + 10 * clip(peers.share[i], 0.002, 1)) / (days + 10), 1e-4, 1);
    return days;
}

double hours_bits(const bool active[24], const double shares[24], size_t *strangest)
{
    double top[3] = {0, 0, 0};
    for (size_t i = 0; i < HOURS; i++) {
        double u = active[i] ? fmax(-log2(shares[i]) - 2, 0) : 0;
        if (u > top[0])
            *strangest = i;
        for (size_t k = 0; k < 3; k++) /* insertion, the largest first */
            if (u > top[k]) {
                double down = top[k];
                top[k] = u;
                u = down;
            }
    }
    return top[0] + top[1] / 2 + top[2] / 4;
}

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    (void)state;
    double shares[HOURS];
    size_t strangest = 0;
    finding->n = hours_shares(&day->base->sums, &day->group->sums, day->kind, shares);
    finding->raw = hours_bits(day->record->active, shares, &strangest);
    finding->observed = (double)strangest;
    finding->expected = shares[strangest];
    finding->peers = day->group->sums.hour[day->kind][strangest] /
                     fmax(day->group->sums.hour_days[day->kind], 1);
}

static void learn(struct sums *s, const struct person_day *day, double t)
{
    for (size_t i = 0; i < HOURS; i++)
        forget(&s->hour[day->kind][i], day->record->active[i], day->weight, t);
    forget(&s->hour_days[day->kind], 1, day->weight, t);
}

static void observe(void *state, struct person_day *day)
{
    (void)state;
    if (term_missing(day, TERM_hours))
        return;
    learn(&day->base->sums, day, FORGET_OWN);
    for (size_t i = 0; i < day->level_count; i++)
        learn(&day->levels[i]->sums, day, FORGET_GROUP);
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    static const char *const kinds[2][LANGUAGE_COUNT] = {{"working days", "工作日"},
                                                         {"free days", "休息日"}};
    SAY(to, language, "active at %02.0f:00, which happens on %.1f %% of %s",
        "在%02.0f点活动，平时占%.1f%%的%s", f->observed, 100 * f->expected,
        kinds[day->kind][language]);
}

const struct submodel submodel_hours = {
    .term = TERM_hours, .assess = assess, .observe = observe, .explain = explain};
