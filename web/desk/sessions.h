/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Signed-in browsers. The browser holds a random 256-bit token, the desk its hash only; the token
 * that guards against cross-site requests is derived from it and needs no place of its own.
 */
#ifndef DESK_SESSIONS_H
#define DESK_SESSIONS_H

#include "desk/accounts.h"

enum { SESSION_MAX_PER_ACCOUNT = 10 };

struct desk_session_limits {
    int64_t idle_ns;     /* since the last request */
    int64_t absolute_ns; /* since sign-in */
};

struct desk_session {
    char account[ACCOUNT_NAME_SIZE];
    enum role role;
    int64_t started_ns, seen_ns;
    char csrf[SECRET_TOKEN_TEXT];
};

/* A new session of an account; `token` is for the cookie. At the most sessions of one account the
 * oldest ends. Ended sessions of everybody are cleared away here. */
enum status desk_session_start(struct desk *desk, const char *account,
                               const struct desk_session_limits *limits,
                               char token[SECRET_TOKEN_TEXT], struct desk_session *session);

/* The session of a token, with the role that its account has now; NOT_FOUND when it is unknown,
 * ended, or the account is disabled. Being seen is written down once a minute. */
enum status desk_session_find(struct desk *desk, struct slice token,
                              const struct desk_session_limits *limits,
                              struct desk_session *session);

enum status desk_session_end(struct desk *desk, struct slice token);

/* Inside a transaction: ends all sessions of an account. */
void desk_session_drop_account(struct db_txn *txn, const char *account);

#endif
