/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Random numbers of the simulation: splitmix64 and the distributions that staff activity needs.
 */
#ifndef SIM_CHANCE_H
#define SIM_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
    uint64_t state;
};

/* A stream of its own for each (seed, a, b): what one employee does never depends on another. */
struct chance chance_of(uint64_t seed, uint64_t a, uint64_t b);
uint64_t chance_next(struct chance *c);
double chance_unit(struct chance *c);                    /* [0, 1) */
unsigned chance_below(struct chance *c, unsigned below); /* below > 0 */
bool chance_hit(struct chance *c, double probability);
double chance_normal(struct chance *c); /* mean 0, sd 1 */
double chance_lognormal(struct chance *c, double median, double sigma);
unsigned chance_count(struct chance *c, double mean); /* Poisson */

#endif
