/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Binary values to text, after the MySQL documentation's "Binary Protocol Value". Floating point
 * follows the server's my_gcvt(): the shortest digits that read back the same, with an exponent
 * from 1e15 on and below 1e-15.
 */
#include "collector/decoders/mysql_value.h"

#include "collector/decoders/mysql_wire.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { POINT_MAX = 15 }; /* digits before the point without an exponent; zeros behind it likewise */

enum mysql_layout mysql_type_layout(uint8_t type, size_t *size)
{
    *size = 0;
    switch (type) {
    case MYSQL_TYPE_NULL:
        return MYSQL_LAYOUT_FIXED;
    case MYSQL_TYPE_TINY:
        *size = 1;
        return MYSQL_LAYOUT_FIXED;
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_YEAR:
        *size = 2;
        return MYSQL_LAYOUT_FIXED;
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_FLOAT:
        *size = 4;
        return MYSQL_LAYOUT_FIXED;
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_DOUBLE:
        *size = 8;
        return MYSQL_LAYOUT_FIXED;
    case MYSQL_TYPE_TIMESTAMP:
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_TIME:
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_NEWDATE:
        return MYSQL_LAYOUT_COUNTED;
    default:
        return MYSQL_LAYOUT_STRING;
    }
}

static struct slice written(const char *text, int len)
{
    return slice_make(text, len > 0 ? (size_t)len : 0);
}

