/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The common tools of the scoring model (docs/scoring.md, section 2): forgetting sums, the count
 * measure, the day factor, the rare occurrence, the log measure, the relation to an assignment.
 * Pure functions of doubles.
 */
#ifndef ANALYZER_STATS_TOOLS_H
#define ANALYZER_STATS_TOOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORGET_OWN     40.0   /* active days behind a person's sums, at most */
#define FORGET_GROUP   2000.0 /* employee-days behind a group's */
#define FORGET_NEWPEER 400.0

static inline double clip(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* 2.3: S and N of the measure, V and M of its dispersion. */
struct count_sums {
    double s, n, v, m;
};

/* 2.5: share of days on which it happens (a of n), size when it does (z). */
struct rare_sums {
    double a, n, z;
};

/* 2.6: for a person sumsq is the sum of squares, for a group of squared distances from own means.
 */
struct log_sums {
    double n, sum, sumsq;
};

/* 2.1: *sum += w (x - *sum / t). */
void forget(double *sum, double x, double w, double t);

double count_mean(const struct count_sums *own, const struct count_sums *group);
double count_phi(const struct count_sums *own, const struct count_sums *group);
double count_bits(double x, double mu, double phi);
void count_learn(struct count_sums *sums, double x, double f, double mu, double w, double t);

/* Sorts the values; the mean of the middle two, or their geometric mean. n > 0. */
double median(double *values, size_t n, bool geometric);

/* 2.4: from the ratios (x + 0.5)/(mu0 + 0.5) of the active members, which are sorted. */
double day_factor(double *ratios, size_t n);

double rare_bits(double x, const struct rare_sums *own, const struct rare_sums *group);

/* How often it happens: share of days, for the sentence. */
double rare_share(const struct rare_sums *own, const struct rare_sums *group);
void rare_learn(struct rare_sums *sums, double x, double w, double t);

/* 2.6: z and nu of y; `mean` is what was expected. */
struct log_prediction {
    double z, nu, mean;
};
struct log_prediction log_predict(double y, const struct log_sums *own,
                                  const struct log_sums *group, double s0);
double upper_bits(double z, double nu);

/* 2.2: winsorises *y and gives the mean it was measured against. */
double log_winsorise(double *y, const struct log_sums *own, const struct log_sums *group);

/* 3.3, 3.4: sum of v_(i) / i^1.5 over the `limit` largest; sorts the values. */
double ranked_sum(double *values, size_t n, size_t limit);

/* 2.7: relation of one assignment first..last (INT32_MAX: open) on a day. */
double relation(int32_t day, int32_t first, int32_t last);

/* IEEE 754 half precision, round to nearest even (the narrow stored state). */
uint16_t half_from(double value);
double half_to(uint16_t bits);

/* FNV-1a, 32 bit: the hash of the bounded tables of section 3. */
uint32_t fnv1a(uint32_t hash, const void *bytes, size_t len);
#define FNV1A_START 2166136261u

#endif
