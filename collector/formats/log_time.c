/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading times.
 */
#include "collector/formats/log_time.h"

#include "base/clock.h"

enum { YEAR_MIN = 1970, YEAR_MAX = 2261, MINUTE = 60, HOUR = 3600 };

static uint8_t peek(const struct reader *r)
{
    return reader_left(r) > 0 ? *r->at : 0;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Exactly n digits. */
static unsigned digits(struct reader *r, size_t n)
{
    unsigned value = 0;
    struct slice s = reader_bytes(r, n);
    for (size_t i = 0; i < s.len; i++) {
        if (!is_digit(s.ptr[i])) {
            reader_fail(r);
            return 0;
        }
        value = value * 10 + (unsigned)(s.ptr[i] - '0');
    }
    return value;
}

static void expect(struct reader *r, uint8_t c)
{
    if (reader_u8(r) != c)
        reader_fail(r);
}

static bool accept(struct reader *r, uint8_t c)
{
    if (peek(r) != c || reader_left(r) == 0)
        return false;
    reader_skip(r, 1);
    return true;
}

/* ".222" or ",222", up to nine digits counted, as nanoseconds. */
static int64_t fraction(struct reader *r)
{
    int64_t ns = 0, unit = NS_PER_S / 10;
    if (peek(r) != '.' && peek(r) != ',')
        return 0;
    reader_skip(r, 1);
    if (!is_digit(peek(r)))
        reader_fail(r);
    while (is_digit(peek(r))) {
        ns += (reader_u8(r) - '0') * unit;
        unit /= 10;
    }
    return ns;
}

/* "21:16:52" as seconds; a leap second counts as the one after. */
static int64_t clock_time(struct reader *r)
{
    unsigned hour = digits(r, 2);
    expect(r, ':');
    unsigned minute = digits(r, 2);
    expect(r, ':');
    unsigned second = digits(r, 2);
    if (hour > 23 || minute > 59 || second > 60)
        reader_fail(r);
    return hour * HOUR + minute * MINUTE + second;
}

static int64_t date(struct reader *r, unsigned year, unsigned month, unsigned day)
{
    static const uint8_t lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 ||
        day > lengths[month - 1]) {
        reader_fail(r);
        return 0;
    }
    return days_from_civil((int)year, month, day) * (NS_PER_DAY / NS_PER_S);
}

int64_t log_time_from_local(const struct zone *zone, int64_t local_ns)
{
    /* The offset before the change gives the first of two, and of none the moment of the change. */
    int64_t early = local_ns - zone_offset(zone, local_ns - NS_PER_DAY) * NS_PER_S;
    if (zone_local(zone, early) == local_ns)
        return early;
    return local_ns - zone_offset(zone, local_ns + NS_PER_DAY) * NS_PER_S;
}

/* Minutes east of UTC; those that mean one thing only. */
static const struct {
    const char *name;
    int minutes;
} abbreviations[] = {
    {"Z", 0},      {"UTC", 0},    {"GMT", 0},    {"UCT", 0},    {"WET", 0},    {"WEST", 60},
    {"CET", 60},   {"CEST", 120}, {"EET", 120},  {"EEST", 180}, {"MSK", 180},  {"SAST", 120},
    {"WIB", 420},  {"HKT", 480},  {"AWST", 480}, {"JST", 540},  {"KST", 540},  {"ACST", 570},
    {"ACDT", 630}, {"AEST", 600}, {"AEDT", 660}, {"NZST", 720}, {"NZDT", 780}, {"EDT", -240},
    {"CDT", -300}, {"MDT", -360}, {"PDT", -420}, {"PST", -480},
};

static bool is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static struct slice upper_word(const struct reader *r)
{
    struct reader ahead = *r;
    size_t n = 0;
    while (is_upper(peek(&ahead)) && n < 6) {
        reader_skip(&ahead, 1);
        n++;
    }
    struct reader again = *r;
    return reader_bytes(&again, n);
}

/* "+01:00", "+0100", "+01" as seconds. */
static int64_t numeric_offset(struct reader *r)
{
    int64_t sign = reader_u8(r) == '-' ? -1 : 1;
    int64_t seconds = digits(r, 2) * HOUR;
    if (accept(r, ':') || is_digit(peek(r)))
        seconds += digits(r, 2) * MINUTE;
    return sign * seconds;
}

static int64_t from_abbreviation(struct slice name, const struct zone *zone, int64_t local_ns)
{
    for (size_t i = 0; i < sizeof abbreviations / sizeof *abbreviations; i++)
        if (slice_equal(name, slice_from(abbreviations[i].name)))
            return local_ns - abbreviations[i].minutes * (int64_t)MINUTE * NS_PER_S;
    return log_time_from_local(zone, local_ns);
}

/* What follows a local time and says where it is local. */
static int64_t apply_zone(struct reader *r, const struct zone *zone, int64_t local_ns)
{
    struct reader ahead = *r;
    (void)accept(&ahead, ' ');
    uint8_t c = peek(&ahead);
    struct slice name = upper_word(&ahead);
    if ((c == '+' || c == '-') && reader_left(&ahead) > 2) {
        struct reader back = ahead;
        int64_t offset = numeric_offset(&ahead);
        if (reader_ok(&ahead)) {
            *r = ahead;
            return local_ns - offset * NS_PER_S;
        }
        ahead = back;
    }
    if (name.len == 0 || (name.len < 3 && !slice_equal(name, SLICE("Z"))))
        return log_time_from_local(zone, local_ns);
    reader_skip(&ahead, name.len);
    *r = ahead;
    return from_abbreviation(name, zone, local_ns);
}

