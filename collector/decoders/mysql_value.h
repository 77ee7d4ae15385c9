/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Values of the binary protocol (prepared statements) in the server's text form.
 */
#ifndef COLLECTOR_DECODERS_MYSQL_VALUE_H
#define COLLECTOR_DECODERS_MYSQL_VALUE_H

#include "base/reader.h"

enum mysql_type {
    MYSQL_TYPE_DECIMAL = 0x00,
    MYSQL_TYPE_TINY = 0x01,
    MYSQL_TYPE_SHORT = 0x02,
    MYSQL_TYPE_LONG = 0x03,
    MYSQL_TYPE_FLOAT = 0x04,
    MYSQL_TYPE_DOUBLE = 0x05,
    MYSQL_TYPE_NULL = 0x06,
    MYSQL_TYPE_TIMESTAMP = 0x07,
    MYSQL_TYPE_LONGLONG = 0x08,
    MYSQL_TYPE_INT24 = 0x09,
    MYSQL_TYPE_DATE = 0x0a,
    MYSQL_TYPE_TIME = 0x0b,
    MYSQL_TYPE_DATETIME = 0x0c,
    MYSQL_TYPE_YEAR = 0x0d,
    MYSQL_TYPE_NEWDATE = 0x0e,
};

enum { MYSQL_VALUE_TEXT_MAX = 48 };

/* How a value's bytes are laid out. */
enum mysql_layout {
    MYSQL_LAYOUT_FIXED,   /* `size` bytes */
    MYSQL_LAYOUT_COUNTED, /* one byte of length, then so many: dates and times */
    MYSQL_LAYOUT_STRING,  /* a length-encoded string */
};
enum mysql_layout mysql_type_layout(uint8_t type, size_t *size);

/* Reads one value and gives its text: numbers, dates and times in `text`, strings as they stand in
 * the input. */
struct slice mysql_value(struct reader *r, uint8_t type, bool is_unsigned,
                         char text[MYSQL_VALUE_TEXT_MAX]);

/* The text of a value that is not a string, from its bytes (for the counted layout without the
 * length byte). */
struct slice mysql_value_text(struct slice bytes, uint8_t type, bool is_unsigned,
                              char text[MYSQL_VALUE_TEXT_MAX]);

#endif
