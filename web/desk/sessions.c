/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sessions: key = hash of the token, value = sealed {started, seen, account}.
 */
#include "desk/sessions.h"

#include "base/hash.h"

enum { SESSION_VERSION = 1, SESSION_VALUE_MAX = 160 };

static const int64_t seen_step_ns = 60 * NS_PER_S;

static enum status decode(struct slice value, struct desk_session *session)
{
    uint8_t version;
    struct slice payload;
    enum status status = db_unseal(value, SESSION_VERSION, &version, &payload);
    if (status != STATUS_OK)
        return status;
    struct reader r = reader_of(payload);
    *session = (struct desk_session){0};
    session->started_ns = (int64_t)reader_le64(&r);
    session->seen_ns = (int64_t)reader_le64(&r);
    slice_copy_text(desk_read_text(&r), session->account, sizeof session->account);
    return reader_ok(&r) ? STATUS_OK : STATUS_CORRUPT;
}

static void store(struct db_txn *txn, const uint8_t hash[SECRET_TOKEN_HASH],
                  const struct desk_session *session)
{
    struct buffer fields, value;
    buffer_init(&fields, SESSION_VALUE_MAX);
    buffer_init(&value, SESSION_VALUE_MAX);
    buffer_append_le64(&fields, (uint64_t)session->started_ns);
    buffer_append_le64(&fields, (uint64_t)session->seen_ns);
    desk_append_text(&fields, slice_from(session->account));
    db_seal(&value, SESSION_VERSION, buffer_slice(&fields));
    if (buffer_status(&fields) != STATUS_OK || buffer_status(&value) != STATUS_OK)
        db_fail(txn, STATUS_NO_MEMORY);
    db_put(txn, DESK_SESSIONS, slice_make(hash, SECRET_TOKEN_HASH), buffer_slice(&value));
    buffer_release(&value);
    buffer_release(&fields);
}

static bool ended(const struct desk_session *session, const struct desk_session_limits *limits,
                  int64_t now)
{
    return now - session->started_ns >= limits->absolute_ns ||
           now - session->seen_ns >= limits->idle_ns;
}

/* Removes the sessions for which `goes` says so. */
static void sweep(struct db_txn *txn,
                  bool (*goes)(void *context, const struct desk_session *session), void *context)
{
    struct db_cursor c;
    db_cursor_open(&c, txn, DESK_SESSIONS);
    for (bool more = db_first(&c); more; more = db_next(&c)) {
        struct desk_session session;
        if (decode(c.value, &session) != STATUS_OK || goes(context, &session))
            db_cursor_del(&c);
    }
    db_cursor_close(&c);
}

static bool of_account(void *context, const struct desk_session *session)
{
    return strcmp(session->account, context) == 0;
}

void desk_session_drop_account(struct db_txn *txn, const char *account)
{
    sweep(txn, of_account, (void *)(uintptr_t)account);
}

struct start {
    struct desk_session *session;
    const struct desk_session_limits *limits;
    uint8_t hash[SECRET_TOKEN_HASH];
    unsigned own;      /* sessions of the account that go on */
    int64_t oldest_ns; /* start of the oldest of them */
};

static bool goes_at_start(void *context, const struct desk_session *other)
{
    struct start *start = context;
    if (ended(other, start->limits, start->session->started_ns))
        return true;
    if (strcmp(other->account, start->session->account) == 0) {
        if (start->own++ == 0 || other->started_ns < start->oldest_ns)
            start->oldest_ns = other->started_ns;
    }
    return false;
}

static bool is_oldest(void *context, const struct desk_session *other)
{
    const struct start *start = context;
    return strcmp(other->account, start->session->account) == 0 &&
           other->started_ns == start->oldest_ns;
}

static void work_start(struct db_txn *txn, void *context)
{
    struct start *start = context;
    start->own = 0;
    sweep(txn, goes_at_start, start);
    if (start->own >= SESSION_MAX_PER_ACCOUNT)
        sweep(txn, is_oldest, start);
    store(txn, start->hash, start->session);
}

/* What a page must send with each change: only who can read the session's answers knows it. */
static void derive_csrf(struct slice token, char csrf[SECRET_TOKEN_TEXT])
{
    uint8_t hash[21];
    blake2b(hash, sizeof hash, NULL, SLICE("dwell console page "), token, (struct slice){NULL, 0});
    for (size_t i = 0; i < sizeof hash; i++) {
        static const char digits[] = "0123456789abcdef";
        csrf[2 * i] = digits[hash[i] >> 4];
        csrf[2 * i + 1] = digits[hash[i] & 15];
    }
    csrf[2 * sizeof hash] = '\0';
}

enum status desk_session_start(struct desk *desk, const char *account,
                               const struct desk_session_limits *limits,
                               char token[SECRET_TOKEN_TEXT], struct desk_session *session)
{
    struct account who;
    enum status status = account_get(desk, account, &who);
    if (status != STATUS_OK)
        return status;
    int64_t now = clock_now(desk->clock);
    *session = (struct desk_session){.role = who.role, .started_ns = now, .seen_ns = now};
    memcpy(session->account, who.name, sizeof session->account);
    secret_token(token);
    derive_csrf(slice_from(token), session->csrf);
    struct start start = {.session = session, .limits = limits};
    secret_token_hash(slice_from(token), start.hash);
    return desk_change(desk, work_start, &start);
}

struct find {
    uint8_t hash[SECRET_TOKEN_HASH];
    const struct desk_session_limits *limits;
    struct desk_session *session;
    int64_t now;
    bool found;
};

static void look_session(struct db_txn *txn, void *context)
{
    struct find *find = context;
    struct slice value;
    struct account account;
    find->found = false;
    if (!db_get(txn, DESK_SESSIONS, slice_make(find->hash, sizeof find->hash), &value))
        return;
    if (decode(value, find->session) != STATUS_OK ||
        ended(find->session, find->limits, find->now) ||
        !account_load(txn, find->session->account, &account) || account.disabled)
        return;
    find->session->role = account.role;
    find->found = true;
}

static void work_seen(struct db_txn *txn, void *context)
{
    struct find *find = context;
    look_session(txn, context);
    if (!find->found)
        return;
    find->session->seen_ns = find->now;
    store(txn, find->hash, find->session);
}

enum status desk_session_find(struct desk *desk, struct slice token,
                              const struct desk_session_limits *limits,
                              struct desk_session *session)
{
    struct find find = {.limits = limits, .session = session, .now = clock_now(desk->clock)};
    *session = (struct desk_session){0};
    if (token.len != SECRET_TOKEN_TEXT - 1)
        return STATUS_NOT_FOUND;
    secret_token_hash(token, find.hash);
    enum status status = desk_look(desk, look_session, &find);
    if (status == STATUS_OK && find.found && find.now - session->seen_ns >= seen_step_ns)
        status = desk_change(desk, work_seen, &find);
    if (status == STATUS_OK && !find.found)
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        derive_csrf(token, session->csrf);
    return status;
}

static void work_end(struct db_txn *txn, void *context)
{
    db_del(txn, DESK_SESSIONS, slice_make(context, SECRET_TOKEN_HASH));
}

enum status desk_session_end(struct desk *desk, struct slice token)
{
    uint8_t hash[SECRET_TOKEN_HASH];
    secret_token_hash(token, hash);
    return desk_change(desk, work_end, hash);
}
