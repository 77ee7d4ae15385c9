/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who may use the console, and as what. A viewer reads scores, alerts and coverage; an analyst also
 * reads events, asks who saw a subject and exports reports; an admin also manages accounts and
 * reads the audit trail.
 */
#ifndef DESK_ACCOUNTS_H
#define DESK_ACCOUNTS_H

#include "desk/desk.h"
#include "desk/secret.h"

enum role { ROLE_NONE, ROLE_VIEWER, ROLE_ANALYST, ROLE_ADMIN, ROLE_COUNT };

const char *role_name(enum role role);              /* "", "viewer", "analyst", "admin" */
bool role_find(struct slice name, enum role *role); /* never ROLE_NONE */

enum { ACCOUNT_NAME_SIZE = 65, ACCOUNT_MAX = 10000 };

struct account {
    char name[ACCOUNT_NAME_SIZE];
    enum role role;
    bool disabled;
    int64_t created_ns, changed_ns;
    int64_t last_sign_in_ns; /* 0: never */
    char password_hash[SECRET_PASSWORD_HASH];
};

/* 1 to 64 of a-z 0-9 . _ @ - beginning with a letter or digit (capitals are not told apart: the
 * name is stored in lower case). INVALID otherwise. */
enum status account_name(struct slice text, char name[ACCOUNT_NAME_SIZE]);

/* NOT_FOUND when there is none; `account` is then zeroed. */
enum status account_get(struct desk *desk, const char *name, struct account *account);

/* A new one: EXISTS, INVALID (name or password), LIMIT. */
enum status account_add(struct desk *desk, struct slice name, enum role role, struct slice password,
                        struct account *account);

/* What to change; the rest stays. NOT_FOUND; DENIED when no enabled admin would be left. A new
 * password, a disabling or a lesser role ends the account's sessions. */
struct account_change {
    enum role role; /* ROLE_NONE: as it is */
    bool set_disabled, disabled;
    struct slice password; /* empty: as it is */
};
enum status account_alter(struct desk *desk, const char *name, const struct account_change *change);

enum status account_signed_in(struct desk *desk, const char *name);

typedef bool account_visit(void *context, const struct account *account);
enum status account_each(struct desk *desk, account_visit *visit, void *context);
enum status account_count(struct desk *desk, uint64_t *count);

/* Inside a transaction, for the other parts of the desk. */
bool account_load(struct db_txn *txn, const char *name, struct account *account);
void account_store(struct db_txn *txn, const struct account *account);

#endif
