/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Events into days: the one place where an event becomes part of what is scored, used for events as
 * they come and for days that are made again from the archive.
 */
#ifndef ANALYZER_FOLD_H
#define ANALYZER_FOLD_H

#include "analyzer/day_book.h"
#include "analyzer/translate.h"
#include "base/zone.h"
#include "store/reader.h"

/* The local day of a time, and how many seconds of it had passed. */
int32_t fold_day(const struct zone *zone, int64_t ns, double *seconds);

/* Adds a translated event to the day of who did it; is it the first of its session there? False: no
 * room. */
bool fold_event(struct day_page *page, const struct translation *t, const struct event *e,
                const struct resolved *who, bool *new_session);

/* The running numbers of an entry's subjects, as they are kept beside the archive. */
void fold_append_numbers(struct buffer *to, const struct day_entry *entry);
void fold_append_event_numbers(struct buffer *to, const struct event *e);

/* Where closed days are made again from. */
struct fold_source {
    struct store_reader *reader;
    const struct organisation *organisation;
    const struct assets *assets;
    const struct zone *zone;
};

/* Fills the page of a day, opened in the book, with all events of the archive. */
enum status fold_archived(const struct fold_source *from, struct day_book *book, int32_t day,
                          struct day_page **page);

/* The archived events of an employee's day, translated: what stands behind a score. */
typedef void fold_visit(void *context, const struct store_event *stored,
                        const struct translation *t);
enum status fold_each(const struct fold_source *from, int32_t day, struct slice employee,
                      fold_visit *visit, void *context);

#endif
