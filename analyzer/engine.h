/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The analyzer as one part: events in, everything of the store out. Driven by the time of events,
 * so a replay gives the same bits as the live run that saw the same events in the same order. Used
 * by dwell-analyzer (spools) and `dwell replay` (files) alike. One thread.
 *
 * A day is closed when time has passed its midnight by the grace; until then it is a running day.
 * Events of a closed day are archived and counted as late; before the next close that day is scored
 * again, and learnt again where they are many.
 */
#ifndef ANALYZER_ENGINE_H
#define ANALYZER_ENGINE_H

#include "assets/assets.h"
#include "base/fault.h"
#include "base/settings.h"
#include "event/event.h"
#include "spool/watch.h"

struct engine;

struct engine_options {
    const struct settings *settings;
    const char *state_dir;                 /* in place of the settings', where not NULL */
    const struct assets *assets;           /* not owned, may be NULL */
    const struct event_site_key *site_key; /* NULL: assignments cannot be matched with subjects */
    bool replay; /* large commits; running days are scored at the end only */
};

/* Opens the store (BUSY: another analyzer has it), reads the directory, restores the model and
 * folds the events of open days again. */
enum status engine_open(struct engine **engine, const struct engine_options *options,
                        struct fault *fault);
void engine_close(struct engine **engine); /* without a commit */

/* Where to go on in a sensor's spool; 0: from the beginning. */
uint64_t engine_cursor(struct engine *engine, struct slice sensor, uint64_t spool);

/* One event of a sensor's spool; repeats (at or below the cursor) are passed over and counted. An
 * event that cannot be kept is refused and counted; an error is one of the store and final. */
enum status engine_event(struct engine *engine, struct slice sensor, uint64_t spool,
                         uint64_t sequence, const struct event *event);

/* A record that tells of events the collector had to drop: they go into the coverage of the day. */
enum status engine_loss(struct engine *engine, struct slice sensor, uint64_t spool,
                        uint64_t sequence, uint64_t lost, int64_t since_ns);

/* A collector's report: what it watched, saw and missed. */
enum status engine_watch(struct engine *engine, struct slice sensor, uint64_t spool,
                         uint64_t sequence, const struct watch_report *report);

/* A space of subjects is in use: `dwell who-saw` looks there too. `engine`: struct engine. */
void engine_space(void *engine, struct slice space);

/* Time passes without events; closes days that are over. */
enum status engine_time(struct engine *engine, int64_t now_ns);

/* Takes in the verdicts given since (desk/verdicts); what was learnt follows at the next close. */
enum status engine_take_verdicts(struct engine *engine);

/* Makes everything so far durable; after OK it may be acknowledged. */
enum status engine_commit(struct engine *engine);

/* Scores the running days as they stand now, and commits. */
enum status engine_score_running(struct engine *engine);

/* Reads the directory again; the old one stays where the new one has a fault. */
enum status engine_reload(struct engine *engine, struct fault *fault);

struct store_writer;
struct store_writer *engine_store(struct engine *engine);

#endif
