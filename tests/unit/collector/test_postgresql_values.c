/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * PostgreSQL's binary values as text. The texts are PostgreSQL 15's own.
 */
#include "collector/decoders/postgresql_values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const struct {
    uint32_t oid;
    struct slice binary;
    const char *text;
} rows[] = {
    {16, SLICE("\1"), "t"},
    {16, SLICE("\0"), "f"},
    {17, SLICE("\0\1\2\xff"), "\\x000102ff"},
    {17, SLICE(""), "\\x"},
    {21, SLICE("\x80\0"), "-32768"},
    {23, SLICE("\xff\xff\xff\xfb"), "-5"},
    {20, SLICE("\0\0\x70\x48\x86\x0d\xdf\x79"), "123456789012345"},
    {26, SLICE("\xff\xff\xff\xff"), "4294967295"},
    {25, SLICE("plain 'text'"), "plain 'text'"},
    {1043, SLICE(""), ""},
    {700, SLICE("\x3f\xc0\0\0"), "1.5"},
    {700, SLICE("\x49\x74\x24\0"), "1e+06"},
    {700, SLICE("\x3d\xcc\xcc\xcd"), "0.1"},
    {701, SLICE("\x40\x58\xe0\0\0\0\0\0"), "99.5"},
    {701, SLICE("\x3f\xb9\x99\x99\x99\x99\x99\x9a"), "0.1"},
    {701, SLICE("\0\0\0\0\0\0\0\0"), "0"},
    {701, SLICE("\x80\0\0\0\0\0\0\0"), "-0"},
    {701, SLICE("\x7f\xf8\0\0\0\0\0\0"), "NaN"},
    {701, SLICE("\xff\xf0\0\0\0\0\0\0"), "-Infinity"},
    {701, SLICE("\x43\x0c\x6b\xf5\x26\x34\0\0"), "1e+15"},
    {701, SLICE("\x3e\xe4\xf8\xb5\x88\xe3\x68\xf1"), "1e-05"},
    {701, SLICE("\x3f\x50\x62\x4d\xd2\xf1\xa9\xfc"), "0.001"},
    {701, SLICE("\x43\x6d\xc8\x3f\xf6\xb4\xcb\xe2"), "6.7063610977181456e+16"},
    {1700, SLICE("\0\2\0\0\0\0\0\2\0\x0c\x0d\x48"), "12.34"},
    {1700, SLICE("\0\2\0\1\x40\0\0\0\0\1\x09\x29"), "-12345"},
    {1700, SLICE("\0\1\xff\xff\0\0\0\4\0\1"), "0.0001"},
    {1700, SLICE("\0\0\0\0\0\0\0\2"), "0.00"},
    {1700, SLICE("\0\1\0\2\0\0\0\0\0\1"), "100000000"},
    {1700, SLICE("\0\0\0\0\xc0\0\0\0"), "NaN"},
    {1082, SLICE("\0\0\x26\x5d"), "2026-11-21"},
    {1082, SLICE("\xff\xf4\xdb\xf8"), "0001-12-31 BC"},
    {1082, SLICE("\x7f\xff\xff\xff"), "infinity"},
    {1083, SLICE("\0\0\0\x0c\x80\x9e\xd3\x60"), "14:54:57.5"},
    {1266, SLICE("\0\0\0\x0a\x99\xdb\xec\xc0\xff\xff\xb2\x6c"), "12:38:51+05:31"},
    {1114, SLICE("\0\0\0\0\0\0\0\0"), "2000-01-01 00:00:00"},
    {1114, SLICE("\xff\xff\xff\xff\xff\xff\xff\xff"), "1999-12-31 23:59:59.999999"},
    {1184, SLICE("\0\0\0\0\0\x0f\x42\x40"), "2000-01-01 00:00:01+00"},
    {1184, SLICE("\x80\0\0\0\0\0\0\0"), "-infinity"},
    {1186, SLICE("\0\0\0\3\x6c\x97\xca\x88\0\0\0\3\0\0\0\x0e"),
     "1 year 2 mons 3 days 04:05:06.789"},
    {1186, SLICE("\0\0\0\1\xad\x27\x48\0\xff\xff\xff\xff\0\0\0\0"), "-1 days +02:00:00"},
    {1186, SLICE("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "00:00:00"},
    {2950, SLICE("\xa0\xee\xbc\x99\x9c\x0b\x4e\xf8\xbb\x6d\x6b\xb9\xbd\x38\x0a\x11"),
     "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
    {114, SLICE("{\"a\":1}"), "{\"a\":1}"},
    {3802, SLICE("\1{\"a\": 1}"), "{\"a\": 1}"},
    {869, SLICE("\2\x20\0\4\x0a\x4d\0\x0a"), "10.77.0.10"},
    {650, SLICE("\2\x18\1\4\x0a\x4d\0\0"), "10.77.0.0/24"},
    {869, SLICE("\3\x80\0\x10\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1"), "2001:db8::1"},
    {1007,
     SLICE("\0\0\0\1\0\0\0\1\0\0\0\x17\0\0\0\3\0\0\0\1\0\0\0\4\0\0\0\1\xff\xff\xff\xff\0\0\0\4"
           "\xff\xff\xff\xff"),
     "{1,NULL,-1}"},
    {1009,
     SLICE("\0\0\0\1\0\0\0\0\0\0\0\x19\0\0\0\4\0\0\0\1\0\0\0\1x\0\0\0\0\0\0\0\3"
           "a\"b\0\0\0\4null"),
     "{x,\"\",\"a\\\"b\",\"null\"}"},
    {1007,
     SLICE("\0\0\0\2\0\0\0\0\0\0\0\x17\0\0\0\2\0\0\0\1\0\0\0\2\0\0\0\1\0\0\0\4\0\0\0\1\0\0\0\4"
           "\0\0\0\2\0\0\0\4\0\0\0\3\0\0\0\4\0\0\0\4"),
     "{{1,2},{3,4}}"},
    {1007, SLICE("\0\0\0\1\0\0\0\0\0\0\0\x17\0\0\0\1\0\0\0\0\0\0\0\4\0\0\0\7"), "[0:0]={7}"},
    {1007, SLICE("\0\0\0\0\0\0\0\0\0\0\0\x17"), "{}"},
    /* Not known, or not a value of its type: hexadecimal. */
    {0, SLICE("\1\2"), "\\x0102"},
    {600, SLICE("\1\2"), "\\x0102"},
    {23, SLICE("\1\2"), "\\x0102"},
    {23, SLICE("\0\0\0\1\0"), "\\x0000000100"},
    {1700, SLICE("\xff\xff\0\0\0\0\0\0"), "\\xffff000000000000"},
    {1007, SLICE("\0\0\0\1\0\0\0\0\0\0\0\x17\xff\xff\xff\xff\0\0\0\1"),
     "\\x000000010000000000000017ffffffff00000001"},
    {1007, SLICE("\0\0\0\2\0\0\0\0\0\0\0\x17\0\1\0\0\0\0\0\1\0\1\0\0\0\0\0\1"),
     "\\x00000002000000000000001700010000000000010001000000000001"},
};

static void gives_the_servers_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena;
        struct slice text;
        char got[128];
        arena_init(&arena, 1 << 20);
        assert_true(pg_value_text(rows[i].oid, rows[i].binary, &arena, &text));
        slice_copy_text(text, got, sizeof got);
        assert_string_equal(got, rows[i].text);
        arena_release(&arena);
    }
}

static void says_when_there_is_no_room(void **state)
{
    (void)state;
    struct arena arena;
    struct slice text;
    uint8_t bytes[4096] = {0};
    arena_init(&arena, 1024);
    assert_false(pg_value_text(17, slice_make(bytes, sizeof bytes), &arena, &text));
    assert_int_equal(text.len, 0);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_servers_text),
        cmocka_unit_test(says_when_there_is_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
