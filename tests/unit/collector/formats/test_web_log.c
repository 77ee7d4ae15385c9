/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "assets/assets.h"
#include "support/log_every_way.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define E "client=10.0.0.9:0 "

static void reads_combined_lines(void **state)
{
    (void)state;
    log_every_way(
        "",
        SLICE("10.0.0.9 - d\\x22q [21/Nov/2026:22:16:52 +0100] \"GET /crm/customer/123?a=b "
              "HTTP/1.1\" 200 "
              "236 \"-\" \"odd\\x22agent\"\n"
              "10.0.0.9 - - [21/Nov/2026:22:16:53 +0100] \"GET /nope HTTP/1.1\" 404 9 \"-\" \"x\"\n"
              "10.0.0.9 - - [21/Nov/2026:22:16:54 +0100] \"GARBAGE\" 400 0 \"-\" \"-\"\n"
              "not a line\n"),
        "2026-11-21T21:16:52.000Z " E "seq=0 account=d\"q program=odd\"agent action=view "
        "outcome=success clear=GET /crm/customer/123?a=b object=/crm/customer/{id} rows=1 "
        "bytes=236 status=200 C2=1 subjects=1\n"
        "2026-11-21T21:16:53.000Z " E "seq=0 program=x action=read outcome=failure "
        "clear=GET /nope object=/nope bytes=9 status=404 error=404\n");
}

/* A session's user, once told, holds for its other lines, until it is left. */
static void knows_the_user_of_a_session(void **state)
{
    (void)state;
    log_every_way("",
                  SLICE("{\"msec\":1795295812.250,\"remote_addr\":\"10.0.0.9\",\"remote_port\":"
                        "\"5\",\"x_user\":\"alice\","
                        "\"cookie\":\"PHPSESSID=0123456789abcdef0123\",\"method\":\"GET\",\"uri\":"
                        "\"/crm\",\"status\":200,\"rt\":0.25}\n"
                        "{\"msec\":1795295813.000,\"remote_addr\":\"10.0.0.9\",\"cookie\":\"a=b; "
                        "PHPSESSID=0123456789abcdef0123\",\"request\":\"POST /logout "
                        "HTTP/1.1\",\"status\":302}\n"
                        "{\"msec\":1795295814.000,\"remote_addr\":\"10.0.0.9\",\"cookie\":"
                        "\"PHPSESSID=0123456789abcdef0123\","
                        "\"request\":\"GET /crm HTTP/1.1\",\"status\":200}\n"),
                  "2026-11-21T21:16:52.000Z client=10.0.0.9:5 seq=0 account=alice action=read "
                  "outcome=success "
                  "clear=GET /crm object=/crm duration_us=250000 status=200\n"
                  "2026-11-21T21:16:53.000Z " E "seq=0 account=alice action=logout outcome=success "
                  "clear=POST /logout object=/logout status=302\n"
                  "2026-11-21T21:16:54.000Z " E
                  "seq=0 action=read outcome=success clear=GET /crm object=/crm status=200\n");
}

static void reads_given_formats(void **state)
{
    (void)state;
    log_every_way(
        "web:$http_x_user|${remote_addr}|[$time_local]|$request|$status",
        SLICE("bob|10.0.0.9|[21/Nov/2026:21:16:52 +0000]|GET /x HTTP/1.1|200\n"),
        "2026-11-21T21:16:52.000Z " E
        "seq=0 account=bob action=read outcome=success clear=GET /x object=/x status=200\n");
    log_every_way(
        "web:%h %l %u %t \"%r\" %>s %b %D \"%{User-Agent}i\"",
        SLICE("10.0.0.9 - bob [21/Nov/2026:21:16:52 +0000] \"GET /x HTTP/1.1\" 200 - 1500 "
              "\"q\\\"r\"\n"),
        "2026-11-21T21:16:52.000Z " E
        "seq=0 account=bob program=q\"r action=read outcome=success clear=GET /x object=/x "
        "duration_us=1500 status=200\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_combined_lines),
        cmocka_unit_test(knows_the_user_of_a_session),
        cmocka_unit_test(reads_given_formats),
    };
    assert_int_equal(assets_load((struct assets **)(uintptr_t)&log_surroundings.assets, NULL, NULL),
                     0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    assets_free((struct assets **)(uintptr_t)&log_surroundings.assets);
    return failed;
}
