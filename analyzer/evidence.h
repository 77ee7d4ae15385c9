/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The events behind each term of a scored day, a few of each.
 */
#ifndef ANALYZER_EVIDENCE_H
#define ANALYZER_EVIDENCE_H

#include "analyzer/fold.h"

enum { EVIDENCE_MAX = 5, EVIDENCE_OBJECT_MAX = 120, EVIDENCE_SENSOR_MAX = 64 };

struct evidence_event {
    int64_t time_ns;
    enum event_action action;
    char sensor[EVIDENCE_SENSOR_MAX]; /* with `sequence`: its place in the archive */
    uint64_t sequence;
    char object[EVIDENCE_OBJECT_MAX];
    double strength; /* the strongest are kept, of equal ones the first */
};

struct evidence_list {
    struct evidence_event events[EVIDENCE_MAX];
    size_t kept;
    uint64_t all; /* how many there are */
};

struct evidence {
    struct evidence_list terms[TERM_COUNT];
};

/* Looks through the archived events of the day; terms without bits stay empty. */
enum status evidence_find(struct evidence *evidence, const struct fold_source *from,
                          const struct person_day *day);

/* Does the term rest on single events, or on the day as a whole? */
bool evidence_has_events(enum term term);

#endif
