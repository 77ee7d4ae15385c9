/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collector/formats/delimited.h"
#include "collector/formats/json_fields.h"
#include "collector/formats/log_event.h"
#include "collector/formats/sample.h"
#include "collector/formats/syslog_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;

static void assert_slice(struct slice got, const char *expect)
{
    char text[256];
    assert_string_equal(slice_copy_text(got, text, sizeof text), expect);
}

static void reads_delimited_fields(void **state)
{
    (void)state;
    struct slice field;
    bool quoted;
    struct delimited d = delimited_of(SLICE("a,,\"\",\"b \"\"c\"\", d\",e\"f,"), ',');
    const char *expect[] = {"a", "", "", "b \"c\", d", "e\"f", ""};
    for (size_t i = 0; i < 6; i++) {
        assert_true(delimited_next(&d, &arena, &field, &quoted));
        assert_slice(field, expect[i]);
        assert_int_equal(quoted, i == 2 || i == 3);
    }
    assert_false(delimited_next(&d, &arena, &field, &quoted));
    d = delimited_of(SLICE("\"open"), ',');
    assert_false(delimited_next(&d, &arena, &field, NULL));
}

static void reads_json_members(void **state)
{
    (void)state;
    struct slice key;
    struct json_value value;
    struct slice text =
        SLICE("{ \"a\" : \"x\\n\\u00e9\\ud83d\\ude00\\\"\" ,\"b\":-1.5,\"c\":{\"d\":[1,\"}\"]},"
              "\"e\":null}tail");
    struct json_fields j = json_fields_of(text);
    assert_true(json_fields_next(&j, &key, &value));
    assert_slice(key, "a");
    assert_slice(json_text(&value, &arena), "x\n\xc3\xa9\xf0\x9f\x98\x80\"");
    assert_true(json_fields_next(&j, &key, &value));
    assert_slice(json_text(&value, &arena), "-1.5");
    assert_true(json_fields_next(&j, &key, &value));
    assert_int_equal(value.kind, JSON_OBJECT);
    assert_slice(value.raw, "{\"d\":[1,\"}\"]}");
    assert_true(json_fields_next(&j, &key, &value));
    assert_int_equal(json_text(&value, &arena).len, 0);
    assert_false(json_fields_next(&j, &key, &value));
    assert_true(json_fields_ok(&j));
    assert_true(json_find(text, SLICE("c.d"), &value));
    assert_int_equal(value.kind, JSON_ARRAY);
    assert_true(json_find(text, SLICE("c.d.1"), &value));
    assert_slice(value.raw, "}");
    assert_false(json_find(text, SLICE("c.d.2"), &value));
    assert_false(json_find(text, SLICE("c.d.x"), &value));
    assert_false(json_find(text, SLICE("c.x"), &value));
    assert_false(json_find(text, SLICE("b.x"), &value));
}

static void refuses_bad_json(void **state)
{
    (void)state;
    const char *bad[] = {"",         "x",         "{",           "{\"a\"",
                         "{\"a\":",  "{\"a\":\"", "{\"a\":\"\\", "{\"a\":1 \"b\":2}",
                         "{\"a\":{", "{a:1}",     "{\"a\":}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct slice key;
        struct json_value value;
        struct json_fields j = json_fields_of(slice_from(bad[i]));
        while (json_fields_next(&j, &key, &value))
            (void)json_text(&value, &arena);
        assert_false(json_fields_ok(&j));
    }
}

static void check_address(const char *text, bool ok, uint8_t family, uint16_t port)
{
    struct event_address a = {0};
    assert_int_equal(log_address(slice_from(text), &a), ok);
    assert_int_equal(a.family, family);
    assert_int_equal(a.port, port);
}

static void reads_addresses(void **state)
{
    (void)state;
    check_address("10.0.0.1", true, 4, 0);
    check_address("10.0.0.1:5432", true, 4, 5432);
    check_address("10.0.0.1(34128)", true, 4, 34128);
    check_address("::1", true, 6, 0);
    check_address("[fd00::1]:80", true, 6, 80);
    check_address("fe80::1%eth0", true, 6, 0);
    check_address("::ffff:10.0.0.1", true, 4, 0);
    check_address("[local]", false, 0, 0);
    check_address("localhost", false, 0, 0);
    check_address("10.0.0.256", false, 0, 0);
    check_address("10.0.0.1:99999", false, 0, 0);
    check_address("", false, 0, 0);
    struct event_address a = {0};
    assert_true(log_address_port(SLICE("fd00::1:443"), &a));
    assert_int_equal(a.family, 6);
    assert_int_equal(a.port, 443);
    assert_true(log_address_port(SLICE("10.0.0.1:443"), &a));
    assert_int_equal(a.family, 4);
    assert_false(log_address_port(SLICE("[local]"), &a));
    assert_false(log_address_port(SLICE("10.0.0.1"), &a));
    assert_false(log_address_port(SLICE(""), &a));
}

static void masks_samples(void **state)
{
    (void)state;
    char text[64];
    log_sample_text(SLICE("a 'x y' \"z\" 12 123456 \x1b[0m open 'tail"), text, sizeof text);
    assert_string_equal(text, "a '***' \"***\" 12 # \\x1B[0m open '***");
    log_sample_text(SLICE("create user u identified by S3cret"), text, sizeof text);
    assert_string_equal(text, "create user u ***");
    log_sample_text(
        SLICE("0123 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        text, 16);
    assert_int_equal(strlen(text), 13);
}

static void check_syslog(const char *line, const char *host, const char *tag, const char *pid,
                         const char *text)
{
    static const struct zone utc;
    struct syslog_line got;
    assert_true(syslog_line_read(slice_from(line), &utc, INT64_C(1796083200000000000), &got));
    assert_slice(got.host, host);
    assert_slice(got.tag, tag);
    assert_slice(got.pid, pid);
    assert_slice(got.text, text);
}

static void reads_syslog_headers(void **state)
{
    (void)state;
    check_syslog("Nov 21 21:30:27 vm sshd[77]: hi", "vm", "sshd", "77", "hi");
    check_syslog("<38>Nov 21 21:30:27 sshd[77]: hi", "", "sshd", "77", "hi");
    check_syslog("2026-11-21T21:30:27.9+00:00 vm su: hi", "vm", "su", "", "hi");
    check_syslog("<38>1 2026-11-21T21:30:27.9Z vm sshd 77 - - hi", "vm", "sshd", "77", "hi");
    check_syslog("<38>1 2026-11-21T21:30:27.9Z - sshd - ID [a b=\"\\]\"][c] hi", "", "sshd", "",
                 "hi");
    static const struct zone utc;
    struct syslog_line got;
    assert_false(syslog_line_read(SLICE("no header: at all"), &utc, 0, &got));
    assert_false(syslog_line_read(SLICE(""), &utc, 0, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_delimited_fields), cmocka_unit_test(reads_json_members),
        cmocka_unit_test(refuses_bad_json),       cmocka_unit_test(reads_addresses),
        cmocka_unit_test(masks_samples),          cmocka_unit_test(reads_syslog_headers),
    };
    arena_init(&arena, 1 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&arena);
    return failed;
}
