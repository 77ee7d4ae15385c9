/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A person's baseline: the common sums, and the sub-models' states behind them in the order of the
 * terms. Doubles in memory, rounded to the stored widths (docs/scoring.md, 7) at each day's close.
 */
#include "analyzer/model.h"

#include <math.h>

static size_t aligned(size_t size)
{
    return (size + 7) / 8 * 8;
}

static size_t state_offset(enum term term)
{
    size_t offset = 0;
    for (size_t i = 0; i < (size_t)term; i++)
        offset += aligned(submodels[i]->state_size);
    return offset;
}

size_t baseline_size(void)
{
    return sizeof(struct baseline) + state_offset(TERM_COUNT);
}

void *baseline_state(struct baseline *b, enum term term)
{
    return b->states + state_offset(term);
}

void baseline_init(struct baseline *b)
{
    memset(b, 0, baseline_size());
    for (size_t i = 0; i < TERM_COUNT; i++)
        if (submodels[i]->init)
            submodels[i]->init(baseline_state(b, (enum term)i));
}

void buffer_append_double(struct buffer *b, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    buffer_append_le64(b, bits);
}

double reader_double(struct reader *r)
{
    uint64_t bits = reader_le64(r);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The sums are doubles and nothing else: they are rounded, saved and loaded as one array. */
enum { SUMS_DOUBLES = sizeof(struct sums) / sizeof(double) };
_Static_assert(sizeof(struct sums) == SUMS_DOUBLES * sizeof(double), "sums hold doubles only");

void sums_round(struct sums *s)
{
    double *values = (double *)s;
    for (size_t i = 0; i < SUMS_DOUBLES; i++)
        values[i] = (float)values[i];
}

void sums_save(const struct sums *s, struct buffer *to)
{
    const double *values = (const double *)s;
    for (size_t i = 0; i < SUMS_DOUBLES; i++)
        buffer_append_double(to, values[i]);
}

bool sums_load(struct sums *s, struct reader *from)
{
    double *values = (double *)s;
    for (size_t i = 0; i < SUMS_DOUBLES; i++)
        values[i] = reader_double(from);
    return reader_ok(from);
}

static void append_float(struct buffer *to, double value)
{
    float narrow = (float)value;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    buffer_append_le32(to, bits);
}

static double read_float(struct reader *from)
{
    uint32_t bits = reader_le32(from);
    float narrow;
    memcpy(&narrow, &bits, sizeof narrow);
    return narrow;
}

void baseline_save(const struct baseline *b, struct buffer *to)
{
    const double *values = (const double *)&b->sums;
    buffer_append_le32(to, b->days);
    for (size_t i = 0; i < SUMS_DOUBLES; i++)
        append_float(to, values[i]);
    for (size_t i = 0; i < TERM_COUNT; i++)
        if (submodels[i]->save)
            submodels[i]->save(b->states + state_offset((enum term)i), to);
}

bool baseline_load(struct baseline *b, struct reader *from)
{
    double *values = (double *)&b->sums;
    baseline_init(b);
    b->days = reader_le32(from);
    for (size_t i = 0; i < SUMS_DOUBLES; i++)
        values[i] = read_float(from);
    for (size_t i = 0; i < TERM_COUNT; i++)
        if (submodels[i]->load && !submodels[i]->load(baseline_state(b, (enum term)i), from))
            return false;
    return reader_ok(from);
}
