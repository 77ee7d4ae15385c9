/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "temporary_desk.h"

#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void open_it(struct temporary_desk *temporary)
{
    char error[DB_ERROR_SIZE] = "";
    enum status status =
        desk_open(&temporary->desk, temporary->folder, DB_WRITER, &temporary->clock, error);
    if (status != STATUS_OK)
        fail_msg("%s", error);
}

int temporary_desk_make(void **state)
{
    struct temporary_desk *temporary = calloc(1, sizeof *temporary);
    assert_non_null(temporary);
    assert_true(secret_init());
    strcpy(temporary->folder, "/tmp/dwell-desk-XXXXXX");
    assert_non_null(mkdtemp(temporary->folder));
    temporary->clock = clock_manual(INT64_C(1767225600) * NS_PER_S);
    open_it(temporary);
    *state = temporary;
    return 0;
}

int temporary_desk_remove(void **state)
{
    static const char *const files[] = {"desk/data.mdb", "desk/lock.mdb", "desk/writer.lock",
                                        "first-run-token", "desk"};
    struct temporary_desk *temporary = *state;
    desk_close(&temporary->desk);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", temporary->folder, files[i]);
        remove(path);
    }
    rmdir(temporary->folder);
    free(temporary);
    return 0;
}

void temporary_desk_reopen(struct temporary_desk *temporary)
{
    desk_close(&temporary->desk);
    open_it(temporary);
}

void temporary_desk_wait(struct temporary_desk *temporary, int64_t seconds)
{
    clock_set(&temporary->clock, clock_now(&temporary->clock) + seconds * NS_PER_S);
}

void temporary_desk_account(struct temporary_desk *temporary, const char *name, enum role role)
{
    struct account account;
    assert_int_equal(account_add(&temporary->desk, slice_from(name), role, GOOD_PASSWORD, &account),
                     STATUS_OK);
}
