/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rows of the table of sub-models, and what several of them use.
 */
#ifndef ANALYZER_SUBMODELS_H
#define ANALYZER_SUBMODELS_H

#include "analyzer/model.h"

#define SUBMODEL_DECLARE(code, weight, en, zh) extern const struct submodel submodel_##code;
TERM_TABLE(SUBMODEL_DECLARE)
#undef SUBMODEL_DECLARE

/* The sentence in the language; the formats take the same arguments. */
#define SAY(to, language, en, zh, ...) \
    buffer_append_format(to, (language) == LANGUAGE_ZH ? zh : en, __VA_ARGS__)

/* A rare occurrence: assessed and learnt alike for all three. */
void rare_assess(const struct person_day *day, enum rare_measure measure, struct finding *finding);
void rare_observe(struct person_day *day, enum rare_measure measure, enum term term);

/* A log measure: z and nu in `prediction`; false where it does not exist today. */
bool log_assess(const struct person_day *day, enum log_measure measure, double s0,
                struct finding *finding, struct log_prediction *prediction);
void log_observe(struct person_day *day, enum log_measure measure);

/* 3, line share: own and group are the sums of subjects without assignment and of subjects; `usual`
 * gets the share expected today. */
double share_bits(double k, double n, const double own[2], const double group[2],
                  double factor_undist, double factor_dist, double *usual);

/* 3.2: the share of days of this kind with activity in each hour; gives the days behind it. */
double hours_shares(const struct sums *own, const struct sums *group, unsigned kind,
                    double shares[24]);
double hours_bits(const bool active[24], const double shares[24], size_t *strangest);

/* 3.3: share of days with something new of a kind; evidence of one new item. */
double new_share(double own, double own_days, double group, double group_days, double days_seen);
double novel_value(double weight, double share, double users, double members, double users_all,
                   unsigned quarantine);

/* 3.4 */
double newpeer_value(double weight, double days, double sum, unsigned quarantine);

/* Extended model. */
double cold_bits(double x, double days, double mean, double phi, double own_days);
double size_bits(double y, const struct log_sums *own, const struct log_sums *group,
                 unsigned class);

/* 3.5 */
uint16_t snoop_fingerprint(uint32_t key);
double snoop_bits(double strongest);

/* 3.6: numbers ascending and distinct; `both` holds today's too. */
size_t enum_count(const uint64_t *today, size_t n, const uint64_t *both, size_t both_count);
double enum_bits(double x, double lambda);

/* 3.7 */
struct share_pair {
    double others, own; /* po, pa */
};
struct likeness {
    double sum, weight;
};
uint8_t repert_code(double value);
uint32_t repert_cell(uint32_t key);
void repert_pair_cells(uint32_t first, uint32_t second, uint32_t cells[2]);
double repeat_weight(double n);
struct share_pair token_shares(double everybody, double total, double distinct, double own,
                               double n);
struct share_pair pair_shares(struct share_pair second, double everybody, double everybody_before,
                              double own, double own_before);
void likeness_add(struct likeness *l, double times, struct share_pair shares);
double repert_bits(const struct likeness *tokens, const struct likeness *pairs);

/* 3.8: sorts the values; gives the shrunk median and the spread. */
double drift_median(double *values, size_t n, double *spread);
double drift_bits(double mean, double middle, double spread);

/* "new in role" while a person has fewer than ten days in the present post. */
const char *new_in_role(const struct person_day *day, enum language language);

#endif
