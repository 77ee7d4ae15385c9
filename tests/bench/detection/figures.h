/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * How well a score tells the days and people of the answer key from the others.
 *
 * Looked at are the days from index FIRST_DAY on. Bad days are those with acts. Good ones are all
 * days of people without acts, and those of insiders before their first; days of insiders between
 * and after their acts are neither. A threshold at a share of false alarms is the least score that
 * no more than that share of the good days reaches.
 */
#ifndef DETECTION_FIGURES_H
#define DETECTION_FIGURES_H

#include "play.h"

enum { FIRST_DAY = 14, SHARES = 4, BEHAVIOURS_MAX = 40 };
extern const double false_alarm_shares[SHARES]; /* 0.5, 1, 2, 5 % */

struct found {
    unsigned found, all;
};

struct behaviour_found {
    char name[BEHAVIOUR_NAME];
    struct found by_strength[STRENGTHS];
};

/* Sums over runs: divide by `runs` where a mean is meant. */
struct figures {
    unsigned runs;
    double day_auc, person_auc, hits[SHARES];
    struct found persons[SHARES];        /* found within their period, by share of false alarms */
    struct found by_strength[STRENGTHS]; /* at 0.5 % */
    double delay;                        /* days from the first act to the first hit, sum */
    struct behaviour_found behaviours[BEHAVIOURS_MAX];
    size_t behaviour_count;
};

/* Adds one run's figures for a score (people x days, NAN where nobody was there). */
void figures_add(struct figures *f, const struct played *p, const float *score);

/* What alerts a variant raised from index `from` on. */
struct alert_figures {
    unsigned runs;
    double days, opened, opened_on_site_days,
        site_days;                    /* sums; site days: campaign, incident... */
    struct found insiders[STRENGTHS]; /* an alert within their period */
};
void alert_figures_add(struct alert_figures *f, const struct played *p, const struct verdicts *v,
                       size_t from);

/* Person-days whose rank by R rose by more than 30 % of all ranks, and those without a named term.
 */
struct stability {
    double person_days, moved, unexplained;
};
void stability_add(struct stability *s, const struct played *p, const struct verdicts *v);

/* Prints the terms of the good days that score highest, and of the bad days. */
void figures_print_days(const struct played *p, size_t most);

#endif
