/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Naming subjects.
 */
#include "cli/subject.h"

#include "base/log.h"
#include "cli/site.h"

#include <ctype.h>
#include <string.h>

static bool hexadecimal(const char *text, uint8_t hash[16])
{
    if (strlen(text) != 32)
        return false;
    memset(hash, 0, 16);
    for (size_t i = 0; i < 32; i++) {
        if (!isxdigit((unsigned char)text[i]))
            return false;
        unsigned digit = text[i] <= '9' ? (unsigned)(text[i] - '0')
                                        : (unsigned)(tolower((unsigned char)text[i]) - 'a' + 10);
        hash[i / 2] = (uint8_t)((unsigned)hash[i / 2] << 4 | digit);
    }
    return true;
}

static void hash_id(const struct site *site, const char *text, uint8_t hash[16])
{
    const char *colon = strrchr(text, ':');
    struct slice space = colon ? slice_make(text, (size_t)(colon - text)) : SLICE("");
    event_subject_hash(&site->key, space, slice_from(colon ? colon + 1 : text), hash);
}

bool subject_hash(const char *text, const char *config, uint8_t hash[16])
{
    struct site site;
    if (hexadecimal(text, hash))
        return true;
    if (!config) {
        log_error("%s: not a hash of 32 hexadecimal digits: name the settings with --config to "
                  "look up an id",
                  text);
        return false;
    }
    bool ok = site_load(&site, config);
    if (ok && !site.has_key) {
        log_error("%s: no site.key_file: an id cannot be hashed", config);
        ok = false;
    }
    if (ok)
        hash_id(&site, text, hash);
    site_release(&site);
    return ok;
}
