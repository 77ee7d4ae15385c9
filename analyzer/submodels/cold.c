/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term cold: people looked at in the last ten active days on whom neither an assignment nor a
 * colleague's work points (docs/scoring.md, "Extended model"). A few a day say little; ten days of
 * them do: the expectation is that of a day, the evidence that of their sum.
 */
#include "analyzer/submodels/submodels.h"

#include <math.h>

enum { RECENT = 10, LEAST_DAYS = 3 };
#define UNRELATED    0.1  /* a relation below this */
#define BETWEEN_DAYS 0.05 /* over-dispersion of a sum that days have in common */

struct cold {
    uint32_t count;
    double recent[RECENT]; /* of earlier days, the oldest first */
    struct count_sums sums;
};

static double count_today(const struct person_day *day)
{
    double n = 0;
    for (size_t i = 0; i < day->record->subject_count; i++)
        n += day->relation[i] < UNRELATED;
    return n;
}

double cold_bits(double x, double days, double mean, double phi, double own_days)
{
    return count_bits(x, fmax(days * mean, 0.02),
                      phi / days + BETWEEN_DAYS + 0.25 / (own_days + 5));
}

/* The last days without their largest: one bad day is said once, by term undist, not for ten days;
 * and what that term says of today is taken off. */
static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    const struct cold *c = state;
    const struct count_sums *group = &day->group->sums.cold;
    double sum = count_today(day), largest = sum, days = 0;
    double mean = count_mean(&c->sums, group), phi = count_phi(&c->sums, group);
    for (size_t i = c->count == RECENT; i < c->count; i++) {
        sum += c->recent[i];
        largest = fmax(largest, c->recent[i]);
        days++;
    }
    finding->observed = sum - largest;
    finding->n = days;
    finding->expected = mean * days;
    finding->peers = (group->s + 0.3) / (group->n + 1);
    if (days >= LEAST_DAYS)
        finding->raw = fmax(cold_bits(sum - largest, days, mean, phi, c->sums.n) -
                                day->findings[TERM_undist].raw,
                            0);
}

static void observe(void *state, struct person_day *day)
{
    struct cold *c = state;
    if (term_missing(day, TERM_cold))
        return;
    double x = count_today(day), mean = count_mean(&c->sums, &day->group->sums.cold);
    count_learn(&c->sums, x, 1, mean, day->weight, FORGET_OWN);
    c->sums =
        (struct count_sums){(float)c->sums.s, (float)c->sums.n, (float)c->sums.v, (float)c->sums.m};
    for (size_t i = 0; i < day->level_count; i++)
        count_learn(&day->levels[i]->sums.cold, x, 1, mean, day->weight, FORGET_GROUP);
    if (c->count == RECENT) {
        memmove(c->recent, c->recent + 1, (RECENT - 1) * sizeof *c->recent);
        c->count--;
    }
    c->recent[c->count++] = x;
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    (void)day;
    SAY(to, language,
        "%.0f people in %.0f days on whom no assignment and no colleague's work points, usually "
        "%.1f",
        "%.0f名客户（%.0f天内）既无业务分配也无同事处理，平时约%.1f名", f->observed, f->n,
        f->expected);
}

static void save(const void *state, struct buffer *to)
{
    const struct cold *c = state;
    buffer_append_le32(to, c->count);
    for (size_t i = 0; i < c->count; i++)
        buffer_append_double(to, c->recent[i]);
    buffer_append_double(to, c->sums.s);
    buffer_append_double(to, c->sums.n);
    buffer_append_double(to, c->sums.v);
    buffer_append_double(to, c->sums.m);
}

static bool load(void *state, struct reader *from)
{
    struct cold *c = state;
    c->count = reader_le32(from);
    if (c->count > RECENT)
        return false;
    for (size_t i = 0; i < c->count; i++)
        c->recent[i] = reader_double(from);
    c->sums.s = reader_double(from);
    c->sums.n = reader_double(from);
    c->sums.v = reader_double(from);
    c->sums.m = reader_double(from);
    return reader_ok(from);
}

const struct submodel submodel_cold = {.term = TERM_cold,
                                       .state_size = sizeof(struct cold),
                                       .assess = assess,
                                       .observe = observe,
                                       .explain = explain,
                                       .save = save,
                                       .load = load};
