/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Numbers that people write: the whole text must be the number. false leaves *value as it was. No
 * locale.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include "base/slice.h"

/* Decimal with an optional sign, in the range of int64_t. */
bool number_integer(struct slice text, int64_t *value);

/* Decimal with optional sign, fraction and exponent; finite; at most 64 characters. */
bool number_real(struct slice text, double *value);

/* A number and a unit, a space between or not: ns us ms s m h d. Nanoseconds, not negative. A
 * number alone is refused. */
bool number_duration(struct slice text, int64_t *ns);

/* A number of bytes, alone or with B KiB MiB GiB TiB (powers of 1024) or kB MB GB TB (of 1000). */
bool number_bytes(struct slice text, uint64_t *bytes);

#endif
