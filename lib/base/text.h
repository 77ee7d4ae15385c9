/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Text from outside, made safe for where it is shown. Everything here appends to a buffer, is
 * linear in its input, and puts U+FFFD in the place of each ill-formed sequence (Unicode 15,
 * section 3.9, "maximal subparts"), so the output is always UTF-8.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/buffer.h"

#define TEXT_REPLACEMENT UINT32_C(0xFFFD)

/* The first code point of `s`: returns its length in bytes (1..4; 0 when `s` is empty). Ill-formed
 * bytes give *valid = false, TEXT_REPLACEMENT and the length to pass over. */
size_t text_decode(struct slice s, uint32_t *code, bool *valid);

bool text_is_utf8(struct slice s);

/* The number of code points, an ill-formed sequence counting as one. */
size_t text_length(struct slice s);

/* At most `max` bytes of `s`, not cut inside a code point. */
struct slice text_cut(struct slice s, size_t max);

void text_append_code(struct buffer *out, uint32_t code);

/* As it is, but well-formed. */
void text_append_utf8(struct buffer *out, struct slice s);

/* For a terminal or a log line: C0, DEL and C1 controls as \n \r \t or \xHH; characters that turn
 * or hide text (bidirectional controls, zero-width, line and paragraph separators) as \u{HHHH}. For
 * people to read; a backslash stays single, so it cannot be undone. */
void text_append_terminal(struct buffer *out, struct slice s);

/* One CSV field (RFC 4180), quoted where needed. A field that a spreadsheet would take for a
 * formula (first character = + - @ TAB or CR) is preceded by an apostrophe. */
void text_append_csv(struct buffer *out, struct slice s);

/* HTML text or a double- or single-quoted attribute value; control characters other than white
 * space become U+FFFD. */
void text_append_html(struct buffer *out, struct slice s);

/* A PARAM-VALUE of syslog structured data (RFC 5424, section 6.3.3): " \ and ] escaped by a
 * backslash, control characters as #ooo (octal), as syslog daemons write them. */
void text_append_syslog(struct buffer *out, struct slice s);

#endif
