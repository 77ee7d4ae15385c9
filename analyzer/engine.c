/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The flow of an event: time, who, what, views, measures, archive, journal. engine_days.c closes
 * and scores days; engine_start.c brings back what was there.
 */
#include "analyzer/engine_state.h"

#include "base/clock.h"
#include "event/codec.h"

#include <stdio.h>
#include <stdlib.h>

enum { COMMIT_EVENTS = 1000, REPLAY_COMMIT_EVENTS = 8192 };
#define AHEAD_NS (3600 * NS_PER_S)

struct spool_cursor *engine_cursor_of(struct engine *g, struct slice sensor, uint64_t spool)
{
    bool created;
    struct spool_cursor *c = map_put(g->cursors, sensor, &created);
    struct store_cursor stored;
    if (!c)
        return NULL;
    if (created && store_load_cursor(g->store, sensor, &stored))
        *c = (struct spool_cursor){.spool = stored.spool, .sequence = stored.sequence};
    if (c->spool != spool) { /* a new spool: from its beginning */
        c->spool = spool;
        c->sequence = 0;
    }
    return c;
}

uint64_t engine_cursor(struct engine *g, struct slice sensor, uint64_t spool)
{
    struct spool_cursor *c = engine_cursor_of(g, sensor, spool);
    return c ? c->sequence : 0;
}

/* Unresolved accounts, for the list of them. */
static void count_account(struct engine *g, const struct event *e, const struct resolved *who)
{
    char key[400];
    bool created;
    struct slice name = slice_part(e->account.len ? e->account : who->client, 0, 150),
                 asset = slice_part(who->asset, 0, 150);
    int n = snprintf(key, sizeof key, "%.*s%c%.*s", (int)asset.len, (const char *)asset.ptr, 0,
                     (int)name.len, (const char *)name.ptr);
    struct account_count *a = map_put(g->accounts, slice_make(key, (size_t)n), &created);
    if (!a)
        return;
    a->kind = who->kind;
    a->first_ns = a->events == 0 || e->time_ns < a->first_ns ? e->time_ns : a->first_ns;
    a->last_ns = e->time_ns > a->last_ns ? e->time_ns : a->last_ns;
    a->events++;
    a->touched = true;
    slice_copy_text(who->client, a->address, sizeof a->address);
}

/* Everything that is derived from an event of an open day; done again after a start. */
static void fold(struct engine *g, struct day_page *page, const struct event *e,
                 const struct resolved *who, double seconds, uint64_t sequence)
{
    struct translation *t = &g->translation;
    translate(t, e, who, g->assets, seconds);
    views_event(g->views, e, who, t, page->day, sequence);
    bool new_session = false;
    if (!fold_event(page, t, e, who, &new_session))
        g->status.refused += !g->again;
    struct day_cover cover = {.asset = who->asset,
                              .kind = who->known ? (int)asset_kind(who->known) : -1,
                              .unresolved = !who->person,
                              .new_session = new_session,
                              .canary = canary_seen(&g->canary, e, who->asset)};
    day_page_cover(page, e, &cover);
}

static void archive_event(struct engine *g, int32_t day, struct slice sensor, uint64_t sequence,
                          const struct event *e, const struct resolved *who)
{
    struct store_event stored = {.employee = who->employee,
                                 .kind = who->kind,
                                 .asset = who->asset,
                                 .sensor = sensor,
                                 .sequence = sequence,
                                 .confidence = who->confidence,
                                 .view_dwell_ns = -1,
                                 .event = *e};
    store_put_event(g->store, day, &stored);
}

static void journal_event(struct engine *g, int32_t day, struct slice sensor, uint64_t sequence,
                          const struct event *e)
{
    struct buffer *to = &g->journal;
    size_t before = to->len;
    buffer_append_varint(to, sensor.len);
    buffer_append_slice(to, sensor);
    buffer_append_varint(to, sequence);
    if (event_encode(to, e, EVENT_ENCODE_numbers) != STATUS_OK) {
        to->len = before;
        return;
    }
    g->journal_last_day = day > g->journal_last_day ? day : g->journal_last_day;
}

/* A service account used from where a person sits: nobody is scored for it, somebody must look. */
static void watch_service(struct engine *g, const struct event *e, const struct resolved *who,
                          int32_t day)
{
    const struct employee *person = organisation_owner(g->organisation, who->client, day);
    char en[256], zh[256];
    if (who->kind != ENTITY_SERVICE || !person)
        return;
    struct slice id = slice_part(person->id, 0, 64);
    snprintf(en, sizeof en, "a service account used from the workstation of %.*s (%s)", (int)id.len,
             (const char *)id.ptr, who->client_text);
    snprintf(zh, sizeof zh, "服务账号从%.*s的工作站（%s）被使用", (int)id.len, (const char *)id.ptr,
             who->client_text);
    const struct slice sentence[LANGUAGE_COUNT] = {slice_from(en), slice_from(zh)};
    alerts_raise(&g->alerts, who->employee, ENTITY_SERVICE, day, e->time_ns, sentence);
}

/* The event of an open or a closed day. */
static void take(struct engine *g, struct slice sensor, uint64_t sequence, const struct event *e)
{
    struct resolved who;
    double seconds;
    int32_t day = fold_day(&g->zone, e->time_ns, &seconds);
    bool late = g->closed_any && day <= g->status.last_closed_day;
    struct day_page *page = late ? NULL : day_book_page(&g->book, day, true);
    resolve(&who, g->organisation, g->assets, &g->logins, e, day);
    if (who.person && who.known && asset_kind(who.known) == ASSET_HOST)
        logins_event(&g->logins, e, who.employee);
    if (!g->again) {
        archive_event(g, day, sensor, sequence, e, &who);
        g->status.events++;
        g->status.late += late;
        if (!who.person)
            count_account(g, e, &who);
        watch_service(g, e, &who, day);
    }
    if (page) {
        fold(g, page, e, &who, seconds, sequence);
        if (!g->again)
            journal_event(g, day, sensor, sequence, e);
    } else if (!g->again) {
        g->status.refused += !late;
        if (late)
            engine_mark_late(g, day, &who, sensor, sequence, e);
    }
}

