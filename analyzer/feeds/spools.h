/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * All spools under <state_dir>/spool, merged by time into the engine. New sensors are found while
 * it runs.
 */
#ifndef ANALYZER_FEEDS_SPOOLS_H
#define ANALYZER_FEEDS_SPOOLS_H

#include "analyzer/engine.h"
#include "analyzer/feeds/feed.h"

enum { SPOOLS_MAX = 256 };

struct spools {
    struct engine *engine;
    char folder[4352];
    struct feed *feeds[SPOOLS_MAX];
    size_t count;
    uint64_t lost; /* events that collectors lost, since the start */
};

void spools_init(struct spools *s, struct engine *engine, const char *state_dir);
void spools_release(struct spools *s);

/* Opens what is new. */
void spools_scan(struct spools *s);

/* Takes up to `max` records, commits, acknowledges; `taken` gets how many. */
enum status spools_take(struct spools *s, size_t max, size_t *taken);

#endif
