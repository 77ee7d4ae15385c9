/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The site's secret key, under which subjects are hashed: a file of 64 hexadecimal digits, readable
 * by its owner (and group) alone. Who has it can test whether somebody was looked at; who loses it
 * can no longer ask about the past.
 */
#ifndef EVENT_SITE_KEY_H
#define EVENT_SITE_KEY_H

#include "event/event.h"

/* NOT_FOUND, DENIED (also: others may read the file), MALFORMED, IO. */
enum status site_key_read(const char *path, struct event_site_key *key);

/* Makes a random key in a new file, mode 0600, on the disk when it returns; EXISTS when there is a
 * file already, which is left as it is. */
enum status site_key_create(const char *path, struct event_site_key *key);

/* 64 hexadecimal digits, nothing else. */
bool site_key_parse(struct slice text, struct event_site_key *key);

#endif
