/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the sources watched: collectors' reports summed by source and day, and each source's last
 * proof of life. docs/coverage.md.
 */
#ifndef ANALYZER_WATCH_BOOK_H
#define ANALYZER_WATCH_BOOK_H

#include "base/arena.h"
#include "base/map.h"
#include "store/writer.h"

struct watch_book {
    struct store_writer *writer;
    struct map *days;    /* day, source -> struct store_watch; until the commit */
    struct map *sensors; /* source -> struct sensor_entry */
    struct arena arena;  /* texts of `days` */
};

struct sensor_entry {
    struct store_sensor sensor; /* its source is the map's key */
    bool touched;
};

enum status watch_book_init(struct watch_book *b, struct store_writer *writer);
void watch_book_release(struct watch_book *b);

/* The record of a day and source ("sensor/name"), for adding to it; NULL: no memory. It counts as
 * changed. */
struct store_watch *watch_book_day(struct watch_book *b, int32_t day, struct slice source);

/* Adds what a report counted. */
void watch_book_count(struct watch_book *b, struct store_watch *w,
                      const struct watch_report *report);

/* The source gave a sign of life. */
void watch_book_alive(struct watch_book *b, struct slice source, int64_t from_ns, int64_t to_ns,
                      bool live);

/* The part of `of_seconds` of that day in which the source was watched and nothing was lost, 0..1;
 * 1 where no collector reports for it (recorded input). */
double watch_book_share(struct watch_book *b, int32_t day, struct slice source, double of_seconds);

/* Writes what changed. */
void watch_book_put(struct watch_book *b);

#endif
