/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Builds the exchange from the parts of its messages and makes the event.
 */
#include "collector/decoders/http_exchange.h"

#include "base/buffer.h"
#include "base/hash.h"

#include <stddef.h>
#include <stdlib.h>

size_t http_text_copy(uint8_t *to, size_t max, struct slice s)
{
    s = slice_part(s, 0, max);
    if (s.len)
        memcpy(to, s.ptr, s.len);
    return s.len;
}

struct http_exchange *http_exchange_new(const struct decoder_env *env, uint64_t seq)
{
    struct http_exchange *x = malloc(sizeof *x);
    if (!x)
        return NULL;
    memset(x, 0, offsetof(struct http_exchange, request_body));
    x->request.body = &x->request_body;
    x->response.body = &x->response_body;
    x->env = env;
    x->seq = seq;
    subject_set_init(&x->subjects, RESULT_SUBJECTS_MAX);
    return x;
}

void http_exchange_free(struct http_exchange **exchange)
{
    struct http_exchange *x = *exchange;
    if (!x)
        return;
    unpack_free(&x->request.unpack);
    unpack_free(&x->response.unpack);
    subject_set_release(&x->subjects);
    free(x);
    *exchange = NULL;
}

void http_exchange_request_line(struct http_exchange *x, struct slice method, struct slice uri)
{
    x->request_seen = true;
    HTTP_TEXT_SET(&x->method, method);
    HTTP_TEXT_SET(&x->uri, uri);
    x->limit |= uri.len > HTTP_URI_MAX;
}

/* Content-Type and Content-Encoding, of either message. */
static void flow_header(struct http_flow *flow, struct slice name, struct slice value)
{
    if (slice_equal_nocase(name, SLICE("content-type"))) {
        flow->kind = http_body_kind_of(value);
    } else if (slice_equal_nocase(name, SLICE("content-encoding"))) {
        value = slice_trim(value);
        flow->packed = slice_equal_nocase(value, SLICE("gzip")) ||
                       slice_equal_nocase(value, SLICE("x-gzip")) ||
                       slice_equal_nocase(value, SLICE("deflate"));
        flow->opaque =
            !flow->packed && value.len > 0 && !slice_equal_nocase(value, SLICE("identity"));
    }
}

void http_exchange_request_header(struct http_exchange *x, struct slice name, struct slice value)
{
    flow_header(&x->request, name, value);
    if (slice_equal_nocase(name, SLICE("host")))
        HTTP_TEXT_SET(&x->host, value);
    else if (slice_equal_nocase(name, SLICE("user-agent")))
        HTTP_TEXT_SET(&x->agent, value);
    http_user_request_header(x, name, value);
}

void http_exchange_request_headers_done(struct http_exchange *x)
{
    http_user_request_headers_done(x);
    http_records_match(x);
}

static void request_cell(void *context, struct slice name, struct slice value, unsigned depth)
{
    if (depth <= 1)
        http_user_request_field(context, name, value);
}

static void response_cell(void *context, struct slice name, struct slice value, unsigned depth)
{
    struct http_exchange *x = context;
    if (depth <= 2 && x->response.kind == HTTP_BODY_JSON)
        http_user_response_field(x, name, value);
    http_records_cell(x, name, value);
}

static void to_scanner(void *context, struct slice plain)
{
    struct http_flow *flow = context;
    http_body_feed(flow->body, plain);
}

static void flow_begin(struct http_exchange *x, struct http_flow *flow, bool response)
{
    struct http_cells cells = {.cell = response ? response_cell : request_cell,
                               .is_key = response ? http_records_is_key : NULL,
                               .context = x};
    flow->begun = true;
    http_body_begin(flow->body, flow->kind, &cells);
    if (flow->packed && flow->kind != HTTP_BODY_OTHER)
        flow->unpack = unpack_new();
}

static void flow_feed(struct http_exchange *x, struct http_flow *flow, struct slice bytes,
                      bool response)
{
    if (!flow->begun)
        flow_begin(x, flow, response);
    flow->wire_bytes += bytes.len;
    if (flow->kind == HTTP_BODY_OTHER || flow->opaque)
        return;
    if (!flow->packed)
        http_body_feed(flow->body, bytes);
    else if (flow->unpack)
        flow->unpack_status = unpack_feed(flow->unpack, bytes, to_scanner, flow);
}

static void flow_end(struct http_flow *flow)
{
    if (flow->begun)
        flow->records = http_body_end(flow->body);
    unpack_free(&flow->unpack);
}

void http_exchange_request_body(struct http_exchange *x, struct slice bytes)
{
    flow_feed(x, &x->request, bytes, false);
}

void http_exchange_request_done(struct http_exchange *x, int64_t time_ns)
{
    x->request_done = true;
    x->request_ns = time_ns;
    flow_end(&x->request);
}

void http_exchange_response_line(struct http_exchange *x, int status)
{
    x->response_begun = true;
    x->status = status;
}

void http_exchange_response_header(struct http_exchange *x, struct slice name, struct slice value)
{
    flow_header(&x->response, name, value);
    if (slice_equal_nocase(name, SLICE("content-disposition")))
        x->attachment = slice_starts_nocase(slice_trim(value), SLICE("attachment"));
    else if (slice_equal_nocase(name, SLICE("location")))
        HTTP_TEXT_SET(&x->location, value);
    http_user_response_header(x, name, value);
}

