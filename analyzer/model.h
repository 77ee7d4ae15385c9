/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The sub-model contract, and what sub-models see. A sub-model is one kind of evidence: one file in
 * submodels/, one row in submodels.c. docs/how-to-add-a-sub-model.md goes through it.
 *
 * It owns a piece of fixed size of each person's baseline (state_size bytes, zeroed before init).
 * assess() looks at a day and gives bits; observe() learns the closed day with the weight the gate
 * gave it. assess() changes no state, so a running day can be assessed any number of times. All is
 * computed in double; what is stored is rounded once, at the end of observe().
 */
#ifndef ANALYZER_MODEL_H
#define ANALYZER_MODEL_H

#include "analyzer/day.h"
#include "analyzer/openings.h"
#include "analyzer/organisation.h"
#include "analyzer/stats/tools.h"
#include "base/buffer.h"
#include "base/reader.h"
#include "store/records.h"
#include "store/terms.h"

enum count_measure { COUNT_undist, COUNT_dist, COUNT_idc, COUNT_vol, COUNT_MEASURES };
enum rare_measure { RARE_exp, RARE_alien, RARE_inter, RARE_MEASURES };
enum log_measure { LOG_rows, LOG_dwell, LOG_regular, LOG_MEASURES };
enum mix_measure { MIX_searches, MIX_documents, MIX_unworked, MIX_MEASURES };
enum { DRIFT_MEASURES = COUNT_MEASURES + 1 }; /* the counts, then rows */

/* The sums that a person's baseline and a group have in common. */
struct sums {
    struct count_sums count[COUNT_MEASURES];
    struct rare_sums rare[RARE_MEASURES];
    struct log_sums log[LOG_MEASURES];
    double hour[2][24], hour_days[2]; /* working, free days */
    double mix[MIX_MEASURES][2];      /* k of n */
    struct count_sums cold;
    double discovery[ITEM_KINDS], discovery_days[ITEM_KINDS];
};

/* What is expected of one person in one post. */
struct baseline {
    struct sums sums;
    uint32_t days;                      /* active days learnt */
    _Alignas(8) unsigned char states[]; /* the sub-models', one after the other */
};

enum { HISTOGRAM_BINS = 128, GROUP_USERS_MAX = 1 << 21, GROUP_SIZES_MAX = 1 << 14 };

struct person_day;

/* Peers: a role in a department, a role, or everybody. */
struct group {
    struct slice key;
    struct sums sums;
    double histogram[TERM_COUNT][HISTOGRAM_BINS];
    struct table users;       /* item key << 32 | person number */
    struct table user_counts; /* item key -> persons */
    struct table sizes;       /* term size */
    struct table members;     /* person number of those with three learnt days in it */
    double newpeer, newpeer_days;
    double days;         /* employee-days */
    uint32_t registered; /* members of the register today */

    /* Of the day that is being scored: */
    bool judged; /* factor and slope are known */
    struct person_day **active;
    size_t active_count, active_capacity;
    double factor[COUNT_MEASURES];
    double slope[TERM_COUNT];
    bool drift_known[DRIFT_MEASURES];
    double drift_median[DRIFT_MEASURES], drift_spread[DRIFT_MEASURES];
};

/* What a sub-model found. */
struct finding {
    bool measured; /* false: source missing */
    double raw;    /* bits, 0..300 */
    double observed, expected, peers, n;
    struct slice detail; /* what the sentence names, if anything */
};

/* A new item of the day (3.3). */
struct fresh_item {
    enum item_kind kind;
    uint32_t index; /* in the day's items of that kind */
    double weight, value;
    unsigned quarantine;
    double users; /* in the group */
};

struct organisation_state;

/* One employee's day while it is scored and learnt. */
struct person_day {
    struct person *person;
    struct baseline *base;
    const struct day_record *record;
    struct slice employee;
    int32_t day;
    int index;     /* day index of the organisation */
    unsigned kind; /* 0 working, 1 free */
    uint32_t missing;
    bool extended; /* corrections beyond the specification apply */
    struct group *levels[3];
    size_t level_count;
    struct group *group; /* the one it is judged by */
    const struct organisation *organisation;
    struct organisation_state *all;

    double *relation;                                        /* per subject of the record */
    double counts[COUNT_MEASURES], expected[COUNT_MEASURES]; /* expected: mu0 */
    double mu[COUNT_MEASURES];
    double rares[RARE_MEASURES];
    bool has_log[LOG_MEASURES];
    double logs[LOG_MEASURES];
    struct slice owner; /* of the alien workstation */

    struct fresh_item *fresh;
    size_t fresh_count;
    bool unseen; /* an item nobody of the group had used */
    bool has_similarity;
    double similarity; /* s_tok of 3.7: negative is like this person */
    bool has_drift;
    double drift_today[DRIFT_MEASURES], drift[DRIFT_MEASURES]; /* NaN: not known */

    struct finding findings[TERM_COUNT];
    double deflated[TERM_COUNT], coincidence[TERM_COUNT], points[TERM_COUNT];
    double score, risk, alert_value, weight;
    uint32_t days_seen; /* before today */
    bool learning;
    enum verdict_kind verdict; /* a person's; WATCH also on other days of an open case */
    struct arena *arena;       /* for details; lives as long as this */
};

struct person;
uint32_t person_number(const struct person *p);

struct submodel {
    enum term term;
    size_t state_size;
    void (*init)(void *state); /* may be NULL: zeroes */
    /* What others look at before anybody is assessed; may be NULL. */
    void (*prepare)(const void *state, struct person_day *day);
    void (*assess)(const void *state, struct person_day *day, struct finding *finding);
    void (*observe)(void *state, struct person_day *day); /* may be NULL */
    /* The sentence with its numbers. */
    void (*explain)(const struct person_day *day, const struct finding *finding,
                    enum language language, struct buffer *to);
    void (*save)(const void *state, struct buffer *to); /* NULL where state_size is 0 */
    bool (*load)(void *state, struct reader *from);
};

/* One for each term, in the order of the terms. */
extern const struct submodel *const submodels[TERM_COUNT];

size_t baseline_size(void);
void baseline_init(struct baseline *b);
void *baseline_state(struct baseline *b, enum term term);
void baseline_save(const struct baseline *b, struct buffer *to);
bool baseline_load(struct baseline *b, struct reader *from);

/* Stored widths, applied once at the close of the day. */
void sums_round(struct sums *s);
void sums_save(const struct sums *s, struct buffer *to);
bool sums_load(struct sums *s, struct reader *from);
void buffer_append_double(struct buffer *b, double value);
double reader_double(struct reader *r);

/* Is the term's source missing that day? */
static inline bool term_missing(const struct person_day *d, enum term term)
{
    return d->missing >> term & 1;
}

/* What the organisation remembers as one. */
enum { ALL_TOKENS_MAX = 1 << 18, ALL_PAIRS_MAX = 1 << 20, ALL_SPACES_MAX = 1 << 10 };
struct organisation_state {
    struct table tokens, pairs; /* by XXH3 of token; of both ids */
    double token_total;
    struct table space_low, space_high; /* range of ids by space */
    struct table born;                  /* token -> day it was first learnt; extended model */
    struct openings openings;           /* extended model */
    struct group *everybody;
};

#endif
