/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Signing in and out, the first run, and changing one's own password.
 */
#include "base/clock.h"
#include "desk/setup.h"
#include "desk/trail.h"
#include "web/api.h"
#include "web/body.h"
#include "web/member.h"

#include <stdio.h>

#define COOKIE_END "; Path=/; Secure; HttpOnly; SameSite=Strict"

/* Reads the body into the fields; false (and a 400) when it is not good. */
static bool fields_read(struct exchange *exchange, struct body **body, struct body_field *fields,
                        size_t count)
{
    const char *wrong;
    if (body_read(body, exchange->request.body, fields, count, &wrong) == STATUS_OK)
        return true;
    exchange_fail(exchange, 400, "body", wrong);
    return false;
}

static void write_session(struct exchange *exchange)
{
    struct json_writer *w = &exchange->json;
    const struct desk_session *session = &exchange->session;
    bool signed_in = session->role != ROLE_NONE;
    json_write_object_open(w);
    member_bool(w, "signed_in", signed_in);
    member_bool(w, "first_run", !signed_in && setup_open(&exchange->console->desk));
    member_string(w, "version", exchange->console->version);
    if (signed_in) {
        member_string(w, "name", session->account);
        member_string(w, "role", role_name(session->role));
        member_string(w, "csrf", session->csrf);
    }
    json_write_object_close(w);
}

void api_session(struct exchange *exchange)
{
    write_session(exchange);
}

/* Starts a session for an account that has proved itself, and answers with it. */
static void open_session(struct exchange *exchange, const char *account, enum trail_action action)
{
    struct console *console = exchange->console;
    char token[SECRET_TOKEN_TEXT];
    if (exchange->token.len)
        desk_session_end(&console->desk, exchange->token);
    enum status status =
        desk_session_start(&console->desk, account, &console->limits, token, &exchange->session);
    if (status == STATUS_OK)
        status = account_signed_in(&console->desk, account);
    if (status != STATUS_OK) {
        exchange_fail_status(exchange, status);
        return;
    }
    if (!exchange_audit(exchange, action, (struct slice){NULL, 0})) {
        desk_session_end(&console->desk, slice_from(token));
        return;
    }
    atomic_fetch_add(&console->counters.sign_ins, 1);
    snprintf(exchange->response.cookie, sizeof exchange->response.cookie,
             "__Host-dwell=%s" COOKIE_END, token);
    secret_wipe(token, sizeof token);
    write_session(exchange);
}

/* False (and a 429) while this account or address has to wait. */
static bool may_try(struct exchange *exchange, struct slice account)
{
    struct console *console = exchange->console;
    unsigned wait = throttle_try(&console->throttle, account, slice_from(exchange->request.peer),
                                 clock_monotonic(&console->clock));
    if (wait == 0)
        return true;
    atomic_fetch_add(&console->counters.throttled, 1);
    exchange_fail(exchange, 429, "wait", "");
    exchange->response.retry_after_s = wait;
    return false;
}

static void refuse(struct exchange *exchange, struct slice name)
{
    atomic_fetch_add(&exchange->console->counters.sign_in_failures, 1);
    if (exchange_audit(exchange, TRAIL_sign_in_failed, name))
        exchange_fail(exchange, 401, "credentials", "");
}

static void sign_in(struct exchange *exchange, struct slice name, struct slice password)
{
    struct account account = {0};
    char plain[ACCOUNT_NAME_SIZE] = "";
    bool named = account_name(name, plain) == STATUS_OK;
    struct slice key = named ? slice_from(plain) : name;
    if (!may_try(exchange, key))
        return;
    if (named)
        account_get(&exchange->console->desk, plain, &account);
    if (!secret_password_fits(password, account.password_hash) || account.disabled) {
        refuse(exchange, key);
        return;
    }
    throttle_passed(&exchange->console->throttle, key, slice_from(exchange->request.peer));
    open_session(exchange, account.name, TRAIL_sign_in);
}

void api_sign_in(struct exchange *exchange)
{
    struct body *body = NULL;
    struct body_field fields[] = {
        {.name = "name", .required = true, .most = ACCOUNT_NAME_SIZE - 1},
        {.name = "password", .required = true, .most = SECRET_PASSWORD_MOST},
    };
    if (fields_read(exchange, &body, fields, 2))
        sign_in(exchange, fields[0].text, fields[1].text);
    body_release(&body);
}

static void setup(struct exchange *exchange, const struct body_field *fields)
{
    struct account account;
    if (!may_try(exchange, SLICE("first run")))
        return;
    enum status status = setup_finish(&exchange->console->desk, fields[0].text, fields[1].text,
                                      fields[2].text, &account);
    if (status == STATUS_DENIED) {
        refuse(exchange, SLICE("first run"));
        return;
    }
    throttle_passed(&exchange->console->throttle, SLICE("first run"),
                    slice_from(exchange->request.peer));
    if (status == STATUS_INVALID)
        exchange_fail(exchange, 400, "account", account.name[0] ? "password" : "name");
    else if (status != STATUS_OK)
        exchange_fail_status(exchange, status);
    else
        open_session(exchange, account.name, TRAIL_setup);
}

void api_setup(struct exchange *exchange)
{
    struct body *body = NULL;
    struct body_field fields[] = {
        {.name = "token", .required = true, .most = SECRET_TOKEN_TEXT},
        {.name = "name", .required = true, .most = ACCOUNT_NAME_SIZE - 1},
        {.name = "password", .required = true, .most = SECRET_PASSWORD_MOST},
    };
    if (fields_read(exchange, &body, fields, 3))
        setup(exchange, fields);
    body_release(&body);
}

void api_sign_out(struct exchange *exchange)
{
    if (!exchange_audit(exchange, TRAIL_sign_out, (struct slice){NULL, 0}))
        return;
    enum status status = desk_session_end(&exchange->console->desk, exchange->token);
    if (status != STATUS_OK) {
        exchange_fail_status(exchange, status);
        return;
    }
    exchange->session = (struct desk_session){0};
    snprintf(exchange->response.cookie, sizeof exchange->response.cookie,
             "__Host-dwell=; Max-Age=0" COOKIE_END);
    write_session(exchange);
}

static void change_password(struct exchange *exchange, struct slice before, struct slice after)
{
    struct desk *desk = &exchange->console->desk;
    struct slice name = slice_from(exchange->session.account);
    struct account account;
    if (!may_try(exchange, name))
        return;
    enum status status = account_get(desk, exchange->session.account, &account);
    if (status == STATUS_OK && !secret_password_fits(before, account.password_hash)) {
        exchange_fail(exchange, 403, "credentials", "old_password");
        return;
    }
    throttle_passed(&exchange->console->throttle, name, slice_from(exchange->request.peer));
    struct account_change change = {.password = after};
    if (status == STATUS_OK)
        status = after.len ? account_alter(desk, account.name, &change) : STATUS_INVALID;
    if (status == STATUS_INVALID)
        exchange_fail(exchange, 400, "account", "new_password");
    else if (status != STATUS_OK)
        exchange_fail_status(exchange, status);
    else
        open_session(exchange, account.name, TRAIL_password_changed);
}

void api_password(struct exchange *exchange)
{
    struct body *body = NULL;
    struct body_field fields[] = {
        {.name = "old_password", .required = true, .most = SECRET_PASSWORD_MOST},
        {.name = "new_password", .required = true, .most = SECRET_PASSWORD_MOST},
    };
    if (fields_read(exchange, &body, fields, 2))
        change_password(exchange, fields[0].text, fields[1].text);
    body_release(&body);
}
