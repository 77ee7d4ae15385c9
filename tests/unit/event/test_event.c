/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Names, the deep copy, and the hash of a subject.
 */
#include "sample_event.h"

#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void names_and_values_belong_together(void **state)
{
    (void)state;
    for (unsigned i = 0; i < EVENT_ACTION_COUNT; i++) {
        enum event_action action;
        assert_true(
            event_action_find(slice_from(event_action_name((enum event_action)i)), &action));
        assert_int_equal(action, i);
    }
    for (unsigned i = 0; i < EVENT_GAP_COUNT; i++) {
        uint32_t gap;
        assert_true(event_gap_find(slice_from(event_gap_name(i)), &gap));
        assert_int_equal(gap, 1u << i);
    }
    assert_string_equal(event_action_name(EVENT_ACTION_copy_out), "copy_out");
    assert_string_equal(event_gap_name(0), "encrypted");
    assert_string_equal(event_outcome_name(EVENT_OUTCOME_failure), "failure");
    assert_string_equal(event_source_kind_name(EVENT_SOURCE_log), "log");
}

static void names_outside_the_tables_are_unknown(void **state)
{
    (void)state;
    enum event_action action = EVENT_ACTION_read;
    enum event_outcome outcome;
    uint32_t gap = 7;
    assert_false(event_action_find(SLICE("reads"), &action));
    assert_int_equal(action, EVENT_ACTION_other);
    assert_false(event_action_find(SLICE(""), &action));
    assert_false(event_outcome_find(SLICE("Success"), &outcome));
    assert_false(event_gap_find(SLICE("lost"), &gap));
    assert_int_equal(gap, 0);
    assert_string_equal(event_action_name((enum event_action)EVENT_ACTION_COUNT), "unknown");
    assert_string_equal(event_gap_name(EVENT_GAP_COUNT), "unknown");
}

static void a_copy_shares_nothing_with_its_source(void **state)
{
    (void)state;
    struct arena first, second;
    arena_init(&first, 1 << 20);
    arena_init(&second, 1 << 20);
    struct event full = sample_full(), source, copy;
    assert_int_equal(event_copy(&source, &full, &first), STATUS_OK);
    assert_int_equal(event_copy(&copy, &source, &second), STATUS_OK);
    arena_release(&first); /* the sanitizer tells if something still points there */
    sample_assert_equal(&copy, &full);
    assert_ptr_not_equal(copy.objects[0].columns, full.objects[0].columns);
    assert_ptr_not_equal(copy.params, full.params);
    arena_release(&second);
}

static void a_copy_that_does_not_fit_says_so(void **state)
{
    (void)state;
    struct event full = sample_full(), copy;
    unsigned failed = 0;
    for (size_t max = 0; max < 8192; max += 16) {
        struct arena arena;
        arena_init(&arena, max);
        enum status status = event_copy(&copy, &full, &arena);
        if (status == STATUS_OK)
            sample_assert_equal(&copy, &full);
        else
            assert_int_equal(status, STATUS_NO_MEMORY);
        failed += status != STATUS_OK;
        arena_release(&arena);
    }
    assert_true(failed > 0);
}

/* hashlib.blake2b(b"loan\0" + b"10042", digest_size=16, key=bytes(range(32))) of Python. */
static void a_subject_hash_is_keyed_blake2b(void **state)
{
    (void)state;
    static const uint8_t want[16] = {0x26, 0xf3, 0x99, 0xc4, 0x47, 0x86, 0x30, 0x0f,
                                     0xaa, 0xae, 0x19, 0x7b, 0xc6, 0xdd, 0x86, 0x81};
    struct event_site_key site;
    for (uint8_t i = 0; i < sizeof site.bytes; i++)
        site.bytes[i] = i;
    uint8_t hash[16], other[16];
    event_subject_hash(&site, SLICE("loan"), SLICE("10042"), hash);
    assert_memory_equal(hash, want, 16);
    event_subject_hash(&site, SLICE(""), SLICE("10042"), other);
    assert_memory_not_equal(hash, other, 16);
    site.bytes[0] ^= 1;
    event_subject_hash(&site, SLICE("loan"), SLICE("10042"), other);
    assert_memory_not_equal(hash, other, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_values_belong_together),
        cmocka_unit_test(names_outside_the_tables_are_unknown),
        cmocka_unit_test(a_copy_shares_nothing_with_its_source),
        cmocka_unit_test(a_copy_that_does_not_fit_says_so),
        cmocka_unit_test(a_subject_hash_is_keyed_blake2b),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