static struct slice decimal(uint64_t value, bool negative, char text[MYSQL_VALUE_TEXT_MAX])
{
    size_t at = MYSQL_VALUE_TEXT_MAX;
    do {
        text[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    if (negative)
        text[--at] = '-';
    return slice_make(text + at, MYSQL_VALUE_TEXT_MAX - at);
}

static struct slice integer(struct slice bytes, bool is_unsigned, char text[MYSQL_VALUE_TEXT_MAX])
{
    struct reader r = reader_of(bytes);
    uint64_t value = 0;
    for (unsigned shift = 0; reader_left(&r) > 0 && shift < 64; shift += 8)
        value |= (uint64_t)reader_u8(&r) << shift;
    unsigned bits = (unsigned)bytes.len * 8;
    bool negative = !is_unsigned && bits > 0 && value >> (bits - 1) & 1;
    if (negative)
        value = (UINT64_C(0) - value) & (bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1);
    return decimal(value, negative, text);
}

/* "-d.ddde[-]dd" of printf, taken apart. */
struct scientific {
    bool negative;
    char digits[24];
    size_t count; /* without trailing zeros, at least 1 */
    int point;    /* where the decimal point goes, counted from the first digit */
};

static struct scientific take_apart(const char *text)
{
    struct scientific s = {.negative = *text == '-'};
    for (; *text && *text != 'e'; text++)
        if (*text >= '0' && *text <= '9' && s.count < sizeof s.digits)
            s.digits[s.count++] = *text;
    s.point = *text ? atoi(text + 1) + 1 : 1;
    while (s.count > 1 && s.digits[s.count - 1] == '0')
        s.count--;
    return s;
}

static struct slice with_exponent(const struct scientific *s, char text[MYSQL_VALUE_TEXT_MAX])
{
    return written(text, snprintf(text, MYSQL_VALUE_TEXT_MAX, "%s%c%s%.*se%d",
                                  s->negative ? "-" : "", s->digits[0], s->count > 1 ? "." : "",
                                  (int)s->count - 1, s->digits + 1, s->point - 1));
}

static struct slice with_point(const struct scientific *s, char text[MYSQL_VALUE_TEXT_MAX])
{
    static const char zeros[] = "000000000000000";
    const char *sign = s->negative ? "-" : "";
    int count = (int)s->count, n;
    if (s->point <= 0)
        n = snprintf(text, MYSQL_VALUE_TEXT_MAX, "%s0.%.*s%.*s", sign, -s->point, zeros, count,
                     s->digits);
    else if (s->point >= count)
        n = snprintf(text, MYSQL_VALUE_TEXT_MAX, "%s%.*s%.*s", sign, count, s->digits,
                     s->point - count, zeros);
    else
        n = snprintf(text, MYSQL_VALUE_TEXT_MAX, "%s%.*s.%.*s", sign, s->point, s->digits,
                     count - s->point, s->digits + s->point);
    return written(text, n);
}

static struct slice real(double value, bool single, char text[MYSQL_VALUE_TEXT_MAX])
{
    if (!isfinite(value))
        return written(text, snprintf(text, MYSQL_VALUE_TEXT_MAX, "%g", value));
    if (value == 0)
        return SLICE("0");
    int most = single ? 9 : 17;
    for (int digits = single ? 6 : 15; digits <= most; digits++) {
        snprintf(text, MYSQL_VALUE_TEXT_MAX, "%.*e", digits - 1, value);
        if (single ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
            break;
    }
    struct scientific s = take_apart(text);
    return s.point > POINT_MAX || s.point < -POINT_MAX + 1 ? with_exponent(&s, text)
                                                           : with_point(&s, text);
}

static struct slice float_text(struct slice bytes, char text[MYSQL_VALUE_TEXT_MAX])
{
    struct reader r = reader_of(bytes);
    uint32_t bits = reader_le32(&r);
    float value;
    memcpy(&value, &bits, sizeof value);
    return real((double)value, true, text);
}

static struct slice double_text(struct slice bytes, char text[MYSQL_VALUE_TEXT_MAX])
{
    struct reader r = reader_of(bytes);
    uint64_t bits = reader_le64(&r);
    double value;
    memcpy(&value, &bits, sizeof value);
    return real(value, false, text);
}

/* year (2), month, day [, hour, minute, second [, microsecond (4)]]; what is left out is zero. */
static struct slice datetime_text(struct slice bytes, bool date_only,
                                  char text[MYSQL_VALUE_TEXT_MAX])
{
    struct reader r = reader_of(bytes);
    unsigned year = reader_le16(&r), month = reader_u8(&r), day = reader_u8(&r);
    unsigned hour = reader_u8(&r), minute = reader_u8(&r), second = reader_u8(&r);
    uint32_t micro = reader_le32(&r);
    if (date_only)
        return written(text,
                       snprintf(text, MYSQL_VALUE_TEXT_MAX, "%04u-%02u-%02u", year, month, day));
    int n = snprintf(text, MYSQL_VALUE_TEXT_MAX, "%04u-%02u-%02u %02u:%02u:%02u", year, month, day,
                     hour, minute, second);
    if (micro)
        n += snprintf(text + n, MYSQL_VALUE_TEXT_MAX - (size_t)n, ".%06" PRIu32, micro);
    return written(text, n);
}

/* negative (1), days (4), hour, minute, second [, microsecond (4)] */
static struct slice time_text(struct slice bytes, char text[MYSQL_VALUE_TEXT_MAX])
{
    struct reader r = reader_of(bytes);
    bool negative = reader_u8(&r);
    uint64_t hours = (uint64_t)reader_le32(&r) * 24;
    hours += reader_u8(&r);
    unsigned minute = reader_u8(&r), second = reader_u8(&r);
    uint32_t micro = reader_le32(&r);
    int n = snprintf(text, MYSQL_VALUE_TEXT_MAX, "%s%02" PRIu64 ":%02u:%02u", negative ? "-" : "",
                     hours, minute, second);
    if (micro)
        n += snprintf(text + n, MYSQL_VALUE_TEXT_MAX - (size_t)n, ".%06" PRIu32, micro);
    return written(text, n);
}

struct slice mysql_value_text(struct slice bytes, uint8_t type, bool is_unsigned,
                              char text[MYSQL_VALUE_TEXT_MAX])
{
    switch (type) {
    case MYSQL_TYPE_FLOAT:
        return float_text(bytes, text);
    case MYSQL_TYPE_DOUBLE:
        return double_text(bytes, text);
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
        return datetime_text(bytes, true, text);
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_TIMESTAMP:
        return datetime_text(bytes, false, text);
    case MYSQL_TYPE_TIME:
        return time_text(bytes, text);
    default:
        return integer(bytes, is_unsigned || type == MYSQL_TYPE_YEAR, text);
    }
}

struct slice mysql_value(struct reader *r, uint8_t type, bool is_unsigned,
                         char text[MYSQL_VALUE_TEXT_MAX])
{
    size_t size;
    enum mysql_layout layout = mysql_type_layout(type, &size);
    if (layout == MYSQL_LAYOUT_STRING)
        return mysql_lenenc_bytes(r);
    if (layout == MYSQL_LAYOUT_COUNTED)
        size = reader_u8(r);
    struct slice bytes = reader_bytes(r, size);
    if (!reader_ok(r) || type == MYSQL_TYPE_NULL)
        return (struct slice){NULL, 0};
    return mysql_value_text(bytes, type, is_unsigned, text);
}
