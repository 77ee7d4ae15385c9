/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Binary values of prepared statements in the server's text form.
 */
#include "collector/decoders/mysql_value.h"
#include "collector/decoders/mysql_wire.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct value_case {
    uint8_t type;
    bool is_unsigned;
    struct slice bytes;
    const char *text;
} cases[] = {
    {MYSQL_TYPE_TINY, false, {(const uint8_t *)"\xff", 1}, "-1"},
    {MYSQL_TYPE_TINY, true, {(const uint8_t *)"\xff", 1}, "255"},
    {MYSQL_TYPE_TINY, false, {(const uint8_t *)"\x80", 1}, "-128"},
    {MYSQL_TYPE_SHORT, false, {(const uint8_t *)"\x00\x80", 2}, "-32768"},
    {MYSQL_TYPE_YEAR, false, {(const uint8_t *)"\xea\x07", 2}, "2026"},
    {MYSQL_TYPE_LONG, false, {(const uint8_t *)"\x07\0\0\0", 4}, "7"},
    {MYSQL_TYPE_LONG, true, {(const uint8_t *)"\xff\xff\xff\xff", 4}, "4294967295"},
    {MYSQL_TYPE_INT24, false, {(const uint8_t *)"\xff\xff\xff\xff", 4}, "-1"},
    {MYSQL_TYPE_LONGLONG,
     false,
     {(const uint8_t *)"\0\0\0\0\0\0\0\x80", 8},
     "-9223372036854775808"},
    {MYSQL_TYPE_LONGLONG,
     true,
     {(const uint8_t *)"\xff\xff\xff\xff\xff\xff\xff\xff", 8},
     "18446744073709551615"},
    {MYSQL_TYPE_DOUBLE, false, {(const uint8_t *)"\0\0\0\0\0\0\xf8\x3f", 8}, "1.5"},
    {MYSQL_TYPE_DOUBLE, false, {(const uint8_t *)"\x9a\x99\x99\x99\x99\x99\xb9\xbf", 8}, "-0.1"},
    {MYSQL_TYPE_DOUBLE, false, {(const uint8_t *)"\x33\x33\x33\x33\x33\x33\xd3\x3f", 8}, "0.3"},
    {MYSQL_TYPE_DOUBLE, false, {(const uint8_t *)"\0\0\0\0\0\0\x24\x40", 8}, "10"},
    {MYSQL_TYPE_DOUBLE, false, {(const uint8_t *)"\0\0\0\0\0\0\0\0", 8}, "0"},
    {MYSQL_TYPE_DOUBLE, false, {(const uint8_t *)"\x40\x8c\xb5\x78\x1d\xaf\x15\x44", 8}, "1e20"},
    {MYSQL_TYPE_DOUBLE,
     false,
     {(const uint8_t *)"\x48\xaf\xbc\x9a\xf2\xd7\x7a\x3e", 8},
     "0.0000001"},
    {MYSQL_TYPE_FLOAT, false, {(const uint8_t *)"\xcd\xcc\xcc\x3d", 4}, "0.1"},
    {MYSQL_TYPE_FLOAT, false, {(const uint8_t *)"\0\0\x20\xc1", 4}, "-10"},
    {MYSQL_TYPE_DATE, false, {(const uint8_t *)"\x04\xea\x07\x0b\x15", 5}, "2026-11-21"},
    {MYSQL_TYPE_DATE, false, {(const uint8_t *)"\x00", 1}, "0000-00-00"},
    {MYSQL_TYPE_DATETIME,
     false,
     {(const uint8_t *)"\x04\xea\x07\x0b\x15", 5},
     "2026-11-21 00:00:00"},
    {MYSQL_TYPE_DATETIME,
     false,
     {(const uint8_t *)"\x07\xea\x07\x0b\x15\x0c\x22\x38", 8},
     "2026-11-21 12:34:56"},
    {MYSQL_TYPE_TIMESTAMP,
     false,
     {(const uint8_t *)"\x0b\xea\x07\x0b\x15\x0c\x22\x38\x01\0\0\0", 12},
     "2026-11-21 12:34:56.000001"},
    {MYSQL_TYPE_TIME, false, {(const uint8_t *)"\x00", 1}, "00:00:00"},
    {MYSQL_TYPE_TIME, false, {(const uint8_t *)"\x08\x01\x22\0\0\0\x16\x3b\x3b", 9}, "-838:59:59"},
    {MYSQL_TYPE_TIME,
     false,
     {(const uint8_t *)"\x0c\0\0\0\0\0\1\2\3\x40\xe2\1\0", 13},
     "01:02:03.123456"},
    {MYSQL_TYPE_NULL, false, {NULL, 0}, ""},
    {0xfd, false, {(const uint8_t *)"\5hello", 6}, "hello"},
    {0xf6, false, {(const uint8_t *)"\4-1.5", 5}, "-1.5"},
};

static void values_have_the_servers_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reader r = reader_of(cases[i].bytes);
        char text[MYSQL_VALUE_TEXT_MAX], shown[64];
        struct slice value = mysql_value(&r, cases[i].type, cases[i].is_unsigned, text);
        assert_true(reader_ok(&r));
        assert_int_equal(reader_left(&r), 0);
        assert_string_equal(slice_copy_text(value, shown, sizeof shown), cases[i].text);
    }
}

static void short_values_fail(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].bytes.len == 0)
            continue;
        struct reader r = reader_of(slice_part(cases[i].bytes, 0, cases[i].bytes.len - 1));
        char text[MYSQL_VALUE_TEXT_MAX];
        struct slice value = mysql_value(&r, cases[i].type, cases[i].is_unsigned, text);
        assert_false(reader_ok(&r));
        assert_int_equal(value.len, 0);
    }
}

static void lengths_are_encoded_in_one_to_nine_bytes(void **state)
{
    static const struct {
        struct slice bytes;
        uint64_t value;
        bool ok;
    } lengths[] = {
        {{(const uint8_t *)"\xfa", 1}, 250, true},
        {{(const uint8_t *)"\xfc\xfb\0", 3}, 251, true},
        {{(const uint8_t *)"\xfd\xff\xff\xff", 4}, 0xffffff, true},
        {{(const uint8_t *)"\xfe\0\0\0\1\0\0\0\0", 9}, 0x1000000, true},
        {{(const uint8_t *)"\xfb", 1}, 0, false},
        {{(const uint8_t *)"\xff", 1}, 0, false},
        {{(const uint8_t *)"\xfc\1", 2}, 0, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct reader r = reader_of(lengths[i].bytes);
        assert_int_equal(mysql_lenenc(&r), lengths[i].value);
        assert_int_equal(reader_ok(&r), lengths[i].ok);
    }
}

static void a_length_beyond_the_packet_fails(void **state)
{
    (void)state;
    struct reader r = reader_of(SLICE("\xfe\xff\xff\xff\xff\xff\xff\xff\xff"
                                      "x"));
    assert_int_equal(mysql_lenenc_bytes(&r).len, 0);
    assert_false(reader_ok(&r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_have_the_servers_text),
        cmocka_unit_test(short_values_fail),
        cmocka_unit_test(lengths_are_encoded_in_one_to_nine_bytes),
        cmocka_unit_test(a_length_beyond_the_packet_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
