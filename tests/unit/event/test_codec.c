/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The binary form: every field there and back, and what hostile or newer frames may do.
 */
#include "sample_event.h"

#include "base/hash.h"
#include "event/codec.h"
#include "support/guard.h"
#include "support/random.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct buffer frame;
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    buffer_init(&frame, 8 << 20);
    arena_init(&arena, 16 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buffer_release(&frame);
    arena_release(&arena);
    return 0;
}

static enum status decode(struct slice bytes, struct event *e)
{
    struct reader r = reader_of(bytes);
    return event_decode(&r, e, &arena);
}

/* A frame around any body. */
static struct slice frame_around(struct slice body)
{
    buffer_reset(&frame);
    buffer_append_byte(&frame, EVENT_FRAME_MAGIC);
    buffer_append_byte(&frame, EVENT_FRAME_VERSION);
    buffer_append_le32(&frame, (uint32_t)body.len);
    buffer_append_slice(&frame, body);
    buffer_append_le32(&frame, crc32c(0, buffer_slice(&frame)));
    return buffer_slice(&frame);
}

static enum status decode_body(struct slice body, struct event *e)
{
    return decode(frame_around(body), e);
}

static void there_and_back(const struct event *e)
{
    struct event back;
    buffer_reset(&frame);
    assert_int_equal(event_encode(&frame, e, EVENT_ENCODE_numbers), STATUS_OK);
    assert_int_equal(decode(buffer_slice(&frame), &back), STATUS_OK);
    sample_assert_equal(e, &back);
}

static void every_field_comes_back(void **state)
{
    (void)state;
    there_and_back(&(struct event){0});
    for (unsigned row = 0; row < sample_rows(); row++) {
        struct event e = {0};
        sample_fill(&e, row);
        there_and_back(&e);
    }
    struct event small = sample_small(), full = sample_full();
    there_and_back(&small);
    full.clear = (struct slice){NULL, 0};
    full.params = NULL;
    full.param_count = 0;
    there_and_back(&full);
}

static void every_field_is_in_the_full_frame(void **state)
{
    (void)state;
    struct event full = sample_full();
    full.clear = (struct slice){NULL, 0};
    assert_int_equal(event_encode(&frame, &full, EVENT_ENCODE_numbers), STATUS_OK);
    size_t all = frame.len;
    for (unsigned row = 0; row < sample_rows(); row++) {
        struct event e = {0};
        for (unsigned other = 0; other < sample_rows(); other++)
            if (other != row)
                sample_fill(&e, other);
        buffer_reset(&frame);
        assert_int_equal(event_encode(&frame, &e, EVENT_ENCODE_numbers), STATUS_OK);
        /* keys and numbers fill the same member; time is always there */
        assert_true(frame.len < all || row == 0 || row == 25 || row == 26);
    }
}

static bool holds(struct slice bytes, struct slice part)
{
    return memmem(bytes.ptr, bytes.len, part.ptr, part.len) != NULL;
}

static void clear_text_and_params_are_never_encoded(void **state)
{
    (void)state;
    struct event e = sample_full();
    e.clear = SLICE("select SECRETLITERAL");
    const struct event_param param = {false, SLICE("BOUNDSECRET")};
    e.params = &param;
    e.param_count = 1;
    assert_int_equal(event_encode(&frame, &e, EVENT_ENCODE_numbers), STATUS_OK);
    assert_false(holds(buffer_slice(&frame), SLICE("SECRET")));
    assert_true(holds(buffer_slice(&frame), e.statement));
}

static void numbers_are_encoded_on_request_only(void **state)
{
    (void)state;
    struct event e = sample_full(), back;
    assert_int_equal(event_encode(&frame, &e, 0), STATUS_OK);
    assert_int_equal(decode(buffer_slice(&frame), &back), STATUS_OK);
    assert_int_equal(back.key_count, e.key_count);
    for (size_t i = 0; i < back.key_count; i++)
        assert_false(back.keys[i].has_number);
}

static void frames_follow_each_other(void **state)
{
    (void)state;
    struct event small = sample_small(), full = sample_full(), e;
    event_encode(&frame, &small, 0);
    event_encode(&frame, &full, 0);
    struct reader r = reader_of(buffer_slice(&frame));
    assert_int_equal(event_decode(&r, &e, &arena), STATUS_OK);
    assert_true(slice_equal(e.account, small.account));
    struct slice second;
    assert_int_equal(event_frame_next(&r, &second), STATUS_OK);
    assert_int_equal(event_decode(&r, &e, &arena), STATUS_END);
    assert_int_equal(decode(second, &e), STATUS_OK);
    assert_true(slice_equal(e.account, full.account));
}

static void every_prefix_is_truncated(void **state)
{
    (void)state;
    struct guard guard;
    guard_init(&guard, 4096);
    struct event full = sample_full(), e;
    event_encode(&frame, &full, EVENT_ENCODE_numbers);
    assert_int_equal(decode(guard_place(&guard, slice_part(buffer_slice(&frame), 0, 0)), &e),
                     STATUS_END);
    for (size_t len = 1; len < frame.len; len++) {
        struct slice cut = guard_place(&guard, slice_part(buffer_slice(&frame), 0, len));
        assert_int_equal(decode(cut, &e), STATUS_TRUNCATED);
    }
    guard_release(&guard);
}

