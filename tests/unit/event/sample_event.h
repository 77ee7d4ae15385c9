/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Events made row by row of the field table, and their comparison, for the codec tests.
 */
#ifndef SAMPLE_EVENT_H
#define SAMPLE_EVENT_H

#include "event/event.h"

/* Rows of EVENT_FIELD_TABLE, and what has a row without being one field. */
unsigned sample_rows(void);

/* Fills the field of one row with something that is not its zero; the rest stays. */
void sample_fill(struct event *e, unsigned row);

/* Every row filled. */
struct event sample_full(void);

/* What a decoder gives for a point select: the usual event. */
struct event sample_small(void);

/* Asserts that all fields of the table are equal. */
void sample_assert_equal(const struct event *a, const struct event *b);

#endif
