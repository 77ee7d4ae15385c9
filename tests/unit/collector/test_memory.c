/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The session's memory against a plain model of it: a list in the order of storing.
 */
#include "collector/memory.h"

#include "support/random.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void stores_replaces_and_drops(void **state)
{
    (void)state;
    bool found;
    struct session_memory *memory = session_memory_new(100, 10);
    assert_int_equal(session_memory_get(memory, 1, &found).len, 0);
    assert_false(found);
    assert_int_equal(session_memory_put(memory, 1, SLICE("ab"), SLICE("cd")), STATUS_OK);
    assert_true(slice_equal(session_memory_get(memory, 1, &found), SLICE("abcd")));
    assert_true(found);
    assert_int_equal(session_memory_put(memory, 1, SLICE(""), SLICE("")), STATUS_OK);
    assert_int_equal(session_memory_get(memory, 1, &found).len, 0);
    assert_true(found);
    session_memory_drop(memory, 1);
    session_memory_drop(memory, 1);
    session_memory_get(memory, 1, &found);
    assert_false(found);
    assert_int_equal(session_memory_evicted(memory), 0);
    session_memory_free(&memory);
    assert_null(memory);
}

static void a_blob_may_be_built_from_the_one_it_replaces(void **state)
{
    (void)state;
    struct session_memory *memory = session_memory_new(100, 10);
    session_memory_put(memory, 7, SLICE("one,"), SLICE(""));
    session_memory_put(memory, 7, session_memory_get(memory, 7, NULL), SLICE("two"));
    assert_true(slice_equal(session_memory_get(memory, 7, NULL), SLICE("one,two")));
    session_memory_free(&memory);
}

static void the_oldest_goes_first(void **state)
{
    (void)state;
    bool found;
    struct session_memory *memory = session_memory_new(10, 100);
    session_memory_put(memory, 1, SLICE("aaaa"), SLICE(""));
    session_memory_put(memory, 2, SLICE("bbbb"), SLICE(""));
    session_memory_put(memory, 3, SLICE("cccc"), SLICE(""));
    session_memory_get(memory, 1, &found);
    assert_false(found);
    session_memory_get(memory, 2, &found);
    assert_true(found);
    assert_int_equal(session_memory_evicted(memory), 1);
    assert_int_equal(session_memory_put(memory, 4, SLICE("01234567890"), SLICE("")), STATUS_LIMIT);
    session_memory_free(&memory);
}

enum { KEYS = 64, BLOBS = 20 };

/* The model: which keys are held, in the order of storing. */
struct model {
    uint64_t keys[KEYS];
    size_t count;
};

static void model_drop(struct model *model, uint64_t key)
{
    for (size_t i = 0; i < model->count; i++)
        if (model->keys[i] == key) {
            memmove(&model->keys[i], &model->keys[i + 1], (model->count - i - 1) * sizeof key);
            model->count--;
            return;
        }
}

static void model_put(struct model *model, uint64_t key)
{
    model_drop(model, key);
    if (model->count == BLOBS)
        model_drop(model, model->keys[0]);
    model->keys[model->count++] = key;
}

static bool model_has(const struct model *model, uint64_t key)
{
    for (size_t i = 0; i < model->count; i++)
        if (model->keys[i] == key)
            return true;
    return false;
}

static void agrees_with_a_list(void **state)
{
    (void)state;
    struct random random = random_start(7);
    struct session_memory *memory = session_memory_new(1 << 20, BLOBS);
    struct model model = {.count = 0};
    for (int i = 0; i < 100000; i++) {
        uint64_t key = random_below(&random, KEYS) << 20;
        if (random_below(&random, 3) == 0) {
            session_memory_drop(memory, key);
            model_drop(&model, key);
        } else {
            session_memory_put(memory, key, slice_make(&key, sizeof key), SLICE("x"));
            model_put(&model, key);
        }
        key = random_below(&random, KEYS) << 20;
        bool found;
        struct slice blob = session_memory_get(memory, key, &found);
        assert_int_equal(found, model_has(&model, key));
        if (found)
            assert_memory_equal(blob.ptr, &key, sizeof key);
    }
    session_memory_clear(memory);
    for (uint64_t key = 0; key < KEYS; key++) {
        bool found;
        session_memory_get(memory, key << 20, &found);
        assert_false(found);
    }
    session_memory_free(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stores_replaces_and_drops),
        cmocka_unit_test(a_blob_may_be_built_from_the_one_it_replaces),
        cmocka_unit_test(the_oldest_goes_first),
        cmocka_unit_test(agrees_with_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
