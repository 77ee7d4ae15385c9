/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The JSON writer, read back by jansson.
 */
#include "base/json_write.h"

#include <float.h>
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct buffer out;

static int set_up(void **state)
{
    (void)state;
    buffer_init(&out, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buffer_release(&out);
    return 0;
}

static void structure(void **state)
{
    (void)state;
    struct json_writer w = json_write_to(&out);
    json_write_object_open(&w);
    json_write_key(&w, "a");
    json_write_integer(&w, INT64_MIN);
    json_write_key_slice(&w, SLICE("b\""));
    json_write_array_open(&w);
    json_write_unsigned(&w, UINT64_MAX);
    json_write_array_open(&w);
    json_write_array_close(&w);
    json_write_object_open(&w);
    json_write_object_close(&w);
    json_write_null(&w);
    json_write_boolean(&w, true);
    json_write_raw(&w, SLICE("[1]"));
    json_write_array_close(&w);
    json_write_key(&w, "c");
    json_write_text(&w, "x");
    json_write_object_close(&w);
    assert_string_equal(
        buffer_text(&out),
        "{\"a\":-9223372036854775808,\"b\\\"\":[18446744073709551615,[],{},null,true,[1]],"
        "\"c\":\"x\"}");
}

static void strings(void **state)
{
    (void)state;
    struct json_writer w = json_write_to(&out);
    json_write_string(&w, SLICE("\"\\\b\f\n\r\t\x01\x7F\0z\xE4\xB8\xAD\xF0\x9F\x98\x80"));
    assert_string_equal(buffer_text(&out), "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u007f\\u0000z"
                                           "\xE4\xB8\xAD\xF0\x9F\x98\x80\"");
    buffer_reset(&out);
    json_write_string(&w, SLICE("\xFF\xC3(\xE2\x80\xAE\xC2\x9B"));
    assert_string_equal(buffer_text(&out), "\"\xEF\xBF\xBD\xEF\xBF\xBD(\\u202e\\u009b\"");
    buffer_reset(&out);
    json_write_string(&w, (struct slice){NULL, 0});
    assert_string_equal(buffer_text(&out), "\"\"");
}

/* Any bytes give a string that a strict reader takes. */
static void every_pair_of_bytes(void **state)
{
    (void)state;
    for (unsigned pair = 0; pair < 65536; pair += 3) {
        const uint8_t bytes[2] = {(uint8_t)(pair >> 8), (uint8_t)pair};
        buffer_reset(&out);
        struct json_writer w = json_write_to(&out);
        json_write_string(&w, slice_make(bytes, 2));
        json_t *value =
            json_loadb((const char *)out.ptr, out.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        assert_non_null(value);
        json_decref(value);
    }
}

static void assert_real(double value, const char *want)
{
    buffer_reset(&out);
    struct json_writer w = json_write_to(&out);
    json_write_real(&w, value);
    assert_string_equal(buffer_text(&out), want);
}

static void reals(void **state)
{
    (void)state;
    assert_real(0.1, "0.1");
    assert_real(1, "1");
    assert_real(-2.5, "-2.5");
    assert_real(1e300, "1e+300");
    assert_real(0.1 + 0.2, "0.30000000000000004");
    assert_real(DBL_MAX, "1.7976931348623157e+308");
    assert_real(NAN, "null");
    assert_real(-INFINITY, "null");
    double value = 1;
    for (int i = 0; i < 1000; i++) {
        value = value * 1.7 + 1e-7;
        buffer_reset(&out);
        struct json_writer w = json_write_to(&out);
        json_write_real(&w, 1 / value);
        assert_true(strtod(buffer_text(&out), NULL) == 1 / value);
    }
}

static void a_full_buffer_says_so(void **state)
{
    (void)state;
    struct buffer small;
    buffer_init(&small, 3);
    struct json_writer w = json_write_to(&small);
    json_write_text(&w, "long");
    assert_int_equal(buffer_status(&small), STATUS_LIMIT);
    buffer_release(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(structure, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_pair_of_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reals, set_up, tear_down),
        cmocka_unit_test(a_full_buffer_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
