/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every status has a text; errno values map to the status that fits.
 */
#include "base/status.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void texts(void **state)
{
    (void)state;
    for (int i = 0; i < STATUS_COUNT; i++) {
        const char *text = status_text((enum status)i);
        assert_true(strlen(text) > 0);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(text, status_text((enum status)k));
    }
    assert_string_equal(status_text((enum status)STATUS_COUNT), "unknown status");
    assert_string_equal(status_text((enum status) - 1), "unknown status");
}

static void errors(void **state)
{
    (void)state;
    assert_int_equal(status_from_errno(0), STATUS_OK);
    assert_int_equal(status_from_errno(ENOENT), STATUS_NOT_FOUND);
    assert_int_equal(status_from_errno(EACCES), STATUS_DENIED);
    assert_int_equal(status_from_errno(ENOSPC), STATUS_FULL);
    assert_int_equal(status_from_errno(ENOMEM), STATUS_NO_MEMORY);
    assert_int_equal(status_from_errno(EIO), STATUS_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts), cmocka_unit_test(errors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
