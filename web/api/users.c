/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The console's own accounts and its audit trail, for admins.
 */
#include "desk/trail.h"
#include "web/api.h"
#include "web/body.h"
#include "web/member.h"

#include <stdio.h>

enum { TRAIL_PAGE = 100 };

static void write_account(struct json_writer *w, const struct account *account)
{
    json_write_object_open(w);
    member_string(w, "name", account->name);
    member_string(w, "role", role_name(account->role));
    member_bool(w, "disabled", account->disabled);
    member_time(w, "created", account->created_ns);
    member_time(w, "last_sign_in", account->last_sign_in_ns);
    json_write_object_close(w);
}

static bool visit_account(void *context, const struct account *account)
{
    write_account(context, account);
    return true;
}

void api_users(struct exchange *exchange)
{
    json_write_object_open(&exchange->json);
    json_write_key(&exchange->json, "rows");
    json_write_array_open(&exchange->json);
    enum status status = account_each(&exchange->console->desk, visit_account, &exchange->json);
    json_write_array_close(&exchange->json);
    json_write_object_close(&exchange->json);
    if (status != STATUS_OK)
        exchange_fail_status(exchange, status);
}

/* The answer to a failed change. */
static void fail_account(struct exchange *exchange, enum status status, const char *field)
{
    static const struct {
        enum status status;
        unsigned http;
        const char *code;
    } answers[] = {
        {STATUS_INVALID, 400, "account"},     {STATUS_EXISTS, 409, "exists"},
        {STATUS_NOT_FOUND, 404, "not_found"}, {STATUS_DENIED, 409, "last_admin"},
        {STATUS_LIMIT, 409, "too_many"},
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        if (answers[i].status == status) {
            exchange_fail(exchange, answers[i].http, answers[i].code, field);
            return;
        }
    }
    exchange_fail_status(exchange, status);
}

static void add(struct exchange *exchange, const struct body_field *fields)
{
    struct account account = {0};
    enum role role;
    if (!role_find(fields[1].text, &role)) {
        exchange_fail(exchange, 400, "body", "role");
        return;
    }
    char about[128];
    snprintf(about, sizeof about, "%.*s %s", (int)fields[0].text.len,
             (const char *)fields[0].text.ptr, role_name(role));
    if (!exchange_audit(exchange, TRAIL_user_added, slice_from(about)))
        return;
    enum status status =
        account_add(&exchange->console->desk, fields[0].text, role, fields[2].text, &account);
    if (status == STATUS_OK)
        write_account(&exchange->json, &account);
    else
        fail_account(exchange, status, account.name[0] ? "password" : "name");
}

void api_user_add(struct exchange *exchange)
{
    struct body *body = NULL;
    struct body_field fields[] = {
        {.name = "name", .required = true, .most = ACCOUNT_NAME_SIZE - 1},
        {.name = "role", .required = true, .most = 16},
        {.name = "password", .required = true, .most = SECRET_PASSWORD_MOST},
    };
    const char *wrong;
    if (body_read(&body, exchange->request.body, fields, 3, &wrong) == STATUS_OK)
        add(exchange, fields);
    else
        exchange_fail(exchange, 400, "body", wrong);
    body_release(&body);
}

static void change(struct exchange *exchange, const char *name, const struct body_field *fields)
{
    struct desk *desk = &exchange->console->desk;
    struct account_change wanted = {
        .set_disabled = fields[1].present, .disabled = fields[1].truth, .password = fields[2].text};
    if (fields[0].present && !role_find(fields[0].text, &wanted.role)) {
        exchange_fail(exchange, 400, "body", "role");
        return;
    }
    char about[128];
    snprintf(about, sizeof about, "%s%s%s%s%s", name, fields[0].present ? " role=" : "",
             role_name(wanted.role),
             !wanted.set_disabled ? ""
             : wanted.disabled    ? " disabled"
                                  : " enabled",
             fields[2].present ? " password" : "");
    if (!exchange_audit(exchange, TRAIL_user_changed, slice_from(about)))
        return;
    struct account account;
    enum status status = fields[2].present && wanted.password.len == 0
                             ? STATUS_INVALID
                             : account_alter(desk, name, &wanted);
    if (status == STATUS_OK)
        status = account_get(desk, name, &account);
    if (status == STATUS_OK)
        write_account(&exchange->json, &account);
    else
        fail_account(exchange, status, "password");
}

void api_user_change(struct exchange *exchange)
{
    struct body *body = NULL;
    struct body_field fields[] = {
        {.name = "role", .most = 16},
        {.name = "disabled", .type = BODY_BOOL},
        {.name = "password", .most = SECRET_PASSWORD_MOST},
    };
    const char *wrong;
    char name[ACCOUNT_NAME_SIZE];
    if (account_name(exchange->params[0], name) != STATUS_OK)
        exchange_fail(exchange, 404, "not_found", "");
    else if (body_read(&body, exchange->request.body, fields, 3, &wrong) != STATUS_OK)
        exchange_fail(exchange, 400, "body", wrong);
    else
        change(exchange, name, fields);
    body_release(&body);
}

struct trail_page {
    struct json_writer *w;
    unsigned rows;
    uint64_t next;
};

static bool visit_entry(void *context, const struct trail_entry *entry)
{
    struct trail_page *page = context;
    struct json_writer *w = page->w;
    if (page->rows++ == TRAIL_PAGE)
        return false;
    page->next = entry->number > 1 ? entry->number : 0;
    json_write_object_open(w);
    member_unsigned(w, "number", entry->number);
    member_time(w, "time", entry->time_ns);
    member_text(w, "who", entry->who);
    member_text(w, "address", entry->address);
    member_string(w, "action", trail_action_name(entry->action));
    member_text(w, "object", entry->object);
    member_hex(w, "hash", entry->hash, sizeof entry->hash);
    json_write_object_close(w);
    return true;
}

void api_trail(struct exchange *exchange)
{
    struct desk *desk = &exchange->console->desk;
    struct trail_page page = {.w = &exchange->json};
    uint64_t before, entries, broken;
    if (!exchange_query_number(exchange, "before", 1, UINT64_MAX, 0, &before))
        return;
    if (before == 0 && !exchange_audit(exchange, TRAIL_trail_viewed, (struct slice){NULL, 0}))
        return;
    enum status status = trail_verify(desk, &entries, &broken);
    json_write_object_open(page.w);
    member_bool(page.w, "whole", status == STATUS_OK && broken == 0);
    json_write_key(page.w, "rows");
    json_write_array_open(page.w);
    if (status == STATUS_OK)
        status = trail_each(desk, before, visit_entry, &page);
    json_write_array_close(page.w);
    member_unsigned(page.w, "next", page.rows > TRAIL_PAGE ? page.next : 0);
    json_write_object_close(page.w);
    if (status != STATUS_OK)
        exchange_fail_status(exchange, status);
}
