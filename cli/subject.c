/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Naming subjects.
 */
#include "cli/subject.h"

#include "base/log.h"
#include "cli/site.h"
#include "event/site_key.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { SITE_ARENA = 1 << 20 };

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

static bool key_of_settings(const char *config, struct event_site_key *key)
{
    struct site site;
    bool ok = site_load(&site, config);
    if (ok && !site.has_key) {
        log_error("%s: no site.key_file: an id cannot be hashed", config);
        ok = false;
    }
    if (ok)
        *key = site.key;
    site_release(&site);
    return ok;
}

static bool key_of_state(const char *text, const struct store_site *site,
                         struct event_site_key *key)
{
    char path[4096];
    if (site->key_file.len == 0) {
        log_error("%s: not a hash of 32 hexadecimal digits, and the state was made without a site "
                  "key: name the settings with --config",
                  text);
        return false;
    }
    slice_copy_text(site->key_file, path, sizeof path);
    enum status status = site_key_read(path, key);
    if (status != STATUS_OK)
        log_error("%s: site key: %s: run this as a user who may read it, or name the settings of a "
                  "copy with --config",
                  path, status_text(status));
    return status == STATUS_OK;
}

static void add(struct subjects *to, const struct event_site_key *key, struct slice space,
                const char *id)
{
    struct subject *s = &to->list[to->count++];
    slice_copy_text(space, s->space, sizeof s->space);
    event_subject_hash(key, space, slice_from(id), s->hash);
}

static void add_ids(struct subjects *to, const struct event_site_key *key, const char *text,
                    const struct store_site *site)
{
    const char *colon = strrchr(text, ':');
    if (colon) {
        add(to, key, slice_make(text, (size_t)(colon - text)), colon + 1);
        return;
    }
    add(to, key, SLICE(""), text);
    for (size_t i = 0; i < site->space_count; i++)
        add(to, key, site->spaces[i], text);
}

bool subject_find(const struct query *q, const char *text, const char *config, struct subjects *to)
{
    struct arena arena;
    struct store_site site;
    struct event_site_key key;
    *to = (struct subjects){.count = 1};
    if (hexadecimal(text, to->list[0].hash))
        return true;
    to->count = 0;
    arena_init(&arena, SITE_ARENA);
    if (store_site_get(q->reader, &arena, &site) != STATUS_OK)
        site = (struct store_site){.space_count = 0};
    bool ok = config ? key_of_settings(config, &key) : key_of_state(text, &site, &key);
    if (ok)
        add_ids(to, &key, text, &site);
    arena_release(&arena);
    return ok;
}
