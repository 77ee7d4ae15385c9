/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the state remembers of the site so that `dwell who-saw` can look up a subject by its id: the
 * path of the site key and the spaces in use. The key itself is never stored.
 */
#ifndef ANALYZER_SITE_NOTE_H
#define ANALYZER_SITE_NOTE_H

#include "assets/assets.h"
#include "store/writer.h"

struct site_note {
    struct arena arena;
    struct store_site site;
    bool changed; /* since it was last written */
};

/* Takes what the state has, and the path of the key as it is now (made absolute; "": none). */
void site_note_load(struct site_note *n, struct store_writer *w, const char *key_file);
void site_note_release(struct site_note *n);

/* One more space in use; beyond STORE_SPACES_MAX nothing is added. `note`: struct site_note. */
void site_note_space(void *note, struct slice space);

/* The inventory as it is now, and how often a canary is expected (0: none). */
void site_note_assets(struct site_note *n, const struct assets *assets, int64_t canary_s);

void site_note_put(struct site_note *n, struct store_writer *w);

#endif
