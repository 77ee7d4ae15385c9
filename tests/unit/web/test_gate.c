/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "web/gate.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct gate gate = {.hosts = {"console.example", "[::1]"}, .host_count = 2};

static void set(struct http_request *request, enum http_header header, const char *value)
{
    request->headers[header] = slice_from(value);
    request->seen[header]++;
}

static struct http_request get(const char *path)
{
    struct http_request request = {.method = HTTP_GET, .path = slice_from(path)};
    set(&request, HTTP_HEADER_host, "console.example:8443");
    return request;
}

static struct http_request post(void)
{
    struct http_request request = get("/api/sign-in");
    request.method = HTTP_POST;
    set(&request, HTTP_HEADER_content_type, "application/json");
    set(&request, HTTP_HEADER_content_length, "2");
    return request;
}

static unsigned check(const struct http_request *request)
{
    const char *why = NULL;
    unsigned status = gate_check(&gate, request, &why);
    assert_non_null(why);
    return status;
}

static void test_plain_requests_pass(void **state)
{
    static const char *const paths[] = {"/", "/app.js", "/api/people/E%2001/days/2026-01-01",
                                        "/api/people/li.tao21", "/score-chart-AB12.js"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct http_request request = get(paths[i]);
        assert_int_equal(check(&request), 0);
    }
    struct http_request sent = post();
    assert_int_equal(check(&sent), 0);
}

static void test_paths(void **state)
{
    static const char *const bad[] = {"",       "*",       "api",           "//",       "/a//b",
                                      "/a/",    "/a/../b", "/./a",          "/a b",     "/a\\b",
                                      "/a\x7f", "/a\x01",  "/\xe4\xb8\xad", "/a?b",     "/a;b",
                                      "/..",    "/a/.",    "/<script>",     "http://x/"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct http_request request = get(bad[i]);
        assert_int_equal(check(&request), 400);
    }
    char longest[GATE_MAX_PATH + 2];
    memset(longest, 'a', sizeof longest);
    longest[0] = '/';
    struct http_request request = get("/");
    request.path = slice_make(longest, GATE_MAX_PATH);
    assert_int_equal(check(&request), 0);
    request.path.len++;
    assert_int_equal(check(&request), 414);
}

static void test_queries(void **state)
{
    struct http_request request = get("/api/people");
    char longest[GATE_MAX_QUERY + 1];
    (void)state;
    request.query = SLICE("search=a%20b&offset=50");
    assert_int_equal(check(&request), 0);
    request.query = SLICE("search=a b");
    assert_int_equal(check(&request), 400);
    request.query = SLICE("search=\xff");
    assert_int_equal(check(&request), 400);
    memset(longest, 'a', sizeof longest);
    request.query = slice_make(longest, sizeof longest);
    assert_int_equal(check(&request), 414);
}

static void test_hosts(void **state)
{
    static const struct {
        const char *host;
        unsigned status;
    } cases[] = {
        {"console.example", 0},
        {"CONSOLE.example:443", 0},
        {"[::1]:8443", 0},
        {"evil.example", 421},
        {"console.example.evil", 421},
        {"console.example:", 421},
        {"console.example:12345x", 421},
        {"127.0.0.1", 421},
        {"", 421},
        {"console.example:123456", 421},
        {"[::1", 421},
        {"[::1]x", 421},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_request request = get("/");
        request.headers[HTTP_HEADER_host] = slice_from(cases[i].host);
        assert_int_equal(check(&request), cases[i].status);
    }
}

static void test_addresses_where_they_are_allowed(void **state)
{
    const struct gate any = {.any_address = true};
    const char *why;
    struct http_request request = get("/");
    (void)state;
    request.headers[HTTP_HEADER_host] = SLICE("192.0.2.7:8443");
    assert_int_equal(gate_check(&any, &request, &why), 0);
    request.headers[HTTP_HEADER_host] = SLICE("[2001:db8::7]:8443");
    assert_int_equal(gate_check(&any, &request, &why), 0);
    request.headers[HTTP_HEADER_host] = SLICE("1e100.example");
    assert_int_equal(gate_check(&any, &request, &why), 421);
}

static void test_missing_or_repeated_headers(void **state)
{
    struct http_request request = {.method = HTTP_GET, .path = SLICE("/")};
    (void)state;
    assert_int_equal(check(&request), 421);
    request = get("/");
    set(&request, HTTP_HEADER_host, "console.example");
    assert_int_equal(check(&request), 400);
    request = post();
    set(&request, HTTP_HEADER_content_length, "2");
    assert_int_equal(check(&request), 400);
    request = get("/");
    request.header_count = GATE_MAX_HEADERS + 1;
    assert_int_equal(check(&request), 431);
    request = get("/");
    request.header_bytes = GATE_MAX_HEADER_BYTES + 1;
    assert_int_equal(check(&request), 431);
}

static void test_bodies(void **state)
{
    struct http_request request = get("/");
    (void)state;
    set(&request, HTTP_HEADER_content_length, "1");
    assert_int_equal(check(&request), 400);
    request = post();
    request.seen[HTTP_HEADER_content_length] = 0;
    assert_int_equal(check(&request), 411);
    request = post();
    set(&request, HTTP_HEADER_transfer_encoding, "chunked");
    assert_int_equal(check(&request), 400);
    request = post();
    request.headers[HTTP_HEADER_content_length] = SLICE("+2");
    assert_int_equal(check(&request), 400);
    request = post();
    request.headers[HTTP_HEADER_content_type] = SLICE("text/plain");
    assert_int_equal(check(&request), 415);
    request.headers[HTTP_HEADER_content_type] = SLICE("Application/JSON; charset=UTF-8");
    assert_int_equal(check(&request), 0);
}

static void test_other_sites(void **state)
{
    struct http_request request = post();
    (void)state;
    set(&request, HTTP_HEADER_origin, "https://console.example:8443");
    set(&request, HTTP_HEADER_fetch_site, "same-origin");
    assert_int_equal(check(&request), 0);
    request.headers[HTTP_HEADER_origin] = SLICE("https://console.example");
    assert_int_equal(check(&request), 403);
    request.headers[HTTP_HEADER_origin] = SLICE("null");
    assert_int_equal(check(&request), 403);
    request = post();
    set(&request, HTTP_HEADER_fetch_site, "cross-site");
    assert_int_equal(check(&request), 403);
}

static void test_methods(void **state)
{
    struct http_request request = get("/");
    (void)state;
    assert_int_equal(http_method_of("GET"), HTTP_GET);
    assert_int_equal(http_method_of("HEAD"), HTTP_HEAD);
    assert_int_equal(http_method_of("POST"), HTTP_POST);
    assert_int_equal(http_method_of("get"), HTTP_OTHER);
    assert_int_equal(http_method_of("TRACE"), HTTP_OTHER);
    request.method = HTTP_OTHER;
    assert_int_equal(check(&request), 405);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_requests_pass),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_addresses_where_they_are_allowed),
        cmocka_unit_test(test_missing_or_repeated_headers),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_other_sites),
        cmocka_unit_test(test_methods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
