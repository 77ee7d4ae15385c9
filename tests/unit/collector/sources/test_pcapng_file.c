/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * pcapng files with interfaces that differ, in every byte order and block, whole and damaged.
 */
#include "base/buffer.h"
#include "base/clock.h"
#include "collector/sources/capture_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FILE_MAX = 4 << 20, SEEN_MAX = 16 };

static struct buffer file;
static bool big;

struct seen {
    struct packet packets[SEEN_MAX];
    char first[SEEN_MAX]; /* the first byte of each */
    size_t count;
    enum status ended;
    const char *what;
};

static int setup(void **state)
{
    (void)state;
    big = false;
    buffer_init(&file, FILE_MAX);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buffer_release(&file);
    return 0;
}

static void put_u16(uint16_t value)
{
    buffer_append_le16(&file, big ? __builtin_bswap16(value) : value);
}

static void put_u32(uint32_t value)
{
    buffer_append_le32(&file, big ? __builtin_bswap32(value) : value);
}

static void put_u64(uint64_t value)
{
    buffer_append_le64(&file, big ? __builtin_bswap64(value) : value);
}

static size_t begin(uint32_t type)
{
    put_u32(type);
    put_u32(0);
    return file.len - 8;
}

/* Pads the block and writes both its lengths. */
static void end(size_t start)
{
    while (file.len % 4)
        buffer_append_byte(&file, 0);
    uint32_t length = (uint32_t)(file.len - start) + 4;
    put_u32(length);
    uint32_t stored = big ? __builtin_bswap32(length) : length;
    memcpy(file.ptr + start + 4, &stored, 4);
}

static void put_section(void)
{
    size_t start = begin(0x0a0d0d0a);
    put_u32(0x1a2b3c4d);
    put_u16(1);
    put_u16(0);
    put_u64(UINT64_MAX);
    end(start);
}

static void put_interface(uint16_t link, uint32_t snap, uint8_t resolution, int64_t offset)
{
    size_t start = begin(1);
    put_u16(link);
    put_u16(0);
    put_u32(snap);
    put_u16(9);
    put_u16(1);
    buffer_append(&file, (const uint8_t[]){resolution, 0, 0, 0}, 4);
    put_u16(14);
    put_u16(8);
    put_u64((uint64_t)offset);
    put_u32(0); /* the end of the options */
    end(start);
}

static void put_enhanced(uint32_t interface, uint64_t stamp, const char *text)
{
    size_t start = begin(6);
    put_u32(interface);
    put_u32((uint32_t)(stamp >> 32));
    put_u32((uint32_t)stamp);
    put_u32((uint32_t)strlen(text));
    put_u32((uint32_t)strlen(text) + 2);
    buffer_append_text(&file, text);
    end(start);
}

static void put_obsolete(uint16_t interface, uint64_t stamp, const char *text)
{
    size_t start = begin(2);
    put_u16(interface);
    put_u16(7); /* drops */
    put_u32((uint32_t)(stamp >> 32));
    put_u32((uint32_t)stamp);
    put_u32((uint32_t)strlen(text));
    put_u32((uint32_t)strlen(text));
    buffer_append_text(&file, text);
    end(start);
}

static void put_simple(uint32_t wire, const char *text)
{
    size_t start = begin(3);
    put_u32(wire);
    buffer_append_text(&file, text);
    end(start);
}

struct cursor {
    struct slice left;
    size_t step; /* the most that one read gives */
};

static ssize_t read_step(void *cookie, void *to, size_t size)
{
    struct cursor *cursor = cookie;
    size_t n = cursor->left.len < size ? cursor->left.len : size;
    n = n < cursor->step ? n : cursor->step;
    if (n)
        memcpy(to, cursor->left.ptr, n);
    cursor->left = slice_part(cursor->left, n, cursor->left.len);
    return (ssize_t)n;
}

