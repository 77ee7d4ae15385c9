/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A request's JSON body: one flat object whose members are texts, numbers or booleans. Unknown,
 * doubled or nested members are errors, so that a misspelt field is never silently ignored.
 */
#ifndef WEB_BODY_H
#define WEB_BODY_H

#include "base/slice.h"
#include "base/status.h"

enum body_type { BODY_TEXT, BODY_BOOL };

/* One member that a route understands. The caller's table; body_read() fills in the values, which
 * live until body_release(). */
struct body_field {
    const char *name;
    enum body_type type;
    bool required;
    size_t most; /* bytes of a text */
    bool present;
    struct slice text;
    bool truth;
};

struct body;

/* STATUS_MALFORMED: not JSON or not such an object; STATUS_INVALID: a member is missing, unknown,
 * of the wrong type, too long, or not clean text; `*field` then names it. */
enum status body_read(struct body **body, struct slice json, struct body_field *fields,
                      size_t count, const char **field);

/* Wipes what it held. */
void body_release(struct body **body);

#endif
