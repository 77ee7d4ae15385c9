/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A desk in a folder of its own, on a manual clock, for one test.
 */
#ifndef TEST_TEMPORARY_DESK_H
#define TEST_TEMPORARY_DESK_H

#include "desk/accounts.h"

struct temporary_desk {
    char folder[64];
    struct clock clock; /* begins at 2026-01-01 */
    struct desk desk;
};

/* For cmocka's setup and teardown. */
int temporary_desk_make(void **state);
int temporary_desk_remove(void **state);

/* Closes and opens it again, as a restart would. */
void temporary_desk_reopen(struct temporary_desk *temporary);

/* Moves the clock. */
void temporary_desk_wait(struct temporary_desk *temporary, int64_t seconds);

/* An account with the password "a good password 1". */
void temporary_desk_account(struct temporary_desk *temporary, const char *name, enum role role);

#define GOOD_PASSWORD SLICE("a good password 1")

#endif
