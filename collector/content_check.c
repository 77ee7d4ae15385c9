/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The definitions of the kinds: a pattern that finds candidates and a check that leaves chance out.
 */
#include "collector/content.h"

enum { DIGITS_MAX = 20 };

struct digits {
    uint8_t of[DIGITS_MAX]; /* 0..9; 10 stands for the check mark X */
    size_t count;           /* may pass DIGITS_MAX */
};

struct kind {
    const char *name;
    uint8_t class;
};

static const struct kind kinds[CONTENT_COUNT] = {
#define CONTENT_ROW(name, class) {#name, class},
    CONTENT_TABLE(CONTENT_ROW)
#undef CONTENT_ROW
};

const char *content_name(enum content_kind kind)
{
    return kinds[kind].name;
}

uint8_t content_class(enum content_kind kind)
{
    return kinds[kind].class;
}

#define APART_BEFORE "(?<![0-9A-Za-z])"
#define APART_BEHIND "(?![0-9A-Za-z])"

struct slice content_pattern(enum content_kind kind)
{
    static const char *const patterns[CONTENT_COUNT] = {
        [CONTENT_citizen_id] = APART_BEFORE "[1-9]\\d{16}[0-9Xx]" APART_BEHIND,
        [CONTENT_bank_card] =
            APART_BEFORE "(?:\\d{13,19}|\\d{4}(?:[ -]\\d{4}){2,3}(?:[ -]\\d{1,3})?|"
                         "\\d{4}[ -]\\d{6}[ -]\\d{5})" APART_BEHIND,
        [CONTENT_mobile] = APART_BEFORE "(?:(?:\\+|00)?86[ -]?)?"
                                        "1[3-9]\\d(?:\\d{8}|[ -]\\d{4}[ -]\\d{4})" APART_BEHIND,
        [CONTENT_email] = "(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@"
                          "(?:[A-Za-z0-9-]{1,63}\\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])",
        [CONTENT_address] =
            "(?:省|市|区|县|州|旗)[^\\n,;，；。]{1,30}?(?:路|街|道|巷|弄|村|镇|乡)"
            "[^\\n,;，；。]{0,20}?[0-9一二三四五六七八九十]{1,5}(?:号|弄|室|栋|幢|楼|单元|组)|"
            "\\b\\d{1,5}[A-Za-z]?,? (?:[A-Z][A-Za-z'.]{0,20} ){1,4}"
            "(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Boulevard|Blvd|Court|Square)\\b",
    };
    return slice_from(patterns[kind]);
}

static struct digits digits_of(struct slice text)
{
    struct digits d = {.count = 0};
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        bool mark = c == 'x' || c == 'X';
        if (!mark && (c < '0' || c > '9'))
            continue;
        if (d.count < DIGITS_MAX)
            d.of[d.count] = mark ? 10 : (uint8_t)(c - '0');
        d.count++;
    }
    return d;
}

static unsigned number(const struct digits *d, size_t from, size_t len)
{
    unsigned value = 0;
    for (size_t i = from; i < from + len; i++)
        value = value * 10 + d->of[i];
    return value;
}

/* --- citizen id, GB 11643 --- */

static bool is_date(unsigned year, unsigned month, unsigned day)
{
    static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (year < 1900 || year > 2099 || month < 1 || month > 12 || day < 1)
        return false;
    return day <= days[month - 1] && (leap || month != 2 || day < 29);
}

/* GB/T 2260: the first two digits are the province. */
static bool is_province(unsigned code)
{
    static const uint8_t provinces[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                        35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                        53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83};
    return memchr(provinces, (int)code, sizeof provinces) != NULL;
}

/* ISO 7064 MOD 11-2: the weighted sum of all eighteen is 1 modulo 11. */
static bool is_citizen_id(const struct digits *d)
{
    static const uint8_t weights[18] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1};
    if (d->count != 18 || !is_province(number(d, 0, 2)) ||
        !is_date(number(d, 6, 4), number(d, 10, 2), number(d, 12, 2)))
        return false;
    unsigned sum = 0;
    for (size_t i = 0; i < 18; i++)
        sum += (unsigned)weights[i] * d->of[i];
    return sum % 11 == 1;
}

/* --- bank card, ISO/IEC 7812-1 --- */

struct issuer {
    unsigned from, to; /* of the first four digits */
    uint8_t min, max;  /* digits of the number */
};

static bool is_issued(const struct digits *d)
{
    static const struct issuer issuers[] = {
        {6200, 6299, 16, 19}, {4000, 4999, 16, 16}, {4000, 4999, 13, 13}, {4000, 4999, 19, 19},
        {5100, 5599, 16, 16}, {2221, 2720, 16, 16}, {3400, 3499, 15, 15}, {3700, 3799, 15, 15},
        {3528, 3589, 16, 19}, {6011, 6011, 16, 19}, {6500, 6599, 16, 19}, {9558, 9558, 19, 19},
        {6030, 6069, 16, 19},
    };
    unsigned first = number(d, 0, 4);
    for (size_t i = 0; i < sizeof issuers / sizeof issuers[0]; i++)
        if (first >= issuers[i].from && first <= issuers[i].to && d->count >= issuers[i].min &&
            d->count <= issuers[i].max)
            return true;
    return false;
}

static bool passes_luhn(const struct digits *d)
{
    unsigned sum = 0;
    for (size_t i = 0; i < d->count; i++) {
        unsigned digit = d->of[d->count - 1 - i];
        unsigned twice = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += i % 2 ? twice : digit;
    }
    return sum % 10 == 0;
}

static bool is_bank_card(const struct digits *d)
{
    return d->count >= 13 && d->count <= 19 && is_issued(d) && passes_luhn(d) && !is_citizen_id(d);
}

bool content_check(enum content_kind kind, struct slice text)
{
    if (kind != CONTENT_citizen_id && kind != CONTENT_bank_card)
        return true;
    struct digits d = digits_of(text);
    return kind == CONTENT_citizen_id ? is_citizen_id(&d) : is_bank_card(&d);
}
