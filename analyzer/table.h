/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A growing table from 64-bit keys to numbers, with a maximum: the counts, user sets and small
 * indexes of the model. At the maximum new keys are refused and counted. What it holds never
 * depends on where entries lie: saving and walking go in the order of the keys.
 */
#ifndef ANALYZER_TABLE_H
#define ANALYZER_TABLE_H

#include "base/buffer.h"
#include "base/reader.h"

struct table_entry {
    uint64_t key;
    double value;
    bool used;
};

struct table {
    struct table_entry *entries;
    size_t count;
    size_t capacity; /* a power of two, or 0 */
    size_t max;
    uint64_t refused;
};

void table_init(struct table *t, size_t max);
void table_release(struct table *t);
void table_clear(struct table *t);

/* The value, or NULL. */
double *table_get(const struct table *t, uint64_t key);

/* The value, 0 when it is new; NULL when refused. Valid until the next table_put(). */
double *table_put(struct table *t, uint64_t key);

/* The value, 0 when there is none. */
double table_value(const struct table *t, uint64_t key);

void table_save(const struct table *t, struct buffer *to);
bool table_load(struct table *t, struct reader *from);

#endif
