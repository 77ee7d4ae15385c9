/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * From a request in an access log to its event.
 */
#include "collector/formats/web_access.h"

#include "assets/assets.h"
#include "base/hash.h"
#include "collector/app_sessions.h"
#include "collector/formats/log_time.h"
#include "collector/memory.h"

enum { KIND_WEB_SESSION = 4 };

static bool is_none(struct slice value)
{
    return value.len == 0 || slice_equal(value, SLICE("-"));
}

static struct slice unquote(struct slice s)
{
    if (s.len >= 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"')
        return slice_part(s, 1, s.len - 2);
    return s;
}

static void take_cookie(struct web_request *request, const struct log_env *env, struct slice name,
                        struct slice value)
{
    value = unquote(value);
    if (is_none(value) || name.len == 0)
        return;
    if (assets_http_user_cookie(env->asset, name))
        request->told_user = value;
    if (assets_http_session_cookie(env->asset, name))
        request->token = app_session_token(name, value);
}

static void take_cookies(struct web_request *request, const struct log_env *env, struct slice list)
{
    while (list.len > 0) {
        struct slice value = slice_trim(log_cut(&list, ';'));
        struct slice name = log_cut(&value, '=');
        take_cookie(request, env, slice_trim(name), slice_trim(value));
    }
}

/* Only the first pair of a Set-Cookie is the cookie. */
static void take_set_cookie(struct web_request *request, const struct log_env *env,
                            struct slice header)
{
    struct slice value = log_cut(&header, ';');
    struct slice name = slice_trim(log_cut(&value, '='));
    value = slice_trim(value);
    if (value.len == 0 || !assets_http_session_cookie(env->asset, name))
        return;
    request->token = app_session_token(name, value);
    request->gives_session = true;
}

/* A header that tells the user: by the inventory, else by a name that says nothing else. */
static bool tells_user(const struct log_env *env, struct slice name)
{
    static const char *const names[] = {"x_user",           "x_remote_user", "x_authenticated_user",
                                        "x_forwarded_user", "remote_user",   "x_auth_user"};
    char dashed[64];
    size_t n = name.len < sizeof dashed ? name.len : 0;
    for (size_t i = 0; i < n; i++)
        dashed[i] = name.ptr[i] == '_' ? '-' : (char)name.ptr[i];
    if (env->asset && assets_http_user_header(env->asset, slice_make(dashed, n)))
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_equal_nocase(name, slice_from(names[i])))
            return true;
    return false;
}

static void take_time(struct web_request *request, const struct log_env *env, struct slice value)
{
    int64_t ns;
    if (value.len > 2 && value.ptr[0] == '[')
        value = slice_part(value, 1, value.len - 2);
    if (!log_time_any(value, env->zone, env->reference_ns, &ns))
        return;
    /* Of several, the one with a fraction. */
    bool exact = slice_find(value, '.', 0) < value.len;
    if (request->has_time && (request->time_is_exact || !exact))
        return;
    request->time_ns = ns;
    request->has_time = true;
    request->time_is_exact = exact;
}

static void take_request(struct web_request *request, struct slice line)
{
    size_t first = slice_find(line, ' ', 0), last = line.len;
    while (last > first && line.ptr[last - 1] != ' ')
        last--;
    if (first >= line.len || last <= first + 1)
        return; /* not HTTP */
    request->method = slice_part(line, 0, first);
    request->uri = slice_part(line, first + 1, last - first - 2);
}

static void take_port(struct event_address *address, struct slice value)
{
    uint64_t port;
    if (log_number(value, &port) && port <= UINT16_MAX)
        address->port = (uint16_t)port;
}

/* Keeps the port, which may have come before. */
static void take_address(struct event_address *address, struct slice value)
{
    uint16_t port = address->port;
    if (log_address(value, address) && address->port == 0)
        address->port = port;
}

static void take_duration(struct web_request *request, struct slice value, int64_t unit_us)
{
    request->has_duration = log_duration(value, unit_us, &request->duration_us);
    request->time_is_end = unit_us > 1;
}

