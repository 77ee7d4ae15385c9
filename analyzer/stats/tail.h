/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tail probabilities as evidence: bits = -log2 of the chance, between 0 and TAIL_MAX_BITS. The only
 * place that knows GSL. Its error handler is turned off once, by the first call; a status other
 * than success (underflow) gives the cap.
 */
#ifndef ANALYZER_STATS_TAIL_H
#define ANALYZER_STATS_TAIL_H

#define TAIL_MAX_BITS 300.0

/* -log2 I_x(a, b), the regularised incomplete beta function; y = 1 - x is given apart so that both
 * are exact near 0. a, b > 0. */
double tail_beta(double a, double b, double x, double y);

/* -log2 P(a, x), the lower regularised incomplete gamma function. a, x > 0. */
double tail_gamma(double a, double x);

/* -log2 Q_t(z; nu), the upper tail of Student's t. nu > 0. */
double tail_student(double z, double nu);

/* -log2 P(K >= k) of a beta-binomial with n trials; 1 <= k <= n. */
double tail_beta_binomial(double k, double n, double alpha, double beta);

#endif
