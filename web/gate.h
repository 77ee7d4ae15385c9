/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The strict gate in front of every route: what a browser on the console's own page never sends is
 * refused before a session is looked up or a byte of a body is read. It holds RFC 9112's framing
 * rules tighter than the HTTP library does (one Host, no chunked requests, a body only with POST).
 */
#ifndef WEB_GATE_H
#define WEB_GATE_H

#include "web/http.h"

enum {
    GATE_MAX_PATH = 256,
    GATE_MAX_QUERY = 1024,
    GATE_MAX_HEADERS = 48,
    GATE_MAX_HEADER_BYTES = 8192,
    GATE_MAX_HOSTS = 16,
};

/* The names under which the console is reached, lower case, without port. */
struct gate {
    const char *hosts[GATE_MAX_HOSTS];
    size_t host_count;
    bool any_address; /* a numeric address is good too: no foreign name can stand for it */
};

/* 0: let it through. Otherwise the HTTP status to answer with; `*why` is a word for the answer. */
unsigned gate_check(const struct gate *gate, const struct http_request *request, const char **why);

/* The length that the request announces; false when it is not a plain number. */
bool gate_body_length(const struct http_request *request, uint64_t *length);

#endif
