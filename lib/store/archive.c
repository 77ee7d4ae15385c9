/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Writing the archive.
 */
#include "store/archive.h"

#include "base/file.h"
#include "base/hash.h"
#include "store/record_codec.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { OPEN_DAYS = 3, VIEWS_MAX = 64 << 20 };

struct day_env {
    struct db *db;
    int32_t day;
    uint64_t used; /* when, for closing the oldest */
};

struct archive {
    char state_dir[STORE_PATH_MAX - 32];
    struct day_env days[OPEN_DAYS];
    uint64_t uses;
    struct block block; /* the open one; ordinal 0: none yet */
    bool dirty;         /* it holds events that are not on the disk */
    uint64_t removed;
    struct buffer views; /* not yet written: day, key and value of each */
    size_t view_count;
};

static enum status open_day(struct archive *a, int32_t day, struct db **db, char *error)
{
    char path[STORE_PATH_MAX];
    struct day_env *slot = a->days;
    for (struct day_env *d = a->days; d < a->days + OPEN_DAYS; d++) {
        if (d->db && d->day == day) {
            d->used = ++a->uses;
            *db = d->db;
            return STATUS_OK;
        }
        if (d->used < slot->used)
            slot = d;
    }
    if (!store_day_folder(a->state_dir, day, path, sizeof path))
        return STATUS_LIMIT;
    enum status status = file_make_folder(path, 0750);
    if (status != STATUS_OK)
        return status;
    struct db_options options = {.access = DB_WRITER, .tables = archive_tables};
    if (slot->db)
        db_close(&slot->db);
    *slot = (struct day_env){.day = day, .used = ++a->uses};
    status = db_open(&slot->db, path, &options, error);
    *db = slot->db;
    return status;
}

static void close_days(struct archive *a)
{
    for (size_t i = 0; i < OPEN_DAYS; i++) {
        if (a->days[i].db)
            db_close(&a->days[i].db);
        a->days[i] = (struct day_env){0};
    }
}

struct index_work {
    struct db_txn *txn;
    bool remove;
};

static void index_row(void *context, enum archive_table table, struct slice key,
                      struct slice positions)
{
    struct index_work *w = context;
    if (w->remove)
        db_del(w->txn, table, key);
    else
        db_put(w->txn, table, key, positions);
}

struct block_work {
    struct block *block;
    struct slice value;
};

static void write_block(struct db_txn *txn, void *context)
{
    struct block_work *w = context;
    struct index_work index = {.txn = txn};
    uint8_t key[8];
    db_key_u64(key, w->block->ordinal);
    db_put(txn, ARCHIVE_blocks, slice_make(key, sizeof key), w->value);
    enum status status = w->block->closed ? block_index(w->block, index_row, &index) : STATUS_OK;
    if (status != STATUS_OK)
        db_fail(txn, status);
}

static enum status put_block(struct archive *a)
{
    struct db *db;
    struct block_work work = {.block = &a->block};
    struct buffer value;
    buffer_init(&value, 2 * (size_t)BLOCK_BYTES_MAX);
    enum status status = open_day(a, a->block.day, &db, NULL);
    if (status == STATUS_OK)
        status = block_encode(&a->block, &value);
    work.value = buffer_slice(&value);
    if (status == STATUS_OK)
        status = db_write(db, write_block, &work);
    if (status == STATUS_OK)
        a->dirty = false;
    buffer_release(&value);
    return status;
}

/* Removes blocks behind the head, and their index rows, from one day. */
static void cut_day(struct db_txn *txn, void *context)
{
    const struct archive_head *head = context;
    struct db_cursor c;
    struct block b;
    block_init(&b);
    db_cursor_open(&c, txn, ARCHIVE_blocks);
    for (bool more = db_last(&c);
         more && c.key.len == 8 && db_u64_of_key(c.key.ptr) >= head->ordinal; more = db_last(&c)) {
        struct index_work index = {.txn = txn, .remove = true};
        uint8_t key[8];
        memcpy(key, c.key.ptr, sizeof key);
        bool keep = db_u64_of_key(key) == head->ordinal; /* archive_open() writes it anew */
        if (block_decode(&b, c.value) == STATUS_OK)
            block_index(&b, index_row, &index);
        if (keep)
            break;
        db_del(txn, ARCHIVE_blocks, slice_make(key, sizeof key));
    }
    db_cursor_close(&c);
    block_release(&b);
}

