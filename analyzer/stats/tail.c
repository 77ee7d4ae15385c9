/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tail probabilities through GSL (gsl_sf_beta_inc, gsl_sf_gamma_inc_P, gsl_cdf_tdist).
 */
#include "analyzer/stats/tail.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdbool.h>

static void quiet_gsl(void)
{
    static bool done;
    if (done)
        return;
    gsl_set_error_handler_off();
    done = true;
}

static double capped(double bits)
{
    if (!(bits < TAIL_MAX_BITS)) /* also infinities and what is no number */
        return TAIL_MAX_BITS;
    return bits > 0 ? bits : 0;
}

static double bits_of(double p)
{
    return capped(-log2(p));
}

/* -log2(1 - q), exact for a small q. */
static double bits_of_rest(double q)
{
    return capped(-log1p(-q) / M_LN2);
}

double tail_beta(double a, double b, double x, double y)
{
    quiet_gsl();
    if (x <= 0)
        return TAIL_MAX_BITS;
    if (y <= 0)
        return 0;
    gsl_sf_result p;
    bool lower = x < (a + 1) / (a + b + 2);
    int status = lower ? gsl_sf_beta_inc_e(a, b, x, &p) : gsl_sf_beta_inc_e(b, a, y, &p);
    if (status != GSL_SUCCESS)
        return lower ? TAIL_MAX_BITS : 0;
    return lower ? bits_of(p.val) : bits_of_rest(p.val);
}

double tail_gamma(double a, double x)
{
    quiet_gsl();
    gsl_sf_result p;
    if (x < a + 1)
        return gsl_sf_gamma_inc_P_e(a, x, &p) == GSL_SUCCESS ? bits_of(p.val) : TAIL_MAX_BITS;
    return gsl_sf_gamma_inc_Q_e(a, x, &p) == GSL_SUCCESS ? bits_of_rest(p.val) : 0;
}

double tail_student(double z, double nu)
{
    quiet_gsl();
    if (z < 0)
        return bits_of_rest(gsl_cdf_tdist_P(z, nu));
    return bits_of(gsl_cdf_tdist_Q(z, nu));
}

double tail_beta_binomial(double k, double n, double alpha, double beta)
{
    quiet_gsl();
    double base = gsl_sf_lnbeta(alpha, beta);
    double sum = 0, top = -INFINITY;
    for (double j = k; j <= n; j++) { /* running log-sum-exp: no array however large n is */
        double ln_p = -log1p(n) - gsl_sf_lnbeta(n - j + 1, j + 1) +
                      gsl_sf_lnbeta(j + alpha, n - j + beta) - base;
        if (ln_p > top) {
            sum = sum * exp(top - ln_p) + 1;
            top = ln_p;
        } else {
            sum += exp(ln_p - top);
        }
    }
    return capped(-(top + log(sum)) / M_LN2);
}
