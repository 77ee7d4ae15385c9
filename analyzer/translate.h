/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * From an access event to what the model looks at, and to the day's plain measures.
 */
#ifndef ANALYZER_TRANSLATE_H
#define ANALYZER_TRANSLATE_H

#include "analyzer/day.h"
#include "analyzer/resolve.h"

/* The texts and subjects a model event points to. */
struct translation {
    struct model_event event;
    struct model_subject subjects[EVENT_MAX_KEYS];
    char shape[24];
    bool application; /* web application: sessions, record views */
    bool database;
};

/* `seconds`: local time of day. */
void translate(struct translation *to, const struct event *e, const struct resolved *who,
               const struct assets *assets, double seconds);

/* Adds the event to the measures of its day; views, dwell and scores are counted elsewhere. */
void measure(struct day_measures *m, const struct event *e, const struct translation *t);

#endif
