/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who is signed in to the web applications: the session token of a login (a cookie or a bearer
 * token) and its user, for the life of that session and over all its connections. Tokens are known
 * by their hash only. Bounded: the session not used for longest goes first, counted.
 */
#ifndef COLLECTOR_APP_SESSIONS_H
#define COLLECTOR_APP_SESSIONS_H

#include "base/arena.h"
#include "base/slice.h"

enum { APP_USER_MAX = 128 }; /* bytes of a user name that are kept */

struct app_sessions;

/* NULL when there is no memory. */
struct app_sessions *app_sessions_new(size_t max_sessions);
void app_sessions_free(struct app_sessions **sessions);

/* The token of a cookie or header: stable over runs, not reversible for tokens worth the name. */
uint64_t app_session_token(struct slice name, struct slice value);

/* The session's id in events: sixteen hexadecimal digits in the arena; empty for token 0. */
struct slice app_session_text(struct arena *arena, uint64_t token);

void app_sessions_sign_in(struct app_sessions *sessions, uint64_t token, struct slice user);
void app_sessions_sign_out(struct app_sessions *sessions, uint64_t token);

/* The user; empty when the token is not known. Valid until the next call. */
struct slice app_sessions_user(struct app_sessions *sessions, uint64_t token);

uint64_t app_sessions_evicted(const struct app_sessions *sessions);

#endif
