/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Members of a JSON object in one call, in the forms that docs/console-api.md uses everywhere:
 * times in RFC 3339 UTC with milliseconds, days as YYYY-MM-DD, hashes in hexadecimal, text in both
 * languages as {"en", "zh"}.
 */
#ifndef WEB_MEMBER_H
#define WEB_MEMBER_H

#include "base/json_write.h"
#include "event/event.h"

void member_text(struct json_writer *w, const char *name, struct slice text);
void member_string(struct json_writer *w, const char *name, const char *text);
void member_unsigned(struct json_writer *w, const char *name, uint64_t value);
void member_bool(struct json_writer *w, const char *name, bool value);

/* Rounded to a millionth: more digits mean nothing to a reader. */
void member_real(struct json_writer *w, const char *name, double value);

/* null for 0: not known. */
void member_time(struct json_writer *w, const char *name, int64_t ns);
void member_day(struct json_writer *w, const char *name, int32_t day);
void member_hex(struct json_writer *w, const char *name, const uint8_t *bytes, size_t len);
void member_both(struct json_writer *w, const char *name, struct slice en, struct slice zh);

/* "192.0.2.1:443"; empty when it is not known. */
void member_address(struct json_writer *w, const char *name, const struct event_address *address);

/* "YYYY-MM-DD" and its terminator. */
void day_text(int32_t day, char to[11]);

#endif
