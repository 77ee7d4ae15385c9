/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Merging spools: each holds its records in order; the earliest head goes first.
 */
#include "analyzer/feeds/spools.h"

#include "base/log.h"
#include "db/db.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

void spools_init(struct spools *s, struct engine *engine, const char *state_dir)
{
    *s = (struct spools){.engine = engine};
    snprintf(s->folder, sizeof s->folder, "%s/spool", state_dir);
}

void spools_release(struct spools *s)
{
    for (size_t i = 0; i < s->count; i++)
        s->feeds[i]->free(s->feeds[i]);
    s->count = 0;
}

static bool known(const struct spools *s, const char *sensor)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->feeds[i]->sensor, sensor) == 0)
            return true;
    return false;
}

static void open_spool(struct spools *s, const char *sensor)
{
    char path[4352 + 260], error[DB_ERROR_SIZE] = "";
    enum status status;
    snprintf(path, sizeof path, "%s/%s", s->folder, sensor);
    struct feed *feed = spool_feed_new(path, sensor, &status, error);
    if (feed)
        s->feeds[s->count++] = feed;
    else if (status != STATUS_NOT_FOUND) /* the collector is about to make it */
        log_warning("%s: %s", path, *error ? error : status_text(status));
}

void spools_scan(struct spools *s)
{
    DIR *folder = opendir(s->folder);
    if (!folder)
        return;
    for (struct dirent *entry; s->count < SPOOLS_MAX && (entry = readdir(folder));)
        if (entry->d_name[0] != '.' && strlen(entry->d_name) < sizeof s->feeds[0]->sensor &&
            !known(s, entry->d_name))
            open_spool(s, entry->d_name);
    closedir(folder);
}

static uint64_t cursor(const struct spools *s, const struct feed *feed)
{
    return engine_cursor(s->engine, slice_from(feed->sensor), feed->spool);
}

/* The feed whose next record is the earliest; what cannot be read goes first. */
static struct feed *earliest(struct spools *s, const struct feed_record **record)
{
    struct feed *first = NULL;
    for (size_t i = 0; i < s->count; i++) {
        const struct feed_record *r;
        if (s->feeds[i]->peek(s->feeds[i], cursor(s, s->feeds[i]), &r) != STATUS_OK)
            continue;
        if (first &&
            (!(*record)->event || (r->event && r->event->time_ns >= (*record)->event->time_ns)))
            continue;
        first = s->feeds[i];
        *record = r;
    }
    return first;
}

static enum status take_record(struct spools *s, struct feed *feed,
                               const struct feed_record *record)
{
    struct slice sensor = slice_from(feed->sensor);
    if (record->event)
        return engine_event(s->engine, sensor, feed->spool, record->sequence, record->event);
    if (record->watch)
        return engine_watch(s->engine, sensor, feed->spool, record->sequence, record->watch);
    s->lost += record->lost;
    log_warning("spool %s: %llu events were lost", feed->sensor, (unsigned long long)record->lost);
    return engine_loss(s->engine, sensor, feed->spool, record->sequence, record->lost,
                       record->lost_ns);
}

enum status spools_take(struct spools *s, size_t max, size_t *taken)
{
    const struct feed_record *record;
    enum status status = STATUS_OK;
    struct feed *feed;
    *taken = 0;
    while (status == STATUS_OK && *taken < max && (feed = earliest(s, &record)) != NULL) {
        status = take_record(s, feed, record);
        feed->pop(feed);
        ++*taken;
    }
    if (status == STATUS_OK && *taken > 0)
        status = engine_commit(s->engine);
    for (size_t i = 0; status == STATUS_OK && *taken > 0 && i < s->count; i++)
        status = s->feeds[i]->acknowledge(s->feeds[i], cursor(s, s->feeds[i]));
    return status;
}
