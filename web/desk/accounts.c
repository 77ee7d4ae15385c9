/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Accounts: key = name, value = sealed fields in the order of struct account.
 */
#include "desk/accounts.h"

#include "desk/sessions.h"

enum { ACCOUNT_VERSION = 1, ACCOUNT_VALUE_MAX = 512 };

static const char *const names[ROLE_COUNT] = {"", "viewer", "analyst", "admin"};

const char *role_name(enum role role)
{
    return (unsigned)role < ROLE_COUNT ? names[role] : "";
}

bool role_find(struct slice name, enum role *role)
{
    for (enum role i = ROLE_VIEWER; i < ROLE_COUNT; i++) {
        if (slice_equal(name, slice_from(names[i]))) {
            *role = i;
            return true;
        }
    }
    return false;
}

enum status account_name(struct slice text, char name[ACCOUNT_NAME_SIZE])
{
    if (text.len == 0 || text.len >= ACCOUNT_NAME_SIZE)
        return STATUS_INVALID;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        if (byte >= 'A' && byte <= 'Z')
            byte = (uint8_t)(byte - 'A' + 'a');
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
        if (!plain && (i == 0 || !memchr("._@-", byte, 4)))
            return STATUS_INVALID;
        name[i] = (char)byte;
    }
    name[text.len] = '\0';
    return STATUS_OK;
}

void account_store(struct db_txn *txn, const struct account *account)
{
    struct buffer fields, value;
    buffer_init(&fields, ACCOUNT_VALUE_MAX);
    buffer_init(&value, ACCOUNT_VALUE_MAX);
    buffer_append_byte(&fields, (uint8_t)account->role);
    buffer_append_byte(&fields, account->disabled);
    buffer_append_le64(&fields, (uint64_t)account->created_ns);
    buffer_append_le64(&fields, (uint64_t)account->changed_ns);
    buffer_append_le64(&fields, (uint64_t)account->last_sign_in_ns);
    desk_append_text(&fields, slice_from(account->password_hash));
    db_seal(&value, ACCOUNT_VERSION, buffer_slice(&fields));
    if (buffer_status(&fields) != STATUS_OK || buffer_status(&value) != STATUS_OK)
        db_fail(txn, STATUS_NO_MEMORY);
    db_put(txn, DESK_ACCOUNTS, slice_from(account->name), buffer_slice(&value));
    buffer_release(&value);
    buffer_release(&fields);
}

static enum status decode(struct slice name, struct slice value, struct account *account)
{
    uint8_t version;
    struct slice payload;
    enum status status = db_unseal(value, ACCOUNT_VERSION, &version, &payload);
    if (status != STATUS_OK)
        return status;
    struct reader r = reader_of(payload);
    slice_copy_text(name, account->name, sizeof account->name);
    uint8_t role = reader_u8(&r);
    account->role = role < ROLE_COUNT ? (enum role)role : ROLE_NONE;
    account->disabled = reader_u8(&r) != 0;
    account->created_ns = (int64_t)reader_le64(&r);
    account->changed_ns = (int64_t)reader_le64(&r);
    account->last_sign_in_ns = (int64_t)reader_le64(&r);
    slice_copy_text(desk_read_text(&r), account->password_hash, sizeof account->password_hash);
    return reader_ok(&r) ? STATUS_OK : STATUS_CORRUPT;
}

bool account_load(struct db_txn *txn, const char *name, struct account *account)
{
    struct slice value;
    *account = (struct account){0};
    if (!db_get(txn, DESK_ACCOUNTS, slice_from(name), &value))
        return false;
    enum status status = decode(slice_from(name), value, account);
    if (status != STATUS_OK)
        db_fail(txn, status);
    return status == STATUS_OK;
}

struct one {
    const char *name;
    struct account *account;
    bool found;
};

static void look_one(struct db_txn *txn, void *context)
{
    struct one *one = context;
    one->found = account_load(txn, one->name, one->account);
}

enum status account_get(struct desk *desk, const char *name, struct account *account)
{
    struct one one = {name, account, false};
    enum status status = desk_look(desk, look_one, &one);
    return status != STATUS_OK ? status : one.found ? STATUS_OK : STATUS_NOT_FOUND;
}

