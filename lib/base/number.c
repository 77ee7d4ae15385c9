/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading numbers with and without units.
 */
#include "base/number.h"

#include <math.h>
#include <stdlib.h>

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit durations[] = {
    {"ns", 1},
    {"us", 1000},
    {"ms", 1000000},
    {"s", UINT64_C(1000000000)},
    {"m", UINT64_C(60) * 1000000000},
    {"h", UINT64_C(3600) * 1000000000},
    {"d", UINT64_C(86400) * 1000000000},
};

static const struct unit sizes[] = {
    {"", 1},
    {"B", 1},
    {"KiB", UINT64_C(1) << 10},
    {"MiB", UINT64_C(1) << 20},
    {"GiB", UINT64_C(1) << 30},
    {"TiB", UINT64_C(1) << 40},
    {"kB", 1000},
    {"MB", 1000000},
    {"GB", 1000000000},
    {"TB", UINT64_C(1000000000000)},
};

bool number_integer(struct slice text, int64_t *value)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    bool sign = negative || (text.len > 0 && text.ptr[0] == '+');
    uint64_t size;
    if (!slice_to_u64(slice_part(text, sign, text.len), &size))
        return false;
    if (size > (uint64_t)INT64_MAX + negative)
        return false;
    *value = negative ? (int64_t)(0 - size) : (int64_t)size;
    return true;
}

static size_t skip_digits(const char *text, size_t at)
{
    while (text[at] >= '0' && text[at] <= '9')
        at++;
    return at;
}

/* strtod takes more than we do: hexadecimal, infinities, white space. */
static bool has_real_form(const char *text)
{
    size_t at = text[0] == '-' || text[0] == '+';
    size_t whole = skip_digits(text, at) - at;
    at += whole;
    if (text[at] == '.') {
        size_t fraction = skip_digits(text, at + 1) - at - 1;
        if (fraction == 0)
            return false;
        at += 1 + fraction;
    }
    if (whole == 0)
        return false;
    if (text[at] == 'e' || text[at] == 'E') {
        at++;
        at += text[at] == '-' || text[at] == '+';
        size_t end = skip_digits(text, at);
        if (end == at)
            return false;
        at = end;
    }
    return text[at] == '\0';
}

bool number_real(struct slice text, double *value)
{
    char copy[65];
    if (text.len >= sizeof copy || slice_find(text, 0, 0) != text.len ||
        !has_real_form(slice_copy_text(text, copy, sizeof copy)))
        return false;
    double number = strtod(copy, NULL);
    if (!isfinite(number))
        return false;
    *value = number;
    return true;
}

static bool read_unit(struct slice text, const struct unit *units, size_t count, uint64_t *value)
{
    size_t digits = 0;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    uint64_t number;
    if (!slice_to_u64(slice_part(text, 0, digits), &number))
        return false;
    struct slice name = slice_part(text, digits, text.len);
    if (name.len > 1 && name.ptr[0] == ' ')
        name = slice_part(name, 1, name.len);
    for (size_t i = 0; i < count; i++)
        if (slice_equal(name, slice_make(units[i].name, strlen(units[i].name))))
            return !__builtin_mul_overflow(number, units[i].factor, value);
    return false;
}

bool number_duration(struct slice text, int64_t *ns)
{
    uint64_t value;
    if (!read_unit(text, durations, sizeof durations / sizeof durations[0], &value) ||
        value > INT64_MAX)
        return false;
    *ns = (int64_t)value;
    return true;
}

bool number_bytes(struct slice text, uint64_t *bytes)
{
    uint64_t value;
    if (!read_unit(text, sizes, sizeof sizes / sizeof sizes[0], &value))
        return false;
    *bytes = value;
    return true;
}
