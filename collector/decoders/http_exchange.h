/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One HTTP request and its response, as an access event: who (http_user.c), which record
 * (http_records.c), how much. Independent of the library that parses the bytes (http.c).
 */
#ifndef COLLECTOR_DECODERS_HTTP_EXCHANGE_H
#define COLLECTOR_DECODERS_HTTP_EXCHANGE_H

#include "assets/assets.h"
#include "collector/app_sessions.h"
#include "collector/decoder.h"
#include "collector/decoders/http_body.h"
#include "collector/sensitivity.h"
#include "collector/subject_set.h"
#include "collector/unpack.h"

enum {
    HTTP_METHOD_MAX = 16,
    HTTP_URI_MAX = 2048,
    HTTP_HOST_MAX = 128,
    HTTP_AGENT_MAX = 256,
    HTTP_TOKENS_MAX = 32, /* cookies of one message that are looked at */
};

/* A text whose front is kept in place. */
#define HTTP_TEXT(max)      \
    struct {                \
        uint16_t len;       \
        uint8_t bytes[max]; \
    }
#define HTTP_TEXT_SET(text, s) \
    ((text)->len = (uint16_t)http_text_copy((text)->bytes, sizeof(text)->bytes, (s)))
#define HTTP_TEXT_SLICE(text) slice_make((text)->bytes, (text)->len)

/* Copies the front that fits; gives its length. */
size_t http_text_copy(uint8_t *to, size_t max, struct slice s);

/* The direction's body on its way to its scanner. */
struct http_flow {
    bool packed; /* content coding gzip or deflate */
    bool opaque; /* a coding nobody here unpacks (br, zstd) */
    bool begun, has_body;
    struct unpack *unpack; /* owned */
    enum status unpack_status;
    enum http_body_kind kind;
    struct http_body *body; /* of the exchange */
    uint64_t wire_bytes;    /* of the body, content coding on, transfer coding off */
    uint64_t records;
};

/* The session tokens a message carried. */
struct http_tokens {
    size_t count;
    uint64_t token[HTTP_TOKENS_MAX];
    bool likely[HTTP_TOKENS_MAX]; /* the name is a session's, by configuration or by its look */
};

struct http_exchange {
    struct http_exchange *next;    /* of those open on the connection, oldest first */
    const struct decoder_env *env; /* of the call under way */
    uint64_t seq;
    int64_t request_ns; /* the request was complete */
    bool request_done, response_begun, request_seen;

    HTTP_TEXT(HTTP_METHOD_MAX) method;
    HTTP_TEXT(HTTP_URI_MAX) uri;
    HTTP_TEXT(HTTP_HOST_MAX) host;
    HTTP_TEXT(HTTP_AGENT_MAX) agent;
    int status;      /* 0: no response seen */
    bool attachment; /* Content-Disposition: attachment */
    HTTP_TEXT(HTTP_HOST_MAX) location;
    HTTP_TEXT(HTTP_HOST_MAX) response_type;

    /* who */
    HTTP_TEXT(APP_USER_MAX) user;       /* of the request itself: Basic, header, cookie, session */
    HTTP_TEXT(APP_USER_MAX) login_user; /* of a sign-in form */
    bool has_password;
    struct http_tokens sent, given;
    uint64_t session_token; /* 0: none */

    /* what */
    bool matched;
    struct assets_http_match match;
    struct subject_set subjects;
    uint64_t classes[EVENT_CLASSES];
    bool limit;

    struct http_flow request, response;

    /* Large, and not set before a body begins: nothing behind this line is zeroed. */
    struct http_body request_body, response_body;
};

struct http_exchange *http_exchange_new(const struct decoder_env *env, uint64_t seq);
void http_exchange_free(struct http_exchange **exchange);

/* In the order of the message; a header may come in any case. */
void http_exchange_request_line(struct http_exchange *x, struct slice method, struct slice uri);
void http_exchange_request_header(struct http_exchange *x, struct slice name, struct slice value);
void http_exchange_request_headers_done(struct http_exchange *x);
void http_exchange_request_body(struct http_exchange *x, struct slice bytes);
void http_exchange_request_done(struct http_exchange *x, int64_t time_ns);
void http_exchange_response_line(struct http_exchange *x, int status);
void http_exchange_response_header(struct http_exchange *x, struct slice name, struct slice value);
void http_exchange_response_headers_done(struct http_exchange *x);
void http_exchange_response_body(struct http_exchange *x, struct slice bytes);

/* Closes the exchange and hands its event out. `whole`: the response ended as HTTP says it must. */
void http_exchange_emit(struct http_exchange *x, int64_t time_ns, bool whole, uint32_t gaps);

/* http_user.c: who made the request, and what its outcome says about sessions. */
void http_user_request_header(struct http_exchange *x, struct slice name, struct slice value);
void http_user_request_field(struct http_exchange *x, struct slice name, struct slice value);
void http_user_response_header(struct http_exchange *x, struct slice name, struct slice value);
void http_user_response_field(struct http_exchange *x, struct slice name, struct slice value);
void http_user_request_headers_done(struct http_exchange *x);
bool http_user_is_login(const struct http_exchange *x);
bool http_user_login_succeeded(const struct http_exchange *x);
void http_user_settle(struct http_exchange *x); /* binds or drops sessions after the response */
struct slice http_user_name(const struct http_exchange *x);

/* http_records.c: which records the exchange is about. */
void http_records_match(struct http_exchange *x);
bool http_records_is_key(void *exchange, struct slice name);
void http_records_cell(struct http_exchange *x, struct slice name, struct slice value);
void http_records_fill(struct http_exchange *x, struct event *event, bool whole);

#endif