int64_t log_time_iso(struct reader *r, const struct zone *zone)
{
    unsigned year = digits(r, 4);
    expect(r, '-');
    unsigned month = digits(r, 2);
    expect(r, '-');
    unsigned day = digits(r, 2);
    uint8_t between = reader_u8(r);
    if (between != ' ' && between != 'T')
        reader_fail(r);
    int64_t seconds = clock_time(r) + date(r, year, month, day);
    int64_t ns = fraction(r);
    return reader_ok(r) ? apply_zone(r, zone, seconds * NS_PER_S + ns) : 0;
}

static unsigned month_name(struct reader *r)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct slice name = reader_bytes(r, 3);
    for (unsigned i = 0; i < 12 && name.len == 3; i++)
        if (memcmp(names + i * (size_t)3, name.ptr, 3) == 0)
            return i + 1;
    reader_fail(r);
    return 0;
}

int64_t log_time_clf(struct reader *r)
{
    unsigned day = digits(r, 2);
    expect(r, '/');
    unsigned month = month_name(r);
    expect(r, '/');
    unsigned year = digits(r, 4);
    expect(r, ':');
    int64_t seconds = clock_time(r) + date(r, year, month, day);
    expect(r, ' ');
    if (peek(r) != '+' && peek(r) != '-')
        reader_fail(r);
    seconds -= numeric_offset(r);
    return reader_ok(r) ? seconds * NS_PER_S : 0;
}

int64_t log_time_syslog(struct reader *r, const struct zone *zone, int64_t reference_ns)
{
    unsigned month = month_name(r);
    expect(r, ' ');
    bool padded = accept(r, ' ');
    unsigned day = digits(r, padded ? 1 : 2);
    expect(r, ' ');
    int64_t of_day = clock_time(r);
    int64_t ns = fraction(r);
    int year;
    unsigned ignored;
    civil_from_days((reference_ns + NS_PER_DAY) / NS_PER_DAY, &year, &ignored, &ignored);
    for (int back = 0; reader_ok(r) && back < 2; back++) {
        int64_t seconds = date(r, (unsigned)(year - back), month, day) + of_day;
        int64_t time = log_time_from_local(zone, seconds * NS_PER_S + ns);
        if (time <= reference_ns + NS_PER_DAY)
            return time;
    }
    reader_fail(r);
    return 0;
}

int64_t log_time_compact(struct reader *r, const struct zone *zone)
{
    struct slice rest = slice_make(r->at, reader_left(r));
    bool century = slice_find(rest, ' ', 0) == 8;
    unsigned year = digits(r, century ? 4 : 2);
    if (!century)
        year += year < 70 ? 2000 : 1900;
    unsigned month = digits(r, 2);
    unsigned day = digits(r, 2);
    expect(r, ' ');
    if (peek(r) == ' ') { /* " 9:05:00" */
        reader_skip(r, 1);
        unsigned hour = digits(r, 1);
        expect(r, ':');
        unsigned minute = digits(r, 2);
        expect(r, ':');
        unsigned second = digits(r, 2);
        int64_t seconds = date(r, year, month, day) + hour * HOUR + minute * MINUTE + second;
        return reader_ok(r) ? log_time_from_local(zone, seconds * NS_PER_S) : 0;
    }
    int64_t seconds = clock_time(r) + date(r, year, month, day);
    return reader_ok(r) ? log_time_from_local(zone, seconds * NS_PER_S) : 0;
}

int64_t log_time_epoch(struct reader *r)
{
    uint64_t value = 0;
    unsigned count = 0;
    for (; is_digit(peek(r)) && count < 20; count++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(reader_u8(r) - '0'), &value)) {
            reader_fail(r);
            return 0;
        }
    uint64_t unit = count >= 19 ? 1 : count >= 16 ? 1000 : count >= 13 ? 1000000 : NS_PER_S;
    int64_t ns = unit == NS_PER_S ? fraction(r) : 0;
    if (count < 8 || __builtin_mul_overflow(value, unit, &value) || value > INT64_MAX / 2) {
        reader_fail(r);
        return 0;
    }
    return (int64_t)value + ns;
}

static bool whole(const struct reader *r, int64_t time, int64_t *ns)
{
    *ns = time;
    return reader_ok(r) && reader_left(r) == 0;
}

bool log_time_any(struct slice text, const struct zone *zone, int64_t reference_ns, int64_t *ns)
{
    struct reader r = reader_of(slice_trim(text));
    struct reader again = r;
    if (whole(&r, log_time_iso(&r, zone), ns))
        return true;
    r = again;
    if (whole(&r, log_time_epoch(&r), ns))
        return true;
    r = again;
    if (whole(&r, log_time_clf(&r), ns))
        return true;
    r = again;
    if (whole(&r, log_time_compact(&r, zone), ns))
        return true;
    r = again;
    return whole(&r, log_time_syslog(&r, zone, reference_ns), ns);
}
