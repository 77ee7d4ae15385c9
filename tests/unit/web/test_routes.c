/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "web/routes.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct slice params[EXCHANGE_PARAMS];
static bool other;

static const struct route *find(enum http_method method, const char *path)
{
    return route_find(method, slice_from(path), params, &other);
}

static void test_fixed_paths(void **state)
{
    (void)state;
    const struct route *route = find(HTTP_GET, "/api/people");
    assert_non_null(route);
    assert_string_equal(route->path, "/api/people");
    assert_ptr_equal(find(HTTP_HEAD, "/api/people"), route);
    assert_string_equal(find(HTTP_GET, "/")->path, "/");
    assert_string_equal(find(HTTP_GET, "/app.js")->path, "/{}");
    assert_string_equal(find(HTTP_GET, "/metrics")->path, "/metrics");
}

static void test_variable_parts(void **state)
{
    (void)state;
    const struct route *route = find(HTTP_GET, "/api/people/E%20001/days/2026-01-02");
    assert_non_null(route);
    assert_string_equal(route->path, "/api/people/{}/days/{}");
    assert_true(slice_equal(params[0], SLICE("E%20001")));
    assert_true(slice_equal(params[1], SLICE("2026-01-02")));
    assert_string_equal(find(HTTP_POST, "/api/users/ada")->path, "/api/users/{}");
}

static void test_what_is_not_there(void **state)
{
    (void)state;
    assert_null(find(HTTP_GET, "/api/nothing"));
    assert_null(find(HTTP_GET, "/api/people/E1/days"));
    assert_false(other);
    assert_null(find(HTTP_GET, "/api/people/E1/days/2026-01-02/more"));
    assert_null(find(HTTP_POST, "/api/people"));
    assert_true(other);
    assert_null(find(HTTP_GET, "/api/sign-in"));
    assert_true(other);
    char longest[ROUTE_PARAM_MAX + 32] = "/api/people/";
    memset(longest + 12, 'a', ROUTE_PARAM_MAX);
    assert_null(find(HTTP_GET, longest));
}

/* Nothing about people is open to somebody who is not signed in, and no GET takes a body. */
static void test_the_table_keeps_its_rules(void **state)
{
    static const char *const open[] = {"/healthz",     "/metrics", "/api/session", "/api/setup",
                                       "/api/sign-in", "/",        "/{}"};
    size_t count;
    const struct route *table = route_table(&count);
    (void)state;
    assert_true(count > 10);
    for (size_t i = 0; i < count; i++) {
        bool listed = false;
        for (size_t j = 0; j < sizeof open / sizeof *open; j++)
            listed |= strcmp(table[i].path, open[j]) == 0;
        assert_int_equal(table[i].least == ROLE_NONE, listed);
        assert_int_equal(table[i].body_limit > 0, table[i].method == HTTP_POST);
        assert_true(table[i].body_limit <= 4096);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed_paths),
        cmocka_unit_test(test_variable_parts),
        cmocka_unit_test(test_what_is_not_there),
        cmocka_unit_test(test_the_table_keeps_its_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
