/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The simulated lender: weeks of plausible staff activity as access events, with the directory that
 * belongs to them and the key of who misbehaved. The same options give the same bytes.
 *
 * calendar.h has what happens to all, confounders.c what happens to one and looks odd but is not,
 * insiders.c who misbehaves and behaviours_*.c how.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "base/fault.h"
#include "base/slice.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

/* How customers are named: by a running number, by a UUID, or by a UUID in the application and a
 * number in the database. */
enum sim_ids { SIM_IDS_numeric, SIM_IDS_uuid, SIM_IDS_mixed, SIM_IDS_COUNT };

enum { SIM_STRENGTH_MIXED, SIM_STRENGTH_SUBTLE, SIM_STRENGTH_MODERATE, SIM_STRENGTH_OBVIOUS };

struct sim_options {
    uint64_t seed;
    unsigned employees;  /* 12 .. 5000 */
    unsigned days;       /* 7 .. 400 */
    int64_t first_day;   /* days since 1970; the site's time zone is +08:00 */
    bool clean;          /* nobody misbehaves */
    bool no_assignments; /* the site has no list of who has work to do on whom */
    enum sim_ids ids;
    unsigned strength; /* of all insiders; SIM_STRENGTH_MIXED: each in turn */
    bool access_log;   /* give the application's access log in place of events */
};

/* Six weeks of 60 people from Monday 2026-10-05. */
struct sim_options sim_defaults(void);

/* What can be wrong with options: INVALID and the fault, or OK. */
enum status sim_check(const struct sim_options *options, struct fault *fault);

/* Tells how far the writing is. */
typedef void sim_progress(void *context, unsigned done_days, unsigned days);

/* Takes one event as a JSON line without its end; anything but OK ends the simulation. */
typedef enum status sim_take(void *context, struct slice line);

/* Writes into the folder (made when missing; files of an earlier run are replaced): directory/
 * (employees.csv, accounts.csv, changes.csv, calendar.csv, assets.yaml and, but for no_assignments,
 * assignments.csv), site.key and dwell.yaml; then gives the events in order of time to `take`, and
 * writes answer-key.csv (who, what, from when to when) and answer-days.csv (the days with acts). */
enum status sim_play(const struct sim_options *options, const char *folder, sim_take *take,
                     void *context, sim_progress *progress, void *progress_context,
                     struct fault *fault);

/* The same with the events in events.jsonl (the access log in access.log), so that `dwell replay
 * --config FOLDER/dwell.yaml ... FOLDER/events.jsonl` works as it is. */
enum status sim_write(const struct sim_options *options, const char *folder, sim_progress *progress,
                      void *context, struct fault *fault);

#endif
