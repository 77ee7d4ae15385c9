/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * From raw bits to evidence (docs/scoring.md, sections 4.1, 4.2 and 6): how far a sub-model is
 * scaled down in a group, what colleagues did too, and how far a day is learnt.
 */
#ifndef ANALYZER_CALIBRATION_H
#define ANALYZER_CALIBRATION_H

#include <stddef.h>
#include <stdint.h>

/* Bin of raw bits: half a bit each, the last one open. */
size_t histogram_bin(double bits);

/* 0..1, from the histograms of the group and of everybody (HISTOGRAM_BINS each). */
double deflation_slope(const double *group, const double *everybody);

/* Bits to subtract where `others` of n active members are at least half as surprising as c. */
double coincidence_bits(double c, double others, double n);

/* w of a day with score D. */
double learning_weight(double score, uint32_t days_seen, int32_t index);

#endif
