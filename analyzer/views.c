/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Open views, by session.
 */
#include "analyzer/views.h"

#include "base/map.h"

#include <stdlib.h>

enum { VIEWS_MAX = 1 << 16 };
#define PAGE_LOAD_NS (2 * INT64_C(1000000000)) /* parts of a page follow it this closely */

struct open_view {
    struct store_view view; /* texts in `texts` */
    int32_t day;
    uint8_t (*subjects)[16];
    size_t count;
    char *texts;
};

struct views {
    struct map *open; /* session -> struct open_view; the longest untouched is the oldest */
    int64_t idle_limit_ns;
    views_ended *ended;
    void *context;
};

/* Told and freed; `end_ns` is the next action, or INT64_MAX. */
static void end_view(struct views *v, struct open_view *o, int64_t end_ns)
{
    int64_t dwell = end_ns < o->view.start_ns ? 0 : end_ns - o->view.start_ns;
    o->view.cut = dwell > v->idle_limit_ns;
    o->view.dwell_ns = o->view.cut ? v->idle_limit_ns : dwell;
    for (size_t i = 0; i < o->count; i++) {
        memcpy(o->view.subject, o->subjects[i], sizeof o->view.subject);
        v->ended(v->context, o->day, &o->view, i == 0);
    }
    free(o->subjects);
    free(o->texts);
    *o = (struct open_view){0};
}

static void drop(void *context, struct slice key, void *value)
{
    (void)key;
    struct open_view *o = value;
    if (o->subjects) /* pushed out by the maximum */
        end_view(context, o, INT64_MAX);
}

struct views *views_new(int64_t idle_limit_ns, views_ended *ended, void *context)
{
    struct views *v = calloc(1, sizeof *v);
    if (!v)
        return NULL;
    *v = (struct views){.idle_limit_ns = idle_limit_ns, .ended = ended, .context = context};
    v->open = map_new(sizeof(struct open_view), VIEWS_MAX, MAP_EVICT, drop, v);
    if (!v->open)
        views_free(&v);
    return v;
}

static bool discard(void *context, struct slice key, void *value)
{
    (void)context;
    (void)key;
    struct open_view *o = value;
    free(o->subjects);
    free(o->texts);
    *o = (struct open_view){0};
    return true;
}

void views_free(struct views **views)
{
    struct views *v = *views;
    if (!v)
        return;
    if (v->open)
        map_each(v->open, discard, NULL);
    map_free(&v->open);
    free(v);
    *views = NULL;
}

/* Pictures, scripts and sub-pages that come with a page are no next action. */
static bool part_of_page(const struct open_view *o, const struct event *e,
                         const struct translation *t)
{
    bool plain = e->action == EVENT_ACTION_read || e->action == EVENT_ACTION_other;
    return t->application && plain && e->key_count == 0 &&
           e->time_ns - o->view.start_ns < PAGE_LOAD_NS;
}

static struct slice keep_text(char **at, struct slice s)
{
    struct slice kept = slice_make(*at, s.len);
    if (s.len > 0)
        memcpy(*at, s.ptr, s.len);
    *at += s.len;
    return kept;
}

static bool fill(struct open_view *o, const struct event *e, const struct resolved *who,
                 const struct translation *t)
{
    size_t size = who->employee.len + who->asset.len + t->event.object.len + e->session.len + 1;
    char *at = o->texts = malloc(size);
    o->subjects = malloc(e->key_count * sizeof *o->subjects);
    if (!at || !o->subjects)
        return false;
    for (size_t i = 0; i < e->key_count; i++)
        memcpy(o->subjects[i], e->keys[i].hash, sizeof o->subjects[i]);
    o->count = e->key_count;
    o->view = (struct store_view){
        .start_ns = e->time_ns, .database = !t->application, .action = e->action};
    o->view.employee = keep_text(&at, who->employee);
    o->view.asset = keep_text(&at, who->asset);
    o->view.object = keep_text(&at, t->event.object);
    o->view.session = keep_text(&at, e->session);
    return true;
}

static void begin_view(struct views *v, const struct event *e, const struct resolved *who,
                       const struct translation *t, int32_t day, uint64_t sequence)
{
    struct open_view *o = map_put(v->open, e->session, NULL);
    if (!o)
        return;
    if (!fill(o, e, who, t)) {
        discard(NULL, e->session, o);
        map_remove(v->open, e->session);
        return;
    }
    o->day = day;
    o->view.sequence = sequence;
}

void views_event(struct views *v, const struct event *e, const struct resolved *who,
                 const struct translation *t, int32_t day, uint64_t sequence)
{
    if (e->session.len == 0)
        return;
    struct open_view *o = map_get(v->open, e->session);
    bool shows = e->outcome != EVENT_OUTCOME_failure && e->key_count > 0;
    if (o && o->subjects && !part_of_page(o, e, t))
        end_view(v, o, e->time_ns); /* another result of the same request leaves it no time */
    if (o && !o->subjects)
        map_remove(v->open, e->session);
    if (shows)
        begin_view(v, e, who, t, day, sequence);
}

void views_expire(struct views *v, int64_t now_ns)
{
    struct slice key;
    for (struct open_view *o; (o = map_oldest(v->open, &key));) {
        if (now_ns != INT64_MAX && now_ns - o->view.start_ns <= v->idle_limit_ns)
            break;
        end_view(v, o, INT64_MAX);
        map_remove(v->open, key);
    }
}
