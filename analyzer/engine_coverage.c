/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Coverage inside the engine: reports and losses of collectors, what a day's blind hours do to the
 * confidence shown and to the measures of the model, and canaries that fell silent.
 */
#include "analyzer/engine_state.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>

enum { SOURCE_TEXT_MAX = 320 };
#define DAY_SECONDS  86400.0
#define BLIND_SHARE  0.5  /* of a kind's usual activity, unwatched: its measures are lost */
#define USUAL_WEIGHT 0.2  /* of a new day in what a source usually carries */
#define USUAL_DAY    3600 /* seconds watched that make a day count for it */

static struct slice source_text(struct slice sensor, struct slice name, char *to)
{
    sensor = slice_part(sensor, 0, 64);
    name = slice_part(name, 0, 150);
    int n = snprintf(to, SOURCE_TEXT_MAX, "%.*s/%.*s", (int)sensor.len, (const char *)sensor.ptr,
                     (int)name.len, (const char *)name.ptr);
    return slice_make(to, (size_t)n);
}

static void add_watched(struct store_watch *w, int64_t from_ns, int64_t to_ns)
{
    /* Reports follow each other; whole seconds are counted where they end. */
    w->seconds += (uint64_t)(to_ns / NS_PER_S - from_ns / NS_PER_S);
    w->first_ns = w->first_ns == 0 || from_ns < w->first_ns ? from_ns : w->first_ns;
    w->last_ns = to_ns > w->last_ns ? to_ns : w->last_ns;
}

/* A report that crosses midnight belongs to both days by its time, to the later by its counts. */
static void take_report(struct engine *g, const struct watch_report *report)
{
    char text[SOURCE_TEXT_MAX];
    double seconds;
    struct slice source = source_text(report->sensor, report->source, text);
    int64_t from = report->from_ns;
    int32_t first = fold_day(&g->zone, from, &seconds),
            last = fold_day(&g->zone, report->to_ns, &seconds);
    if (report->live && last - first == 1) {
        int64_t midnight = zone_day_start(&g->zone, last);
        struct store_watch *before = watch_book_day(&g->watch, first, source);
        if (before)
            add_watched(before, from, midnight);
        from = midnight;
    }
    struct store_watch *w = watch_book_day(&g->watch, last, source);
    if (!w)
        return;
    add_watched(w, last - first > 1 ? report->to_ns : from, report->to_ns);
    watch_book_count(&g->watch, w, report);
    watch_book_alive(&g->watch, source, report->from_ns, report->to_ns, report->live);
}

enum status engine_watch(struct engine *g, struct slice sensor, uint64_t spool, uint64_t sequence,
                         const struct watch_report *report)
{
    struct spool_cursor *c = engine_cursor_of(g, sensor, spool);
    if (!c)
        return STATUS_NO_MEMORY;
    if (sequence <= c->sequence)
        return STATUS_OK;
    if (report->to_ns >= report->from_ns && !engine_from_the_future(g, report->to_ns))
        take_report(g, report);
    else
        g->status.refused++;
    engine_move_cursor(g, c, sequence);
    return STATUS_OK;
}

void engine_count_loss(struct engine *g, int32_t day, struct slice sensor, uint64_t lost)
{
    struct store_watch *w = watch_book_day(&g->watch, day, sensor);
    if (w)
        w->lost += lost;
}

struct day_seen {
    struct engine *g;
    const struct day_page *page;
    double of_seconds; /* of the day that have passed */
    double events, seen;
};

static bool add_source(void *context, struct slice key, void *value)
{
    (void)key;
    struct day_seen *d = context;
    const struct store_coverage *c = &((const struct day_source *)value)->coverage;
    d->events += (double)c->events;
    d->seen +=
        (double)c->events * watch_book_share(&d->g->watch, d->page->day, c->source, d->of_seconds);
    return true;
}

/* Seconds of the day that its sources could have watched by now. */
static double seconds_passed(const struct engine *g, int32_t day)
{
    int64_t start = zone_day_start(&g->zone, day), end = zone_day_start(&g->zone, day + 1);
    int64_t now = g->status.event_ns < end ? g->status.event_ns : end;
    return now > start ? (double)(now - start) / (double)NS_PER_S : 1;
}