static bool day_is_ahead(struct db *db, uint64_t ordinal)
{
    struct db_txn txn;
    struct db_cursor c;
    db_begin(&txn, db, DB_READER);
    db_cursor_open(&c, &txn, ARCHIVE_blocks);
    bool ahead = db_last(&c) && c.key.len == 8 && db_u64_of_key(c.key.ptr) >= ordinal;
    db_cursor_close(&c);
    db_abort(&txn);
    return ahead;
}

static enum status cut_back(struct archive *a, const struct archive_head *head, char *error)
{
    int32_t *days;
    size_t count;
    enum status status = store_day_folders(a->state_dir, &days, &count);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        struct db *db;
        status = open_day(a, days[i], &db, error);
        if (status == STATUS_OK && day_is_ahead(db, head->ordinal))
            status = db_write(db, cut_day, (void *)head);
    }
    free(days);
    return status;
}

static enum status read_open_block(struct archive *a, struct block *to,
                                   const struct archive_head *head)
{
    struct db *db;
    struct db_txn txn;
    struct slice value;
    uint8_t key[8];
    enum status status = open_day(a, head->day, &db, NULL);
    if (status != STATUS_OK)
        return status;
    db_key_u64(key, head->ordinal);
    db_begin(&txn, db, DB_READER);
    status = db_get(&txn, ARCHIVE_blocks, slice_make(key, sizeof key), &value)
                 ? block_decode(to, value)
                 : STATUS_CORRUPT;
    db_abort(&txn);
    return status;
}

/* The open block with as many events as were committed. */
static enum status resume(struct archive *a, const struct archive_head *head)
{
    struct block stored;
    struct arena arena;
    struct store_event event;
    block_begin(&a->block, head->ordinal, head->day, head->previous);
    if (head->ordinal == 0 || head->count == 0)
        return STATUS_OK;
    block_init(&stored);
    arena_init(&arena, BLOCK_BYTES_MAX);
    enum status status = read_open_block(a, &stored, head);
    struct block_events events = block_events(&stored);
    while (status == STATUS_OK && a->block.count < head->count) {
        status = block_next(&events, &arena, &event);
        if (status == STATUS_OK)
            status = block_add(&a->block, &event);
        arena_reset(&arena);
    }
    arena_release(&arena);
    block_release(&stored);
    a->dirty = true;
    return status == STATUS_OK ? put_block(a) : STATUS_CORRUPT;
}

enum status archive_open(struct archive **archive, const char *state_dir,
                         const struct archive_head *head, char *error)
{
    struct archive *a = calloc(1, sizeof *a);
    *archive = a;
    if (!a)
        return STATUS_NO_MEMORY;
    block_init(&a->block);
    buffer_init(&a->views, VIEWS_MAX);
    a->removed = head->removed;
    int n = snprintf(a->state_dir, sizeof a->state_dir, "%s", state_dir);
    enum status status = n > 0 && (size_t)n < sizeof a->state_dir ? STATUS_OK : STATUS_LIMIT;
    if (status == STATUS_OK)
        status = cut_back(a, head, error);
    if (status == STATUS_OK)
        status = resume(a, head);
    if (status != STATUS_OK)
        archive_close(archive);
    return status;
}

void archive_close(struct archive **archive)
{
    struct archive *a = *archive;
    if (!a)
        return;
    close_days(a);
    block_release(&a->block);
    buffer_release(&a->views);
    free(a);
    *archive = NULL;
}

/* Closes the open block, and begins the next behind it. */
static enum status turn_block(struct archive *a, int32_t day)
{
    static const uint8_t first[STORE_HASH_SIZE];
    if (a->block.ordinal == 0) {
        block_begin(&a->block, 1, day, first);
        return STATUS_OK;
    }
    if (a->block.count == 0) { /* nothing was put into it: it may be of any day */
        a->block.day = day;
        return STATUS_OK;
    }
    a->block.closed = true;
    enum status status = put_block(a);
    if (status != STATUS_OK) {
        a->block.closed = false;
        return status;
    }
    uint8_t hash[STORE_HASH_SIZE];
    memcpy(hash, a->block.hash, sizeof hash);
    block_begin(&a->block, a->block.ordinal + 1, day, hash);
    return STATUS_OK;
}

enum status archive_add(struct archive *a, int32_t day, const struct store_event *event)
{
    enum status status = STATUS_OK;
    if (a->block.ordinal == 0 || a->block.day != day || block_full(&a->block))
        status = turn_block(a, day);
    if (status == STATUS_OK)
        status = block_add(&a->block, event);
    a->dirty |= status == STATUS_OK;
    return status;
}

static void view_key(const struct store_view *view, struct store_key *key)
{
    uint8_t sequence[8];
    db_key_u64(sequence, view->sequence);
    store_key_bytes(key, view->subject, sizeof view->subject);
    store_key_u64(key, (uint64_t)view->start_ns);
    store_key_u64(key, hash64_seeded(view->session, db_u64_of_key(sequence)));
}

