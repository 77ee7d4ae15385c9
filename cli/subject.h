/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A subject as people name it: by its keyed hash, or by its id where the site key can be read.
 */
#ifndef CLI_SUBJECT_H
#define CLI_SUBJECT_H

#include "cli/query.h"

/* What a name may stand for: an id without its space is looked for in every space in use. */
struct subject {
    uint8_t hash[16];
    char space[STORE_SPACE_MAX + 1]; /* "" for none, and for a hash */
};
struct subjects {
    struct subject list[STORE_SPACES_MAX + 2];
    size_t count;
};

/* `text`: 32 hexadecimal digits; "space:id"; or "id". Ids are hashed with the key of the settings
 * file (`config`), or, where that is NULL, with the one whose path the state holds. False: told. */
bool subject_find(const struct query *q, const char *text, const char *config, struct subjects *to);

#endif
