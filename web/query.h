/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Names and values of an address: percent-decoding (RFC 3986) of one path segment, and the
 * parameters after '?' (name=value pairs). A value that is badly encoded, not UTF-8, holds a
 * control character or is named twice is an error, never guessed at.
 */
#ifndef WEB_QUERY_H
#define WEB_QUERY_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

/* The decoded text, in the arena. STATUS_MALFORMED as said above, STATUS_NO_MEMORY. */
enum status query_decode(struct slice text, bool plus_is_space, struct arena *arena,
                         struct slice *decoded);

/* The value of a parameter; STATUS_NOT_FOUND (and the empty slice) when it is absent. */
enum status query_value(struct slice query, const char *name, struct arena *arena,
                        struct slice *value);

/* A number parameter from `least` to `most`; `otherwise` when it is absent. */
enum status query_number(struct slice query, const char *name, uint64_t least, uint64_t most,
                         uint64_t otherwise, uint64_t *value);

/* Valid UTF-8 (RFC 3629) without control characters. */
bool query_text_ok(struct slice text);

#endif
