/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The order in which a request is judged: gate, route, session, role, cross-site token, length of
 * the body; only then is the body read and the handler called.
 */
#include "web/exchange.h"

#include "base/log.h"
#include "desk/trail.h"
#include "web/member.h"
#include "web/query.h"
#include "web/routes.h"

#define SESSION_COOKIE "__Host-dwell"

void exchange_init(struct exchange *exchange, struct console *console)
{
    memset(exchange, 0, sizeof *exchange);
    exchange->console = console;
    exchange->response.status = 200;
    exchange->response.content_type = "application/json; charset=utf-8";
    buffer_init(&exchange->response.body, EXCHANGE_ANSWER_MAX);
    exchange->json = json_write_to(&exchange->response.body);
    arena_init(&exchange->arena, EXCHANGE_ARENA_MAX);
}

void exchange_release(struct exchange *exchange)
{
    console_reader_give(exchange->console, &exchange->reader);
    if (exchange->response.stream)
        exchange->response.free_stream(exchange->response.stream);
    buffer_release(&exchange->response.body);
    arena_release(&exchange->arena);
}

void exchange_fail(struct exchange *exchange, unsigned status, const char *code, const char *field)
{
    struct http_response *response = &exchange->response;
    buffer_reset(&response->body);
    response->status = status;
    response->content_type = "application/json; charset=utf-8";
    response->fixed = (struct slice){NULL, 0};
    response->encoding = NULL;
    exchange->json = json_write_to(&response->body);
    json_write_object_open(&exchange->json);
    member_string(&exchange->json, "error", code);
    if (*field)
        member_string(&exchange->json, "field", field);
    json_write_object_close(&exchange->json);
    struct console_counters *counters = &exchange->console->counters;
    atomic_fetch_add(status >= 500 ? &counters->failures : &counters->refused, 1);
}

void exchange_fail_status(struct exchange *exchange, enum status status)
{
    log_error("%.*s: %s", (int)exchange->request.path.len, (const char *)exchange->request.path.ptr,
              status_text(status));
    exchange_fail(exchange, status == STATUS_FULL ? 507 : 500, "internal", "");
}

/* The value of our cookie in "a=1; b=2". */
static struct slice cookie_token(struct slice cookies)
{
    static const char name[] = SESSION_COOKIE "=";
    for (size_t at = 0; at < cookies.len;) {
        size_t end = slice_find(cookies, ';', at);
        struct slice pair = slice_trim(slice_part(cookies, at, end - at));
        if (slice_starts(pair, slice_from(name)))
            return slice_part(pair, sizeof name - 1, pair.len);
        at = end + 1;
    }
    return (struct slice){NULL, 0};
}

static bool admit_route(struct exchange *exchange)
{
    bool other_method;
    struct slice raw[EXCHANGE_PARAMS] = {{NULL, 0}};
    exchange->route =
        route_find(exchange->request.method, exchange->request.path, raw, &other_method);
    if (!exchange->route) {
        exchange_fail(exchange, other_method ? 405 : 404, other_method ? "method" : "not_found",
                      "");
        return false;
    }
    for (size_t i = 0; i < EXCHANGE_PARAMS; i++) {
        if (query_decode(raw[i], false, &exchange->arena, &exchange->params[i]) != STATUS_OK) {
            exchange_fail(exchange, 400, "path", "");
            return false;
        }
    }
    return true;
}

static bool admit_session(struct exchange *exchange)
{
    struct console *console = exchange->console;
    exchange->token = cookie_token(exchange->request.headers[HTTP_HEADER_cookie]);
    if (exchange->token.len) {
        enum status status = desk_session_find(&console->desk, exchange->token, &console->limits,
                                               &exchange->session);
        if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
            exchange_fail_status(exchange, status);
            return false;
        }
        if (status != STATUS_OK)
            exchange->session = (struct desk_session){0};
    }
    if (exchange->session.role >= exchange->route->least)
        return true;
    bool known = exchange->session.role != ROLE_NONE;
    exchange_fail(exchange, known ? 403 : 401, known ? "role" : "signed_out", "");
    return false;
}

