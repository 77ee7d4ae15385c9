/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The reader: every width against a guard page, the sticky error, nesting, varints.
 */
#include "base/buffer.h"
#include "base/reader.h"
#include "support/guard.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static uint64_t read_width(struct reader *r, unsigned kind)
{
    switch (kind) {
    case 0:
        return reader_u8(r);
    case 1:
        return reader_be16(r);
    case 2:
        return reader_le16(r);
    case 3:
        return reader_le24(r);
    case 4:
        return reader_be32(r);
    case 5:
        return reader_le32(r);
    case 6:
        return reader_be64(r);
    default:
        return reader_le64(r);
    }
}

static void widths(void **state)
{
    (void)state;
    static const struct {
        size_t bytes;
        uint64_t value;
    } want[] = {{1, 1},
                {2, 0x0102},
                {2, 0x0201},
                {3, 0x030201},
                {4, 0x01020304},
                {4, 0x04030201},
                {8, UINT64_C(0x0102030405060708)},
                {8, UINT64_C(0x0807060504030201)}};
    struct guard guard;
    guard_init(&guard, 16);
    for (unsigned kind = 0; kind < 8; kind++) {
        for (size_t len = 0; len <= 8; len++) {
            struct slice bytes = guard_place(&guard, slice_make("\1\2\3\4\5\6\7\10", len));
            struct reader r = reader_of(bytes);
            bool fits = len >= want[kind].bytes;
            assert_true(read_width(&r, kind) == (fits ? want[kind].value : 0));
            assert_int_equal(reader_ok(&r), fits);
            assert_int_equal(reader_left(&r), fits ? len - want[kind].bytes : 0);
        }
    }
    guard_release(&guard);
}

static void the_error_sticks(void **state)
{
    (void)state;
    struct reader r = reader_of(SLICE("\1\2\3"));
    assert_int_equal(reader_be32(&r), 0);
    assert_false(reader_ok(&r));
    assert_int_equal(reader_u8(&r), 0);
    assert_int_equal(reader_bytes(&r, 1).len, 0);
    assert_false(reader_ok(&r));
    struct reader nested = reader_nested(&r, 0);
    assert_false(reader_ok(&nested));
}

static void nested_cannot_leave(void **state)
{
    (void)state;
    struct reader r = reader_of(SLICE("abcdef"));
    struct reader inner = reader_nested(&r, 2);
    assert_int_equal(reader_left(&inner), 2);
    assert_true(slice_equal(reader_rest(&inner), SLICE("ab")));
    assert_int_equal(reader_u8(&inner), 0);
    assert_false(reader_ok(&inner));
    assert_int_equal(reader_u8(&r), 'c');
    assert_int_equal(reader_offset(&r), 3);
    struct reader beyond = reader_nested(&r, 4);
    assert_false(reader_ok(&beyond));
    assert_false(reader_ok(&r));
}

static void until(void **state)
{
    (void)state;
    struct reader r = reader_of(SLICE("ab\0\0cd"));
    assert_true(slice_equal(reader_cstring(&r), SLICE("ab")));
    assert_int_equal(reader_cstring(&r).len, 0);
    assert_true(reader_ok(&r));
    assert_int_equal(reader_cstring(&r).len, 0); /* not terminated */
    assert_false(reader_ok(&r));
    struct reader nothing = reader_of((struct slice){NULL, 0});
    assert_int_equal(reader_rest(&nothing).len, 0);
    assert_true(reader_ok(&nothing));
    reader_skip(&nothing, SIZE_MAX);
    assert_false(reader_ok(&nothing));
}

static void varints(void **state)
{
    (void)state;
    struct buffer b;
    buffer_init(&b, 100);
    for (unsigned bit = 0; bit < 64; bit++) {
        for (int less = 0; less < 2; less++) {
            uint64_t value = (UINT64_C(1) << bit) - (unsigned)less;
            buffer_reset(&b);
            buffer_append_varint(&b, value);
            struct reader r = reader_of(buffer_slice(&b));
            assert_true(reader_varint(&r) == value);
            assert_true(reader_ok(&r) && reader_left(&r) == 0);
            struct reader cut = reader_of(slice_part(buffer_slice(&b), 0, b.len - 1));
            assert_true(reader_varint(&cut) == 0);
            assert_false(reader_ok(&cut));
        }
    }
    buffer_release(&b);
    struct reader most = reader_of(SLICE("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"));
    assert_true(reader_varint(&most) == UINT64_MAX);
    struct reader over = reader_of(SLICE("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02"));
    assert_true(reader_varint(&over) == 0);
    assert_false(reader_ok(&over));
    struct reader endless = reader_of(SLICE("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"));
    (void)reader_varint(&endless);
    assert_false(reader_ok(&endless));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths),
        cmocka_unit_test(the_error_sticks),
        cmocka_unit_test(nested_cannot_leave),
        cmocka_unit_test(until),
        cmocka_unit_test(varints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
