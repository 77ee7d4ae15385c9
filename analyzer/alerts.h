/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Alerts as rows of the store: opening, joining of further days, closing, and the notices that
 * leave for the outside.
 */
#ifndef ANALYZER_ALERTS_H
#define ANALYZER_ALERTS_H

#include "base/map.h"
#include "store/writer.h"

/* The last alert of an employee. */
struct alert_link {
    uint64_t id;
    int32_t last_day;
    bool open;
};

struct alerts {
    struct store_writer *writer;
    struct map *links; /* employee -> struct alert_link */
    uint64_t last_id;
    int32_t *opened; /* days of all alerts, for the count of the last 28 */
    size_t opened_count, opened_capacity;
};

enum status alerts_init(struct alerts *a, struct store_writer *writer);
void alerts_release(struct alerts *a);

/* A day that crossed the threshold; gives the alert's id. The same day again changes numbers and
 * makes no second notice. */
uint64_t alerts_cross(struct alerts *a, const struct store_day *day, int64_t now_ns);

/* An alert that no score made, at most one an entity and day; gives its id, 0 when that day has
 * one.
 */
uint64_t alerts_raise(struct alerts *a, struct slice entity, enum entity_kind kind, int32_t day,
                      int64_t now_ns, const struct slice sentence[LANGUAGE_COUNT]);

/* A closed day that did not cross; `stays_open` as the model says. */
void alerts_quiet(struct alerts *a, const struct store_day *day, bool stays_open);

/* A verdict on a day: the alert that it names, else the one the employee has around that day, gets
 * it; "watch" leaves it open. Gives its id, 0 where there is none. */
uint64_t alerts_judge(struct alerts *a, const struct store_verdict *verdict);

/* The id of the alert a person has open, or 0. */
uint64_t alerts_open(struct alerts *a, struct slice employee);

/* Alerts opened in the 28 days up to `day`. */
uint32_t alerts_raised(const struct alerts *a, int32_t day);

#endif