enum status archive_add_view(struct archive *a, int32_t day, const struct store_view *view)
{
    struct store_key key = {.len = 0};
    struct buffer value;
    buffer_init(&value, 1 << 16);
    view_key(view, &key);
    record_encode_view(&value, view);
    buffer_append_le32(&a->views, (uint32_t)day);
    buffer_append_varint(&a->views, key.len);
    buffer_append_slice(&a->views, store_key_slice(&key));
    buffer_append_varint(&a->views, value.len);
    buffer_append_slice(&a->views, buffer_slice(&value));
    enum status status = buffer_status(&value);
    buffer_release(&value);
    a->view_count++;
    return status == STATUS_OK ? buffer_status(&a->views) : status;
}

struct pending_view {
    int32_t day;
    struct slice key, value;
};

static bool next_view(struct reader *from, struct pending_view *v)
{
    if (reader_left(from) == 0)
        return false;
    v->day = (int32_t)reader_le32(from);
    v->key = reader_bytes(from, (size_t)reader_varint(from));
    v->value = reader_bytes(from, (size_t)reader_varint(from));
    return reader_ok(from);
}

struct view_work {
    struct slice views;
    int32_t day;
};

static void write_views(struct db_txn *txn, void *context)
{
    struct view_work *w = context;
    struct reader from = reader_of(w->views);
    struct pending_view v;
    while (next_view(&from, &v))
        if (v.day == w->day)
            db_put(txn, ARCHIVE_views, v.key, v.value);
}

static bool seen_day(struct slice views, size_t before, int32_t day)
{
    struct reader from = reader_of(views);
    struct pending_view v;
    while (reader_offset(&from) < before && next_view(&from, &v))
        if (v.day == day)
            return true;
    return false;
}

/* Each day that occurs, once. Views wait for a commit: they are of a few days only. */
static enum status flush_views(struct archive *a)
{
    struct slice views = buffer_slice(&a->views);
    struct reader from = reader_of(views);
    struct pending_view v;
    enum status status = STATUS_OK;
    int32_t last = INT32_MIN;
    for (size_t at = 0; status == STATUS_OK && next_view(&from, &v); at = reader_offset(&from)) {
        struct db *db;
        if (v.day == last || seen_day(views, at, v.day))
            continue;
        struct view_work work = {views, v.day};
        last = v.day;
        status = open_day(a, v.day, &db, NULL);
        if (status == STATUS_OK)
            status = db_write(db, write_views, &work);
    }
    if (status == STATUS_OK)
        buffer_reset(&a->views);
    return status;
}

enum status archive_flush(struct archive *a, struct archive_head *head)
{
    enum status status = flush_views(a);
    if (status == STATUS_OK && a->dirty)
        status = put_block(a);
    *head = (struct archive_head){.ordinal = a->block.ordinal,
                                  .count = a->block.count,
                                  .day = a->block.day,
                                  .removed = a->removed};
    memcpy(head->previous, a->block.previous, sizeof head->previous);
    return status;
}

static uint64_t count_blocks(struct db *db)
{
    struct db_txn txn;
    db_begin(&txn, db, DB_READER);
    uint64_t count = db_count(&txn, ARCHIVE_blocks);
    db_abort(&txn);
    return count;
}

static enum status remove_folder(const char *path)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "writer.lock"};
    char file[STORE_PATH_MAX + 16];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(file, sizeof file, "%s/%s", path, files[i]);
        if (unlink(file) != 0 && errno != ENOENT)
            return status_from_errno(errno);
    }
    return rmdir(path) == 0 ? STATUS_OK : status_from_errno(errno);
}

enum status archive_retire(struct archive *a, int32_t day, size_t *removed)
{
    char path[STORE_PATH_MAX];
    int32_t *days;
    size_t count;
    *removed = 0;
    enum status status = store_day_folders(a->state_dir, &days, &count);
    for (size_t i = 0; status == STATUS_OK && i < count && days[i] < day; i++) {
        struct db *db;
        if (days[i] == a->block.day)
            continue;
        status = open_day(a, days[i], &db, NULL);
        uint64_t blocks = status == STATUS_OK ? count_blocks(db) : 0;
        close_days(a);
        if (status == STATUS_OK && store_day_folder(a->state_dir, days[i], path, sizeof path))
            status = remove_folder(path);
        a->removed += status == STATUS_OK ? blocks : 0;
        *removed += status == STATUS_OK;
    }
    free(days);
    return status;
}
