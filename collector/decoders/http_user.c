/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who made a web request: Basic authentication (RFC 7617), a header or cookie that names the user,
 * or the session that a sign-in form opened (cookies: RFC 6265; bearer tokens: RFC 6750). Passwords
 * are noticed, never kept.
 */
#include "collector/decoders/http_exchange.h"

static void add_token(struct http_tokens *tokens, uint64_t token, bool likely)
{
    if (tokens->count == HTTP_TOKENS_MAX)
        return;
    tokens->token[tokens->count] = token;
    tokens->likely[tokens->count++] = likely;
}

/* Takes "name=value" off the front of a list separated by ';'. */
static bool next_pair(struct slice *list, struct slice *name, struct slice *value)
{
    if (list->len == 0)
        return false;
    size_t end = slice_find(*list, ';', 0);
    struct slice pair = slice_trim(slice_part(*list, 0, end));
    *list = slice_part(*list, end + 1, list->len);
    size_t equals = slice_find(pair, '=', 0);
    *name = slice_trim(slice_part(pair, 0, equals));
    *value = slice_trim(slice_part(pair, equals + 1, pair.len));
    if (value->len >= 2 && value->ptr[0] == '"' && value->ptr[value->len - 1] == '"')
        *value = slice_part(*value, 1, value->len - 2);
    return true;
}

static void take_cookies(struct http_exchange *x, struct slice list)
{
    struct slice name, value;
    while (next_pair(&list, &name, &value)) {
        if (name.len == 0 || value.len == 0)
            continue;
        add_token(&x->sent, app_session_token(name, value),
                  assets_http_session_cookie(x->env->asset, name));
        if (assets_http_user_cookie(x->env->asset, name))
            HTTP_TEXT_SET(&x->user, value);
    }
}

static int base64_value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The user of "dXNlcjpwYXNzd29yZA==": decoding stops at the colon, the password is not unpacked. */
static void take_basic(struct http_exchange *x, struct slice encoded)
{
    uint32_t bits = 0;
    unsigned held = 0;
    uint8_t user[APP_USER_MAX];
    size_t len = 0;
    for (size_t i = 0; i < encoded.len; i++) {
        int value = base64_value(encoded.ptr[i]);
        if (value < 0)
            return;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        uint8_t c = (uint8_t)(bits >> held);
        if (c == ':') {
            HTTP_TEXT_SET(&x->user, slice_make(user, len));
            return;
        }
        if (len < sizeof user)
            user[len++] = c;
    }
}

static void take_authorization(struct http_exchange *x, struct slice value)
{
    size_t space = slice_find(value, ' ', 0);
    struct slice scheme = slice_part(value, 0, space);
    struct slice rest = slice_trim(slice_part(value, space, value.len));
    if (slice_equal_nocase(scheme, SLICE("basic")))
        take_basic(x, rest);
    else if (slice_equal_nocase(scheme, SLICE("bearer")) && rest.len > 0)
        add_token(&x->sent, app_session_token(SLICE("bearer"), rest), true);
}

void http_user_request_header(struct http_exchange *x, struct slice name, struct slice value)
{
    value = slice_trim(value);
    if (slice_equal_nocase(name, SLICE("cookie")))
        take_cookies(x, value);
    else if (slice_equal_nocase(name, SLICE("authorization")))
        take_authorization(x, value);
    else if (assets_http_user_header(x->env->asset, name))
        HTTP_TEXT_SET(&x->user, value);
}

/* The session whose user is known counts; else one that looks like a session. */
void http_user_request_headers_done(struct http_exchange *x)
{
    for (size_t i = 0; i < x->sent.count; i++) {
        struct slice user = {NULL, 0};
        if (x->env->app_sessions)
            user = app_sessions_user(x->env->app_sessions, x->sent.token[i]);
        if (user.len > 0) {
            x->session_token = x->sent.token[i];
            if (x->user.len == 0)
                HTTP_TEXT_SET(&x->user, user);
            return;
        }
        if (x->session_token == 0 && x->sent.likely[i])
            x->session_token = x->sent.token[i];
    }
}

