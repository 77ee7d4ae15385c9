/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The bounded buffer and the arena: growth, the maximum, the sticky error.
 */
#include "base/arena.h"
#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void appends(void **state)
{
    (void)state;
    struct buffer b;
    buffer_init(&b, 1000);
    assert_string_equal(buffer_text(&b), "");
    buffer_append_text(&b, "ab");
    buffer_append_byte(&b, 'c');
    buffer_append(&b, NULL, 0);
    buffer_append_slice(&b, SLICE("de"));
    buffer_append_format(&b, "%d-%s", 7, "x");
    assert_string_equal(buffer_text(&b), "abcde7-x");
    buffer_reset(&b);
    buffer_append_le16(&b, 0x0102);
    buffer_append_le32(&b, 0x01020304);
    buffer_append_le64(&b, UINT64_C(0x0102030405060708));
    assert_int_equal(b.len, 14);
    assert_memory_equal(b.ptr, "\2\1\4\3\2\1\10\7\6\5\4\3\2\1", 14);
    buffer_release(&b);
    assert_null(b.ptr);
}

static void long_formats(void **state)
{
    (void)state;
    struct buffer b;
    char want[600];
    memset(want, 'x', sizeof want - 1);
    want[sizeof want - 1] = '\0';
    buffer_init(&b, sizeof want - 1); /* fits to the byte */
    buffer_append_format(&b, "%s", want);
    assert_int_equal(buffer_status(&b), STATUS_OK);
    assert_int_equal(b.len, sizeof want - 1);
    assert_string_equal(buffer_text(&b), want);
    buffer_reset(&b);
    buffer_append_format(&b, "%sy", want);
    assert_int_equal(buffer_status(&b), STATUS_LIMIT);
    assert_int_equal(b.len, 0);
    buffer_release(&b);
}

static void the_maximum(void **state)
{
    (void)state;
    struct buffer b;
    buffer_init(&b, 4);
    buffer_append_text(&b, "abcd");
    assert_int_equal(buffer_status(&b), STATUS_OK);
    buffer_append_byte(&b, 'e');
    assert_int_equal(buffer_status(&b), STATUS_LIMIT);
    buffer_consume(&b, 4);
    buffer_append_byte(&b, 'f'); /* the error sticks */
    assert_int_equal(b.len, 0);
    buffer_reset(&b);
    buffer_append_byte(&b, 'f');
    assert_string_equal(buffer_text(&b), "f");
    assert_null(buffer_reserve(&b, SIZE_MAX));
    buffer_release(&b);
}

static void reserve_and_consume(void **state)
{
    (void)state;
    struct buffer b;
    buffer_init(&b, 100);
    uint8_t *room = buffer_reserve(&b, 3);
    memcpy(room, "xyz", 3);
    buffer_extend(&b, 3);
    buffer_consume(&b, 1);
    assert_string_equal(buffer_text(&b), "yz");
    buffer_consume(&b, 50);
    assert_int_equal(b.len, 0);
    buffer_release(&b);
}

static void arena_gives_zeroed_aligned_memory(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t size = 0; size < 300; size++) {
        uint8_t *p = arena_alloc(&a, size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xFF, size);
    }
    arena_reset(&a);
    uint8_t *p = arena_alloc(&a, 100);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(p[i], 0);
    arena_release(&a);
}

static void arena_maximum(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1024);
    assert_non_null(arena_alloc(&a, 512));
    assert_non_null(arena_alloc(&a, 512));
    assert_null(arena_alloc(&a, 1));
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_null(arena_array(&a, SIZE_MAX / 2, 4));
    assert_int_equal(arena_copy(&a, SLICE("x")).len, 0);
    assert_null(arena_text(&a, SLICE("x")));
    assert_int_equal(a.refused, 5);
    arena_release(&a);
    assert_string_equal(arena_text(&a, SLICE("again")), "again");
    struct slice copy = arena_copy(&a, SLICE("copy"));
    assert_true(slice_equal(copy, SLICE("copy")));
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends),
        cmocka_unit_test(long_formats),
        cmocka_unit_test(the_maximum),
        cmocka_unit_test(reserve_and_consume),
        cmocka_unit_test(arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(arena_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
