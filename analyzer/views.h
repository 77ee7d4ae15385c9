/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * How long an employee stayed on a record: from a view (or a database result with subjects) to his
 * next action in the same session, cut at the idle limit. One open view a session, bounded; beyond
 * the maximum the oldest is closed as cut.
 */
#ifndef ANALYZER_VIEWS_H
#define ANALYZER_VIEWS_H

#include "analyzer/translate.h"
#include "store/records.h"

struct views;

/* Called for each subject of a view that ended. `day` is the local day it began. */
typedef void views_ended(void *context, int32_t day, const struct store_view *view, bool first);

struct views *views_new(int64_t idle_limit_ns, views_ended *ended, void *context);
void views_free(struct views **views);

/* An event of a session: ends its open view and may begin one. */
void views_event(struct views *views, const struct event *e, const struct resolved *who,
                 const struct translation *t, int32_t day, uint64_t sequence);

/* Ends what is beyond the idle limit at `now_ns`; all of it with INT64_MAX. */
void views_expire(struct views *views, int64_t now_ns);

#endif
