/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Closed days once more, without touching the store: for `dwell explain --recompute` and `dwell
 * backtest`. May run beside the analyzer.
 */
#ifndef ANALYZER_PAST_H
#define ANALYZER_PAST_H

#include "analyzer/evidence.h"
#include "analyzer/fold.h"
#include "analyzer/judgement.h"
#include "base/settings.h"

struct past {
    struct store_reader *reader; /* not owned */
    const struct settings *settings;
    const struct assets *assets;
    struct organisation *organisation;
    struct zone zone;
    struct judgement judgement;
};

/* Reads the directory as it is now, and the verdicts. */
enum status past_open(struct past *p, struct store_reader *reader, const struct settings *settings,
                      const struct assets *assets, const struct event_site_key *site_key,
                      struct fault *fault);
void past_close(struct past *p);

/* The model as it was before the close of a day; NOT_FOUND: that is not kept any more. */
enum status past_model(struct past *p, int32_t day, struct model **model);

/* Scores a day of the archive; with `learns` the model goes on to the next day. */
enum status past_score(struct past *p, struct model *model, int32_t day, bool learns,
                       model_visit *visit, void *context);

/* One employee's day made again: the row as it must be, and the events behind its terms (NULL: not
 * wanted). NOT_FOUND: no such day, or not kept any more. */
enum status past_recompute(struct past *p, struct slice employee, int32_t day, struct arena *arena,
                           struct store_day *row, struct evidence *evidence);

#endif
