/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The reader's side: a batch is copied out under a short transaction.
 */
#include "spool/feed.h"

#include "spool/record.h"
#include "spool/watch.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH_BYTES = 16 << 20 }; /* a batch ends with the record that passes this */

struct spool_feed {
    struct db *db;
    char folder[PATH_MAX];
    uint64_t id;
    struct buffer bytes;
    struct spool_record *records; /* SPOOL_BATCH_MAX of them */
};

static enum status read_meta(struct spool_feed *feed, struct spool_meta *meta)
{
    struct db_txn txn;
    db_begin(&txn, feed->db, DB_READER);
    if (!meta_read(&txn, meta) && txn.status == STATUS_OK)
        db_fail(&txn, STATUS_NOT_FOUND);
    return db_commit(&txn);
}

static enum status start(struct spool_feed *feed, const char *folder, char *error)
{
    struct db_options options = {.access = DB_READER, .tables = spool_reader_tables};
    struct spool_meta meta;
    enum status status = db_open(&feed->db, folder, &options, error);
    if (status != STATUS_OK)
        return status;
    status = read_meta(feed, &meta);
    feed->id = meta.id;
    acknowledged_tidy(folder);
    if (status != STATUS_OK && error)
        snprintf(error, DB_ERROR_SIZE, "cannot read the spool %.300s: %s: %s", folder,
                 status_text(status), "start dwell-collector, or look at its log");
    return status;
}

enum status spool_feed_open(struct spool_feed **to, const char *folder, char *error)
{
    *to = NULL;
    struct spool_feed *feed = calloc(1, sizeof *feed);
    if (!feed || strlen(folder) >= sizeof feed->folder - 32) {
        free(feed);
        if (error)
            snprintf(error, DB_ERROR_SIZE, "cannot read the spool %.300s: the path is too long",
                     folder);
        return STATUS_LIMIT;
    }
    strcpy(feed->folder, folder);
    buffer_init(&feed->bytes, SIZE_MAX);
    feed->records = calloc(SPOOL_BATCH_MAX, sizeof *feed->records);
    enum status status = feed->records ? start(feed, folder, error) : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        *to = feed;
    else
        spool_feed_close(&feed);
    return status;
}

void spool_feed_close(struct spool_feed **feed)
{
    if (!*feed)
        return;
    db_close(&(*feed)->db);
    buffer_release(&(*feed)->bytes);
    free((*feed)->records);
    free(*feed);
    *feed = NULL;
}

uint64_t spool_feed_id(const struct spool_feed *feed)
{
    return feed->id;
}

/* The bytes go to the batch's buffer, which may still move: only the length is noted. */
static bool take_record(struct spool_feed *feed, struct spool_record *record, uint64_t sequence,
                        struct slice value)
{
    *record = (struct spool_record){.sequence = sequence, .kind = SPOOL_EVENT};
    if (record_is_frame(value)) {
        buffer_append_slice(&feed->bytes, value);
        record->frame.len = value.len;
        return true;
    }
    struct loss loss;
    struct watch_report report;
    if (watch_read(value, &report)) {
        buffer_append_slice(&feed->bytes, value);
        record->frame.len = value.len;
        record->kind = SPOOL_WATCH;
        return true;
    }
    if (!loss_read(value, &loss))
        return false;
    record->kind = SPOOL_LOSS;
    record->lost = loss.count;
    record->from_ns = loss.from_ns;
    record->to_ns = loss.to_ns;
    return true;
}

static void copy_batch(struct spool_feed *feed, struct db_txn *txn, uint64_t cursor, size_t max,
                       struct spool_batch *batch)
{
    struct db_cursor c;
    uint8_t key[8];
    db_key_u64(key, cursor + 1);
    db_cursor_open(&c, txn, SPOOL_RECORDS);
    bool more = db_seek(&c, slice_make(key, sizeof key));
    for (; more && batch->count < max && feed->bytes.len < BATCH_BYTES; more = db_next(&c)) {
        if (c.key.len != 8) {
            db_fail(txn, STATUS_CORRUPT);
            break;
        }
        uint64_t sequence = db_u64_of_key(c.key.ptr);
        batch->missing += sequence - batch->last - 1;
        batch->last = sequence;
        if (take_record(feed, &feed->records[batch->count], sequence, c.value))
            batch->count++;
        else
            batch->missing++;
    }
    db_cursor_close(&c);
}

static void point_records(struct spool_feed *feed, size_t count)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        struct spool_record *record = &feed->records[i];
        record->frame = slice_part(buffer_slice(&feed->bytes), at, record->frame.len);
        at += record->frame.len;
    }
}

enum status spool_feed_next(struct spool_feed *feed, uint64_t cursor, size_t max,
                            struct spool_batch *batch)
{
    struct db_txn txn;
    struct spool_meta meta;
    *batch = (struct spool_batch){.records = feed->records, .last = cursor};
    buffer_reset(&feed->bytes);
    db_begin(&txn, feed->db, DB_READER);
    if (!meta_read(&txn, &meta) || cursor >= meta.next)
        db_fail(&txn, STATUS_CORRUPT); /* the spool is older than its reader */
    else
        copy_batch(feed, &txn, cursor, max < SPOOL_BATCH_MAX ? max : SPOOL_BATCH_MAX, batch);
    enum status status = db_commit(&txn);
    if (status == STATUS_OK)
        status = buffer_status(&feed->bytes);
    if (status != STATUS_OK) {
        *batch = (struct spool_batch){.last = cursor};
        return status;
    }
    point_records(feed, batch->count);
    return batch->last > cursor ? STATUS_OK : STATUS_END;
}

enum status spool_feed_acknowledge(struct spool_feed *feed, uint64_t sequence)
{
    struct spool_meta meta;
    enum status status = read_meta(feed, &meta);
    if (status == STATUS_OK && sequence >= meta.next)
        status = STATUS_INVALID;
    return status == STATUS_OK ? acknowledged_write(feed->folder, feed->id, sequence) : status;
}

enum status spool_feed_backlog(struct spool_feed *feed, uint64_t cursor, uint64_t *waiting,
                               uint64_t *lost)
{
    struct spool_meta meta;
    enum status status = read_meta(feed, &meta);
    *waiting = status == STATUS_OK && meta.next > cursor ? meta.next - 1 - cursor : 0;
    *lost = meta.lost;
    return status;
}
