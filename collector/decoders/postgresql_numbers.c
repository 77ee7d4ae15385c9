/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * PostgreSQL's float4, float8 and numeric in text. Floats are the shortest digits that read back as
 * the same number (extra_float_digits 1, the default since PostgreSQL 12); numeric is a list of
 * digits in base 10,000 (numeric.c, numeric_send).
 */
#include "collector/decoders/postgresql_writer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    BASE_DIGITS = 4, /* decimal digits in one digit of numeric */
    NUMERIC_NEGATIVE = 0x4000,
    NUMERIC_NAN = 0xc000,
    NUMERIC_INFINITY = 0xd000,
    NUMERIC_MINUS_INFINITY = 0xf000,
    SCALE_MAX = 16383
};

/* Lays out "d.ddde[+-]xx" as the server does: without an exponent from 1e-4 to below 10^fixed. */
static void write_layout(struct pg_writer *w, const char *scientific, int fixed)
{
    char digits[24];
    size_t count = 0;
    const char *p = scientific + (scientific[0] == '-');
    for (; *p && *p != 'e'; p++)
        if (*p != '.' && count < sizeof digits)
            digits[count++] = *p;
    int exponent = *p ? atoi(p + 1) : 0;
    while (count > 1 && digits[count - 1] == '0')
        count--;
    if (scientific[0] == '-')
        pg_write_byte(w, '-');
    int whole = (int)count; /* digits before the point */
    if (exponent >= -4 && exponent < fixed)
        whole = exponent + 1;
    else
        whole = 1;
    if (whole <= 0)
        pg_write(w, SLICE("0."));
    for (int i = whole; i < 0; i++)
        pg_write_byte(w, '0');
    for (int i = 0; i < (int)count || i < whole; i++) {
        if (i == whole && whole > 0)
            pg_write_byte(w, '.');
        pg_write_byte(w, i < (int)count ? (uint8_t)digits[i] : '0');
    }
    if (exponent < -4 || exponent >= fixed)
        pg_write_format(w, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
}

static bool write_special(struct pg_writer *w, double value)
{
    if (isnan(value))
        pg_write(w, SLICE("NaN"));
    else if (isinf(value))
        pg_write(w, value < 0 ? SLICE("-Infinity") : SLICE("Infinity"));
    return isnan(value) || isinf(value);
}

/* The server does not take digits that lie exactly between two numbers, though they read back. */
static bool halfway8(const char *text, double value)
{
    long double digits = strtold(text, NULL);
    return digits == ((long double)value + nextafter(value, INFINITY)) / 2 ||
           digits == ((long double)value + nextafter(value, -INFINITY)) / 2;
}

static bool halfway4(const char *text, float value)
{
    double digits = strtod(text, NULL);
    return digits == ((double)value + (double)nextafterf(value, INFINITY)) / 2 ||
           digits == ((double)value + (double)nextafterf(value, -INFINITY)) / 2;
}

void pg_write_float8(struct pg_writer *w, struct reader *r)
{
    uint64_t bits = reader_be64(r);
    double value;
    char text[40];
    memcpy(&value, &bits, sizeof value);
    if (write_special(w, value))
        return;
    for (int precision = 0; precision <= 16; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, value);
        if (strtod(text, NULL) == value && !halfway8(text, value))
            break;
    }
    write_layout(w, text, 15);
}

void pg_write_float4(struct pg_writer *w, struct reader *r)
{
    uint32_t bits = reader_be32(r);
    float value;
    char text[40];
    memcpy(&value, &bits, sizeof value);
    if (write_special(w, (double)value))
        return;
    for (int precision = 0; precision <= 8; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, (double)value);
        if (strtof(text, NULL) == value && !halfway4(text, value))
            break;
    }
    write_layout(w, text, 6);
}

static bool write_numeric_special(struct pg_writer *w, uint16_t sign)
{
    switch (sign) {
    case NUMERIC_NAN:
        pg_write(w, SLICE("NaN"));
        return true;
    case NUMERIC_INFINITY:
        pg_write(w, SLICE("Infinity"));
        return true;
    case NUMERIC_MINUS_INFINITY:
        pg_write(w, SLICE("-Infinity"));
        return true;
    default:
        return false;
    }
}

static unsigned digit_at(struct slice digits, int index)
{
    if (index < 0)
        return 0;
    struct reader r = reader_of(slice_part(digits, (size_t)index * 2, 2));
    return reader_be16(&r);
}

static void write_whole(struct pg_writer *w, struct slice digits, int weight)
{
    if (weight < 0)
        pg_write_byte(w, '0');
    for (int i = 0; i <= weight && !w->full; i++)
        pg_write_format(w, i == 0 ? "%u" : "%04u", digit_at(digits, i));
}

static void write_scale(struct pg_writer *w, struct slice digits, int weight, unsigned scale)
{
    if (scale)
        pg_write_byte(w, '.');
    for (unsigned written = 0; written < scale && !w->full; written += BASE_DIGITS) {
        char text[16];
        int at = weight + 1 + (int)(written / BASE_DIGITS);
        snprintf(text, sizeof text, "%04u", digit_at(digits, at));
        unsigned n = scale - written < BASE_DIGITS ? scale - written : BASE_DIGITS;
        pg_write(w, slice_make(text, n));
    }
}

void pg_write_numeric(struct pg_writer *w, struct reader *r)
{
    unsigned count = reader_be16(r);
    int weight = (int16_t)reader_be16(r);
    uint16_t sign = reader_be16(r);
    unsigned scale = reader_be16(r);
    struct slice digits = reader_bytes(r, count * 2u);
    if (!reader_ok(r) || scale > SCALE_MAX || (sign & 0x3fff && sign < NUMERIC_NAN))
        reader_fail(r);
    else if (!write_numeric_special(w, sign)) {
        if (sign == NUMERIC_NEGATIVE)
            pg_write_byte(w, '-');
        write_whole(w, digits, weight);
        write_scale(w, digits, weight, scale);
    }
}
