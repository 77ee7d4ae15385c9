/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Days are read from the store when they are first added to, and forgotten when they are written.
 */
#include "analyzer/watch_book.h"

#include <stdio.h>

enum { WATCH_DAYS_MAX = 4096, SENSORS_MAX = 4096, WATCH_ARENA = 256 << 20, SOURCE_MAX = 320 };

static void load_sensor(void *context, const struct store_sensor *sensor)
{
    struct watch_book *b = context;
    struct sensor_entry *e = map_put(b->sensors, sensor->source, NULL);
    if (e)
        e->sensor = *sensor;
}

enum status watch_book_init(struct watch_book *b, struct store_writer *writer)
{
    *b = (struct watch_book){.writer = writer};
    arena_init(&b->arena, WATCH_ARENA);
    b->days = map_new(sizeof(struct store_watch), WATCH_DAYS_MAX, MAP_REFUSE, NULL, NULL);
    b->sensors = map_new(sizeof(struct sensor_entry), SENSORS_MAX, MAP_REFUSE, NULL, NULL);
    if (!b->days || !b->sensors)
        return STATUS_NO_MEMORY;
    store_load_sensors(writer, load_sensor, b);
    return STATUS_OK;
}

void watch_book_release(struct watch_book *b)
{
    map_free(&b->days);
    map_free(&b->sensors);
    arena_release(&b->arena);
}

static struct slice day_key(int32_t day, struct slice source, char *to, size_t size)
{
    source = slice_part(source, 0, SOURCE_MAX);
    int n =
        snprintf(to, size, "%08x%.*s", (unsigned)day, (int)source.len, (const char *)source.ptr);
    return slice_make(to, (size_t)n);
}

struct store_watch *watch_book_day(struct watch_book *b, int32_t day, struct slice source)
{
    char key[SOURCE_MAX + 16];
    bool created;
    source = slice_part(source, 0, SOURCE_MAX);
    struct store_watch *w = map_put(b->days, day_key(day, source, key, sizeof key), &created);
    if (!w || !created)
        return w;
    if (!store_load_watch(b->writer, day, source, &b->arena, w))
        *w = (struct store_watch){.day = day};
    w->source = arena_copy(&b->arena, source);
    return w;
}

static struct store_spot *spot_of(struct watch_book *b, struct store_watch *w,
                                  const struct watch_spot *from)
{
    uint16_t port = w->spot_count < STORE_SPOTS_MAX ? from->port : 0;
    for (size_t i = 0; i < w->spot_count; i++) {
        struct store_spot *s = &w->spots[i];
        if ((s->port == from->port || s->port == port) && slice_equal(s->asset, from->asset) &&
            slice_equal(s->reason, from->reason))
            return s;
    }
    if (w->spot_count >= STORE_SPOTS_MAX)
        return &w->spots[STORE_SPOTS_MAX - 1];
    struct store_spot *s = &w->spots[w->spot_count++];
    *s = (struct store_spot){.asset = arena_copy(&b->arena, from->asset),
                             .reason = arena_copy(&b->arena, from->reason),
                             .port = from->port};
    return s;
}

void watch_book_count(struct watch_book *b, struct store_watch *w,
                      const struct watch_report *report)
{
    for (size_t i = 0; i < WATCH_COUNTER_COUNT; i++)
        w->counts[i] += report->counts[i];
    for (size_t i = 0; i < report->spot_count; i++) {
        struct store_spot *s = spot_of(b, w, &report->spots[i]);
        s->sessions += report->spots[i].sessions;
        s->bytes += report->spots[i].bytes;
    }
}

void watch_book_alive(struct watch_book *b, struct slice source, int64_t from_ns, int64_t to_ns,
                      bool live)
{
    bool created;
    struct sensor_entry *e = map_put(b->sensors, slice_part(source, 0, SOURCE_MAX), &created);
    if (!e)
        return;
    if (created)
        e->sensor.first_ns = from_ns;
    e->sensor.last_ns = to_ns > e->sensor.last_ns ? to_ns : e->sensor.last_ns;
    e->sensor.live = live;
    e->touched = true;
}

static double part(uint64_t lost, uint64_t kept)
{
    return lost == 0 ? 0 : (double)lost / ((double)lost + (double)kept);
}

double watch_book_share(struct watch_book *b, int32_t day, struct slice source, double of_seconds)
{
    char key[SOURCE_MAX + 16];
    struct arena arena;
    struct store_watch stored;
    struct store_watch *w = map_get(b->days, day_key(day, source, key, sizeof key));
    const struct sensor_entry *sensor = map_get(b->sensors, source);
    if (!sensor)
        return 1;
    arena_init(&arena, 1 << 20);
    if (!w && store_load_watch(b->writer, day, source, &arena, &stored))
        w = &stored;
    double watched = !sensor->sensor.live  ? 1
                     : w && of_seconds > 0 ? (double)w->seconds / of_seconds
                                           : 0;
    double share = watched > 1 ? 1 : watched;
    if (w)
        share *= 1 - part(w->counts[WATCH_dropped], w->counts[WATCH_packets]);
    arena_release(&arena);
    return share;
}

static bool put_day(void *context, struct slice key, void *value)
{
    (void)key;
    store_put_watch(context, value);
    return true;
}

static bool put_sensor(void *context, struct slice key, void *value)
{
    struct sensor_entry *e = value;
    struct store_sensor sensor = e->sensor;
    sensor.source = key;
    if (e->touched)
        store_put_sensor(context, &sensor);
    e->touched = false;
    return true;
}

void watch_book_put(struct watch_book *b)
{
    map_each(b->sensors, put_sensor, b->writer);
    if (map_count(b->days) == 0)
        return;
    map_each(b->days, put_day, b->writer);
    map_free(&b->days);
    b->days = map_new(sizeof(struct store_watch), WATCH_DAYS_MAX, MAP_REFUSE, NULL, NULL);
    arena_reset(&b->arena);
}
