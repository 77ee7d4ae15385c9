/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * libsodium, as far as the console needs it.
 */
#include "desk/secret.h"

#include "base/text.h"

#include <pthread.h>
#include <sodium.h>

_Static_assert(SECRET_PASSWORD_HASH >= crypto_pwhash_STRBYTES, "room for the password hash");

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

/* Stands in where there is no account: nobody knows a password that fits it. */
static char nobody[SECRET_PASSWORD_HASH];

bool secret_init(void)
{
    if (sodium_init() < 0)
        return false;
    pthread_mutex_lock(&turn);
    bool ready = nobody[0] != '\0';
    pthread_mutex_unlock(&turn);
    if (ready)
        return true;
    char token[SECRET_TOKEN_TEXT], hash[SECRET_PASSWORD_HASH];
    secret_token(token);
    enum status status = secret_password_hash(slice_from(token), hash);
    secret_wipe(token, sizeof token);
    pthread_mutex_lock(&turn);
    memcpy(nobody, hash, sizeof nobody);
    pthread_mutex_unlock(&turn);
    return status == STATUS_OK;
}

void secret_token(char text[SECRET_TOKEN_TEXT])
{
    uint8_t bytes[32];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(text, SECRET_TOKEN_TEXT, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    secret_wipe(bytes, sizeof bytes);
}

void secret_token_hash(struct slice text, uint8_t hash[SECRET_TOKEN_HASH])
{
    static const uint8_t key[] = "dwell console token";
    crypto_generichash(hash, SECRET_TOKEN_HASH, text.ptr, text.len, key, sizeof key);
}

bool secret_equal(const void *a, const void *b, size_t len)
{
    return sodium_memcmp(a, b, len) == 0;
}

static size_t different_bytes(struct slice text)
{
    bool seen[256] = {false};
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += !seen[text.ptr[i]];
        seen[text.ptr[i]] = true;
    }
    return count;
}

enum status secret_password_check(struct slice password)
{
    bool good = text_is_utf8(password) && text_length(password) >= SECRET_PASSWORD_LEAST &&
                password.len <= SECRET_PASSWORD_MOST && different_bytes(password) >= 5;
    return good ? STATUS_OK : STATUS_INVALID;
}

enum status secret_password_hash(struct slice password, char hash[SECRET_PASSWORD_HASH])
{
    memset(hash, 0, SECRET_PASSWORD_HASH);
    pthread_mutex_lock(&turn);
    int failed = crypto_pwhash_str_alg(
        hash, (const char *)password.ptr, password.len, crypto_pwhash_OPSLIMIT_INTERACTIVE,
        crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13);
    pthread_mutex_unlock(&turn);
    return failed ? STATUS_NO_MEMORY : STATUS_OK;
}

bool secret_password_fits(struct slice password, const char hash[SECRET_PASSWORD_HASH])
{
    bool known = hash[0] != '\0';
    if (password.len > SECRET_PASSWORD_MOST)
        return false;
    pthread_mutex_lock(&turn);
    int failed =
        crypto_pwhash_str_verify(known ? hash : nobody, (const char *)password.ptr, password.len);
    pthread_mutex_unlock(&turn);
    return known && !failed;
}

void secret_wipe(void *bytes, size_t len)
{
    sodium_memzero(bytes, len);
}
