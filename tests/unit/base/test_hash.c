/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The hashes against published vectors: RFC 3720 B.4, RFC 7693 A, XXH3's empty input.
 */
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct slice nothing;

static void crc_vectors(void **state)
{
    (void)state;
    uint8_t zeros[32] = {0}, ones[32], rising[32];
    memset(ones, 0xFF, sizeof ones);
    for (size_t i = 0; i < sizeof rising; i++)
        rising[i] = (uint8_t)i;
    assert_int_equal(crc32c(0, slice_make(zeros, 32)), 0x8A9136AA);
    assert_int_equal(crc32c(0, slice_make(ones, 32)), 0x62A8AB43);
    assert_int_equal(crc32c(0, slice_make(rising, 32)), 0x46DD794E);
    assert_int_equal(crc32c(0, SLICE("123456789")), 0xE3069283);
    assert_int_equal(crc32c(0, nothing), 0);
}

static void crc_continues_and_agrees(void **state)
{
    (void)state;
    uint8_t bytes[100];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37 + 11);
    struct slice all = slice_make(bytes, sizeof bytes);
    uint32_t whole = crc32c(0, all);
    for (size_t cut = 0; cut <= all.len; cut++) {
        struct slice head = slice_part(all, 0, cut), tail = slice_part(all, cut, all.len);
        assert_int_equal(crc32c(crc32c(0, head), tail), whole);
        assert_int_equal(crc32c_portable(0, head), crc32c(0, head));
    }
}

static void blake2b_vectors(void **state)
{
    (void)state;
    static const uint8_t abc[8] = {0xBA, 0x80, 0xA5, 0x3F, 0x98, 0x1C, 0x4D, 0x0D};
    uint8_t whole[64], parts[64], keyed[64];
    blake2b(whole, 64, NULL, SLICE("abc"), nothing, nothing);
    assert_memory_equal(whole, abc, sizeof abc);
    blake2b(parts, 64, NULL, SLICE("a"), SLICE("b"), SLICE("c"));
    assert_memory_equal(parts, whole, sizeof whole);
    uint8_t key[32] = {1};
    blake2b(keyed, 64, key, SLICE("abc"), nothing, nothing);
    assert_memory_not_equal(keyed, whole, sizeof whole);
    blake2b(parts, 16, key, nothing, SLICE("abc"), nothing);
    assert_memory_not_equal(parts, keyed, 16); /* the length is part of the hash */
}

static void xxh3(void **state)
{
    (void)state;
    assert_true(hash64(nothing) == UINT64_C(0x2D06800538D394C2));
    assert_true(hash64(SLICE("a")) == hash64_seeded(SLICE("a"), 0));
    assert_true(hash64_seeded(SLICE("a"), 1) != hash64_seeded(SLICE("a"), 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc_vectors),
        cmocka_unit_test(crc_continues_and_agrees),
        cmocka_unit_test(blake2b_vectors),
        cmocka_unit_test(xxh3),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
