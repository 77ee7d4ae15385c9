/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term enum: neighbouring numbers, as somebody counts through a register (docs/scoring.md, 3.6).
 */
#include "analyzer/submodels/submodels.h"

#include "analyzer/stats/tail.h"

#include <math.h>
#include <stdlib.h>

enum { RING = 64, NEIGHBOUR = 8 };

struct numbered {
    uint64_t space, number;
};

struct ring {
    uint32_t count;
    struct numbered ids[RING]; /* of earlier days, the oldest first */
};

static int by_space_and_number(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;
    if (x->space != y->space)
        return x->space < y->space ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static size_t unique(struct numbered *ids, size_t n)
{
    size_t kept = 0;
    if (n > 1)
        qsort(ids, n, sizeof *ids, by_space_and_number);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || by_space_and_number(&ids[kept - 1], &ids[i]) != 0)
            ids[kept++] = ids[i];
    return kept;
}

/* Today's distinct numbers with rel < 0.3, by space and number; room for the ring behind them. */
static struct numbered *todays(const struct person_day *day, size_t *count)
{
    const struct day_record *r = day->record;
    struct numbered *ids = arena_array(day->arena, r->subject_count + 1, sizeof *ids);
    size_t n = 0;
    for (size_t i = 0; ids && i < r->subject_count; i++)
        if (r->subjects[i].subject.has_number && day->relation[i] < 0.3)
            ids[n++] =
                (struct numbered){r->subjects[i].subject.space, r->subjects[i].subject.number};
    *count = ids ? unique(ids, n) : 0;
    return ids;
}

/* How many of today's ids have their next lower neighbour in the union at most 8 below. */
size_t enum_count(const uint64_t *today, size_t n, const uint64_t *both, size_t both_count)
{
    size_t x = 0, at = 0;
    for (size_t i = 0; i < n; i++) {
        while (at < both_count && both[at] < today[i])
            at++;
        x += at > 0 && today[i] - both[at - 1] <= NEIGHBOUR;
    }
    return x;
}

double enum_bits(double x, double lambda)
{
    return x <= 0 ? 0 : tail_gamma(x, lambda);
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* One id space: adds its count and what chance gives. */
static void add_space(const struct ring *ring, const struct person_day *day,
                      const struct numbered *ids, size_t n, struct finding *finding)
{
    uint64_t space = ids[0].space;
    uint64_t *today = arena_array(day->arena, n, sizeof *today);
    uint64_t *both = arena_array(day->arena, n + RING, sizeof *both);
    if (!today || !both)
        return;
    size_t all = n;
    for (size_t i = 0; i < n; i++)
        today[i] = both[i] = ids[i].number;
    for (size_t i = 0; i < ring->count; i++)
        if (ring->ids[i].space == space)
            both[all++] = ring->ids[i].number;
    qsort(both, all, sizeof *both, by_number);
    size_t distinct = 0;
    for (size_t i = 0; i < all; i++)
        if (distinct == 0 || both[distinct - 1] != both[i])
            both[distinct++] = both[i];
    double range =
        table_value(&day->all->space_high, space) - table_value(&day->all->space_low, space);
    finding->observed += (double)enum_count(today, n, both, distinct);
    finding->expected += (double)n * (double)distinct * NEIGHBOUR / fmax(range, 1000);
}

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    size_t n, from = 0;
    struct numbered *ids = todays(day, &n);
    finding->expected = 0.02;
    for (size_t i = 1; ids && i <= n; i++)
        if (i == n || ids[i].space != ids[from].space) {
            add_space(state, day, ids + from, i - from, finding);
            from = i;
        }
    finding->raw = enum_bits(finding->observed, finding->expected);
    finding->n = (double)n;
}

static void widen_range(struct organisation_state *all, const struct numbered *id)
{
    double number = (double)id->number;
    bool known = table_get(&all->space_low, id->space) != NULL;
    double *low = table_put(&all->space_low, id->space),
           *high = table_put(&all->space_high, id->space);
    if (!low || !high)
        return;
    *low = known ? fmin(*low, number) : number;
    *high = known ? fmax(*high, number) : number;
}

static void observe(void *state, struct person_day *day)
{
    struct ring *ring = state;
    size_t n;
    if (term_missing(day, TERM_enum))
        return;
    struct numbered *ids = todays(day, &n);
    size_t keep = n < RING ? n : RING;
    size_t old = ring->count < RING - keep ? ring->count : RING - keep;
    memmove(ring->ids, ring->ids + (ring->count - old), old * sizeof *ring->ids);
    if (keep > 0)
        memcpy(ring->ids + old, ids + (n - keep), keep * sizeof *ids);
    ring->count = (uint32_t)(old + keep);
    for (size_t i = 0; day->weight >= 0.5 && i < n; i++)
        widen_range(day->all, &ids[i]);
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    (void)day;
    SAY(to, language, "%.0f neighbouring ids, %.2f expected by chance",
        "查看了%.0f个相邻编号，随机情况下约%.2f个", f->observed, f->expected);
}

static void save(const void *state, struct buffer *to)
{
    const struct ring *ring = state;
    buffer_append_le32(to, ring->count);
    for (size_t i = 0; i < ring->count; i++) {
        buffer_append_le64(to, ring->ids[i].space);
        buffer_append_le64(to, ring->ids[i].number);
    }
}

static bool load(void *state, struct reader *from)
{
    struct ring *ring = state;
    ring->count = reader_le32(from);
    if (ring->count > RING)
        return false;
    for (size_t i = 0; i < ring->count; i++) {
        ring->ids[i].space = reader_le64(from);
        ring->ids[i].number = reader_le64(from);
    }
    return reader_ok(from);
}

const struct submodel submodel_enum = {.term = TERM_enum,
                                       .state_size = sizeof(struct ring),
                                       .assess = assess,
                                       .observe = observe,
                                       .explain = explain,
                                       .save = save,
                                       .load = load};
