/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Inside the engine: its parts.
 */
#ifndef ANALYZER_ENGINE_STATE_H
#define ANALYZER_ENGINE_STATE_H

#include "analyzer/alerts.h"
#include "analyzer/canary.h"
#include "analyzer/engine.h"
#include "analyzer/fold.h"
#include "analyzer/judgement.h"
#include "analyzer/site_note.h"
#include "analyzer/views.h"
#include "analyzer/watch_book.h"
#include "base/zone.h"
#include "store/verdict_list.h"

struct spool_cursor {
    uint64_t spool, sequence;
    bool moved;
};

struct account_count {
    enum entity_kind kind;
    uint64_t events;
    int64_t first_ns, last_ns;
    char address[64];
    bool touched;
};

/* Late events of an employee and day since the last commit. */
struct late_count {
    enum entity_kind kind;
    uint64_t events;
};

enum { LATE_MAX = 1 << 16 };

/* A batch of the journal, until all its days are closed. */
struct journal_batch {
    uint64_t number;
    int32_t last_day;
};

struct engine {
    struct store_writer *store;
    struct organisation *organisation;
    const struct assets *assets;
    const struct event_site_key *site_key;
    char directory[4096];
    struct zone zone;
    struct model *model;
    struct alerts alerts;
    struct views *views;
    struct day_book book;
    struct map *cursors;  /* sensor -> struct spool_cursor */
    struct map *accounts; /* asset, 0, account -> struct account_count */
    struct map *late;     /* employee, 0, day -> struct late_count */
    struct watch_book watch;
    struct canary canary;
    struct logins logins;
    struct site_note site;
    struct translation translation;
    struct store_status status;
    bool closed_any;
    bool replay;
    bool again; /* events of open days are folded a second time */
    int64_t grace_ns;
    int64_t retention_days;
    struct buffer journal;
    int32_t journal_last_day;
    uint64_t last_batch;
    struct journal_batch *batches;
    size_t batch_count, batch_capacity;
    size_t waiting; /* events since the last commit */
    char state_dir[4096];
    double budget;              /* alerts a day */
    bool extended;              /* the model beyond its specification */
    int32_t kept_days;          /* for which closed days can be made again */
    struct store_reader *past;  /* closed days */
    struct judgement judgement; /* verdicts */
    struct verdict_list_place verdict_place;
    uint64_t last_verdict;
    bool verdicts_broken; /* told once */
};

/* An event of an open day, from the journal: folded, not archived again. */
enum status engine_take_again(struct engine *g, struct slice sensor, uint64_t sequence,
                              const struct event *e);

struct spool_cursor *engine_cursor_of(struct engine *g, struct slice sensor, uint64_t spool);
void engine_move_cursor(struct engine *g, struct spool_cursor *c, uint64_t sequence);
/* A clock that is far ahead would close days that are not over. */
bool engine_from_the_future(const struct engine *g, int64_t time_ns);

/* engine_coverage.c */
void engine_count_loss(struct engine *g, int32_t day, struct slice sensor, uint64_t lost);
/* The share of the day's activity whose sources were watching, 0..1, by their events. */
double engine_day_seen(struct engine *g, struct day_page *page);
/* Before a day is closed: the measures whose source was down, for the model. */
void engine_name_missing(struct engine *g, struct day_page *page);
void engine_watch_canaries(struct engine *g);

/* engine_days.c */
void engine_mark_late(struct engine *g, int32_t day, const struct resolved *who,
                      struct slice sensor, uint64_t sequence, const struct event *e);
void engine_put_late(struct engine *g);
void engine_view_ended(void *context, int32_t day, const struct store_view *view, bool first);
void engine_note_batch(struct engine *g, uint64_t batch, int32_t last_day);

/* Scores and learns a closed day once more, over its rows; or scores it with a model as it was, and
 * writes the rows of those with late events. */
enum status engine_close_again(struct engine *g, struct day_page *page);
enum status engine_look_again(struct engine *g, struct model *model, struct day_page *page);

/* engine.c: a commit also where no event came. */
enum status engine_write(struct engine *g);

/* engine_revise.c */
enum status engine_revise(struct engine *g);
enum status engine_resume_learning(struct engine *g);
enum status engine_load_verdicts(struct engine *g);

#endif
