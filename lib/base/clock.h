/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Time as the programs see it: the real clock, or a manual one that tests and replay move. Times
 * are nanoseconds since 1970 UTC; text is RFC 3339.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/slice.h"

#define NS_PER_S   INT64_C(1000000000)
#define NS_PER_DAY (INT64_C(86400) * NS_PER_S)

struct clock {
    bool manual;
    int64_t manual_ns;
};

struct clock clock_real(void);
struct clock clock_manual(int64_t ns);
int64_t clock_now(const struct clock *clock); /* UTC */
int64_t
clock_monotonic(const struct clock *clock); /* for intervals; the manual clock itself if manual */
void clock_set(struct clock *clock, int64_t ns); /* manual only; may go back */

/* "2026-11-21T21:30:28.680000000Z" with `digits` (0..9) of fraction into 31+ bytes; returns length.
 */
size_t time_format(int64_t ns, unsigned digits, char *to, size_t size);

/* RFC 3339 with Z or offset, 0..9 digits of fraction, also "YYYY-MM-DD" (midnight UTC); the whole
 * text must match. Years 1678 to 2261. */
bool time_parse(struct slice text, int64_t *ns);

/* Days since 1970-01-01 and back (proleptic Gregorian). */
int64_t days_from_civil(int year, unsigned month, unsigned day);
void civil_from_days(int64_t days, int *year, unsigned *month, unsigned *day);

#endif
