/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Everybody the model knows: persons with their baselines, the groups they are compared with, and
 * what the organisation remembers as one; and how all that is kept.
 */
#ifndef ANALYZER_POPULATION_H
#define ANALYZER_POPULATION_H

#include "analyzer/model.h"
#include "base/map.h"

enum { PERSONS_MAX = 1 << 18, GROUPS_MAX = 1 << 13 };
enum { KEPT_POSTS = 4, RECENT_DAYS = 8 };

/* The baseline of an earlier post, for who comes back. */
struct kept_baseline {
    char *post;
    struct baseline *base;
    int32_t last_day;
};

struct recent_value {
    int32_t day;
    double value; /* A; stored as half */
};

struct person {
    char *id;
    uint32_t number; /* from 1, in the order they were met */
    char *post;      /* key of the smallest group; "" outside the directory */
    struct baseline *base;
    struct kept_baseline kept[KEPT_POSTS];
    double risk[TERM_COUNT]; /* R_k */
    bool seen;               /* has a last day */
    int32_t last_day;
    bool open; /* an alert */
    int32_t last_crossing;
    struct recent_value recent[RECENT_DAYS];
    uint32_t recent_count;
    bool changed; /* since it was last saved */
};

struct population {
    struct map *persons; /* id -> struct person */
    uint32_t last_number;
    struct map *groups; /* key -> struct group */
    struct organisation_state all;
};

enum status population_init(struct population *p);
void population_release(struct population *p);

struct person *population_person(struct population *p, struct slice id);

/* The person in the post of that day: a change of post starts or restores a baseline. NULL: no
 * memory. */
struct person *population_enter(struct population *p, const struct organisation *o, struct slice id,
                                int32_t day);

struct group *population_group(struct population *p, struct slice key);

/* Counts the registered members of each group on a day. */
void population_count(struct population *p, const struct organisation *o, int32_t day);

/* The groups of a person, smallest first, and the one he is judged by. False: no memory. */
bool population_levels(struct population *p, const struct organisation *o, struct person_day *day);

/* Saves what changed (all groups, the organisation, changed persons) under keys of the store's
 * model table; loads one record. */
typedef void population_put(void *context, struct slice key, struct slice value);
enum status population_save(struct population *p, population_put *put, void *context);
enum status population_load(struct population *p, struct slice key, struct slice value);

#endif
