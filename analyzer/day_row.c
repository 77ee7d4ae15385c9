/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A scored day as a row of the store.
 */
#include "analyzer/day_row.h"

#include <math.h>

/* Log measures are stored in the unit of their sentence; 0 stays: there was nothing to measure. */
static double shown(enum term term, double value)
{
    if (value == 0)
        return 0;
    switch (term) {
    case TERM_rows:
        return expm1(value);
    case TERM_dwell:
        return exp(value);
    case TERM_regular:
        return exp(-value);
    default:
        return value;
    }
}

static void copy_term(const struct person_day *d, size_t k, struct store_term *to)
{
    const struct finding *f = &d->findings[k];
    enum term term = submodels[k]->term;
    *to = (struct store_term){.measured = f->measured,
                              .raw = f->raw,
                              .deflated = d->deflated[k],
                              .coincidence = d->coincidence[k],
                              .points = d->points[k],
                              .observed = f->measured ? shown(term, f->observed) : 0,
                              .expected = f->measured ? shown(term, f->expected) : 0,
                              .peers = f->measured ? shown(term, f->peers) : 0,
                              .n = f->n};
    for (size_t i = 0; d->points[k] > 0 && i < LANGUAGE_COUNT; i++) {
        struct buffer text;
        buffer_init(&text, 1 << 12);
        submodels[k]->explain(d, f, (enum language)i, &text);
        to->sentence[i] = arena_copy(d->arena, buffer_slice(&text));
        buffer_release(&text);
    }
}

void day_row(const struct model_score *score, bool running, struct store_day *day)
{
    const struct person_day *d = score->day;
    const struct day_entry *entry = score->user;
    *day = (struct store_day){.employee = d->employee,
                              .day = d->day,
                              .kind = entry->kind,
                              .running = running,
                              .learning = d->learning,
                              .score = d->score,
                              .risk = d->risk,
                              .alert_value = d->alert_value,
                              .weight = d->weight,
                              .theta = score->theta,
                              .percent = store_percent(d->risk),
                              .mark = score->mark,
                              .group = d->group->key,
                              .peers = (uint32_t)d->group->active_count,
                              .days_seen = d->days_seen,
                              .measures = entry->measures};
    day->measures.unassigned = d->counts[COUNT_undist];
    double events = (double)entry->measures.events;
    day->confidence = events > 0 ? 1 - (double)entry->measures.gaps / events : 1;
    for (size_t k = 0; k < TERM_COUNT; k++)
        copy_term(d, k, &day->terms[k]);
}
