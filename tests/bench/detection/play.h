/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A simulated lender through the analyzer without its store: events are resolved, translated and
 * folded into day records as the engine does, and each closed day is scored by several models side
 * by side, which see the same records.
 */
#ifndef DETECTION_PLAY_H
#define DETECTION_PLAY_H

#include "answers.h"
#include "sim/sim.h"
#include "store/terms.h"

/* How one of the models differs. */
struct variant {
    char name[24];
    double budget;
    bool specification;
    uint32_t left_out;
};

/* What a variant said of each person and day; NAN where somebody was not there. */
struct verdicts {
    float *score, *risk; /* people x days: D, R */
    float *alert;        /* A: what the alert threshold is held against */
    uint8_t *mark;       /* enum alert_mark */
    uint32_t *named;     /* bit per term with points */
    double theta;        /* at the end */
};

struct played {
    struct sim_options options;
    size_t people, days, variant_count;
    struct verdicts *verdicts;   /* owned; one per variant */
    float *plain;                /* owned; the plain robust z-score */
    float (*points)[TERM_COUNT]; /* owned; of the first variant */
    struct answers answers;
    uint64_t events;
};

enum { VARIANTS_MAX = 40 };

/* Runs it; OK, or what failed. */
enum status play(struct played *p, const struct sim_options *options,
                 const struct variant *variants, size_t count);
void played_release(struct played *p);

#endif
