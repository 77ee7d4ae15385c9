/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What several answers say alike: the newest day, the names of a person, a sentence, a term.
 */
#ifndef WEB_API_ORGANISATION_H
#define WEB_API_ORGANISATION_H

#include "web/exchange.h"

/* The store's state and its newest day in the organisation's zone; false and the error answer. */
bool newest_day(struct exchange *exchange, struct store_status *status, int32_t *day);

/* First nanosecond of a day of the organisation. */
int64_t day_start_ns(const struct store_status *status, int32_t day);

/* name and department of an employee, empty when the directory does not know it. Remembered for the
 * exchange. */
struct person_names {
    struct slice employee, name, department;
};
enum { NAMES_REMEMBERED = 64 };
struct names {
    struct person_names known[NAMES_REMEMBERED];
    size_t count;
};
struct person_names names_find(struct exchange *exchange, struct names *names,
                               struct slice employee);

/* {"term", "label", "points"} as one object of an array. */
void write_term_points(struct json_writer *w, enum term term, double points);

void write_kind(struct json_writer *w, enum entity_kind kind);

#endif
