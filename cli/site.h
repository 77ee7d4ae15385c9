/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What subcommands need of a site: its settings, its inventory and its key.
 */
#ifndef CLI_SITE_H
#define CLI_SITE_H

#include "assets/assets.h"
#include "base/settings.h"
#include "event/event.h"

struct site {
    struct settings settings;
    struct assets *assets;
    struct event_site_key key;
    bool has_key;
};

/* Reads the settings file (NULL: defaults) and what it names. False: told. */
bool site_load(struct site *site, const char *config);
void site_release(struct site *site);

/* The site's key, or NULL. */
const struct event_site_key *site_key_of(const struct site *site);

#endif
