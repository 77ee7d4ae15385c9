/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Loading a site.
 */
#include "cli/site.h"

#include "base/log.h"
#include "event/site_key.h"

#include <stdio.h>

static bool load_assets(struct site *site)
{
    char path[4200];
    struct fault fault;
    bool named = *site->settings.directory != 0;
    snprintf(path, sizeof path, "%s/assets.yaml", site->settings.directory);
    enum status status = assets_load(&site->assets, named ? path : NULL, &fault);
    if (status != STATUS_OK)
        log_error("%s", fault.text);
    return status == STATUS_OK;
}

static bool load_key(struct site *site)
{
    const char *path = site->settings.site_key_file;
    if (!*path)
        return true;
    enum status status = site_key_read(path, &site->key);
    site->has_key = status == STATUS_OK;
    if (!site->has_key)
        log_error("%s: site key: %s", path, status_text(status));
    return site->has_key;
}

bool site_load(struct site *site, const char *config)
{
    struct fault fault;
    *site = (struct site){.has_key = false};
    if (settings_load(&site->settings, config, &fault) != STATUS_OK) {
        log_error("%s", fault.text);
        return false;
    }
    return load_assets(site) && load_key(site);
}

void site_release(struct site *site)
{
    assets_free(&site->assets);
    settings_release(&site->settings);
}

const struct event_site_key *site_key_of(const struct site *site)
{
    return site->has_key ? &site->key : NULL;
}
