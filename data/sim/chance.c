/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * splitmix64 (Steele, Lea, Flood 2014); Poisson by Knuth's product, normal approximation above 60.
 */
#include "sim/chance.h"

#include <math.h>

uint64_t chance_next(struct chance *c)
{
    uint64_t z = c->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

struct chance chance_of(uint64_t seed, uint64_t a, uint64_t b)
{
    struct chance c = {seed};
    c.state = chance_next(&c) ^ a * UINT64_C(0xd6e8feb86659fd93);
    c.state = chance_next(&c) ^ b * UINT64_C(0xa0761d6478bd642f);
    chance_next(&c);
    return c;
}

double chance_unit(struct chance *c)
{
    return (double)(chance_next(c) >> 11) * 0x1p-53;
}

unsigned chance_below(struct chance *c, unsigned below)
{
    return (unsigned)(chance_next(c) % below);
}

bool chance_hit(struct chance *c, double probability)
{
    return chance_unit(c) < probability;
}

double chance_normal(struct chance *c)
{
    double u = 1.0 - chance_unit(c), v = chance_unit(c);
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

double chance_lognormal(struct chance *c, double median, double sigma)
{
    return median * exp(sigma * chance_normal(c));
}

unsigned chance_count(struct chance *c, double mean)
{
    if (mean <= 0)
        return 0;
    if (mean > 60) {
        double value = mean + sqrt(mean) * chance_normal(c);
        return value > 0 ? (unsigned)(value + 0.5) : 0;
    }
    double limit = exp(-mean), product = chance_unit(c);
    unsigned n = 0;
    while (product > limit) {
        product *= chance_unit(c);
        n++;
    }
    return n;
}
