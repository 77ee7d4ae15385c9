/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Bounded grouping.
 */
#include "web/api/tally.h"

bool tally_init(struct tally *tally, struct arena *arena, size_t row_size, size_t most)
{
    *tally = (struct tally){.row_size = row_size, .most = most};
    tally->index = map_new(sizeof(size_t), most, MAP_REFUSE, NULL, NULL);
    tally->rows = arena_array(arena, most, row_size);
    return tally->index && tally->rows;
}

void tally_release(struct tally *tally)
{
    if (tally->index)
        map_free(&tally->index);
}

void *tally_row(struct tally *tally, struct slice key, bool *created)
{
    size_t *place = map_get(tally->index, key);
    *created = !place;
    if (!place && tally->count < tally->most) {
        place = map_put(tally->index, key, NULL);
        if (place)
            *place = tally->count++;
    }
    tally->cut |= !place;
    return place ? tally_at(tally, *place) : NULL;
}