void http_exchange_response_headers_done(struct http_exchange *x)
{
    /* What is handed out as a file is a download, whatever its address looks like. */
    bool file = x->attachment || x->response.kind == HTTP_BODY_CSV;
    if (file && !x->match.by_catalogue && x->status < 300 && x->match.action != EVENT_ACTION_upload)
        x->match.action = EVENT_ACTION_download;
}

void http_exchange_response_body(struct http_exchange *x, struct slice bytes)
{
    flow_feed(x, &x->response, bytes, true);
}

/* "GET /crm/search?from=?&q=?": the method, the template and the names of the query. */
static struct slice shape_text(const struct http_exchange *x)
{
    struct buffer text;
    struct slice uri = HTTP_TEXT_SLICE(&x->uri);
    size_t at = slice_find(uri, '?', 0);
    buffer_init(&text, HTTP_METHOD_MAX + HTTP_URI_MAX * 2);
    buffer_append_slice(&text, HTTP_TEXT_SLICE(&x->method));
    buffer_append_byte(&text, ' ');
    buffer_append_slice(&text, x->match.object);
    for (bool in_value = false; at < uri.len && uri.ptr[at] != '#'; at++) {
        uint8_t c = uri.ptr[at];
        if (c == '&' || c == '?' || c == ';')
            in_value = false;
        if (!in_value)
            buffer_append_byte(&text, c);
        if (c == '=' && !in_value) {
            in_value = true;
            buffer_append_byte(&text, '?');
        }
    }
    struct slice copy = arena_copy(x->env->scratch, buffer_slice(&text));
    buffer_release(&text);
    return copy;
}

static struct slice clear_text(const struct http_exchange *x)
{
    struct slice method = HTTP_TEXT_SLICE(&x->method), uri = HTTP_TEXT_SLICE(&x->uri);
    uint8_t *to = arena_alloc(x->env->scratch, method.len + 1 + uri.len);
    if (!to)
        return (struct slice){NULL, 0};
    memcpy(to, method.ptr, method.len);
    to[method.len] = ' ';
    memcpy(to + method.len + 1, uri.ptr, uri.len);
    return slice_make(to, method.len + 1 + uri.len);
}

/* Sent to the sign-in page instead: nothing was shown. */
static bool sent_to_sign_in(const struct http_exchange *x)
{
    struct assets_http_match match;
    if (x->status < 300 || x->status >= 400 || x->location.len == 0)
        return false;
    assets_http_match(x->env->assets, x->env->asset, SLICE("POST"), HTTP_TEXT_SLICE(&x->location),
                      &match);
    return match.action == EVENT_ACTION_login && x->match.action != EVENT_ACTION_logout;
}

static enum event_outcome outcome_of(const struct http_exchange *x)
{
    if (!x->response_begun)
        return EVENT_OUTCOME_unknown;
    if (http_user_is_login(x))
        return http_user_login_succeeded(x) ? EVENT_OUTCOME_success : EVENT_OUTCOME_failure;
    bool done = x->status < 400 && !sent_to_sign_in(x);
    return done ? EVENT_OUTCOME_success : EVENT_OUTCOME_failure;
}

static struct slice decimal(struct arena *arena, unsigned value)
{
    char text[12];
    size_t n = 0;
    do {
        text[sizeof text - ++n] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return arena_copy(arena, slice_make(text + sizeof text - n, n));
}

static void fill_request(const struct http_exchange *x, struct event *event,
                         struct event_object *object)
{
    if (!x->request_seen)
        return;
    event->statement = shape_text(x);
    event->shape = hash64(event->statement);
    event->known |= EVENT_KNOWS_shape;
    if (x->env->clear)
        event->clear = clear_text(x);
    *object = (struct event_object){.name = x->match.object};
    event->objects = object;
    event->object_count = 1;
}

static void fill_response(struct http_exchange *x, struct event *event, int64_t time_ns, bool whole)
{
    http_records_fill(x, event, whole);
    if (!x->response_begun)
        return;
    if (x->request_done && time_ns >= x->request_ns) {
        event->duration_us = (time_ns - x->request_ns) / 1000;
        event->known |= EVENT_KNOWS_duration;
    }
    event->bytes = x->response.wire_bytes;
    event->status = (uint64_t)x->status;
    event->known |= EVENT_KNOWS_bytes | (x->status > 0 ? EVENT_KNOWS_status : 0);
    if (x->status >= 400)
        event->error_code = decimal(x->env->scratch, (unsigned)x->status);
}

void http_exchange_emit(struct http_exchange *x, int64_t time_ns, bool whole, uint32_t gaps)
{
    struct event_object object;
    flow_end(&x->response);
    http_user_settle(x);
    struct event event = {.time_ns = x->request_done ? x->request_ns : time_ns,
                          .seq = x->seq,
                          .account = http_user_name(x),
                          .program = HTTP_TEXT_SLICE(&x->agent),
                          .action = http_user_is_login(x) ? EVENT_ACTION_login : x->match.action,
                          .outcome = outcome_of(x),
                          .session = app_session_text(x->env->scratch, x->session_token),
                          .gaps = gaps};
    fill_request(x, &event, &object);
    fill_response(x, &event, time_ns, whole);
    if (x->limit || x->response.unpack_status == STATUS_LIMIT)
        event.gaps |= EVENT_GAP_limit;
    if (x->response.opaque || x->response.unpack_status == STATUS_MALFORMED)
        event.gaps |= EVENT_GAP_compressed;
    x->env->emit(x->env->emit_context, &event);
}
