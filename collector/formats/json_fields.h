/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The members of one JSON object (RFC 8259), one after the other, without a tree: a value that is
 * an object or array is given as its text, for a cursor of its own. Depth costs no recursion.
 * Tolerant of what follows the object.
 */
#ifndef COLLECTOR_FORMATS_JSON_FIELDS_H
#define COLLECTOR_FORMATS_JSON_FIELDS_H

#include "base/arena.h"
#include "base/reader.h"

enum json_kind { JSON_STRING, JSON_LITERAL, JSON_OBJECT, JSON_ARRAY };

struct json_value {
    enum json_kind kind;
    bool escaped;     /* string: backslashes to undo */
    struct slice raw; /* string: between the quotes; else the text of the value */
};

struct json_fields {
    struct reader at;
    bool array; /* elements have no key */
    bool begun;
};

/* Of an object or an array; a cursor that gives nothing and is failed when it is neither. */
struct json_fields json_fields_of(struct slice text);

/* The next member. Keys are given as they stand. False at the end, and on malformed text, which
 * json_fields_ok() tells apart. */
bool json_fields_next(struct json_fields *j, struct slice *key, struct json_value *value);
bool json_fields_ok(const struct json_fields *j);

/* The text of a value: strings unescaped (in `scratch` where needed), null as the empty slice,
 * others as they stand. */
struct slice json_text(const struct json_value *value, struct arena *scratch);

/* The value under "a.b.c", of an array under its index: "users.0.name"; false when there is none.
 */
bool json_find(struct slice object, struct slice path, struct json_value *value);

#endif
