/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The simulated lender: weeks of plausible staff activity as access events, with the directory that
 * belongs to them and the key of who misbehaved. The same options give the same bytes.
 *
 * In it: shifts, weekends, campaigns, a month end, an incident night, leave, joiners, a change of
 * department; and insiders (insiders.c) among them.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "base/fault.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct sim_options {
    uint64_t seed;
    unsigned employees; /* 12 .. 5000 */
    unsigned days;      /* 7 .. 400 */
    int64_t first_day;  /* days since 1970; the site's time zone is +08:00 */
    bool clean;         /* nobody misbehaves */
};

/* Six weeks of 60 people from Monday 2026-10-05. */
struct sim_options sim_defaults(void);

/* Tells how far the writing is. */
typedef void sim_progress(void *context, unsigned done_days, unsigned days);

/* Writes into the folder (made when missing; files of an earlier run are replaced): events.jsonl,
 * directory/ (employees.csv, accounts.csv, assignments.csv, assets.yaml), answer-key.csv, site.key
 * and dwell.yaml, so that `dwell replay --config FOLDER/dwell.yaml ... FOLDER/events.jsonl` works
 * as it is. */
enum status sim_write(const struct sim_options *options, const char *folder, sim_progress *progress,
                      void *context, struct fault *fault);

#endif