static void read_file(struct slice bytes, size_t step, struct seen *seen)
{
    struct cursor cursor = {bytes, step};
    struct capture_input input;
    void *state = calloc(1, pcapng_format.state_size);
    *seen = (struct seen){0};
    assert_true(state && capture_input_init(&input, read_step, &cursor));
    assert_true(pcapng_format.is(slice_part(bytes, 0, 4)));
    seen->ended = pcapng_format.open(state, &input);
    struct packet packet;
    while (seen->ended == STATUS_OK &&
           (seen->ended = pcapng_format.next(state, &input, &packet)) == STATUS_OK) {
        assert_true(seen->count < SEEN_MAX);
        seen->first[seen->count] = packet.bytes.len ? (char)packet.bytes.ptr[0] : 0;
        seen->packets[seen->count++] = packet;
    }
    seen->what = input.what;
    free(state);
    capture_input_release(&input);
}

static void read_all(struct seen *seen)
{
    read_file(buffer_slice(&file), SIZE_MAX, seen);
}

static void expect(const struct packet *packet, size_t len, size_t wire, uint32_t link,
                   int64_t time_ns)
{
    assert_int_equal(packet->bytes.len, len);
    assert_int_equal(packet->wire_len, wire);
    assert_int_equal(packet->link, link);
    assert_int_equal(packet->time_ns, time_ns);
}

static void put_mixed(void)
{
    put_section();
    put_interface(LINK_ETHERNET, 0, 6, 0);
    put_interface(LINK_SLL2, 96, 9, 0);
    put_interface(LINK_RAW, 65535, 0x80 | 20, -10);
    put_interface(12, 65535, 0, 5);
    put_interface(LINK_SLL, 65535, 12, 0);
    put_enhanced(0, UINT64_C(1795000000123456), "a");
    put_enhanced(1, UINT64_C(1795000000123456789), "bb");
    put_enhanced(2, (UINT64_C(1795000000) << 20) + (1 << 19), "ccc");
    put_obsolete(3, 1795000000, "dddd");
    put_enhanced(4, UINT64_C(1795000000123456789), "eeeee");
    put_simple(9, "ffffff");
}

/* Interfaces whose link types, snap lengths, resolutions and offsets differ. */
static void test_interfaces_differ(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct seen seen;
        buffer_reset(&file);
        big = order;
        put_mixed();
        read_all(&seen);
        assert_int_equal(seen.ended, STATUS_END);
        assert_int_equal(seen.count, 6);
        expect(&seen.packets[0], 1, 3, LINK_ETHERNET, INT64_C(1795000000123456000));
        expect(&seen.packets[1], 2, 4, LINK_SLL2, INT64_C(1795000000123456789));
        expect(&seen.packets[2], 3, 5, LINK_RAW, INT64_C(1794999990500000000));
        expect(&seen.packets[3], 4, 4, LINK_RAW, INT64_C(1795000005000000000));
        expect(&seen.packets[4], 5, 7, LINK_SLL, INT64_C(1795000000123456));
        expect(&seen.packets[5], 8, 9, LINK_ETHERNET, INT64_C(1795000000123456));
        assert_memory_equal(seen.first, "abcdef", 6);
    }
}

/* However few bytes a read gives, the packets are the same. */
static void test_small_reads(void **state)
{
    (void)state;
    put_mixed();
    for (size_t step = 1; step < 40; step++) {
        struct seen seen;
        read_file(buffer_slice(&file), step, &seen);
        assert_int_equal(seen.ended, STATUS_END);
        assert_int_equal(seen.count, 6);
        assert_memory_equal(seen.first, "abcdef", 6);
    }
}

/* A section forgets the interfaces of the one before, and may be of the other byte order. */
static void test_sections(void **state)
{
    (void)state;
    struct seen seen;
    put_section();
    put_interface(LINK_ETHERNET, 0, 6, 0);
    put_enhanced(0, 1, "a");
    big = true;
    put_section();
    put_interface(LINK_RAW, 0, 6, 0);
    put_enhanced(0, 2, "b");
    put_section();
    put_enhanced(0, 3, "c");
    read_all(&seen);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.packets[1].link, LINK_RAW);
    assert_int_equal(seen.ended, STATUS_MALFORMED);
    assert_non_null(strstr(seen.what, "interface that was not described"));
}

