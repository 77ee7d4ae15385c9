/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows gathered by key while events go by, at most so many; what does not fit is told by `cut`.
 */
#ifndef WEB_API_TALLY_H
#define WEB_API_TALLY_H

#include "base/arena.h"
#include "base/map.h"

struct tally {
    struct map *index; /* key -> place in rows */
    uint8_t *rows;
    size_t row_size, count, most;
    bool cut;
};

bool tally_init(struct tally *tally, struct arena *arena, size_t row_size, size_t most);
void tally_release(struct tally *tally);

/* The row of a key; `*created` when it is new and zeroed. NULL when there is no more room. */
void *tally_row(struct tally *tally, struct slice key, bool *created);

static inline void *tally_at(const struct tally *tally, size_t place)
{
    return tally->rows + place * tally->row_size;
}

#endif
