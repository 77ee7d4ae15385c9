/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Counters as relaxed atomics: each is right by itself, none orders anything else.
 */
#include "base/counters.h"

#include "base/json_write.h"
#include "base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

struct counters {
    const struct counter_row *rows;
    size_t count;
    _Atomic uint64_t values[];
};

struct counters *counters_new(const struct counter_row *rows, size_t count)
{
    struct counters *c = calloc(1, sizeof *c + count * sizeof c->values[0]);
    if (!c)
        return NULL;
    c->rows = rows;
    c->count = count;
    for (size_t i = 0; i < count; i++)
        atomic_init(&c->values[i], 0);
    return c;
}

void counters_free(struct counters **counters)
{
    free(*counters);
    *counters = NULL;
}

void counters_add(struct counters *counters, size_t index, uint64_t amount)
{
    assert(index < counters->count);
    atomic_fetch_add_explicit(&counters->values[index], amount, memory_order_relaxed);
}

void counters_set(struct counters *counters, size_t index, uint64_t value)
{
    assert(index < counters->count && counters->rows[index].gauge);
    atomic_store_explicit(&counters->values[index], value, memory_order_relaxed);
}

uint64_t counters_get(const struct counters *counters, size_t index)
{
    assert(index < counters->count);
    return atomic_load_explicit(&counters->values[index], memory_order_relaxed);
}

size_t counters_count(const struct counters *counters)
{
    return counters->count;
}

void counters_snapshot(const struct counters *counters, uint64_t *to)
{
    for (size_t i = 0; i < counters->count; i++)
        to[i] = counters_get(counters, i);
}

static void append_name(struct buffer *out, const struct counter_row *row, const char *prefix)
{
    buffer_append_format(out, "%s_%s", prefix, row->name);
    if (*row->unit)
        buffer_append_format(out, "_%s", row->unit);
    if (!row->gauge)
        buffer_append_text(out, "_total");
}

/* A label's value: backslash, quote and line feed are escaped. */
static void append_label(struct buffer *out, const char *label, struct slice value)
{
    struct buffer clean;
    buffer_init(&clean, SIZE_MAX / 2);
    text_append_utf8(&clean, value);
    buffer_append_format(out, "{%s=\"", label);
    for (size_t i = 0; i < clean.len; i++) {
        uint8_t c = clean.ptr[i];
        if (c == '\\' || c == '"' || c == '\n')
            buffer_append_byte(out, '\\');
        buffer_append_byte(out, c == '\n' ? 'n' : c);
    }
    buffer_append_text(out, "\"}");
    buffer_release(&clean);
}

void counters_prometheus(const struct counter_row *rows, const uint64_t *values, size_t count,
                         const char *prefix, const char *label, struct slice label_value,
                         struct buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        buffer_append_text(out, "# HELP ");
        append_name(out, &rows[i], prefix);
        buffer_append_format(out, " %s\n# TYPE ", rows[i].help);
        append_name(out, &rows[i], prefix);
        buffer_append_format(out, " %s\n", rows[i].gauge ? "gauge" : "counter");
        append_name(out, &rows[i], prefix);
        if (label)
            append_label(out, label, label_value);
        buffer_append_format(out, " %" PRIu64 "\n", values[i]);
    }
}

void counters_json(const struct counter_row *rows, const uint64_t *values, size_t count,
                   struct buffer *out)
{
    struct json_writer w = json_write_to(out);
    json_write_object_open(&w);
    for (size_t i = 0; i < count; i++) {
        json_write_key(&w, rows[i].name);
        json_write_unsigned(&w, values[i]);
    }
    json_write_object_close(&w);
}
