/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The console's secrets: random tokens, of which only a hash is kept, and passwords (Argon2id,
 * RFC 9106, through libsodium). Texts of secrets are wiped by secret_wipe() after use.
 */
#ifndef DESK_SECRET_H
#define DESK_SECRET_H

#include "base/slice.h"
#include "base/status.h"

enum {
    SECRET_TOKEN_TEXT = 44, /* 256 bits in URL-safe base64, with the terminator */
    SECRET_TOKEN_HASH = 32,
    SECRET_PASSWORD_HASH = 128, /* "$argon2id$..." with the terminator */
    SECRET_PASSWORD_LEAST = 12, /* characters of a new password */
    SECRET_PASSWORD_MOST = 256, /* bytes */
};

/* Once before anything else here; false when the system gives no randomness. */
bool secret_init(void);

void secret_token(char text[SECRET_TOKEN_TEXT]);
void secret_token_hash(struct slice text, uint8_t hash[SECRET_TOKEN_HASH]);

/* In constant time. */
bool secret_equal(const void *a, const void *b, size_t len);

/* OK, or INVALID when it is shorter than SECRET_PASSWORD_LEAST characters, longer than the most, or
 * made of fewer than five different ones. */
enum status secret_password_check(struct slice password);

/* About 0.1 s and 64 MiB; calls from several threads take turns, so that memory stays bounded. */
enum status secret_password_hash(struct slice password, char hash[SECRET_PASSWORD_HASH]);

/* The same work whether it fits or not; an empty `hash` (no such account) never fits and takes as
 * long. */
bool secret_password_fits(struct slice password, const char hash[SECRET_PASSWORD_HASH]);

void secret_wipe(void *bytes, size_t len);

#endif