static bool admit_token(struct exchange *exchange)
{
    if (exchange->request.method != HTTP_POST || exchange->route->least == ROLE_NONE)
        return true;
    struct slice sent = exchange->request.headers[HTTP_HEADER_csrf];
    struct slice csrf = slice_from(exchange->session.csrf);
    if (sent.len == csrf.len && secret_equal(sent.ptr, csrf.ptr, csrf.len))
        return true;
    exchange_fail(exchange, 403, "token", "");
    return false;
}

static bool admit_length(struct exchange *exchange)
{
    uint64_t length;
    if (gate_body_length(&exchange->request, &length) && length <= exchange->route->body_limit)
        return true;
    exchange_fail(exchange, 413, "body_too_long", "");
    return false;
}

bool exchange_admit(struct exchange *exchange)
{
    const char *why;
    atomic_fetch_add(&exchange->console->counters.requests, 1);
    unsigned status = gate_check(&exchange->console->gate, &exchange->request, &why);
    if (status) {
        exchange_fail(exchange, status, why, "");
        return false;
    }
    return admit_route(exchange) && admit_session(exchange) && admit_token(exchange) &&
           admit_length(exchange);
}

void exchange_answer(struct exchange *exchange)
{
    exchange->route->handler(exchange);
    console_reader_give(exchange->console, &exchange->reader);
    enum status status = buffer_status(&exchange->response.body);
    if (status != STATUS_OK)
        exchange_fail_status(exchange, status);
}

struct store_reader *exchange_reader(struct exchange *exchange)
{
    if (exchange->reader)
        return exchange->reader;
    enum status status = console_reader_take(exchange->console, &exchange->reader);
    if (status == STATUS_OK)
        return exchange->reader;
    if (status == STATUS_NOT_FOUND)
        exchange_fail(exchange, 503, "no_state", "");
    else
        exchange_fail_status(exchange, status);
    return NULL;
}

bool exchange_audit(struct exchange *exchange, unsigned trail_action, struct slice object)
{
    enum status status = trail_append(&exchange->console->desk, (enum trail_action)trail_action,
                                      slice_from(exchange->session.account),
                                      slice_from(exchange->request.peer), object);
    if (status != STATUS_OK)
        exchange_fail_status(exchange, status);
    return status == STATUS_OK;
}

bool exchange_query_text(struct exchange *exchange, const char *name, size_t most,
                         struct slice *value)
{
    enum status status = query_value(exchange->request.query, name, &exchange->arena, value);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && value->len <= most))
        return true;
    exchange_fail(exchange, 400, "query", name);
    return false;
}

bool exchange_query_number(struct exchange *exchange, const char *name, uint64_t least,
                           uint64_t most, uint64_t otherwise, uint64_t *value)
{
    if (query_number(exchange->request.query, name, least, most, otherwise, value) == STATUS_OK)
        return true;
    exchange_fail(exchange, 400, "query", name);
    return false;
}

bool exchange_day(struct exchange *exchange, struct slice text, const char *name, int32_t *day)
{
    int64_t ns;
    if (text.len == 10 && time_parse(text, &ns)) {
        *day = (int32_t)((ns - (ns % NS_PER_DAY + NS_PER_DAY) % NS_PER_DAY) / NS_PER_DAY);
        return true;
    }
    exchange_fail(exchange, 400, "query", name);
    return false;
}

bool exchange_query_day(struct exchange *exchange, const char *name, int32_t otherwise,
                        int32_t *day)
{
    struct slice text;
    *day = otherwise;
    if (!exchange_query_text(exchange, name, 10, &text))
        return false;
    return text.len == 0 || exchange_day(exchange, text, name, day);
}
