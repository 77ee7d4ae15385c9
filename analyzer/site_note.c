/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The note about the site: a short list, searched linearly.
 */
#include "analyzer/site_note.h"

#include <limits.h>
#include <stdlib.h>

enum { NOTE_ARENA = 1 << 20 };

static void use_key_file(struct site_note *n, const char *path)
{
    char absolute[PATH_MAX];
    if (*path == 0)
        return; /* the one known stays: hashes were made with it */
    struct slice text = slice_from(realpath(path, absolute) ? absolute : path);
    if (slice_equal(n->site.key_file, text))
        return;
    n->site.key_file = arena_copy(&n->arena, text);
    n->changed = true;
}

void site_note_load(struct site_note *n, struct store_writer *w, const char *key_file)
{
    *n = (struct site_note){.changed = false};
    arena_init(&n->arena, NOTE_ARENA);
    if (!store_load_site(w, &n->arena, &n->site))
        n->site = (struct store_site){.space_count = 0};
    use_key_file(n, key_file);
}

void site_note_release(struct site_note *n)
{
    arena_release(&n->arena);
}

void site_note_space(void *note, struct slice space)
{
    struct site_note *n = note;
    struct store_site *site = &n->site;
    if (space.len == 0 || space.len > STORE_SPACE_MAX)
        return;
    for (size_t i = site->space_count; i-- > 0;)
        if (slice_equal(site->spaces[i], space))
            return;
    struct slice copy =
        site->space_count < STORE_SPACES_MAX ? arena_copy(&n->arena, space) : (struct slice){0};
    if (copy.len == 0)
        return;
    site->spaces[site->space_count++] = copy;
    n->changed = true;
}

void site_note_assets(struct site_note *n, const struct assets *assets, int64_t canary_s)
{
    struct store_site *site = &n->site;
    size_t count = assets_count(assets);
    site->asset_count = count < STORE_ASSETS_MAX ? count : STORE_ASSETS_MAX;
    for (size_t i = 0; i < site->asset_count; i++)
        site->assets[i] = asset_name(assets_at(assets, i));
    site->canary_s = (uint64_t)canary_s;
    n->changed = true;
}

void site_note_put(struct site_note *n, struct store_writer *w)
{
    if (n->changed)
        store_put_site(w, &n->site);
    n->changed = false;
}
