/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Unpacking of content: gzip, zlib and raw deflate in any cut; bombs and damage are refused.
 */
#include "collector/unpack.h"

#include "base/buffer.h"
#include "support/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <zlib.h>

#include <cmocka.h>

static void on_output(void *context, struct slice plain)
{
    buffer_append_slice(context, plain);
}

static size_t pack(struct slice plain, int window, uint8_t *to, size_t size)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (z_const Bytef *)(uintptr_t)plain.ptr;
    z.avail_in = (uInt)plain.len;
    z.next_out = to;
    z.avail_out = (uInt)size;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return size - z.avail_out;
}

static void unpacks_each_wrapper_in_any_cut(void **state)
{
    (void)state;
    static const int windows[] = {15 + 16, 15, -15};
    struct slice plain = SLICE("id,name\n1,Customer 1\n2,Customer 2\n2,Customer 2\n");
    uint8_t packed[256];
    for (size_t w = 0; w < 3; w++) {
        size_t len = pack(plain, windows[w], packed, sizeof packed);
        for (size_t piece = 1; piece <= len; piece++) {
            struct buffer out;
            struct unpack *unpack = unpack_new();
            buffer_init(&out, 4096);
            enum status last = STATUS_OK;
            for (size_t at = 0; at < len; at += piece)
                last = unpack_feed(unpack, slice_part(slice_make(packed, len), at, piece),
                                   on_output, &out);
            assert_int_equal(last, STATUS_END);
            assert_true(slice_equal(buffer_slice(&out), plain));
            unpack_free(&unpack);
            buffer_release(&out);
        }
    }
}

static void on_count(void *context, struct slice plain)
{
    *(size_t *)context += plain.len;
}

static void a_bomb_is_stopped(void **state)
{
    (void)state;
    size_t plain_len = 64 << 20, packed_max = 1 << 20, total = 0;
    uint8_t *plain = calloc(1, plain_len), *packed = malloc(packed_max);
    assert_non_null(plain);
    assert_non_null(packed);
    size_t len = pack(slice_make(plain, plain_len), 15 + 16, packed, packed_max);
    struct unpack *unpack = unpack_new();
    assert_int_equal(unpack_feed(unpack, slice_make(packed, len), on_count, &total), STATUS_LIMIT);
    assert_true(total < plain_len / 4);
    assert_int_equal(unpack_feed(unpack, SLICE("more"), on_count, &total), STATUS_LIMIT);
    unpack_free(&unpack);
    free(plain);
    free(packed);
}

static void damage_is_said(void **state)
{
    (void)state;
    size_t total = 0;
    struct unpack *unpack = unpack_new();
    assert_int_equal(unpack_feed(unpack, SLICE("\x1f\x8b\x08\xff\xff garbage"), on_count, &total),
                     STATUS_MALFORMED);
    unpack_free(&unpack);
}

/* Streams one after the other; one that is damaged or a bomb does not harm the next. */
static void packets_are_unpacked_one_by_one(void **state)
{
    enum { BOMB = 32 << 20 };
    (void)state;
    uint8_t packed[65536];
    size_t plain = 0;
    uint8_t *zeros = calloc(1, BOMB);
    struct unpack *unpack = unpack_new_packets();
    assert_non_null(zeros);
    assert_non_null(unpack);
    size_t len = pack(slice_make(zeros, BOMB), 15, packed, sizeof packed);
    unpack_next(unpack);
    assert_int_equal(unpack_feed(unpack, slice_make(packed, len), on_count, &plain), STATUS_LIMIT);
    assert_true(plain <= UNPACK_FREE + UNPACK_RATIO_MAX * len + 16384);
    unpack_next(unpack);
    assert_int_equal(unpack_feed(unpack, SLICE("\x78\x9c\xff\xff"), on_count, &plain),
                     STATUS_MALFORMED);
    struct random random = random_start(1); /* what it sends makes up for the bomb */
    for (size_t i = 0; i < 400; i++)
        zeros[i] = (uint8_t)random_next(&random);
    len = pack(slice_make(zeros, 400), 15, packed, sizeof packed);
    unpack_next(unpack);
    unpack_feed(unpack, slice_make(packed, len), on_count, &plain);
    len = pack(SLICE("select 1"), 15, packed, sizeof packed);
    for (int i = 0; i < 3; i++) {
        plain = 0;
        unpack_next(unpack);
        for (size_t at = 0; at < len; at++)
            unpack_feed(unpack, slice_part(slice_make(packed, len), at, 1), on_count, &plain);
        assert_int_equal(unpack_feed(unpack, SLICE("x"), on_count, &plain), STATUS_END);
        assert_int_equal(plain, strlen("select 1"));
    }
    unpack_free(&unpack);
    free(zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unpacks_each_wrapper_in_any_cut),
        cmocka_unit_test(a_bomb_is_stopped),
        cmocka_unit_test(damage_is_said),
        cmocka_unit_test(packets_are_unpacked_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
