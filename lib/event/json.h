/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The event as one JSON object (RFC 8259) on a line, as printed by `dwell decode` and read by
 * `dwell replay`. docs/event-format.md lists the keys.
 */
#ifndef EVENT_JSON_H
#define EVENT_JSON_H

#include "base/buffer.h"
#include "event/event.h"

enum { EVENT_JSON_LINE_MAX = 4 << 20 }; /* bytes of a line that is read */

/* Appends the object, without a line end. With `clear` the statement is printed as it was sent,
 * where the event has it, with its bound values. Ill-formed UTF-8 becomes U+FFFD; control and
 * bidirectional characters are escaped. */
enum status event_to_json(struct buffer *to, const struct event *e, bool clear);

/* How lines are read, and what was met. One for a whole file. */
struct event_json_input {
    const struct event_site_key *site_key; /* hashes `subject_ids`; NULL: a line with them is
                                              refused */
    void (*space)(void *context, struct slice name); /* told the space of each id; may be NULL */
    void *context;
    uint64_t unknown_keys; /* keys passed over so far */
    char error[200];       /* of the last line refused: what is wrong with it */
};

/* Reads one line; everything the event points to is copied into the arena. MALFORMED (not JSON, not
 * an event), LIMIT, INVALID (subject_ids without a site key), NO_MEMORY; `error` says why. */
enum status event_from_json(struct event_json_input *input, struct slice line, struct event *e,
                            struct arena *arena);

#endif