double engine_day_seen(struct engine *g, struct day_page *page)
{
    struct day_seen d = {.g = g, .page = page, .of_seconds = seconds_passed(g, page->day)};
    map_each(page->sources, add_source, &d);
    return d.events > 0 ? d.seen / d.events : 1;
}

/* What the sources usually carry of each kind of asset, and how much of that was not watched. */
struct kinds {
    struct engine *g;
    int32_t day;
    double usual[STORE_ASSET_KINDS], blind[STORE_ASSET_KINDS];
};

static bool add_sensor(void *context, struct slice source, void *value)
{
    struct kinds *k = context;
    const struct store_sensor *s = &((const struct sensor_entry *)value)->sensor;
    if (!s->live || s->first_ns >= zone_day_start(&k->g->zone, k->day))
        return true; /* it was not there yet */
    double unseen = 1 - watch_book_share(&k->g->watch, k->day, source, DAY_SECONDS);
    for (size_t i = 0; i < STORE_ASSET_KINDS; i++) {
        k->usual[i] += s->carried[i];
        k->blind[i] += s->carried[i] * unseen;
    }
    return true;
}

/* What a kind of asset feeds in the model. */
static const uint32_t kind_measures[STORE_ASSET_KINDS] = {
    [ASSET_DATABASE] = 1u << TERM_rows | 1u << TERM_repert | 1u << TERM_drift | MISSING_VOL,
    [ASSET_APPLICATION] = 1u << TERM_undist | 1u << TERM_share | 1u << TERM_idc | 1u << TERM_exp |
                          1u << TERM_dwell | 1u << TERM_regular | 1u << TERM_inter |
                          1u << TERM_snoop | 1u << TERM_enum | 1u << TERM_repert |
                          1u << TERM_drift | MISSING_DIST | MISSING_VOL,
};

static void learn_usual(struct engine *g, const struct store_coverage *c, int kind)
{
    struct sensor_entry *e = map_get(g->watch.sensors, c->source);
    struct store_watch *w = e ? watch_book_day(&g->watch, c->day, c->source) : NULL;
    if (!w || w->seconds < USUAL_DAY || kind < 0 || kind >= STORE_ASSET_KINDS)
        return;
    double *usual = &e->sensor.carried[kind];
    *usual += (*usual > 0 ? USUAL_WEIGHT : 1) * ((double)c->events - *usual);
    e->touched = true;
}

static bool learn_source(void *context, struct slice key, void *value)
{
    (void)key;
    const struct day_source *s = value;
    learn_usual(context, &s->coverage, s->kind);
    return true;
}

void engine_name_missing(struct engine *g, struct day_page *page)
{
    struct kinds k = {.g = g, .day = page->day};
    uint32_t bits = 0;
    map_each(g->watch.sensors, add_sensor, &k);
    for (size_t i = 0; i < STORE_ASSET_KINDS; i++)
        if (k.usual[i] > 0 && k.blind[i] > BLIND_SHARE * k.usual[i])
            bits |= kind_measures[i];
    if (bits)
        log_warning("a source was not watched for most of the day: its measures are left out");
    organisation_lose(g->organisation, page->day, bits);
    map_each(page->sources, learn_source, g);
}

static void canary_missing(void *context, struct slice asset, int64_t last_ns)
{
    struct engine *g = context;
    char entity[200], en[256], zh[256], at[40];
    double seconds;
    asset = slice_part(asset, 0, 100);
    time_format(last_ns, 0, at, sizeof at);
    snprintf(entity, sizeof entity, "canary@%.*s", (int)asset.len, (const char *)asset.ptr);
    snprintf(en, sizeof en, "no canary of %.*s since %s: what happens there may not be seen",
             (int)asset.len, (const char *)asset.ptr, at);
    snprintf(zh, sizeof zh, "自%s起未见%.*s的探测语句：该处活动可能未被看到", at, (int)asset.len,
             (const char *)asset.ptr);
    const struct slice sentence[LANGUAGE_COUNT] = {slice_from(en), slice_from(zh)};
    log_warning("%s", en);
    int32_t day = fold_day(&g->zone, g->status.event_ns, &seconds);
    alerts_raise(&g->alerts, slice_from(entity), ENTITY_SERVICE, day, g->status.event_ns, sentence);
}

void engine_watch_canaries(struct engine *g)
{
    canary_watch(&g->canary, g->status.event_ns, canary_missing, g);
}
