/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first-run token: meta "setup" = sealed {expiry, hash}.
 */
#include "desk/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum { SETUP_VERSION = 1, SETUP_VALUE_MAX = 64 };

struct offer {
    int64_t expires_ns;
    uint8_t hash[SECRET_TOKEN_HASH];
};

static void work_begin(struct db_txn *txn, void *context)
{
    const struct offer *offer = context;
    if (db_count(txn, DESK_ACCOUNTS) > 0) {
        db_fail(txn, STATUS_EXISTS);
        return;
    }
    struct buffer fields, value;
    buffer_init(&fields, SETUP_VALUE_MAX);
    buffer_init(&value, SETUP_VALUE_MAX);
    buffer_append_le64(&fields, (uint64_t)offer->expires_ns);
    buffer_append(&fields, offer->hash, sizeof offer->hash);
    db_seal(&value, SETUP_VERSION, buffer_slice(&fields));
    if (buffer_status(&fields) != STATUS_OK || buffer_status(&value) != STATUS_OK)
        db_fail(txn, STATUS_NO_MEMORY);
    db_put(txn, DESK_META, SLICE("setup"), buffer_slice(&value));
    buffer_release(&value);
    buffer_release(&fields);
}

/* A new file in the old one's place, never through a link somebody laid there. */
static enum status write_token(const char *path, const char *token)
{
    if (unlink(path) != 0 && errno != ENOENT)
        return status_from_errno(errno);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return status_from_errno(errno);
    size_t len = strlen(token);
    enum status status = STATUS_OK;
    if (write(file, token, len) != (ssize_t)len || write(file, "\n", 1) != 1)
        status = status_from_errno(errno);
    close(file);
    return status;
}

enum status setup_begin(struct desk *desk, const char *token_file, char token[SECRET_TOKEN_TEXT])
{
    struct offer offer = {.expires_ns = clock_now(desk->clock) + SETUP_VALID_S * NS_PER_S};
    secret_token(token);
    secret_token_hash(slice_from(token), offer.hash);
    enum status status = desk_change(desk, work_begin, &offer);
    return status == STATUS_OK ? write_token(token_file, token) : status;
}

bool setup_open(struct desk *desk)
{
    uint64_t count;
    return account_count(desk, &count) == STATUS_OK && count == 0;
}

static bool load_offer(struct db_txn *txn, struct offer *offer)
{
    struct slice value, payload;
    uint8_t version;
    if (!db_get(txn, DESK_META, SLICE("setup"), &value) ||
        db_unseal(value, SETUP_VERSION, &version, &payload) != STATUS_OK)
        return false;
    struct reader r = reader_of(payload);
    offer->expires_ns = (int64_t)reader_le64(&r);
    struct slice hash = reader_bytes(&r, SECRET_TOKEN_HASH);
    if (!reader_ok(&r))
        return false;
    memcpy(offer->hash, hash.ptr, sizeof offer->hash);
    return true;
}

struct finish {
    uint8_t hash[SECRET_TOKEN_HASH];
    int64_t now;
    const struct account *account; /* NULL: only look whether the token is good */
    bool good;
};

static void check(struct db_txn *txn, void *context)
{
    struct finish *finish = context;
    struct offer offer;
    finish->good = db_count(txn, DESK_ACCOUNTS) == 0 && load_offer(txn, &offer) &&
                   finish->now < offer.expires_ns &&
                   secret_equal(offer.hash, finish->hash, sizeof offer.hash);
}

static void work_finish(struct db_txn *txn, void *context)
{
    struct finish *finish = context;
    check(txn, finish);
    if (!finish->good) {
        db_fail(txn, STATUS_DENIED);
        return;
    }
    account_store(txn, finish->account);
    db_del(txn, DESK_META, SLICE("setup"));
}

enum status setup_finish(struct desk *desk, struct slice token, struct slice name,
                         struct slice password, struct account *account)
{
    struct finish finish = {.now = clock_now(desk->clock)};
    *account =
        (struct account){.role = ROLE_ADMIN, .created_ns = finish.now, .changed_ns = finish.now};
    secret_token_hash(token, finish.hash);
    enum status status = desk_look(desk, check, &finish);
    if (status == STATUS_OK && !finish.good)
        status = STATUS_DENIED;
    if (status == STATUS_OK)
        status = account_name(name, account->name);
    if (status == STATUS_OK)
        status = secret_password_check(password);
    if (status == STATUS_OK)
        status = secret_password_hash(password, account->password_hash);
    finish.account = account;
    return status == STATUS_OK ? desk_change(desk, work_finish, &finish) : status;
}
