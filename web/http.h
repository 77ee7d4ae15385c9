/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One request and its answer, as the console's own code sees them: no type of the HTTP library is
 * known here, so that the gate, the routes and the handlers can be tested without a server.
 *
 * The slices of a request are borrowed from the server and valid until the answer is queued.
 */
#ifndef WEB_HTTP_H
#define WEB_HTTP_H

#include "base/buffer.h"
#include "base/slice.h"

enum http_method { HTTP_OTHER, HTTP_GET, HTTP_HEAD, HTTP_POST };

/* X(field, name): the request headers that the console reads. All others are only counted. */
#define HTTP_HEADER_TABLE(X)                  \
    X(host, "Host")                           \
    X(cookie, "Cookie")                       \
    X(csrf, "X-Dwell-Token")                  \
    X(origin, "Origin")                       \
    X(fetch_site, "Sec-Fetch-Site")           \
    X(content_type, "Content-Type")           \
    X(content_length, "Content-Length")       \
    X(transfer_encoding, "Transfer-Encoding") \
    X(accept_encoding, "Accept-Encoding")     \
    X(if_none_match, "If-None-Match")

enum http_header {
#define HTTP_HEADER_ENUM(field, name) HTTP_HEADER_##field,
    HTTP_HEADER_TABLE(HTTP_HEADER_ENUM)
#undef HTTP_HEADER_ENUM
        HTTP_HEADER_COUNT
};

struct http_request {
    enum http_method method;
    struct slice path;  /* as sent, nothing decoded */
    struct slice query; /* after the '?', as sent */
    struct slice headers[HTTP_HEADER_COUNT];
    unsigned seen[HTTP_HEADER_COUNT]; /* how often each one stood in the request */
    size_t header_count, header_bytes;
    char peer[48]; /* the client's address as text */
    bool loopback; /* the client is on this machine */
    struct slice body;
};

/* Writes the next part of a streamed body; *done after the last one. On failure the connection is
 * cut, so that a cut file is not taken for a whole one. */
typedef enum status http_stream_next(void *state, struct buffer *to, bool *done);
typedef void http_stream_free(void *state);

struct http_response {
    unsigned status;
    const char *content_type;
    struct buffer body;
    struct slice fixed; /* in place of `body`: bytes that live as long as the program */
    const char *encoding;
    char etag[40];
    char cookie[160];
    char filename[96]; /* offered as a download under this name */
    unsigned retry_after_s;
    http_stream_next *next; /* in place of `body`: written part by part */
    http_stream_free *free_stream;
    void *stream;
};

/* The name of a header; never NULL. */
const char *http_header_name(enum http_header header);

enum http_method http_method_of(const char *name);

#endif
