/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The table of signed-in application sessions.
 */
#include "collector/app_sessions.h"

#include "base/hash.h"
#include "base/map.h"

#include <stdlib.h>

struct app_sessions {
    struct map *users; /* token -> struct signed_in */
};

struct signed_in {
    uint8_t len;
    uint8_t user[APP_USER_MAX];
};

struct app_sessions *app_sessions_new(size_t max_sessions)
{
    struct app_sessions *sessions = calloc(1, sizeof *sessions);
    if (!sessions)
        return NULL;
    sessions->users = map_new(sizeof(struct signed_in), max_sessions, MAP_EVICT, NULL, NULL);
    if (!sessions->users)
        app_sessions_free(&sessions);
    return sessions;
}

void app_sessions_free(struct app_sessions **sessions)
{
    if (!*sessions)
        return;
    if ((*sessions)->users)
        map_free(&(*sessions)->users);
    free(*sessions);
    *sessions = NULL;
}

uint64_t app_session_token(struct slice name, struct slice value)
{
    return hash64_seeded(value, hash64(name));
}

struct slice app_session_text(struct arena *arena, uint64_t token)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t text[16];
    if (token == 0)
        return (struct slice){NULL, 0};
    for (unsigned i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)digits[token >> (60 - 4 * i) & 15];
    return arena_copy(arena, slice_make(text, sizeof text));
}

static struct slice key_of(const uint64_t *token)
{
    return slice_make(token, sizeof *token);
}

void app_sessions_sign_in(struct app_sessions *sessions, uint64_t token, struct slice user)
{
    struct signed_in *entry = map_put(sessions->users, key_of(&token), NULL);
    if (!entry)
        return;
    user = slice_part(user, 0, APP_USER_MAX);
    entry->len = (uint8_t)user.len;
    if (user.len)
        memcpy(entry->user, user.ptr, user.len);
}

void app_sessions_sign_out(struct app_sessions *sessions, uint64_t token)
{
    map_remove(sessions->users, key_of(&token));
}

struct slice app_sessions_user(struct app_sessions *sessions, uint64_t token)
{
    const struct signed_in *entry = map_get(sessions->users, key_of(&token));
    return entry ? slice_make(entry->user, entry->len) : (struct slice){NULL, 0};
}

uint64_t app_sessions_evicted(const struct app_sessions *sessions)
{
    return map_evicted(sessions->users);
}
