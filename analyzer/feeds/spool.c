/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The feed of a collector's spool.
 */
#include "analyzer/feeds/feed.h"
#include "event/codec.h"
#include "spool/feed.h"

#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 1000, EVENT_ARENA = 64 << 20 };

struct folder_feed {
    struct feed feed; /* first */
    struct spool_feed *spool;
    struct spool_batch batch;
    size_t at; /* in the batch */
    struct arena arena;
    struct event event;
    struct watch_report report;
    struct feed_record record;
    bool peeked;
};

static void decode(struct folder_feed *f, const struct spool_record *from)
{
    bool loss = from->kind == SPOOL_LOSS;
    f->record = (struct feed_record){.sequence = from->sequence,
                                     .lost = loss ? from->lost : 0,
                                     .lost_ns = loss ? from->from_ns : 0};
    if (loss)
        return;
    if (from->kind == SPOOL_WATCH) {
        f->record.watch = watch_read(from->frame, &f->report) ? &f->report : NULL;
        return;
    }
    struct reader frames = reader_of(from->frame);
    arena_reset(&f->arena);
    if (event_decode(&frames, &f->event, &f->arena) == STATUS_OK)
        f->record.event = &f->event;
    else
        f->record.lost = 1;
}

static enum status peek(struct feed *feed, uint64_t cursor, const struct feed_record **record)
{
    struct folder_feed *f = (struct folder_feed *)feed;
    if (f->at >= f->batch.count) {
        enum status status = spool_feed_next(f->spool, cursor, BATCH, &f->batch);
        f->at = 0;
        if (status != STATUS_OK || f->batch.count == 0) {
            f->batch.count = 0;
            return status == STATUS_OK ? STATUS_END : status;
        }
    }
    if (!f->peeked)
        decode(f, &f->batch.records[f->at]);
    f->peeked = true;
    *record = &f->record;
    return STATUS_OK;
}

static void pop(struct feed *feed)
{
    struct folder_feed *f = (struct folder_feed *)feed;
    f->at++;
    f->peeked = false;
}

static enum status acknowledge(struct feed *feed, uint64_t sequence)
{
    return spool_feed_acknowledge(((struct folder_feed *)feed)->spool, sequence);
}

static void free_feed(struct feed *feed)
{
    struct folder_feed *f = (struct folder_feed *)feed;
    if (f->spool)
        spool_feed_close(&f->spool);
    arena_release(&f->arena);
    free(f);
}

struct feed *spool_feed_new(const char *folder, const char *sensor, enum status *status,
                            char *error)
{
    struct folder_feed *f = calloc(1, sizeof *f);
    *status = STATUS_NO_MEMORY;
    if (!f)
        return NULL;
    arena_init(&f->arena, EVENT_ARENA);
    *status = spool_feed_open(&f->spool, folder, error);
    if (*status != STATUS_OK) {
        free_feed(&f->feed);
        return NULL;
    }
    f->feed = (struct feed){.spool = spool_feed_id(f->spool),
                            .peek = peek,
                            .pop = pop,
                            .acknowledge = acknowledge,
                            .free = free_feed};
    snprintf(f->feed.sensor, sizeof f->feed.sensor, "%s", sensor);
    return &f->feed;
}
