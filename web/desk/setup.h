/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first run: while there is no account, a one-time token lets its holder make the first admin.
 * The token is made anew at each start of the console (the one before is void), is good for
 * SETUP_VALID_S, and is gone with the account it made.
 */
#ifndef DESK_SETUP_H
#define DESK_SETUP_H

#include "desk/accounts.h"

enum { SETUP_VALID_S = 24 * 3600 };

/* EXISTS when there is an account already: nothing to do. Also writes the token into the file
 * `token_file` (0600, replaced when there). */
enum status setup_begin(struct desk *desk, const char *token_file, char token[SECRET_TOKEN_TEXT]);

/* Is the first admin still to be made? */
bool setup_open(struct desk *desk);

/* Makes the first admin. DENIED: wrong or expired token, or an account exists; INVALID: the name or
 * the password is not acceptable (the token stays good). */
enum status setup_finish(struct desk *desk, struct slice token, struct slice name,
                         struct slice password, struct account *account);

#endif
