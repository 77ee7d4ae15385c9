/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which assets sang, and when.
 */
#include "analyzer/canary.h"

#include <stdio.h>
#include <string.h>

enum { CANARY_ASSETS_MAX = 4096, SEARCH_MAX = 4096 };

bool canary_init(struct canary *c, const char *mark, int64_t interval_ns)
{
    *c = (struct canary){.interval_ns = interval_ns};
    snprintf(c->mark, sizeof c->mark, "%s", mark);
    c->assets = map_new(sizeof(struct canary_state), CANARY_ASSETS_MAX, MAP_REFUSE, NULL, NULL);
    return c->assets != NULL;
}

void canary_release(struct canary *c)
{
    map_free(&c->assets);
}

static bool holds(struct slice text, const char *mark)
{
    text = slice_part(text, 0, SEARCH_MAX);
    return text.len > 0 && memmem(text.ptr, text.len, mark, strlen(mark)) != NULL;
}

static bool is_canary(const struct canary *c, const struct event *e)
{
    if (*c->mark == 0 || e->outcome == EVENT_OUTCOME_failure)
        return false;
    if (holds(e->statement, c->mark) || holds(e->program, c->mark))
        return true;
    for (size_t i = 0; i < e->object_count; i++)
        if (holds(e->objects[i].name, c->mark))
            return true;
    return false;
}

bool canary_seen(struct canary *c, const struct event *e, struct slice asset)
{
    if (!is_canary(c, e))
        return false;
    struct canary_state *s = map_put(c->assets, asset, NULL);
    if (s && e->time_ns >= s->last_ns)
        *s = (struct canary_state){.last_ns = e->time_ns};
    return true;
}

struct watching {
    const struct canary *canary;
    int64_t now_ns;
    void (*missing)(void *context, struct slice asset, int64_t last_ns);
    void *context;
};

static bool look(void *context, struct slice asset, void *value)
{
    struct watching *w = context;
    struct canary_state *s = value;
    if (s->alarmed || w->now_ns - s->last_ns <= CANARY_MISSED * w->canary->interval_ns)
        return true;
    s->alarmed = true;
    w->missing(w->context, asset, s->last_ns);
    return true;
}

void canary_watch(struct canary *c, int64_t now_ns,
                  void (*missing)(void *context, struct slice asset, int64_t last_ns),
                  void *context)
{
    struct watching w = {c, now_ns, missing, context};
    if (*c->mark != 0)
        map_each(c->assets, look, &w);
}