enum status engine_take_again(struct engine *g, struct slice sensor, uint64_t sequence,
                              const struct event *e)
{
    double seconds;
    int32_t day = fold_day(&g->zone, e->time_ns, &seconds);
    if (g->closed_any && day <= g->status.last_closed_day)
        return STATUS_OK;
    g->again = true;
    views_expire(g->views, e->time_ns);
    take(g, sensor, sequence, e);
    g->again = false;
    return STATUS_OK;
}

void engine_move_cursor(struct engine *g, struct spool_cursor *c, uint64_t sequence)
{
    c->sequence = sequence;
    c->moved = true;
    g->waiting++;
}

bool engine_from_the_future(const struct engine *g, int64_t time_ns)
{
    struct clock real = clock_real();
    return !g->replay && time_ns > clock_now(&real) + AHEAD_NS;
}

enum status engine_event(struct engine *g, struct slice sensor, uint64_t spool, uint64_t sequence,
                         const struct event *event)
{
    struct spool_cursor *c = engine_cursor_of(g, sensor, spool);
    if (!c)
        return STATUS_NO_MEMORY;
    if (sequence <= c->sequence) {
        g->status.duplicates++;
        return STATUS_OK;
    }
    if (engine_from_the_future(g, event->time_ns)) {
        g->status.refused++;
        engine_move_cursor(g, c, sequence);
        return STATUS_OK;
    }
    enum status status = engine_time(g, event->time_ns);
    if (status != STATUS_OK)
        return status;
    c = engine_cursor_of(g, sensor, spool);
    take(g, sensor, sequence, event);
    engine_move_cursor(g, c, sequence);
    size_t most = g->replay ? REPLAY_COMMIT_EVENTS : COMMIT_EVENTS;
    return g->waiting >= most ? engine_commit(g) : STATUS_OK;
}

enum status engine_loss(struct engine *g, struct slice sensor, uint64_t spool, uint64_t sequence,
                        uint64_t lost, int64_t since_ns)
{
    double seconds;
    struct spool_cursor *c = engine_cursor_of(g, sensor, spool);
    if (!c)
        return STATUS_NO_MEMORY;
    if (sequence <= c->sequence)
        return STATUS_OK;
    int32_t day = fold_day(&g->zone, since_ns ? since_ns : g->status.event_ns, &seconds);
    struct store_coverage coverage = {
        .source = sensor, .day = day, .lost = lost, .first_ns = since_ns};
    store_add_loss(g->store, &coverage);
    engine_count_loss(g, day, sensor, lost);
    engine_move_cursor(g, c, sequence);
    return engine_commit(g); /* the next loss adds to what is stored */
}

static bool put_cursor(void *context, struct slice key, void *value)
{
    struct engine *g = context;
    struct spool_cursor *c = value;
    struct store_cursor stored = {.sensor = key, .spool = c->spool, .sequence = c->sequence};
    if (c->moved)
        store_put_cursor(g->store, &stored);
    c->moved = false;
    return true;
}

static bool put_account(void *context, struct slice key, void *value)
{
    struct engine *g = context;
    struct account_count *a = value;
    size_t zero = slice_find(key, 0, 0);
    struct store_account stored = {.asset = slice_part(key, 0, zero),
                                   .account = slice_part(key, zero + 1, SIZE_MAX),
                                   .kind = a->kind,
                                   .last_address = slice_from(a->address),
                                   .events = a->events,
                                   .first_ns = a->first_ns,
                                   .last_ns = a->last_ns};
    if (a->touched)
        store_put_account(g->store, &stored);
    a->touched = false;
    return true;
}

static bool put_coverage(void *context, struct slice key, void *value)
{
    (void)key;
    struct engine *g = context;
    struct day_source *s = value;
    if (s->touched)
        store_put_coverage(g->store, &s->coverage);
    s->touched = false;
    return true;
}

static void put_journal(struct engine *g)
{
    if (g->journal.len == 0)
        return;
    uint64_t batch = ++g->last_batch;
    store_put_journal(g->store, batch, buffer_slice(&g->journal));
    engine_note_batch(g, batch, g->journal_last_day);
    buffer_reset(&g->journal);
    g->journal_last_day = INT32_MIN;
}

enum status engine_commit(struct engine *g)
{
    site_note_put(&g->site, g->store);
    return g->waiting > 0 || store_waiting(g->store) ? engine_write(g) : STATUS_OK;
}

enum status engine_write(struct engine *g)
{
    struct clock real = clock_real();
    map_each(g->cursors, put_cursor, g);
    map_each(g->accounts, put_account, g);
    for (size_t i = 0; i < OPEN_DAYS_MAX; i++)
        if (g->book.pages[i].used)
            map_each(g->book.pages[i].sources, put_coverage, g);
    watch_book_put(&g->watch);
    engine_put_late(g);
    put_journal(g);
    g->status.commit_ns = clock_now(&real);
    g->status.theta = model_theta(g->model);
    g->status.alerts = g->alerts.last_id;
    store_put_status(g->store, &g->status);
    g->waiting = 0;
    return store_commit(g->store);
}

void engine_space(void *engine, struct slice space)
{
    site_note_space(&((struct engine *)engine)->site, space);
}

struct store_writer *engine_store(struct engine *g)
{
    return g->store;
}