/* The snap length cuts a simple packet, which does not tell its own. */
static void test_simple_packet_is_cut(void **state)
{
    (void)state;
    struct seen seen;
    put_section();
    put_interface(LINK_ETHERNET, 5, 6, 0);
    put_simple(100, "fffff");
    read_all(&seen);
    assert_int_equal(seen.count, 1);
    expect(&seen.packets[0], 5, 100, LINK_ETHERNET, 0);
}

static void test_other_blocks_of_any_length(void **state)
{
    (void)state;
    struct seen seen;
    put_section();
    size_t start = begin(0x0bad);
    for (size_t i = 0; i < 2500000 / 8; i++)
        put_u64(i);
    end(start);
    put_interface(LINK_ETHERNET, 0, 6, 0);
    put_enhanced(0, 1, "a");
    read_all(&seen);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.ended, STATUS_END);
}

/* Wherever the file is cut, whole packets come; only between blocks is there no error. */
static void test_every_truncation(void **state)
{
    (void)state;
    struct seen whole;
    put_mixed();
    read_all(&whole);
    size_t last = 0;
    for (size_t len = 28; len <= file.len; len++) {
        struct seen seen;
        read_file(slice_make(file.ptr, len), SIZE_MAX, &seen);
        assert_true(seen.ended == STATUS_END || seen.ended == STATUS_TRUNCATED);
        assert_true(seen.count >= last);
        assert_memory_equal(seen.first, whole.first, seen.count);
        last = seen.count;
    }
    assert_int_equal(last, 6);
}

static void expect_malformed(const char *what)
{
    struct seen seen;
    read_all(&seen);
    assert_int_equal(seen.ended, STATUS_MALFORMED);
    assert_non_null(strstr(seen.what, what));
}

static void test_hostile_lengths(void **state)
{
    (void)state;
    static const struct {
        uint32_t length;
        const char *what;
    } cases[] = {{0, "impossible length"},
                 {8, "impossible length"},
                 {37, "impossible length"},
                 {2 << 20, "longer than packets can be"},
                 {0xfffffffc, "longer than packets can be"}};
    put_section();
    put_interface(LINK_ETHERNET, 0, 6, 0);
    size_t at = file.len;
    put_enhanced(0, 1, "a");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memcpy(file.ptr + at + 4, &cases[i].length, 4);
        expect_malformed(cases[i].what);
    }
    memcpy(file.ptr + at + 4, (const uint32_t[]){36}, 4);
    memcpy(file.ptr + at + 20, (const uint32_t[]){5}, 4);
    expect_malformed("longer than its block");
    memcpy(file.ptr + at + 20, (const uint32_t[]){1}, 4);
    file.ptr[file.len - 4] = 40;
    expect_malformed("two lengths differ");
}

static void test_impossible_times(void **state)
{
    (void)state;
    put_section();
    put_interface(LINK_ETHERNET, 0, 0, 0);
    put_enhanced(0, UINT64_MAX, "a");
    expect_malformed("time is out of range");
    buffer_reset(&file);
    put_section();
    put_interface(LINK_ETHERNET, 0, 6, INT64_MAX);
    put_enhanced(0, UINT64_MAX, "a");
    expect_malformed("time is out of range");
    for (int code = 0; code < 256; code++) {
        struct seen seen;
        bool possible = code <= 19 || (code >= 128 && code < 128 + 64);
        buffer_reset(&file);
        put_section();
        put_interface(LINK_ETHERNET, 0, (uint8_t)code, 0);
        read_all(&seen);
        assert_int_equal(seen.ended, possible ? STATUS_END : STATUS_MALFORMED);
    }
}

static void test_too_many_interfaces(void **state)
{
    (void)state;
    struct seen seen;
    put_section();
    for (int i = 0; i < 4097; i++)
        put_interface(LINK_ETHERNET, 0, 6, 0);
    read_all(&seen);
    assert_int_equal(seen.ended, STATUS_LIMIT);
}

#define WITH_FILE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FILE(test_interfaces_differ),
        WITH_FILE(test_small_reads),
        WITH_FILE(test_sections),
        WITH_FILE(test_simple_packet_is_cut),
        WITH_FILE(test_every_truncation),
        WITH_FILE(test_other_blocks_of_any_length),
        WITH_FILE(test_hostile_lengths),
        WITH_FILE(test_impossible_times),
        WITH_FILE(test_too_many_interfaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
