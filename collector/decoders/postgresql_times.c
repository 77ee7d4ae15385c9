/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * PostgreSQL's dates, times and intervals: counted in days and microseconds from 2000-01-01 on the
 * wire, DateStyle ISO and IntervalStyle postgres in text (documentation, section "Date/Time
 * Types").
 */
#include "base/clock.h"
#include "collector/decoders/postgresql_writer.h"

#include <inttypes.h>

#define US_PER_S   INT64_C(1000000)
#define US_PER_DAY (INT64_C(86400) * US_PER_S)

enum { DAYS_TO_2000 = 10957 }; /* from 1970-01-01 */

static int32_t read_i32(struct reader *r)
{
    return (int32_t)reader_be32(r);
}

static int64_t read_i64(struct reader *r)
{
    return (int64_t)reader_be64(r);
}

/* The year's sign goes behind everything: true when " BC" must follow. */
static bool write_day(struct pg_writer *w, int64_t days)
{
    int year;
    unsigned month, day;
    civil_from_days(days + DAYS_TO_2000, &year, &month, &day);
    pg_write_format(w, "%04d-%02u-%02u", year > 0 ? year : 1 - year, month, day);
    return year <= 0;
}

static void write_fraction(struct pg_writer *w, uint64_t us)
{
    if (us == 0)
        return;
    int digits = 6;
    for (; us % 10 == 0; us /= 10)
        digits--;
    pg_write_format(w, ".%0*" PRIu64, digits, us);
}

/* `us` is not negative. */
static void write_clock(struct pg_writer *w, uint64_t us)
{
    uint64_t s = us / (uint64_t)US_PER_S;
    pg_write_format(w, "%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64, s / 3600, s / 60 % 60, s % 60);
    write_fraction(w, us % (uint64_t)US_PER_S);
}

void pg_write_date(struct pg_writer *w, struct reader *r)
{
    int32_t days = read_i32(r);
    if (days == INT32_MAX || days == INT32_MIN)
        pg_write(w, days > 0 ? SLICE("infinity") : SLICE("-infinity"));
    else if (write_day(w, days))
        pg_write(w, SLICE(" BC"));
}

void pg_write_time(struct pg_writer *w, struct reader *r)
{
    int64_t us = read_i64(r);
    if (us < 0 || us > US_PER_DAY)
        reader_fail(r);
    else
        write_clock(w, (uint64_t)us);
}

static void write_zone(struct pg_writer *w, int64_t east)
{
    uint64_t s = (uint64_t)(east < 0 ? -east : east);
    pg_write_format(w, "%c%02" PRIu64, east < 0 ? '-' : '+', s / 3600);
    if (s % 3600)
        pg_write_format(w, ":%02" PRIu64, s / 60 % 60);
    if (s % 60)
        pg_write_format(w, ":%02" PRIu64, s % 60);
}

void pg_write_timetz(struct pg_writer *w, struct reader *r)
{
    pg_write_time(w, r);
    write_zone(w, -(int64_t)read_i32(r));
}

static void write_moment(struct pg_writer *w, struct reader *r, bool zone)
{
    int64_t us = read_i64(r);
    if (us == INT64_MAX || us == INT64_MIN) {
        pg_write(w, us > 0 ? SLICE("infinity") : SLICE("-infinity"));
        return;
    }
    int64_t days = us / US_PER_DAY - (us % US_PER_DAY < 0);
    bool before_christ = write_day(w, days);
    pg_write_byte(w, ' ');
    write_clock(w, (uint64_t)(us - days * US_PER_DAY));
    if (zone)
        pg_write(w, SLICE("+00"));
    if (before_christ)
        pg_write(w, SLICE(" BC"));
}

void pg_write_timestamp(struct pg_writer *w, struct reader *r)
{
    write_moment(w, r, false);
}

void pg_write_timestamptz(struct pg_writer *w, struct reader *r)
{
    write_moment(w, r, true);
}

/* "[+-]n unit[s]"; the sign is written after a negative part too, so that it does not carry over.
 */
static void write_part(struct pg_writer *w, int32_t n, const char *unit, bool *negative)
{
    if (n == 0)
        return;
    pg_write_format(w, "%s%s%" PRId32 " %s%s", w->len ? " " : "", *negative && n > 0 ? "+" : "", n,
                    unit, n == 1 ? "" : "s");
    *negative = n < 0;
}

void pg_write_interval(struct pg_writer *w, struct reader *r)
{
    struct pg_writer part = {.ptr = w->ptr + w->len, .size = w->size - w->len};
    int64_t us = read_i64(r);
    int32_t days = read_i32(r);
    int32_t months = read_i32(r);
    bool negative = false;
    write_part(&part, months / 12, "year", &negative);
    write_part(&part, months % 12, "mon", &negative);
    write_part(&part, days, "day", &negative);
    if (us || part.len == 0) {
        pg_write_format(&part, "%s%s", part.len ? " " : "", us < 0 ? "-" : negative ? "+" : "");
        write_clock(&part, us < 0 ? -(uint64_t)us : (uint64_t)us);
    }
    w->len += part.len;
    w->full |= part.full;
}
