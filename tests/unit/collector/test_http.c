/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP decoder: each case is an exchange as bytes, fed in every way, and the events it gives.
 */
#include "assets/assets.h"
#include "collector/app_sessions.h"
#include "collector/decoder.h"
#include "support/decode_every_way.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

extern const struct decoder http_decoder;

static struct app_sessions *sessions;
static const struct event_site_key site_key = {{1, 2, 3}};

/* Each run begins without anybody signed in. */
static void setup(struct decoder_env *env)
{
    app_sessions_free(&sessions);
    sessions = app_sessions_new(1000);
    env->app_sessions = sessions;
    env->site_key = &site_key;
}

#define CHECK(exchange, mid_session, expect)                                               \
    do {                                                                                   \
        decode_every_way(&http_decoder, (exchange), sizeof(exchange) / sizeof *(exchange), \
                         (mid_session), setup, (expect));                                  \
        app_sessions_free(&sessions);                                                      \
    } while (0)

static void a_page_of_one_record(void **state)
{
    static const struct exchange x[] = {
        SENDS("GET /crm/customer/123 HTTP/1.1\r\nHost: crm\r\nUser-Agent: B/1\r\n\r\n"),
        ANSWERS(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<h1>123</h1>"),
    };
    (void)state;
    CHECK(x, false,
          "seq=1 program=B/1 action=view outcome=success clear=GET /crm/customer/123 "
          "object=/crm/customer/{id} rows=1 bytes=12 duration_us=1000000 status=200 C2=1 "
          "subjects=1\n");
}

static void a_sign_in_names_the_session(void **state)
{
    static const struct exchange x[] = {
        SENDS("POST /login HTTP/1.1\r\nHost: crm\r\nContent-Type: "
              "application/x-www-form-urlencoded\r\n"
              "Transfer-Encoding: "
              "chunked\r\n\r\n20\r\nusername=alice&password=al1ce-pw\r\n0\r\n\r\n"),
        ANSWERS(
            "HTTP/1.1 302 Found\r\nLocation: /crm\r\nSet-Cookie: CRMSESSID=3ca32b6996f2; Path=/; "
            "HttpOnly\r\nSet-Cookie: lang=en\r\nContent-Length: 0\r\n\r\n"),
        SENDS("GET /crm HTTP/1.1\r\nHost: crm\r\nCookie: lang=en; CRMSESSID=3ca32b6996f2\r\n\r\n"),
        ANSWERS("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        SENDS("GET /logout HTTP/1.1\r\nHost: crm\r\nCookie: CRMSESSID=3ca32b6996f2\r\n\r\n"),
        ANSWERS("HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n"),
        SENDS("GET /crm HTTP/1.1\r\nHost: crm\r\nCookie: CRMSESSID=3ca32b6996f2\r\n\r\n"),
        ANSWERS("HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n"),
    };
    (void)state;
    CHECK(x, false,
          "seq=1 account=alice action=login outcome=success clear=POST /login object=/login "
          "bytes=0 duration_us=1000000 status=302\n"
          "seq=2 account=alice action=read outcome=success "
          "clear=GET /crm object=/crm rows=0 bytes=2 duration_us=1000000 status=200 "
          "subjects=0\n"
          "seq=3 account=alice action=logout outcome=success clear=GET /logout "
          "object=/logout bytes=0 duration_us=1000000 status=302\n"
          "seq=4 action=read "
          "outcome=failure clear=GET /crm object=/crm bytes=0 duration_us=1000000 status=302\n");
}

static void a_refused_sign_in_fails(void **state)
{
    static const struct exchange x[] = {
        SENDS("POST /login HTTP/1.1\r\nHost: crm\r\nContent-Type: application/json\r\n"
              "Content-Length: 38\r\n\r\n{\"username\":\"ann\",\"password\":\"secret\"}"),
        ANSWERS("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno"),
        SENDS("POST /login HTTP/1.1\r\nHost: crm\r\nContent-Type: "
              "application/x-www-form-urlencoded\r\n"
              "Content-Length: 28\r\n\r\nusername=ann&password=secret"),
        ANSWERS("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<form>"),
    };
    (void)state;
    CHECK(x, false,
          "seq=1 account=ann action=login outcome=failure clear=POST /login object=/login bytes=2 "
          "duration_us=1000000 status=401 error=401\n"
          "seq=2 account=ann action=login "
          "outcome=failure clear=POST /login object=/login rows=0 bytes=6 duration_us=1000000 "
          "status=200 subjects=0\n");
}

static void records_of_lists_and_exports(void **state)
{
    static const struct exchange x[] = {
        SENDS("GET /api/v1/customers?limit=2 HTTP/1.1\r\nHost: a\r\nAuthorization: Basic "
              "YmVhOnB3\r\n\r\n"),
        ANSWERS("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: "
                "chunked\r\n\r\n"
                "1a\r\n{\"items\":[{\"id\":1,\"phone\":\r\n13\r\n\"138\"},{\"id\":2}]}"
                "\r\n\r\n0\r\n\r\n"),
        SENDS("GET /crm/export.csv HTTP/1.1\r\nHost: a\r\n\r\n"),
        ANSWERS("HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 40\r\n\r\n"
                "id,email\n1,a@x.test\n2,b@x.test\n3,c@x.tst"),
    };
    (void)state;
    CHECK(x, false,
          "seq=1 account=bea action=read outcome=success clear=GET /api/v1/customers?limit=2 "
          "object=/api/v1/customers rows=2 bytes=45 duration_us=1000000 status=200 C0=2 C2=1 "
          "subjects=2\n"
          "seq=2 action=download outcome=success clear=GET /crm/export.csv "
          "object=/crm/export.csv rows=3 bytes=40 duration_us=1000000 status=200 C0=3 C2=3 "
          "subjects=3\n");
}

static void pipelined_requests_keep_their_order(void **state)
{
    static const struct exchange x[] = {
        SENDS(
            "GET /customer/1 HTTP/1.1\r\nHost: a\r\n\r\nGET /customer/2 HTTP/1.1\r\nHost: a\r\n\r\n"
            "HEAD /customer/3 HTTP/1.1\r\nHost: a\r\n\r\n"),
        ANSWERS("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 404 Not Found\r\n"
                "Content-Length: 2\r\n\r\nnoHTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"),
    };
    (void)state;
    CHECK(x, false,
          "seq=1 action=view outcome=success clear=GET /customer/1 object=/customer/{id} rows=1 "
          "bytes=1 duration_us=1000000 status=200 C2=1 subjects=1\n"
          "seq=2 action=view "
          "outcome=failure clear=GET /customer/2 object=/customer/{id} bytes=2 duration_us=1000000 "
          "status=404 error=404\n"
          "seq=3 action=view outcome=success clear=HEAD /customer/3 "
          "object=/customer/{id} rows=1 bytes=0 duration_us=1000000 status=200 C2=1 subjects=1\n");
}

static void lost_bytes_cost_one_exchange(void **state)
{
    static const struct exchange x[] = {
        SENDS("GET /customer/1 HTTP/1.1\r\nHost: a\r\n\r\n"),
        ANSWERS("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"),
        {TO_CLIENT, {(const uint8_t *)"tail of it", 10}, 87},
        SENDS("GET /customer/2 HTTP/1.1\r\nHost: a\r\n\r\n"),
        ANSWERS("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"),
    };
    (void)state;
    CHECK(x, false,
          "seq=1 action=view outcome=success gap=lost_bytes clear=GET /customer/1 "
          "object=/customer/{id} bytes=3 duration_us=2000000 status=200 C2=1 subjects=1\n"
          "seq=2 "
          "action=view outcome=success clear=GET /customer/2 object=/customer/{id} rows=1 bytes=1 "
          "duration_us=1000000 status=200 C2=1 subjects=1\n");
}

static void the_middle_of_a_connection(void **state)
{
    static const struct exchange x[] = {
        SENDS("age: en\r\n\r\nGET /customer/2 HTTP/1.1\r\nHost: a\r\n\r\n"),
        ANSWERS("rest of a body\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"),
    };
    (void)state;
    CHECK(x, true,
          "seq=1 action=view outcome=success gap=mid_session clear=GET /customer/2 "
          "object=/customer/{id} rows=1 bytes=1 duration_us=1000000 status=200 C2=1 subjects=1\n");
}

static void one_way_is_said(void **state)
{
    static const struct exchange x[] = {
        SENDS("GET /customer/1 HTTP/1.1\r\nHost: a\r\n\r\nGET /customer/2 HTTP/1.1\r\nHost: "
              "a\r\n\r\n"),
    };
    (void)state;
    CHECK(x, false,
          "seq=1 action=view outcome=unknown gap=one_way clear=GET /customer/1 "
          "object=/customer/{id} subjects=1\n"
          "seq=2 action=view outcome=unknown gap=one_way "
          "clear=GET /customer/2 object=/customer/{id} subjects=1\n");
}

static void probing(void **state)
{
    (void)state;
    assert_int_equal(http_decoder.probe(TO_SERVER, SLICE("GET / HTTP/1.1\r\n")), PROBE_YES);
    assert_int_equal(http_decoder.probe(TO_SERVER, SLICE("GE")), PROBE_MAYBE);
    assert_int_equal(http_decoder.probe(TO_SERVER, SLICE("SELECT 1 FROM t\r\n")), PROBE_NO);
    assert_int_equal(http_decoder.probe(TO_SERVER, SLICE("GET me a coffee\r\n")), PROBE_NO);
    assert_int_equal(http_decoder.probe(TO_CLIENT, SLICE("HTTP/1.0 200")), PROBE_YES);
    assert_int_equal(http_decoder.probe(TO_CLIENT, SLICE("\x16\x03\x01")), PROBE_NO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_of_one_record),
        cmocka_unit_test(a_sign_in_names_the_session),
        cmocka_unit_test(a_refused_sign_in_fails),
        cmocka_unit_test(records_of_lists_and_exports),
        cmocka_unit_test(pipelined_requests_keep_their_order),
        cmocka_unit_test(lost_bytes_cost_one_exchange),
        cmocka_unit_test(the_middle_of_a_connection),
        cmocka_unit_test(one_way_is_said),
        cmocka_unit_test(probing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
