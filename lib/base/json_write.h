/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Writes JSON (RFC 8259) to the end of a buffer, without white space; commas and colons come by
 * themselves. What could not be written is told by the buffer's status. A call out of order (a
 * value without a key in an object, a close without its open) is a bug of the caller and asserts.
 *
 * Control characters, including DEL and C1, and characters that turn the direction of text are
 * written as \uXXXX, so a line of JSON is safe on a terminal.
 */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

#include "base/buffer.h"

enum { JSON_WRITE_MAX_DEPTH = 63 };

struct json_writer {
    struct buffer *out;
    uint64_t objects; /* bit per depth: it is an object */
    uint64_t started; /* bit per depth: something stands there already */
    unsigned depth;
    bool keyed; /* a key waits for its value */
};

struct json_writer json_write_to(struct buffer *out);

void json_write_object_open(struct json_writer *w);
void json_write_object_close(struct json_writer *w);
void json_write_array_open(struct json_writer *w);
void json_write_array_close(struct json_writer *w);

/* A key of the program's own: of characters that need no escape. */
void json_write_key(struct json_writer *w, const char *key);
void json_write_key_slice(struct json_writer *w, struct slice key);

/* Ill-formed UTF-8 becomes U+FFFD. */
void json_write_string(struct json_writer *w, struct slice value);
void json_write_text(struct json_writer *w, const char *value);
void json_write_integer(struct json_writer *w, int64_t value);
void json_write_unsigned(struct json_writer *w, uint64_t value);
void json_write_boolean(struct json_writer *w, bool value);
void json_write_null(struct json_writer *w);

/* The shortest of 15 to 17 digits that reads back as the same number; null for NaN and infinities,
 * which JSON does not have. */
void json_write_real(struct json_writer *w, double value);

/* A value that is JSON already. */
void json_write_raw(struct json_writer *w, struct slice json);

#endif
