/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a simulated lender's answer key says, by person and day.
 */
#ifndef DETECTION_ANSWERS_H
#define DETECTION_ANSWERS_H

#include "analyzer/organisation.h"

enum { BEHAVIOUR_NAME = 24, STRENGTHS = 4 }; /* strengths 1 subtle .. 3 obvious */

struct insider {
    size_t person; /* index in the directory */
    char behaviour[BEHAVIOUR_NAME];
    unsigned strength;
    int from, to; /* first and last day with acts, indexes */
};

struct answers {
    struct insider *insiders; /* owned */
    size_t count, people, days;
    bool *acted; /* owned; people x days */
    int *of;     /* owned; index of the insider, -1 for others */
};

/* Reads answer-key.csv and answer-days.csv of the folder. */
enum status answers_read(struct answers *a, const char *folder, const struct organisation *o,
                         int64_t first_day, size_t days);
void answers_release(struct answers *a);

static inline bool answers_acted(const struct answers *a, size_t person, size_t day)
{
    return a->acted[person * a->days + day];
}

#endif
