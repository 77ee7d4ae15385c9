/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One request on its way through the console: gate, route, session, handler, answer. The server
 * calls exchange_admit() when the headers are there, before it reads a body, and exchange_answer()
 * when the body is whole.
 */
#ifndef WEB_EXCHANGE_H
#define WEB_EXCHANGE_H

#include "base/arena.h"
#include "base/json_write.h"
#include "web/console.h"
#include "web/http.h"

enum { EXCHANGE_PARAMS = 2, EXCHANGE_ANSWER_MAX = 16 << 20, EXCHANGE_ARENA_MAX = 64 << 20 };

struct route;

struct exchange {
    struct console *console;
    struct http_request request;
    struct http_response response;
    struct arena arena; /* lives as long as the exchange */
    const struct route *route;
    struct slice params[EXCHANGE_PARAMS]; /* the variable parts of the path, decoded */
    struct slice token;                   /* the session's, from the cookie */
    struct desk_session session;          /* role ROLE_NONE: nobody is signed in */
    struct json_writer json;              /* into the answer's body */
    struct store_reader *reader;          /* of exchange_reader() */
};

void exchange_init(struct exchange *exchange, struct console *console);
void exchange_release(struct exchange *exchange);

/* False: the answer is made already, the body must not be read. */
bool exchange_admit(struct exchange *exchange);

/* Makes the answer; request.body is there. */
void exchange_answer(struct exchange *exchange);

/* For handlers: an error answer in place of what was written so far: {"error": code, "field": ...}.
 * `field` may be "". */
void exchange_fail(struct exchange *exchange, unsigned status, const char *code, const char *field);

/* The same for a failure inside; tells it in the log. */
void exchange_fail_status(struct exchange *exchange, enum status status);

/* The store, for the time of the exchange; NULL (and the error answer) when it cannot be read. */
struct store_reader *exchange_reader(struct exchange *exchange);

/* Writes what is about to be shown into the audit trail; false (and the error answer) when that
 * fails, and then nothing may be shown. */
bool exchange_audit(struct exchange *exchange, unsigned trail_action, struct slice object);

/* Parameters of the query. False (and a 400) when it is there and not good. */
bool exchange_query_text(struct exchange *exchange, const char *name, size_t most,
                         struct slice *value);
bool exchange_query_number(struct exchange *exchange, const char *name, uint64_t least,
                           uint64_t most, uint64_t otherwise, uint64_t *value);
/* A day "YYYY-MM-DD"; `otherwise` when it is absent. */
bool exchange_query_day(struct exchange *exchange, const char *name, int32_t otherwise,
                        int32_t *day);
bool exchange_day(struct exchange *exchange, struct slice text, const char *name, int32_t *day);

#endif