void web_request_take(struct web_request *request, const struct log_env *env, enum web_field field,
                      struct slice name, struct slice value)
{
    if (is_none(value))
        return;
    switch (field) {
    case WEB_CLIENT:
        take_address(&request->client, value);
        break;
    case WEB_CLIENT_PORT:
        take_port(&request->client, value);
        break;
    case WEB_USER:
        request->user = value;
        break;
    case WEB_HEADER:
        if (tells_user(env, name))
            request->told_user = value;
        break;
    case WEB_COOKIE:
        take_cookie(request, env, name, value);
        break;
    case WEB_COOKIES:
        take_cookies(request, env, value);
        break;
    case WEB_SET_COOKIE:
        take_set_cookie(request, env, value);
        break;
    case WEB_TIME:
        take_time(request, env, value);
        break;
    case WEB_REQUEST:
        take_request(request, value);
        break;
    case WEB_METHOD:
        request->method = value;
        break;
    case WEB_URI:
        request->uri = value;
        break;
    case WEB_STATUS:
        request->status = value;
        break;
    case WEB_BODY_BYTES:
        request->body_bytes = value;
        break;
    case WEB_BYTES:
        request->bytes = value;
        break;
    case WEB_AGENT:
        request->agent = value;
        break;
    case WEB_SECONDS:
        take_duration(request, value, 1000000);
        break;
    case WEB_MICROSECONDS:
        take_duration(request, value, 1);
        break;
    case WEB_SERVER:
        take_address(&request->server, value);
        break;
    case WEB_SERVER_PORT:
        take_port(&request->server, value);
        break;
    case WEB_IGNORED:
        break;
    }
}

/* "GET /crm/search?from=?&q=?": the method, the template and the names of the query. */
static struct slice shape_text(const struct log_env *env, const struct web_request *request,
                               struct slice object)
{
    struct slice uri = request->uri;
    size_t at = slice_find(uri, '?', 0), n = 0;
    bool in_value = false;
    uint8_t *to =
        arena_alloc(env->scratch, request->method.len + 1 + object.len + 2 * (uri.len - at) + 1);
    if (!to)
        return (struct slice){NULL, 0};
    memcpy(to, request->method.ptr, request->method.len);
    n = request->method.len;
    to[n++] = ' ';
    memcpy(to + n, object.ptr, object.len);
    n += object.len;
    for (; at < uri.len && uri.ptr[at] != '#'; at++) {
        uint8_t c = uri.ptr[at];
        if (c == '&' || c == '?' || c == ';')
            in_value = false;
        if (in_value)
            continue;
        to[n++] = c;
        if (c == '=') {
            in_value = true;
            to[n++] = '?';
        }
    }
    return slice_make(to, n);
}

static struct slice clear_text(const struct log_env *env, const struct web_request *request)
{
    size_t len = request->method.len + 1 + request->uri.len;
    uint8_t *to = arena_alloc(env->scratch, len);
    if (!to)
        return (struct slice){NULL, 0};
    memcpy(to, request->method.ptr, request->method.len);
    to[request->method.len] = ' ';
    memcpy(to + request->method.len + 1, request->uri.ptr, request->uri.len);
    return slice_make(to, len);
}

/* A record was shown where the answer was one; of lists only the body tells the rows. */
static void set_records(struct event *event, const struct log_env *env,
                        const struct assets_http_match *match, uint64_t status)
{
    if (status >= 300)
        return;
    if (match->subject.len > 0)
        log_event_subject(event, env, match->space, match->subject, match->sequence);
    else if (match->action == EVENT_ACTION_view) {
        event->rows = 1;
        event->known |= EVENT_KNOWS_rows;
    }
    if (match->class > 0)
        event->classes[match->class & 3] = 1;
}

static enum event_outcome outcome_of(const struct web_request *request,
                                     const struct assets_http_match *match, uint64_t status)
{
    if (status >= 400)
        return EVENT_OUTCOME_failure;
    /* A form that is shown again is no success; a session that is given is. */
    if (match->action == EVENT_ACTION_login && !request->gives_session)
        return EVENT_OUTCOME_unknown;
    return EVENT_OUTCOME_success;
}

/* Who a session is, once a line told, holds for its other lines, until it is left. */
static struct slice account_of(const struct web_request *request, const struct log_env *env,
                               enum event_action action)
{
    struct slice user = request->told_user.len ? request->told_user : request->user;
    if (request->token == 0)
        return user;
    uint64_t key = session_memory_number_key(KIND_WEB_SESSION, request->token);
    struct slice known = session_memory_get(env->memory, key, NULL);
    if (user.len == 0)
        user = arena_copy(env->scratch, known);
    else if (!slice_equal(user, known))
        (void)session_memory_put(env->memory, key, user, (struct slice){NULL, 0});
    if (action == EVENT_ACTION_logout)
        session_memory_drop(env->memory, key);
    return user;
}

