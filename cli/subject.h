/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A subject as people name it: by its keyed hash, or by its id where the site key is at hand.
 */
#ifndef CLI_SUBJECT_H
#define CLI_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

/* `text`: 32 hexadecimal digits; or "id" or "space:id", hashed with the key that the settings file
 * names (NULL: there is none). False: told. */
bool subject_hash(const char *text, const char *config, uint8_t hash[16]);

#endif
