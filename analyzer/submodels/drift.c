/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term drift: a slow change against a frozen reference (docs/scoring.md, 3.8).
 */
#include "analyzer/submodels/submodels.h"

#include <math.h>
#include <stdlib.h>

enum { RECENT = 10, ENOUGH = 5, FREEZE_AFTER = 10, RENEW_AFTER = 84 };
enum { DRIFT_ROWS = COUNT_MEASURES };

/* NaN where a value is not known. */
struct drift {
    bool frozen;
    uint32_t age; /* active days since the reference was frozen */
    double reference[DRIFT_MEASURES];
    uint32_t count;
    double recent[RECENT][DRIFT_MEASURES]; /* q, the oldest first */
};

static const uint32_t source[COUNT_MEASURES] = {[COUNT_undist] = 1u << TERM_undist,
                                                [COUNT_dist] = MISSING_DIST,
                                                [COUNT_idc] = 1u << TERM_idc,
                                                [COUNT_vol] = MISSING_VOL};

static void compare_with_reference(const struct drift *d, struct person_day *day)
{
    double *q = day->drift_today;
    for (size_t m = 0; m < COUNT_MEASURES; m++) {
        double usual = d->reference[m] * day->group->factor[m];
        q[m] = day->missing & source[m] ? NAN
                                        : clip(log((day->counts[m] + 1) / (usual + 1)), -1.5, 1.5);
    }
    q[DRIFT_ROWS] = NAN;
    if (!isnan(d->reference[DRIFT_ROWS]) && day->has_log[LOG_rows])
        q[DRIFT_ROWS] = clip((day->logs[LOG_rows] - d->reference[DRIFT_ROWS]) / 2, -1.5, 1.5);
}

static double mean_of_recent(const struct drift *d, const struct person_day *day, size_t m)
{
    double sum = 0, n = 0;
    size_t first = d->count == RECENT ? 1 : 0; /* today makes it ten */
    for (size_t i = first; i < d->count; i++)
        if (!isnan(d->recent[i][m])) {
            sum += d->recent[i][m];
            n++;
        }
    if (!isnan(day->drift_today[m])) {
        sum += day->drift_today[m];
        n++;
    }
    return n >= ENOUGH ? sum / n : NAN;
}

static void prepare(const void *state, struct person_day *day)
{
    const struct drift *d = state;
    day->has_drift = d->frozen;
    for (size_t m = 0; m < DRIFT_MEASURES; m++)
        day->drift_today[m] = day->drift[m] = NAN;
    if (!d->frozen)
        return;
    compare_with_reference(d, day);
    for (size_t m = 0; m < DRIFT_MEASURES; m++)
        day->drift[m] = mean_of_recent(d, day, m);
}

double drift_median(double *values, size_t n, double *spread)
{
    double members = (double)n, middle = median(values, n, false) * members / (members + 4);
    for (size_t i = 0; i < n; i++)
        values[i] = fabs(values[i] - middle);
    *spread = fmax((members * 1.4826 * median(values, n, false) + 1.2) / (members + 8), 0.05);
    return middle;
}

double drift_bits(double mean, double middle, double spread)
{
    return upper_bits((mean - middle) / spread, 6);
}

/* Median and spread of a group are computed once a day, by the first who asks. */
static void know_peers(struct person_day *day, size_t m)
{
    struct group *g = day->group;
    double *values =
        g->drift_known[m] ? NULL : arena_array(day->arena, g->active_count, sizeof *values);
    size_t n = 0;
    if (!values)
        return;
    for (size_t i = 0; i < g->active_count; i++)
        if (!isnan(g->active[i]->drift[m]))
            values[n++] = g->active[i]->drift[m];
    g->drift_median[m] = drift_median(values, n, &g->drift_spread[m]);
    g->drift_known[m] = true;
}

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    const struct drift *d = state;
    double most = -1;
    for (size_t m = 0; m < DRIFT_MEASURES; m++) {
        if (isnan(day->drift[m]))
            continue;
        know_peers(day, m);
        double bits =
            drift_bits(day->drift[m], day->group->drift_median[m], day->group->drift_spread[m]);
        if (bits <= most)
            continue;
        most = bits;
        finding->raw = bits;
        finding->observed = exp(day->drift[m]);
        finding->peers = exp(day->group->drift_median[m]);
        finding->expected = 1;
        finding->n = d->count;
    }
}

static double renewed(double old, double fresh)
{
    if (isnan(old) || isnan(fresh))
        return isnan(fresh) ? old : fresh;
    return (old + fresh) / 2;
}

/* Frozen on the tenth active day, renewed half and half every 84. */
static void renew_reference(struct drift *d, const struct baseline *base,
                            double fresh[DRIFT_MEASURES])
{
    d->age++;
    if (d->frozen ? d->age < RENEW_AFTER : base->days < FREEZE_AFTER)
        return;
    for (size_t m = 0; m < DRIFT_MEASURES; m++)
        d->reference[m] = (float)(d->frozen ? renewed(d->reference[m], fresh[m]) : fresh[m]);
    d->frozen = true;
    d->age = 0;
}

static void observe(void *state, struct person_day *day)
{
    struct drift *d = state;
    const struct sums *own = &day->base->sums;
    if (d->frozen) {
        if (d->count == RECENT)
            memmove(d->recent[0], d->recent[1], (RECENT - 1) * sizeof d->recent[0]);
        else
            d->count++;
        for (size_t m = 0; m < DRIFT_MEASURES; m++)
            d->recent[d->count - 1][m] = half_to(half_from(day->drift_today[m]));
    }
    double fresh[DRIFT_MEASURES];
    for (size_t m = 0; m < COUNT_MEASURES; m++)
        fresh[m] = own->count[m].s / fmax(own->count[m].n, 1);
    fresh[DRIFT_ROWS] =
        own->log[LOG_rows].n > 4 ? own->log[LOG_rows].sum / own->log[LOG_rows].n : NAN;
    renew_reference(d, day->base, fresh);
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    (void)day;
    SAY(to, language, "for two weeks %.1f times the frozen reference, peers %.1f times",
        "两周以来为冻结基准的%.1f倍，同岗位为%.1f倍", f->observed, f->peers);
}

static void save(const void *state, struct buffer *to)
{
    const struct drift *d = state;
    buffer_append_byte(to, d->frozen);
    buffer_append_le32(to, d->age);
    for (size_t m = 0; m < DRIFT_MEASURES; m++)
        buffer_append_double(to, d->reference[m]);
    buffer_append_le32(to, d->count);
    for (size_t i = 0; i < d->count; i++)
        for (size_t m = 0; m < DRIFT_MEASURES; m++)
            buffer_append_le16(to, half_from(d->recent[i][m]));
}

static bool load(void *state, struct reader *from)
{
    struct drift *d = state;
    d->frozen = reader_u8(from) != 0;
    d->age = reader_le32(from);
    for (size_t m = 0; m < DRIFT_MEASURES; m++)
        d->reference[m] = reader_double(from);
    d->count = reader_le32(from);
    if (d->count > RECENT)
        return false;
    for (size_t i = 0; i < d->count; i++)
        for (size_t m = 0; m < DRIFT_MEASURES; m++)
            d->recent[i][m] = half_to(reader_le16(from));
    return reader_ok(from);
}

const struct submodel submodel_drift = {.term = TERM_drift,
                                        .state_size = sizeof(struct drift),
                                        .prepare = prepare,
                                        .assess = assess,
                                        .observe = observe,
                                        .explain = explain,
                                        .save = save,
                                        .load = load};