static void work_add(struct db_txn *txn, void *context)
{
    const struct account *account = context;
    struct account there;
    if (account_load(txn, account->name, &there))
        db_fail(txn, STATUS_EXISTS);
    else if (db_count(txn, DESK_ACCOUNTS) >= ACCOUNT_MAX)
        db_fail(txn, STATUS_LIMIT);
    else
        account_store(txn, account);
}

enum status account_add(struct desk *desk, struct slice name, enum role role, struct slice password,
                        struct account *account)
{
    *account = (struct account){.role = role, .created_ns = clock_now(desk->clock)};
    account->changed_ns = account->created_ns;
    enum status status = account_name(name, account->name);
    if (status == STATUS_OK)
        status = secret_password_check(password);
    if (status == STATUS_OK)
        status = secret_password_hash(password, account->password_hash);
    return status == STATUS_OK ? desk_change(desk, work_add, account) : status;
}

/* Is there an enabled admin besides this account? */
static bool other_admin(struct db_txn *txn, const char *name)
{
    struct db_cursor c;
    bool found = false;
    db_cursor_open(&c, txn, DESK_ACCOUNTS);
    for (bool more = db_first(&c); more && !found; more = db_next(&c)) {
        struct account account = {0};
        found = decode(c.key, c.value, &account) == STATUS_OK && account.role == ROLE_ADMIN &&
                !account.disabled && strcmp(account.name, name) != 0;
    }
    db_cursor_close(&c);
    return found;
}

struct alteration {
    const char *name;
    const struct account_change *change;
    char hash[SECRET_PASSWORD_HASH];
    int64_t now;
};

static void work_alter(struct db_txn *txn, void *context)
{
    const struct alteration *a = context;
    struct account account;
    if (!account_load(txn, a->name, &account)) {
        db_fail(txn, STATUS_NOT_FOUND);
        return;
    }
    struct account before = account;
    if (a->change->role != ROLE_NONE)
        account.role = a->change->role;
    if (a->change->set_disabled)
        account.disabled = a->change->disabled;
    if (a->change->password.len)
        memcpy(account.password_hash, a->hash, sizeof account.password_hash);
    account.changed_ns = a->now;
    bool admin = account.role == ROLE_ADMIN && !account.disabled;
    if (before.role == ROLE_ADMIN && !before.disabled && !admin && !other_admin(txn, a->name)) {
        db_fail(txn, STATUS_DENIED);
        return;
    }
    account_store(txn, &account);
    if (a->change->password.len || account.disabled || account.role < before.role)
        desk_session_drop_account(txn, a->name);
}

enum status account_alter(struct desk *desk, const char *name, const struct account_change *change)
{
    struct alteration a = {.name = name, .change = change, .now = clock_now(desk->clock)};
    if (change->password.len) {
        enum status status = secret_password_check(change->password);
        if (status == STATUS_OK)
            status = secret_password_hash(change->password, a.hash);
        if (status != STATUS_OK)
            return status;
    }
    return desk_change(desk, work_alter, &a);
}

struct moment {
    const char *name;
    int64_t now;
};

static void work_signed_in(struct db_txn *txn, void *context)
{
    const struct moment *moment = context;
    struct account account;
    if (!account_load(txn, moment->name, &account))
        return;
    account.last_sign_in_ns = moment->now;
    account_store(txn, &account);
}

enum status account_signed_in(struct desk *desk, const char *name)
{
    struct moment moment = {name, clock_now(desk->clock)};
    return desk_change(desk, work_signed_in, &moment);
}

struct walk {
    account_visit *visit;
    void *context;
};

static void look_each(struct db_txn *txn, void *context)
{
    const struct walk *walk = context;
    struct db_cursor c;
    db_cursor_open(&c, txn, DESK_ACCOUNTS);
    bool more = db_first(&c);
    while (more) {
        struct account account = {0};
        enum status status = decode(c.key, c.value, &account);
        if (status != STATUS_OK)
            db_fail(txn, status);
        more = status == STATUS_OK && walk->visit(walk->context, &account) && db_next(&c);
    }
    db_cursor_close(&c);
}

enum status account_each(struct desk *desk, account_visit *visit, void *context)
{
    struct walk walk = {visit, context};
    return desk_look(desk, look_each, &walk);
}

static void look_count(struct db_txn *txn, void *context)
{
    *(uint64_t *)context = db_count(txn, DESK_ACCOUNTS);
}

enum status account_count(struct desk *desk, uint64_t *count)
{
    *count = 0;
    return desk_look(desk, look_count, count);
}
