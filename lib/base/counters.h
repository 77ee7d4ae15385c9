/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Counters of a part of a program, from a table: what was done, lost, refused. Adding is atomic and
 * wait-free, from any thread.
 *
 *     #define SPOOL_COUNTERS(X) X(appended, "events", "Events appended to the spool") ...
 *     enum spool_counter {SPOOL_COUNTERS(SPOOL_COUNTER_ENUM) SPOOL_COUNTER_COUNT};
 *     static const struct counter_row rows[] = {SPOOL_COUNTERS(COUNTER_ROW)};
 */
#ifndef BASE_COUNTERS_H
#define BASE_COUNTERS_H

#include "base/buffer.h"

struct counter_row {
    const char *name; /* [a-z0-9_]+ */
    const char *unit; /* plural, as bytes, events; "" when the name says it */
    const char *help; /* one line, English */
    bool gauge;       /* goes up and down; else it only grows */
};

/* X(name, unit, help) as a row that only grows. */
#define COUNTER_ROW(name, unit, help) {#name, unit, help, false},

struct counters;

/* The rows must stay alive. NULL when there is no memory. */
struct counters *counters_new(const struct counter_row *rows, size_t count);
void counters_free(struct counters **counters);

/* An index out of range is a bug of the caller and asserts. */
void counters_add(struct counters *counters, size_t index, uint64_t amount);
void counters_set(struct counters *counters, size_t index, uint64_t value); /* gauges */
uint64_t counters_get(const struct counters *counters, size_t index);
size_t counters_count(const struct counters *counters);

/* All values, each read once; `to` holds counters_count(). Together they are no instant. */
void counters_snapshot(const struct counters *counters, uint64_t *to);

/* Prometheus text format 0.0.4: <prefix>_<name>[_<unit>][_total]. `label` and its value may be NULL
 * and empty. Values as of a snapshot, so that they can come from the store. */
void counters_prometheus(const struct counter_row *rows, const uint64_t *values, size_t count,
                         const char *prefix, const char *label, struct slice label_value,
                         struct buffer *out);

/* {"name":value,...} */
void counters_json(const struct counter_row *rows, const uint64_t *values, size_t count,
                   struct buffer *out);

#endif
