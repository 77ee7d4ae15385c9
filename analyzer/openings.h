/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who opened whose record lately: a relation inferred from colleagues, for what a feed of
 * assignments does not say, or where there is none (docs/scoring.md, "Extended model"). A subject
 * whom somebody else opened on an earlier day of the last two weeks, or several others open today,
 * is in work; one whom nobody else has touched is not.
 *
 * Keeps the last opener of each subject and the last other one. At OPENINGS_MAX subjects those not
 * opened for OPENINGS_DAYS are dropped; what still does not fit is not remembered.
 */
#ifndef ANALYZER_OPENINGS_H
#define ANALYZER_OPENINGS_H

#include "analyzer/day.h"

enum { OPENINGS_MAX = 1 << 20, OPENINGS_DAYS = 14, OPENINGS_TODAY = 4 };

struct openings {
    struct table last, other; /* subject -> day and person */
    struct table today;       /* subject -> persons; working memory of one scoring */
    int32_t swept;            /* day on which old ones were dropped */
};

void openings_init(struct openings *o);
void openings_release(struct openings *o);

/* A new day is scored; then each person's record of it. */
void openings_begin(struct openings *o);
void openings_count(struct openings *o, const struct day_record *record);

/* 0..1: how far the subject is in work with others than this person. */
double openings_relation(const struct openings *o, uint64_t subject, uint32_t person, int32_t day);

/* The person opened it on that day, which is closed. */
void openings_learn(struct openings *o, uint64_t subject, uint32_t person, int32_t day);

void openings_save(const struct openings *o, struct buffer *to);
bool openings_load(struct openings *o, struct reader *from);

#endif