static void set_numbers(struct event *event, const struct web_request *request)
{
    struct slice bytes = request->body_bytes.len ? request->body_bytes : request->bytes;
    if (log_number(bytes, &event->bytes))
        event->known |= EVENT_KNOWS_bytes;
    if (log_number(request->status, &event->status))
        event->known |= EVENT_KNOWS_status;
    if (!request->has_duration)
        return;
    event->duration_us = request->duration_us;
    event->known |= EVENT_KNOWS_duration;
    /* A time in whole seconds is not made more exact by this. */
    if (request->time_is_end && request->time_is_exact)
        event->time_ns -= request->duration_us * 1000;
}

enum status web_request_emit(struct web_request *request, const struct log_env *env)
{
    struct assets_http_match match;
    struct event_object object;
    uint64_t status;
    if (!request->has_time || !log_number(request->status, &status) || status > 999)
        return STATUS_MALFORMED;
    if (request->method.len == 0 || request->uri.len == 0)
        return STATUS_NOT_FOUND; /* no HTTP came: the server answered 400 */
    assets_http_match(env->assets, env->asset, request->method, request->uri, &match);
    struct event event = {.time_ns = request->time_ns,
                          .client = request->client,
                          .server = request->server,
                          .session = app_session_text(env->scratch, request->token),
                          .program = request->agent,
                          .account = account_of(request, env, match.action),
                          .action = match.action,
                          .outcome = outcome_of(request, &match, status),
                          .gaps = env->cut ? EVENT_GAP_truncated : 0};
    event.statement = shape_text(env, request, match.object);
    event.shape = hash64(event.statement);
    event.known |= EVENT_KNOWS_shape;
    if (env->clear)
        event.clear = clear_text(env, request);
    object = (struct event_object){.name = match.object};
    event.objects = &object;
    event.object_count = 1;
    if (status >= 400)
        event.error_code = request->status;
    set_numbers(&event, request);
    set_records(&event, env, &match, status);
    env->emit(env->emit_context, &event);
    return STATUS_OK;
}

static const struct {
    const char *name;
    enum web_field field;
} variables[] = {
    {"remote_addr", WEB_CLIENT},
    {"client_ip", WEB_CLIENT},
    {"clientip", WEB_CLIENT},
    {"client", WEB_CLIENT},
    {"remote_ip", WEB_CLIENT},
    {"ip", WEB_CLIENT},
    {"remote_port", WEB_CLIENT_PORT},
    {"client_port", WEB_CLIENT_PORT},
    {"remote_user", WEB_USER},
    {"user", WEB_USER},
    {"auth", WEB_USER},
    {"http_cookie", WEB_COOKIES},
    {"cookie", WEB_COOKIES},
    {"sent_http_set_cookie", WEB_SET_COOKIE},
    {"upstream_http_set_cookie", WEB_SET_COOKIE},
    {"set_cookie", WEB_SET_COOKIE},
    {"msec", WEB_TIME},
    {"time_local", WEB_TIME},
    {"time_iso8601", WEB_TIME},
    {"time", WEB_TIME},
    {"timestamp", WEB_TIME},
    {"@timestamp", WEB_TIME},
    {"request", WEB_REQUEST},
    {"request_method", WEB_METHOD},
    {"method", WEB_METHOD},
    {"verb", WEB_METHOD},
    {"request_uri", WEB_URI},
    {"uri", WEB_URI},
    {"url", WEB_URI},
    {"path", WEB_URI},
    {"status", WEB_STATUS},
    {"response", WEB_STATUS},
    {"body_bytes_sent", WEB_BODY_BYTES},
    {"body_bytes", WEB_BODY_BYTES},
    {"size", WEB_BODY_BYTES},
    {"bytes_sent", WEB_BYTES},
    {"bytes", WEB_BYTES},
    {"http_user_agent", WEB_AGENT},
    {"user_agent", WEB_AGENT},
    {"agent", WEB_AGENT},
    {"ua", WEB_AGENT},
    {"request_time", WEB_SECONDS},
    {"rt", WEB_SECONDS},
    {"server_addr", WEB_SERVER},
    {"server_port", WEB_SERVER_PORT},
};

enum web_field web_field_named(struct slice variable, struct slice *name)
{
    static const struct {
        const char *prefix;
        enum web_field field;
    } named[] = {{"cookie_", WEB_COOKIE},
                 {"upstream_http_", WEB_HEADER},
                 {"sent_http_", WEB_HEADER},
                 {"http_", WEB_HEADER},
                 {"x_", WEB_HEADER}};
    *name = variable;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (slice_equal(variable, slice_from(variables[i].name)))
            return variables[i].field;
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (slice_starts(variable, slice_from(named[i].prefix))) {
            if (named[i].prefix[0] != 'x')
                *name = slice_part(variable, strlen(named[i].prefix), variable.len);
            return named[i].field;
        }
    return WEB_IGNORED;
}
