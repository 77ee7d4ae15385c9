/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Random numbers of a test: from a seed that is printed, so that a failure can be repeated with
 * DWELL_TEST_SEED=<seed>.
 */
#ifndef SUPPORT_RANDOM_H
#define SUPPORT_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

/* The seed of the environment, else `seed`; it is printed. */
struct random random_start(uint64_t seed);
uint64_t random_next(struct random *random);

/* 0 .. below-1; below > 0. */
size_t random_below(struct random *random, size_t below);

#endif
