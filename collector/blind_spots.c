/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A short list, searched linearly: it is asked once a session.
 */
#include "collector/blind_spots.h"

static struct blind_spot *find(struct blind_spots *spots, const char *asset, uint16_t port,
                               enum blind_reason reason)
{
    for (size_t i = 0; i < spots->count; i++)
        if (spots->spots[i].port == port && spots->spots[i].reason == reason &&
            strcmp(spots->spots[i].asset, asset) == 0)
            return &spots->spots[i];
    return NULL;
}

void blind_spots_add(struct blind_spots *spots, struct slice asset, uint16_t port,
                     enum blind_reason reason, uint64_t bytes)
{
    char name[BLIND_ASSET_MAX];
    slice_copy_text(asset, name, sizeof name);
    struct blind_spot *spot = find(spots, name, port, reason);
    if (!spot && spots->count >= BLIND_SPOTS_MAX) {
        port = 0;
        *name = 0;
        spot = find(spots, name, port, reason);
    }
    if (!spot) {
        spot = &spots->spots[spots->count++];
        *spot = (struct blind_spot){.port = port, .reason = reason};
        memcpy(spot->asset, name, sizeof name);
    }
    spot->sessions++;
    spot->bytes += bytes;
}

const char *blind_reason_name(enum blind_reason reason)
{
    static const char *const names[] = {
#define BLIND_REASON_NAME(name, text) [BLIND_##name] = #name,
        BLIND_REASON_TABLE(BLIND_REASON_NAME)
#undef BLIND_REASON_NAME
    };
    return names[reason];
}

const char *blind_reason_text(enum blind_reason reason)
{
    static const char *const texts[] = {
#define BLIND_REASON_TEXT(name, text) [BLIND_##name] = text,
        BLIND_REASON_TABLE(BLIND_REASON_TEXT)
#undef BLIND_REASON_TEXT
    };
    return texts[reason];
}
