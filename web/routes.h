/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The routes: one table of everything that the console answers to.
 */
#ifndef WEB_ROUTES_H
#define WEB_ROUTES_H

#include "web/exchange.h"

typedef void route_handler(struct exchange *exchange);

struct route {
    enum http_method method; /* HEAD is answered where GET is */
    const char *path;        /* "{}" stands for one variable segment */
    enum role least;         /* ROLE_NONE: nobody need be signed in */
    uint32_t body_limit;     /* bytes; 0: no body */
    route_handler *handler;
};

enum { ROUTE_PARAM_MAX = 128 };

/* The route, with the variable segments as they were sent. NULL: no such path; `*other_method` then
 * tells whether another method would find one. */
const struct route *route_find(enum http_method method, struct slice path,
                               struct slice params[EXCHANGE_PARAMS], bool *other_method);

/* All of them, for tests and the manual. */
const struct route *route_table(size_t *count);

#endif
