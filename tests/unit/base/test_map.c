/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The bounded map: order of use, both policies, growth, and a random run against a plain array.
 */
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct slice key_of(char *to, unsigned n)
{
    return slice_make(to, (size_t)sprintf(to, "key-%u", n));
}

static void put(struct map *map, const char *key, int value)
{
    int *v = map_put(map, slice_make(key, strlen(key)), NULL);
    assert_non_null(v);
    *v = value;
}

static int get(struct map *map, const char *key)
{
    int *v = map_get(map, slice_make(key, strlen(key)));
    return v ? *v : -1;
}

static void note_drop(void *context, struct slice key, void *value)
{
    char *dropped = context;
    (void)value;
    strncat(dropped, (const char *)key.ptr, key.len);
}

static void evicts_the_least_used(void **state)
{
    (void)state;
    char dropped[32] = "";
    struct map *map = map_new(sizeof(int), 3, MAP_EVICT, note_drop, dropped);
    put(map, "a", 1);
    put(map, "b", 2);
    put(map, "c", 3);
    assert_int_equal(get(map, "a"), 1);
    struct slice oldest;
    assert_int_equal(*(int *)map_oldest(map, &oldest), 2);
    assert_true(slice_equal(oldest, SLICE("b")));
    put(map, "d", 4);
    assert_string_equal(dropped, "b");
    assert_int_equal(get(map, "b"), -1);
    assert_int_equal(map_evicted(map), 1);
    assert_int_equal(map_count(map), 3);
    assert_true(map_remove(map, SLICE("c")));
    assert_false(map_remove(map, SLICE("c")));
    assert_string_equal(dropped, "bc");
    map_free(&map);
    assert_null(map);
    assert_string_equal(dropped, "bcda");
}

static void refuses_when_full(void **state)
{
    (void)state;
    struct map *map = map_new(sizeof(int), 1, MAP_REFUSE, NULL, NULL);
    bool created = false;
    put(map, "a", 1);
    assert_null(map_put(map, SLICE("b"), &created));
    assert_false(created);
    assert_int_equal(map_refused(map), 1);
    assert_non_null(map_put(map, SLICE("a"), &created));
    assert_false(created);
    assert_int_equal(get(map, "a"), 1);
    map_free(&map);
}

static void new_values_are_zero_and_keys_are_bytes(void **state)
{
    (void)state;
    struct map *map = map_new(24, 10, MAP_EVICT, NULL, NULL);
    static const uint8_t zero[24];
    bool created;
    uint8_t *empty = map_put(map, (struct slice){NULL, 0}, &created);
    assert_true(created);
    assert_memory_equal(empty, zero, 24);
    uint8_t *nul = map_put(map, SLICE("\0"), &created);
    assert_true(created);
    assert_memory_equal(nul, zero, 24);
    assert_int_equal(map_count(map), 2);
    map_free(&map);
    map_free(&map);
}

/* The evicted key may be the very one that is passed. */
static void a_key_may_point_into_the_oldest(void **state)
{
    (void)state;
    struct map *map = map_new(sizeof(int), 1, MAP_EVICT, NULL, NULL);
    struct slice oldest;
    put(map, "abc", 1);
    map_oldest(map, &oldest);
    assert_non_null(map_put(map, slice_part(oldest, 1, 2), NULL));
    assert_non_null(map_get(map, SLICE("bc")));
    map_free(&map);
}

static bool count_visit(void *context, struct slice key, void *value)
{
    (void)key;
    (void)value;
    return ++*(size_t *)context < 5;
}

static void agrees_with_an_array(void **state)
{
    (void)state;
    enum { KEYS = 2000 };
    static int want[KEYS];
    struct map *map = map_new(sizeof(int), KEYS, MAP_REFUSE, NULL, NULL);
    size_t count = 0;
    uint32_t random = 1;
    char text[16];
    for (int i = 1; i <= 50000; i++) {
        random = random * 1664525 + 1013904223;
        unsigned n = (random >> 8) % KEYS;
        if (random >> 30 == 0) {
            assert_int_equal(map_remove(map, key_of(text, n)), want[n] != 0);
            count -= want[n] != 0;
            want[n] = 0;
        } else {
            count += want[n] == 0;
            *(int *)map_put(map, key_of(text, n), NULL) = want[n] = i;
        }
        assert_int_equal(map_count(map), count);
    }
    for (unsigned n = 0; n < KEYS; n++) {
        int *v = map_get(map, key_of(text, n));
        assert_int_equal(v ? *v : 0, want[n]);
    }
    size_t visits = 0;
    map_each(map, count_visit, &visits);
    assert_int_equal(visits, 5);
    map_free(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evicts_the_least_used),
        cmocka_unit_test(refuses_when_full),
        cmocka_unit_test(new_values_are_zero_and_keys_are_bytes),
        cmocka_unit_test(a_key_may_point_into_the_oldest),
        cmocka_unit_test(agrees_with_an_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
