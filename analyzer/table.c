/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Open addressing with linear probing, at most half full. The place of a key is mixed with a random
 * seed of the process, so chosen keys cannot make it slow.
 */
#include "analyzer/table.h"

#include <stdlib.h>
#include <sys/random.h>

void table_init(struct table *t, size_t max)
{
    *t = (struct table){.max = max};
}

void table_release(struct table *t)
{
    free(t->entries);
    table_init(t, t->max);
}

void table_clear(struct table *t)
{
    if (t->entries)
        memset(t->entries, 0, t->capacity * sizeof *t->entries);
    t->count = 0;
}

static uint64_t seed(void)
{
    static uint64_t value;
    if (value == 0 && getrandom(&value, sizeof value, 0) != sizeof value)
        value = 0x9e3779b97f4a7c15u;
    return value | 1;
}

static size_t place(const struct table *t, uint64_t key)
{
    uint64_t x = (key ^ seed()) * 0x9e3779b97f4a7c15u;
    x ^= x >> 32;
    x *= seed();
    size_t i = (size_t)(x >> 20) & (t->capacity - 1);
    while (t->entries[i].used && t->entries[i].key != key)
        i = (i + 1) & (t->capacity - 1);
    return i;
}

static bool grow(struct table *t)
{
    struct table bigger = {.capacity = t->capacity ? t->capacity * 2 : 16, .max = t->max};
    bigger.entries = calloc(bigger.capacity, sizeof *bigger.entries);
    if (!bigger.entries)
        return false;
    for (size_t i = 0; i < t->capacity; i++)
        if (t->entries[i].used)
            bigger.entries[place(&bigger, t->entries[i].key)] = t->entries[i];
    free(t->entries);
    t->entries = bigger.entries;
    t->capacity = bigger.capacity;
    return true;
}

double *table_get(const struct table *t, uint64_t key)
{
    if (t->count == 0)
        return NULL;
    struct table_entry *e = &t->entries[place(t, key)];
    return e->used ? &e->value : NULL;
}

double *table_put(struct table *t, uint64_t key)
{
    double *found = table_get(t, key);
    if (found)
        return found;
    if (t->count >= t->max || (t->count * 2 >= t->capacity && !grow(t))) {
        t->refused++;
        return NULL;
    }
    struct table_entry *e = &t->entries[place(t, key)];
    *e = (struct table_entry){.key = key, .used = true};
    t->count++;
    return &e->value;
}

double table_value(const struct table *t, uint64_t key)
{
    const double *value = table_get(t, key);
    return value ? *value : 0;
}

static int by_key(const void *a, const void *b)
{
    uint64_t x = ((const struct table_entry *)a)->key, y = ((const struct table_entry *)b)->key;
    return (x > y) - (x < y);
}

static void append_entry(struct buffer *to, const struct table_entry *e)
{
    uint64_t bits;
    memcpy(&bits, &e->value, sizeof bits);
    buffer_append_le64(to, e->key);
    buffer_append_le64(to, bits);
}

void table_save(const struct table *t, struct buffer *to)
{
    buffer_append_le64(to, t->count);
    if (t->count == 0)
        return;
    struct table_entry *sorted = calloc(t->count, sizeof *sorted);
    if (!sorted) {
        to->status = STATUS_NO_MEMORY;
        return;
    }
    size_t n = 0;
    for (size_t i = 0; i < t->capacity; i++)
        if (t->entries[i].used)
            sorted[n++] = t->entries[i];
    qsort(sorted, n, sizeof *sorted, by_key);
    for (size_t i = 0; i < n; i++)
        append_entry(to, &sorted[i]);
    free(sorted);
}

bool table_load(struct table *t, struct reader *from)
{
    table_clear(t);
    uint64_t n = reader_le64(from);
    for (uint64_t i = 0; i < n && reader_ok(from); i++) {
        uint64_t key = reader_le64(from), bits = reader_le64(from);
        double *value = reader_ok(from) ? table_put(t, key) : NULL;
        if (!value)
            return false;
        memcpy(value, &bits, sizeof bits);
    }
    return reader_ok(from);
}
