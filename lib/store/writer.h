/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Writing the store: for the analyzer alone. What is put waits in memory; store_commit() brings
 * events and views into the archive first and all else into state/ in one transaction, so that
 * after a kill the store is as of its last commit.
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "base/arena.h"
#include "base/status.h"
#include "store/records.h"

struct store_writer;

/* Makes the folders where they are missing. BUSY: another analyzer has them. `error`
 * (DB_ERROR_SIZE bytes) gets one line. */
enum status store_writer_open(struct store_writer **writer, const char *state_dir, char *error);
void store_writer_close(struct store_writer **writer);

/* The first error sticks and is told by store_commit(). */
void store_put_event(struct store_writer *w, int32_t day, const struct store_event *event);
void store_put_view(struct store_writer *w, int32_t day, const struct store_view *view);
void store_put_day(struct store_writer *w, const struct store_day *day);
void store_put_person(struct store_writer *w, const struct store_person *person);
void store_put_alert(struct store_writer *w, const struct store_alert *alert);
void store_put_coverage(struct store_writer *w, const struct store_coverage *coverage);
/* Adds `lost` to what the day and source have in the last commit: commit before the next one. */
void store_add_loss(struct store_writer *w, const struct store_coverage *coverage);
void store_put_watch(struct store_writer *w, const struct store_watch *watch);
void store_put_sensor(struct store_writer *w, const struct store_sensor *sensor);
void store_put_account(struct store_writer *w, const struct store_account *account);
void store_put_status(struct store_writer *w, const struct store_status *status);
/* Where the site key lies and which spaces are in use. */
void store_put_site(struct store_writer *w, const struct store_site *site);
void store_put_cursor(struct store_writer *w, const struct store_cursor *cursor);

/* Numbers and chains the notice: sequence and chain are filled in. */
void store_put_notice(struct store_writer *w, struct store_notice *notice);

/* The model's own records, under keys of its choice. */
void store_put_model(struct store_writer *w, struct slice key, struct slice value);

/* Events of days that are not closed, for folding them again after a start. */
void store_put_journal(struct store_writer *w, uint64_t batch, struct slice value);
void store_drop_journal(struct store_writer *w, uint64_t batch);

/* How far a receiver has the notices. */
void store_put_forwarded(struct store_writer *w, struct slice target, uint64_t sequence);

/* What makes a closed day again (day_memory.c): the model's record of the key as it is in the last
 * commit, before the close of `day` replaces it; the running numbers of an employee's subjects. */
void store_keep_model(struct store_writer *w, int32_t day, struct slice key);
void store_put_numbers(struct store_writer *w, int32_t day, struct slice employee, uint64_t part,
                       struct slice value);
void store_forget_days(struct store_writer *w, int32_t before);

/* With the next commit the model's records are what they were before the close of `day`. */
void store_roll_back(struct store_writer *w, int32_t day);

void store_put_verdict(struct store_writer *w, const struct store_verdict *verdict);
enum status store_load_verdicts(struct store_writer *w, store_visit_verdict *visit, void *context);

/* Is something waiting? */
bool store_waiting(const struct store_writer *w);
enum status store_commit(struct store_writer *w);

/* Removes archive days before `day`; commits. */
enum status store_retire(struct store_writer *w, int32_t day, size_t *removed);

/* What was committed, for the start. */
typedef enum status store_load(void *context, struct slice key, struct slice value);
enum status store_load_model(struct store_writer *w, store_load *load, void *context);
enum status store_load_journal(struct store_writer *w,
                               enum status (*load)(void *context, uint64_t batch,
                                                   struct slice value),
                               void *context);
bool store_load_status(struct store_writer *w, struct store_status *status);
bool store_load_site(struct store_writer *w, struct arena *arena, struct store_site *site);
bool store_load_cursor(struct store_writer *w, struct slice sensor, struct store_cursor *cursor);
bool store_load_day(struct store_writer *w, struct slice employee, int32_t day, struct arena *arena,
                    struct store_day *to);
bool store_load_person(struct store_writer *w, struct slice employee, struct arena *arena,
                       struct store_person *to);
bool store_load_alert(struct store_writer *w, uint64_t id, struct arena *arena,
                      struct store_alert *to);
void store_load_alerts(struct store_writer *w,
                       void (*visit)(void *context, const struct store_alert *alert),
                       void *context);
void store_load_accounts(struct store_writer *w,
                         void (*visit)(void *context, const struct store_account *account),
                         void *context);
bool store_load_watch(struct store_writer *w, int32_t day, struct slice source, struct arena *arena,
                      struct store_watch *to);
void store_load_sensors(struct store_writer *w,
                        void (*visit)(void *context, const struct store_sensor *sensor),
                        void *context);
uint64_t store_load_forwarded(struct store_writer *w, struct slice target);

#endif
