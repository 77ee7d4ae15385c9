/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Clocks, the civil calendar and RFC 3339. The calendar follows Howard Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms": eras of 400 years that begin on 1 March.
 */
#include "base/clock.h"

#include "base/reader.h"

#include <assert.h>
#include <string.h>
#include <time.h>

struct clock clock_real(void)
{
    return (struct clock){.manual = false};
}

struct clock clock_manual(int64_t ns)
{
    return (struct clock){.manual = true, .manual_ns = ns};
}

static int64_t read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

int64_t clock_now(const struct clock *clock)
{
    return clock->manual ? clock->manual_ns : read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic(const struct clock *clock)
{
    return clock->manual ? clock->manual_ns : read_clock(CLOCK_MONOTONIC);
}

void clock_set(struct clock *clock, int64_t ns)
{
    assert(clock->manual);
    clock->manual_ns = ns;
}

enum { DAYS_PER_ERA = 146097, DAYS_TO_1970 = 719468 };

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t days_from_civil(int year, unsigned month, unsigned day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

void civil_from_days(int64_t days, int *year, unsigned *month, unsigned *day)
{
    days += DAYS_TO_1970;
    int64_t era = floor_div(days, DAYS_PER_ERA);
    int64_t doe = days - era * DAYS_PER_ERA; /* day of the era */
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153; /* months since March */
    *day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
    *month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

/* Exactly `n` digits; gives where the next character goes. */
static char *write_digits(char *to, size_t n, int64_t value)
{
    for (size_t i = n; i-- > 0; value /= 10)
        to[i] = (char)('0' + value % 10);
    return to + n;
}

static char *write_three(char *to, char separator, const int64_t values[3], size_t first_digits)
{
    to = write_digits(to, first_digits, values[0]);
    *to++ = separator;
    to = write_digits(to, 2, values[1]);
    *to++ = separator;
    return write_digits(to, 2, values[2]);
}

size_t time_format(int64_t ns, unsigned digits, char *to, size_t size)
{
    static const int64_t powers[] = {1000000000, 100000000, 10000000, 1000000, 100000,
                                     10000,      1000,      100,      10,      1};
    assert(digits <= 9);
    int64_t seconds = floor_div(ns, NS_PER_S);
    int64_t days = floor_div(seconds, 86400);
    int64_t rest = seconds - days * 86400;
    int year;
    unsigned month, day;
    size_t length = sizeof "2026-01-02T03:04:05Z" - 1 + (digits ? 1 + digits : 0);
    if (size <= length)
        return 0;
    civil_from_days(days, &year, &month, &day);
    to = write_three(to, '-', (const int64_t[]){year, month, day}, 4);
    *to++ = 'T';
    to = write_three(to, ':', (const int64_t[]){rest / 3600, rest / 60 % 60, rest % 60}, 2);
    if (digits) {
        *to++ = '.';
        to = write_digits(to, digits, (ns - seconds * NS_PER_S) / powers[digits]);
    }
    memcpy(to, "Z", 2);
    return length;
}

/* Exactly `n` digits. */
static unsigned read_digits(struct reader *r, size_t n)
{
    uint64_t value = 0;
    struct slice text = reader_bytes(r, n);
    if (!slice_to_u64(text, &value))
        reader_fail(r);
    return (unsigned)value;
}

static void expect(struct reader *r, uint8_t byte)
{
    if (reader_u8(r) != byte)
        reader_fail(r);
}

static uint8_t peek(const struct reader *r)
{
    return reader_left(r) > 0 ? *r->at : 0;
}

static int64_t read_date(struct reader *r)
{
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned year = read_digits(r, 4);
    expect(r, '-');
    unsigned month = read_digits(r, 2);
    expect(r, '-');
    unsigned day = read_digits(r, 2);
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 ||
        day > lengths[month - 1] + (unsigned)(leap && month == 2)) {
        reader_fail(r);
        return 0;
    }
    return days_from_civil((int)year, month, day);
}

static int64_t read_fraction(struct reader *r)
{
    if (peek(r) != '.')
        return 0;
    expect(r, '.');
    int64_t ns = 0, scale = NS_PER_S;
    while (peek(r) >= '0' && peek(r) <= '9' && scale > 1) {
        scale /= 10;
        ns += (reader_u8(r) - '0') * scale;
    }
    if (scale == NS_PER_S)
        reader_fail(r);
    return ns;
}

/* Seconds to add to local time to have UTC. */
static int64_t read_offset(struct reader *r)
{
    uint8_t sign = reader_u8(r);
    if (sign == 'Z' || sign == 'z')
        return 0;
    unsigned hours = read_digits(r, 2);
    expect(r, ':');
    unsigned minutes = read_digits(r, 2);
    if ((sign != '+' && sign != '-') || hours > 23 || minutes > 59)
        reader_fail(r);
    int64_t seconds = (int64_t)hours * 3600 + minutes * 60;
    return sign == '+' ? -seconds : seconds;
}

bool time_parse(struct slice text, int64_t *ns)
{
    struct reader r = reader_of(text);
    int64_t seconds = read_date(&r) * 86400;
    int64_t fraction = 0;
    if (reader_left(&r) > 0) {
        uint8_t separator = reader_u8(&r);
        if (separator != 'T' && separator != 't' && separator != ' ')
            reader_fail(&r);
        unsigned hour = read_digits(&r, 2);
        expect(&r, ':');
        unsigned minute = read_digits(&r, 2);
        expect(&r, ':');
        unsigned second = read_digits(&r, 2);
        if (hour > 23 || minute > 59 || second > 60)
            reader_fail(&r);
        fraction = read_fraction(&r);
        seconds += (int64_t)hour * 3600 + minute * 60 + second + read_offset(&r);
    }
    if (!reader_ok(&r) || reader_left(&r) > 0)
        return false;
    *ns = seconds * NS_PER_S + fraction;
    return true;
}