static void every_flipped_bit_is_found(void **state)
{
    (void)state;
    struct event full = sample_full(), e;
    event_encode(&frame, &full, EVENT_ENCODE_numbers);
    for (size_t bit = 0; bit < frame.len * 8; bit++) {
        frame.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(decode(buffer_slice(&frame), &e), STATUS_OK);
        frame.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(decode(buffer_slice(&frame), &e), STATUS_OK);
}

static void another_version_and_another_magic_are_told_apart(void **state)
{
    (void)state;
    struct event small = sample_small(), e;
    event_encode(&frame, &small, 0);
    frame.ptr[1] = EVENT_FRAME_VERSION + 1;
    assert_int_equal(decode(buffer_slice(&frame), &e), STATUS_VERSION);
    frame.ptr[1] = 0;
    assert_int_equal(decode(buffer_slice(&frame), &e), STATUS_VERSION);
    frame.ptr[0] = '{';
    assert_int_equal(decode(buffer_slice(&frame), &e), STATUS_CORRUPT);
    assert_int_equal(decode(SLICE("\xd7\x01\xff\xff\xff\xff"), &e), STATUS_CORRUPT);
}

static void fields_of_later_versions_are_passed_over(void **state)
{
    (void)state;
    struct buffer body;
    struct event small = sample_small(), e;
    buffer_init(&body, 1 << 16);
    event_encode(&frame, &small, 0);
    struct slice own = slice_part(buffer_slice(&frame), EVENT_FRAME_HEADER,
                                  frame.len - EVENT_FRAME_HEADER - EVENT_FRAME_TRAILER);
    buffer_append_slice(&body, own);
    buffer_append_varint(&body, 900 << 2 | 0);
    buffer_append_varint(&body, UINT64_MAX);
    buffer_append_varint(&body, 901 << 2 | 1);
    buffer_append_le64(&body, 1);
    buffer_append_varint(&body, 4000 << 2 | 2);
    buffer_append_varint(&body, 5);
    buffer_append_text(&body, "later");
    assert_int_equal(decode_body(buffer_slice(&body), &e), STATUS_OK);
    sample_assert_equal(&small, &e);
    buffer_release(&body);
}

static void enumerators_of_later_versions_become_other(void **state)
{
    (void)state;
    struct event e;
    /* time 0, action 100, outcome 9, gaps with bits beyond */
    struct slice body = SLICE("\x05\0\0\0\0\0\0\0\0"
                              "\x3c\x64"
                              "\x58\x09"
                              "\x70\x81\x80\x04");
    assert_int_equal(decode_body(body, &e), STATUS_OK);
    assert_int_equal(e.action, EVENT_ACTION_other);
    assert_int_equal(e.outcome, EVENT_OUTCOME_unknown);
    assert_int_equal(e.gaps, EVENT_GAP_encrypted);
}

static void bodies_that_are_not_events_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        struct slice body;
    } cases[] = {
        {"time as varint", {(const uint8_t *)"\x04\x01", 2}},
        {"wire type 3", {(const uint8_t *)"\x07\x01", 2}},
        {"id 0", {(const uint8_t *)"\x00\x01", 2}},
        {"twice the same field", {(const uint8_t *)"\x1c\x01\x1c\x01", 4}},
        {"ids that descend", {(const uint8_t *)"\x20\x01\x1c\x01", 4}},
        {"text beyond the body",
         {(const uint8_t *)"\x2e\x05"
                           "abc",
          5}},
        {"length of 2^63", {(const uint8_t *)"\x2e\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11}},
        {"varint without end",
         {(const uint8_t *)"\x1c\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12}},
        {"seq above 2^63", {(const uint8_t *)"\x1c\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11}},
        {"part above 2^32", {(const uint8_t *)"\x20\x80\x80\x80\x80\x10", 6}},
        {"address family 5", {(const uint8_t *)"\x26\x03\x05\0\0", 5}},
        {"address too long", {(const uint8_t *)"\x26\x04\x00\0\0\0", 6}},
        {"IPv4 too short", {(const uint8_t *)"\x26\x05\x04\x01\x02\0\0", 7}},
        {"no objects", {(const uint8_t *)"\x4a\x01\x00", 3}},
        {"65 objects", {(const uint8_t *)"\x4a\x02\x41\0", 4}},
        {"columns that are not there", {(const uint8_t *)"\x4a\x04\x01\0\x09\0", 6}},
        {"bytes behind the objects", {(const uint8_t *)"\x4a\x04\x01\0\0\0", 6}},
        {"classes too short", {(const uint8_t *)"\x62\x03\x01\x01\x01", 5}},
        {"half a key",
         {(const uint8_t *)"\x6a\x08"
                           "12345678",
          10}},
        {"numbers without keys", {(const uint8_t *)"\x6e\x0a\0\x01\0\0\0\0\0\0\0\0", 12}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct event e;
        enum status status = decode_body(cases[i].body, &e);
        if (status != STATUS_MALFORMED)
            print_error("%s: %s\n", cases[i].what, status_text(status));
        assert_int_equal(status, STATUS_MALFORMED);
    }
}

/* Hostile writers know the checksum too. */
static void mutated_bodies_do_no_harm(void **state)
{
    (void)state;
    struct random random = random_start(4711);
    struct guard guard;
    guard_init(&guard, 4096);
    struct event full = sample_full(), e;
    event_encode(&frame, &full, EVENT_ENCODE_numbers);
    uint8_t body[2048];
    size_t len = frame.len - EVENT_FRAME_HEADER - EVENT_FRAME_TRAILER;
    assert_true(len < sizeof body);
    uint8_t own[2048];
    memcpy(own, frame.ptr + EVENT_FRAME_HEADER, len);
    unsigned ok = 0, refused = 0;
    for (int i = 0; i < 20000; i++) {
        memcpy(body, own, len);
        for (size_t k = 1 + random_below(&random, 4); k > 0; k--)
            body[random_below(&random, len)] = (uint8_t)random_next(&random);
        struct slice bytes = frame_around(slice_make(body, len));
        enum status status = decode(guard_place(&guard, bytes), &e);
        assert_true(status == STATUS_OK || status == STATUS_MALFORMED);
        *(status == STATUS_OK ? &ok : &refused) += 1;
        arena_reset(&arena);
    }
    assert_true(ok > 0 && refused > 0);
    guard_release(&guard);
}

static void arrays_beyond_the_maxima_are_cut_and_say_so(void **state)
{
    (void)state;
    static struct event_object objects[EVENT_MAX_OBJECTS + 1];
    static struct slice columns[EVENT_MAX_COLUMNS + 1];
    static struct event_subject keys[EVENT_MAX_KEYS + 1];
    objects[0].columns = columns;
    struct event e = {.objects = objects, .object_count = EVENT_MAX_OBJECTS + 1}, back;
    event_encode(&frame, &e, 0);
    assert_int_equal(decode(buffer_slice(&frame), &back), STATUS_OK);
    assert_int_equal(back.object_count, EVENT_MAX_OBJECTS);
    assert_int_equal(back.gaps, EVENT_GAP_limit);

    objects[0].column_count = EVENT_MAX_COLUMNS + 1;
    e = (struct event){.objects = objects, .object_count = 1};
    buffer_reset(&frame);
    event_encode(&frame, &e, 0);
    assert_int_equal(decode(buffer_slice(&frame), &back), STATUS_OK);
    assert_int_equal(back.objects[0].column_count, EVENT_MAX_COLUMNS);
    assert_int_equal(back.gaps, EVENT_GAP_limit);

    e = (struct event){.keys = keys, .key_count = EVENT_MAX_KEYS + 1};
    buffer_reset(&frame);
    event_encode(&frame, &e, 0);
    assert_int_equal(decode(buffer_slice(&frame), &back), STATUS_OK);
    assert_int_equal(back.key_count, EVENT_MAX_KEYS);
    assert_int_equal(back.gaps, EVENT_GAP_limit);
}

static void what_is_too_large_leaves_the_buffer_as_it_was(void **state)
{
    (void)state;
    static uint8_t large[EVENT_FRAME_MAX];
    struct event e = sample_small();
    e.statement = slice_make(large, sizeof large);
    buffer_append_text(&frame, "before");
    assert_int_equal(event_encode(&frame, &e, 0), STATUS_LIMIT);
    assert_int_equal(frame.len, 6);
    e = sample_small();
    frame.max = 100;
    assert_int_equal(event_encode(&frame, &e, 0), STATUS_LIMIT);
    assert_int_equal(frame.len, 6);
}

static void an_arena_too_small_is_told(void **state)
{
    (void)state;
    struct event full = sample_full(), e;
    struct arena small;
    arena_init(&small, 64);
    event_encode(&frame, &full, 0);
    struct reader r = reader_of(buffer_slice(&frame));
    assert_int_equal(event_decode(&r, &e, &small), STATUS_NO_MEMORY);
    assert_int_equal(event_decode(&r, &e, &small), STATUS_END);
    arena_release(&small);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_field_comes_back),
        TEST(every_field_is_in_the_full_frame),
        TEST(clear_text_and_params_are_never_encoded),
        TEST(numbers_are_encoded_on_request_only),
        TEST(frames_follow_each_other),
        TEST(every_prefix_is_truncated),
        TEST(every_flipped_bit_is_found),
        TEST(another_version_and_another_magic_are_told_apart),
        TEST(fields_of_later_versions_are_passed_over),
        TEST(enumerators_of_later_versions_become_other),
        TEST(bodies_that_are_not_events_are_refused),
        TEST(mutated_bodies_do_no_harm),
        TEST(arrays_beyond_the_maxima_are_cut_and_say_so),
        TEST(what_is_too_large_leaves_the_buffer_as_it_was),
        TEST(an_arena_too_small_is_told),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