void http_user_request_field(struct http_exchange *x, struct slice name, struct slice value)
{
    if (assets_http_password_field(x->env->asset, name))
        x->has_password = true;
    else if (x->login_user.len == 0 && assets_http_user_field(x->env->asset, name))
        HTTP_TEXT_SET(&x->login_user, value);
}

static bool is_deleted(struct slice value, struct slice attributes)
{
    struct slice name, text;
    if (value.len == 0 || slice_equal_nocase(value, SLICE("deleted")))
        return true;
    while (next_pair(&attributes, &name, &text))
        if (slice_equal_nocase(name, SLICE("max-age")) && slice_equal(text, SLICE("0")))
            return true;
    return false;
}

static bool is_http_only(struct slice attributes)
{
    struct slice name, text;
    while (next_pair(&attributes, &name, &text))
        if (slice_equal_nocase(name, SLICE("httponly")))
            return true;
    return false;
}

void http_user_response_header(struct http_exchange *x, struct slice name, struct slice value)
{
    struct slice cookie, text;
    if (!slice_equal_nocase(name, SLICE("set-cookie")) || !next_pair(&value, &cookie, &text))
        return;
    if (cookie.len == 0 || is_deleted(text, value))
        return;
    bool likely = assets_http_session_cookie(x->env->asset, cookie) ||
                  (is_http_only(value) && text.len >= 16);
    add_token(&x->given, app_session_token(cookie, text), likely);
}

/* A sign-in by JSON answers with a bearer token. */
void http_user_response_field(struct http_exchange *x, struct slice name, struct slice value)
{
    if (http_user_is_login(x) && value.len >= 16 &&
        (slice_equal_nocase(name, SLICE("token")) ||
         slice_equal_nocase(name, SLICE("access_token")) ||
         slice_equal_nocase(name, SLICE("accessToken"))))
        add_token(&x->given, app_session_token(SLICE("bearer"), value), true);
}

bool http_user_is_login(const struct http_exchange *x)
{
    return x->has_password && x->login_user.len > 0 &&
           !slice_equal(HTTP_TEXT_SLICE(&x->method), SLICE("GET"));
}

static uint64_t likely_token(const struct http_tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++)
        if (tokens->likely[i])
            return tokens->token[i];
    return 0;
}

/* A form that is shown again, or sends back to itself, did not let anybody in. */
static bool sends_back(const struct http_exchange *x)
{
    struct slice path = HTTP_TEXT_SLICE(&x->uri);
    path = slice_part(path, 0, slice_find(path, '?', 0));
    struct slice to = HTTP_TEXT_SLICE(&x->location);
    to = slice_part(to, 0, slice_find(to, '?', 0));
    return slice_equal(to, path) || slice_ends(to, SLICE("/login"));
}

bool http_user_login_succeeded(const struct http_exchange *x)
{
    if (!x->response_begun || x->status >= 400)
        return false;
    if (x->status >= 300)
        return !sends_back(x);
    return likely_token(&x->given) != 0 ||
           (x->response.kind != HTTP_BODY_HTML && x->response.kind != HTTP_BODY_OTHER);
}

static void sign_in(struct http_exchange *x)
{
    uint64_t token = likely_token(&x->given);
    token = token ? token : x->session_token;
    if (token == 0 && x->given.count == 1)
        token = x->given.token[0];
    if (token == 0)
        return;
    x->session_token = token;
    app_sessions_sign_in(x->env->app_sessions, token, HTTP_TEXT_SLICE(&x->login_user));
}

void http_user_settle(struct http_exchange *x)
{
    if (!x->env->app_sessions || !x->response_begun)
        return;
    uint64_t renewed = likely_token(&x->given);
    if (http_user_is_login(x)) {
        if (http_user_login_succeeded(x))
            sign_in(x);
    } else if (x->match.action == EVENT_ACTION_logout && x->status < 400 && x->session_token) {
        app_sessions_sign_out(x->env->app_sessions, x->session_token);
    } else if (x->user.len > 0 && x->session_token && renewed) {
        app_sessions_sign_in(x->env->app_sessions, renewed, HTTP_TEXT_SLICE(&x->user));
    }
}

struct slice http_user_name(const struct http_exchange *x)
{
    return http_user_is_login(x) ? HTTP_TEXT_SLICE(&x->login_user) : HTTP_TEXT_SLICE(&x->user);
}
