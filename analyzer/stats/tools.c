/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/scoring.md, section 2, formula by formula.
 */
#include "analyzer/stats/tools.h"

#include "analyzer/stats/tail.h"

#include <math.h>
#include <stdlib.h>

void forget(double *sum, double x, double w, double t)
{
    *sum += w * (x - *sum / t);
}

double count_mean(const struct count_sums *own, const struct count_sums *group)
{
    return (own->s + 5 * (group->s + 0.3) / (group->n + 1)) / (own->n + 5);
}

double count_phi(const struct count_sums *own, const struct count_sums *group)
{
    double phi = (own->v + 8 * (group->v + 1.6) / (group->m + 20)) / (own->m + 8);
    return clip(phi, 0.01, 4) * (1 + 1 / (own->n + 5)) + 0.25 / (own->n + 5);
}

double count_bits(double x, double mu, double phi)
{
    if (x <= 0)
        return 0;
    double odds = mu * phi;
    return tail_beta(fmin(x, 1e6), 1 / phi, odds / (odds + 1), 1 / (odds + 1));
}

void count_learn(struct count_sums *sums, double x, double f, double mu, double w, double t)
{
    double seen = fmin(fmin(x, 1e6), 3 * mu + 3);
    double base = fmax(mu, 0.5);
    double dispersion = clip(((seen - mu) * (seen - mu) - mu) / (base * base), -0.5, 3);
    forget(&sums->s, seen / f, w, t);
    forget(&sums->n, 1, w, t);
    forget(&sums->v, dispersion, w, t);
    forget(&sums->m, 1, w, t);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double median(double *values, size_t n, bool geometric)
{
    qsort(values, n, sizeof *values, ascending);
    if (n % 2)
        return values[n / 2];
    double low = values[n / 2 - 1], high = values[n / 2];
    return geometric ? sqrt(low * high) : (low + high) / 2;
}

double day_factor(double *ratios, size_t n)
{
    if (n < 2)
        return 1;
    double members = (double)n;
    return clip(pow(median(ratios, n, true), members / (members + 4)), 0.2, 6);
}

double rare_share(const struct rare_sums *own, const struct rare_sums *group)
{
    return (own->a + 5 * (group->a + 0.1) / (group->n + 10)) / (own->n + 5);
}

double rare_bits(double x, const struct rare_sums *own, const struct rare_sums *group)
{
    if (x < 1)
        return 0;
    double size = (group->z + 2) / (group->a + 1);
    double mean = fmax((own->z + 2 * size) / (own->a + 2), 1.05);
    return fmax(-log2(rare_share(own, group)), 0) + fmin(-(x - 1) * log2(1 - 1 / mean), 12);
}

void rare_learn(struct rare_sums *sums, double x, double w, double t)
{
    forget(&sums->a, x > 0 ? 1 : 0, w, t);
    forget(&sums->n, 1, w, t);
    forget(&sums->z, fmin(x, 20), w, t);
}

struct log_prediction log_predict(double y, const struct log_sums *own,
                                  const struct log_sums *group, double s0)
{
    double n = own->n;
    double pm = group->n > 3 ? group->sum / group->n : y;
    double pv = (group->sumsq + 5 * s0 * s0) / (group->n + 5);
    double m = (own->sum + 4 * pm) / (n + 4);
    double ss = n > 0 ? fmax(own->sumsq - own->sum * own->sum / n, 0) : 0;
    double v = fmax((6 * 0.6 * pv + ss) / (6 + n), 0.02);
    return (struct log_prediction){(y - m) / sqrt(v * (1 + 1 / (n + 4))), 2 + fmin(6 + n, 30) / 2,
                                   m};
}

double upper_bits(double z, double nu)
{
    return fmax(tail_student(z, nu) - 1, 0);
}

double log_winsorise(double *y, const struct log_sums *own, const struct log_sums *group)
{
    double mean = own->n > 2 ? own->sum / own->n : group->n > 3 ? group->sum / group->n : *y;
    if (group->n > 3) {
        double s = fmax(sqrt(fmax(group->sumsq / group->n, 0)), 0.3);
        *y = clip(*y, mean - 4 * s, mean + 4 * s);
    }
    return mean;
}

static int descending(const void *a, const void *b)
{
    return ascending(b, a);
}

double ranked_sum(double *values, size_t n, size_t limit)
{
    if (n > 1)
        qsort(values, n, sizeof *values, descending);
    double sum = 0;
    for (size_t i = 0; i < n && i < limit; i++)
        sum += values[i] / pow((double)(i + 1), 1.5);
    return sum;
}

double relation(int32_t day, int32_t first, int32_t last)
{
    if (first > day)
        return 0;
    return day <= last ? 1 : exp2(-((double)day - last) / 30);
}

/* Scales to units of the last place of a half and lets rint() round to even. */
uint16_t half_from(double value)
{
    uint16_t sign = signbit(value) ? 0x8000 : 0;
    double x = fabs(value);
    if (isnan(value))
        return 0x7e00;
    if (x >= 65520)
        return sign | 0x7c00;
    int exponent = 0;
    frexp(x, &exponent); /* x = f 2^exponent, 0.5 <= f < 1 */
    if (x == 0 || exponent < -13)
        return (uint16_t)(sign | (uint16_t)rint(ldexp(x, 24))); /* below the normal numbers */
    unsigned units = (unsigned)rint(ldexp(x, 11 - exponent));   /* 1024..2048 */
    return (uint16_t)(sign | ((unsigned)(exponent + 14) * 1024 + units - 1024));
}

double half_to(uint16_t bits)
{
    double sign = bits & 0x8000 ? -1 : 1;
    int exponent = bits >> 10 & 31;
    double units = bits & 1023;
    if (exponent == 31)
        return units > 0 ? NAN : sign * INFINITY;
    return sign * (exponent ? ldexp(units + 1024, exponent - 25) : ldexp(units, -24));
}

uint32_t fnv1a(uint32_t hash, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ p[i]) * 16777619u;
    return hash;
}
