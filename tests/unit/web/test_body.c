/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "web/body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct body_field fields[3];

static enum status read_body(const char *json, const char **wrong, struct body **body)
{
    const struct body_field wanted[] = {
        {.name = "name", .required = true, .most = 8},
        {.name = "note", .most = 8},
        {.name = "on", .type = BODY_BOOL},
    };
    memcpy(fields, wanted, sizeof fields);
    return body_read(body, slice_from(json), fields, 3, wrong);
}

static void gives(const char *json, enum status status, const char *field)
{
    struct body *body = NULL;
    const char *wrong;
    assert_int_equal(read_body(json, &wrong, &body), status);
    assert_string_equal(wrong, field);
    body_release(&body);
}

static void test_a_good_body(void **state)
{
    struct body *body = NULL;
    const char *wrong;
    (void)state;
    assert_int_equal(read_body("{\"on\": true, \"name\": \"\\u5f20\"}", &wrong, &body), STATUS_OK);
    assert_true(slice_equal(fields[0].text, SLICE("张")));
    assert_false(fields[1].present);
    assert_true(fields[2].present && fields[2].truth);
    body_release(&body);
    assert_null(body);
}

static void test_what_is_no_flat_object(void **state)
{
    (void)state;
    gives("", STATUS_MALFORMED, "");
    gives("[]", STATUS_MALFORMED, "");
    gives("\"name\"", STATUS_MALFORMED, "");
    gives("{\"name\": \"a\"", STATUS_MALFORMED, "");
    gives("{\"name\": \"a\"} x", STATUS_MALFORMED, "");
    gives("{\"name\": \"a\", \"name\": \"b\"}", STATUS_MALFORMED, "");
    gives("{\"name\": \"\xff\"}", STATUS_MALFORMED, "");
}

static void test_members(void **state)
{
    (void)state;
    gives("{}", STATUS_INVALID, "name");
    gives("{\"name\": 1}", STATUS_INVALID, "name");
    gives("{\"name\": {\"a\": 1}}", STATUS_INVALID, "name");
    gives("{\"name\": null}", STATUS_INVALID, "name");
    gives("{\"name\": \"12345678\"}", STATUS_OK, "");
    gives("{\"name\": \"123456789\"}", STATUS_INVALID, "name");
    gives("{\"name\": \"a\\nb\"}", STATUS_INVALID, "name");
    gives("{\"name\": \"a\", \"on\": \"true\"}", STATUS_INVALID, "on");
    gives("{\"name\": \"a\", \"other\": 1}", STATUS_INVALID, "unknown");
}

static void test_deep_nesting_is_refused(void **state)
{
    static char deep[4096];
    (void)state;
    memset(deep, '[', sizeof deep - 1);
    gives(deep, STATUS_MALFORMED, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_body),
        cmocka_unit_test(test_what_is_no_flat_object),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_deep_nesting_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
