/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "desk/trail.h"
#include "temporary_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void append(struct temporary_desk *t, enum trail_action action, const char *object)
{
    temporary_desk_wait(t, 1);
    assert_int_equal(
        trail_append(&t->desk, action, SLICE("ada"), SLICE("192.0.2.1"), slice_from(object)),
        STATUS_OK);
}

struct seen {
    char text[256];
    unsigned most;
};

static bool collect(void *context, const struct trail_entry *entry)
{
    struct seen *seen = context;
    char line[64];
    snprintf(line, sizeof line, "%u %s %.*s;", (unsigned)entry->number,
             trail_action_name(entry->action), (int)entry->object.len, entry->object.ptr);
    strcat(seen->text, line);
    return --seen->most > 0;
}

static void test_newest_first_page_by_page(void **state)
{
    struct temporary_desk *t = *state;
    struct seen first = {.most = 2}, second = {.most = 9};
    append(t, TRAIL_sign_in, "");
    append(t, TRAIL_person_viewed, "E1");
    append(t, TRAIL_report_exported, "2026-01-01..2026-01-31");
    temporary_desk_reopen(t);
    assert_int_equal(trail_each(&t->desk, 0, collect, &first), STATUS_OK);
    assert_string_equal(first.text, "3 report_exported 2026-01-01..2026-01-31;2 person_viewed E1;");
    assert_int_equal(trail_each(&t->desk, 2, collect, &second), STATUS_OK);
    assert_string_equal(second.text, "1 sign_in ;");
}

static void test_an_empty_trail_is_whole(void **state)
{
    struct temporary_desk *t = *state;
    uint64_t entries, broken;
    struct seen seen = {.most = 9};
    assert_int_equal(trail_verify(&t->desk, &entries, &broken), STATUS_OK);
    assert_int_equal(entries, 0);
    assert_int_equal(broken, 0);
    assert_int_equal(trail_each(&t->desk, 0, collect, &seen), STATUS_OK);
    assert_string_equal(seen.text, "");
}

static void test_long_texts_are_cut(void **state)
{
    struct temporary_desk *t = *state;
    char text[2 * TRAIL_TEXT_MAX + 1];
    uint64_t entries, broken;
    memset(text, 'x', sizeof text);
    assert_int_equal(trail_append(&t->desk, TRAIL_who_saw, slice_make(text, sizeof text),
                                  slice_make(text, sizeof text), slice_make(text, sizeof text)),
                     STATUS_OK);
    assert_int_equal(trail_verify(&t->desk, &entries, &broken), STATUS_OK);
    assert_int_equal(entries, 1);
    assert_int_equal(broken, 0);
}

/* Takes the second entry out, or puts the third one's bytes in its place. */
static void take_out(struct db_txn *txn, void *context)
{
    uint8_t second[8], third[8];
    struct slice value;
    db_key_u64(second, 2);
    db_key_u64(third, 3);
    db_del(txn, DESK_TRAIL, slice_make(second, 8));
    if (!context)
        return;
    uint8_t copy[512];
    assert_true(db_get(txn, DESK_TRAIL, slice_make(third, 8), &value));
    assert_true(value.len <= sizeof copy);
    memcpy(copy, value.ptr, value.len);
    db_put(txn, DESK_TRAIL, slice_make(second, 8), slice_make(copy, value.len));
}

static void broken_by(struct temporary_desk *t, void *how)
{
    uint64_t entries, broken;
    append(t, TRAIL_sign_in, "");
    append(t, TRAIL_person_viewed, "E1");
    append(t, TRAIL_person_viewed, "E2");
    assert_int_equal(trail_verify(&t->desk, &entries, &broken), STATUS_OK);
    assert_int_equal(entries, 3);
    assert_int_equal(broken, 0);
    assert_int_equal(desk_change(&t->desk, take_out, how), STATUS_OK);
    assert_int_equal(trail_verify(&t->desk, &entries, &broken), STATUS_OK);
    assert_int_equal(broken, 2);
}

static void test_a_missing_entry_is_seen(void **state)
{
    broken_by(*state, NULL);
}

static void test_a_changed_entry_is_seen(void **state)
{
    broken_by(*state, *state);
}

int main(void)
{
#define DESK_TEST(test) \
    cmocka_unit_test_setup_teardown(test, temporary_desk_make, temporary_desk_remove)
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_newest_first_page_by_page), DESK_TEST(test_an_empty_trail_is_whole),
        DESK_TEST(test_long_texts_are_cut),        DESK_TEST(test_a_missing_entry_is_seen),
        DESK_TEST(test_a_changed_entry_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
