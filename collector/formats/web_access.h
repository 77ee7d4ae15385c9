/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One line of a web server's access log as values, and the event of it: the same statement, object,
 * subject and session as the HTTP decoder makes of the request on the wire, so that views and dwell
 * come out alike. What only the body tells (rows of a list, the user of a sign-in form) is absent.
 */
#ifndef COLLECTOR_FORMATS_WEB_ACCESS_H
#define COLLECTOR_FORMATS_WEB_ACCESS_H

#include "collector/formats/log_event.h"

/* What a line's field holds; the names of nginx variables, Apache directives and JSON keys are
 * mapped to these. */
enum web_field {
    WEB_IGNORED,
    WEB_CLIENT,
    WEB_CLIENT_PORT,
    WEB_USER,       /* of Basic authentication, or told by the application */
    WEB_HEADER,     /* named: of the request or the response; may tell the user */
    WEB_COOKIE,     /* named */
    WEB_COOKIES,    /* a Cookie header: a=b; c=d */
    WEB_SET_COOKIE, /* a Set-Cookie header */
    WEB_TIME,       /* any form; perhaps in brackets */
    WEB_REQUEST,    /* "GET /x HTTP/1.1" */
    WEB_METHOD,
    WEB_URI,
    WEB_STATUS,
    WEB_BODY_BYTES,
    WEB_BYTES, /* with headers; counts where the body's are not told */
    WEB_AGENT,
    WEB_SECONDS,      /* from the request to the end of the response; the time is the end's */
    WEB_MICROSECONDS, /* the same, and the time is the request's */
    WEB_SERVER,
    WEB_SERVER_PORT,
};

struct web_request {
    int64_t time_ns;
    bool has_time, time_is_exact;
    struct slice user, told_user;
    struct slice method, uri, status, agent;
    struct slice body_bytes, bytes;
    struct event_address client, server;
    bool time_is_end, has_duration;
    int64_t duration_us;
    uint64_t token; /* of the session, 0: none */
    bool gives_session;
};

/* Takes one value, "" and "-" being none. `name` is the header's or cookie's. */
void web_request_take(struct web_request *request, const struct log_env *env, enum web_field field,
                      struct slice name, struct slice value);

/* Emits the event of the line; MALFORMED when it has no time or no request. */
enum status web_request_emit(struct web_request *request, const struct log_env *env);

/* The field of a JSON key or nginx variable ("remote_addr", "cookie_sid", "http_x_user"); `name` is
 * what follows for headers and cookies. */
enum web_field web_field_named(struct slice variable, struct slice *name);

#endif
