/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The writer's side. Everything a commit changes (records, removals, state) is one transaction, so
 * a kill leaves the spool before or after it, and the numbers go on from there.
 */
#include "spool/spool.h"

#include "base/clock.h"
#include "base/reader.h"
#include "event/codec.h"
#include "spool/record.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

enum {
    REMOVE_MAX = 20000,  /* records of one commit: it stays short */
    FOLDER_MODE = 02770, /* the analyzer, of the same group, writes `acknowledged` there */
    LOOK_EVERY = 64,     /* refused events between two looks for an acknowledgement */
    IDLE_S = 1,          /* a commit without events, for the removals */
    MAP_RESERVE = 64 << 20,
};
#define MAX_BYTES_DEFAULT (UINT64_C(8) << 30)

struct spool {
    struct db *db;
    char folder[PATH_MAX];
    struct spool_options options;
    struct spool_meta meta; /* as committed, but `lost` and `open` */
    uint64_t first;         /* oldest record */
    uint64_t acknowledged;
    uint64_t lost;    /* now */
    struct loss open; /* has no record, not even a pending one */
    struct loss told; /* has pending records */
    uint64_t refused;

    struct buffer records; /* pending: the bytes, and a size_t length each */
    struct buffer lengths;
    uint64_t pending_cost;
    struct spool_positions positions;
    struct buffer kept; /* for the next commit: two le32 lengths, key and sealed value, each */
    int64_t since_ns;   /* when spool_due() first saw what is pending; 0: not yet */
};

static size_t pending_count(const struct spool *s)
{
    return s->lengths.len / sizeof(size_t);
}

static void clear_pending(struct spool *s)
{
    buffer_reset(&s->records);
    buffer_reset(&s->lengths);
    s->pending_cost = 0;
    s->since_ns = 0;
}

static void start_meta(struct db_txn *txn, void *context)
{
    struct spool *s = context;
    if (meta_read(txn, &s->meta) || txn->status != STATUS_OK)
        return;
    s->meta = (struct spool_meta){.next = 1};
    if (getrandom(&s->meta.id, sizeof s->meta.id, 0) != (ssize_t)sizeof s->meta.id)
        db_fail(txn, STATUS_IO);
    meta_write(txn, &s->meta);
}

static enum status find_first(struct spool *s)
{
    struct db_txn txn;
    struct db_cursor c;
    db_begin(&txn, s->db, DB_READER);
    db_cursor_open(&c, &txn, SPOOL_RECORDS);
    s->first = db_first(&c) && c.key.len == 8 ? db_u64_of_key(c.key.ptr) : s->meta.next;
    db_cursor_close(&c);
    return db_commit(&txn);
}

static struct loss merge(struct loss a, struct loss b)
{
    if (a.count == 0 || b.count == 0)
        return a.count == 0 ? b : a;
    return (struct loss){
        .count = a.count + b.count,
        .from_ns = a.from_ns < b.from_ns ? a.from_ns : b.from_ns,
        .to_ns = a.to_ns > b.to_ns ? a.to_ns : b.to_ns,
    };
}

static enum status start(struct spool *s, const char *folder, char *error)
{
    struct db_options options = {
        .access = DB_WRITER,
        .tables = spool_tables,
        .map_max = s->options.max_bytes / 2 * 3 + MAP_RESERVE,
        .folder_mode = FOLDER_MODE,
    };
    enum status status = db_open(&s->db, folder, &options, error);
    if (status != STATUS_OK)
        return status;
    status = db_write(s->db, start_meta, s);
    if (status == STATUS_OK)
        status = find_first(s);
    s->lost = s->meta.lost;
    s->open = s->meta.open;
    if (status != STATUS_OK && error)
        snprintf(error, DB_ERROR_SIZE, "cannot open the spool %.300s: %s: %s", folder,
                 status_text(status),
                 status == STATUS_FULL ? "free space on that disk"
                                       : "move it away, its events are lost, and start again");
    return status;
}

static void free_spool(struct spool *s)
{
    db_close(&s->db);
    buffer_release(&s->records);
    buffer_release(&s->lengths);
    buffer_release(&s->kept);
    free(s);
}

enum status spool_open(struct spool **spool, const char *folder,
                       const struct spool_options *options, char *error)
{
    *spool = NULL;
    struct spool *s = calloc(1, sizeof *s);
    if (!s || strlen(folder) >= sizeof s->folder - 32) {
        if (error)
            snprintf(error, DB_ERROR_SIZE, "cannot open the spool %.300s: %s", folder,
                     s ? "the path is too long: name a shorter one" : "out of memory");
        free(s);
        return s ? STATUS_LIMIT : STATUS_NO_MEMORY;
    }
    strcpy(s->folder, folder);
    s->options = *options;
    if (s->options.max_bytes == 0)
        s->options.max_bytes = MAX_BYTES_DEFAULT;
    /* One frame above the limit, so that LIMIT of the encoder means the event alone. */
    buffer_init(&s->records, SPOOL_PENDING_MAX + EVENT_FRAME_MAX);
    buffer_init(&s->lengths, SPOOL_PENDING_MAX);
    buffer_init(&s->kept, 2 * (size_t)SPOOL_KEPT_MAX);
    enum status status = start(s, folder, error);
    if (status == STATUS_OK)
        *spool = s;
    else
        free_spool(s);
    return status;
}

/* What of the commit is done in this transaction, and what came of it. */
struct commit {
    struct spool *spool;
    bool remove;
    bool append;
    struct spool_meta meta;
    uint64_t first;
};

static void remove_acknowledged(struct db_txn *txn, struct commit *commit)
{
    struct db_cursor c;
    db_cursor_open(&c, txn, SPOOL_RECORDS);
    bool more = db_first(&c);
    for (unsigned i = 0; more && i < REMOVE_MAX; i++) {
        uint64_t sequence = c.key.len == 8 ? db_u64_of_key(c.key.ptr) : 0;
        if (sequence > commit->spool->acknowledged)
            break;
        uint64_t cost = record_cost(c.value.len);
        commit->meta.bytes -= cost < commit->meta.bytes ? cost : commit->meta.bytes;
        commit->first = sequence + 1;
        db_cursor_del(&c);
        more = db_next(&c);
    }
    db_cursor_close(&c);
}

static void append_pending(struct db_txn *txn, struct commit *commit)
{
    const struct spool *s = commit->spool;
    size_t at = 0, count = pending_count(s);
    for (size_t i = 0; i < count && txn->status == STATUS_OK; i++) {
        uint8_t key[8];
        size_t len;
        memcpy(&len, s->lengths.ptr + i * sizeof len, sizeof len);
        db_key_u64(key, commit->meta.next++);
        db_append(txn, SPOOL_RECORDS, slice_make(key, sizeof key),
                  slice_part(buffer_slice(&s->records), at, len));
        at += len;
    }
    commit->meta.bytes += s->pending_cost;
}

static void write_positions(struct db_txn *txn, const struct spool *s)
{
    struct reader r = reader_of(buffer_slice(&s->kept));
    while (reader_left(&r) > 0 && txn->status == STATUS_OK) {
        uint32_t key_len = reader_le32(&r), value_len = reader_le32(&r);
        struct slice key = reader_bytes(&r, key_len), value = reader_bytes(&r, value_len);
        if (value.len > 0)
            db_put(txn, SPOOL_POSITIONS, key, value);
        else
            db_del(txn, SPOOL_POSITIONS, key);
    }
}

/* May be run again from the start, so it changes the commit alone. */
static void commit_work(struct db_txn *txn, void *context)
{
    struct commit *commit = context;
    commit->meta = commit->spool->meta;
    commit->meta.lost = commit->spool->lost;
    commit->meta.open =
        commit->append ? commit->spool->open : merge(commit->spool->told, commit->spool->open);
    commit->first = commit->spool->first;
    if (commit->remove)
        remove_acknowledged(txn, commit);
    if (commit->append)
        append_pending(txn, commit);
    if (commit->append)
        write_positions(txn, commit->spool);
    meta_write(txn, &commit->meta);
}

static enum status commit_parts(struct spool *s, bool remove, bool append)
{
    struct commit commit = {.spool = s, .remove = remove, .append = append};
    enum status status = db_write(s->db, commit_work, &commit);
    if (status != STATUS_OK)
        return status;
    s->meta = commit.meta;
    s->first = commit.first;
    if (append) {
        clear_pending(s);
        s->told = (struct loss){0};
        buffer_reset(&s->kept);
        if (s->positions.held)
            s->positions.held(s->positions.context);
    }
    return STATUS_OK;
}

static bool may_remove(struct spool *s)
{
    uint64_t sequence = acknowledged_read(s->folder, s->meta.id);
    if (sequence < s->meta.next)
        s->acknowledged = sequence;
    return s->first < s->meta.next && s->first <= s->acknowledged;
}

enum status spool_commit(struct spool *s)
{
    buffer_reset(&s->kept);
    if (s->positions.prepare)
        s->positions.prepare(s->positions.context);
    if (buffer_status(&s->kept) != STATUS_OK)
        return buffer_status(&s->kept); /* the events stay, as their positions must go with them */
    bool remove = may_remove(s), append = pending_count(s) > 0 || s->kept.len > 0;
    s->since_ns = 0;
    if (!remove && !append && s->lost == s->meta.lost)
        return STATUS_OK;
    enum status status = commit_parts(s, remove, append);
    /* Without room for both, the removal first: its pages serve the events of the next transaction.
     */
    if (status == STATUS_FULL && remove && append) {
        status = commit_parts(s, true, false);
        if (status == STATUS_OK)
            status = commit_parts(s, false, true);
    }
    return status;
}

void spool_set_positions(struct spool *s, const struct spool_positions *positions)
{
    s->positions = *positions;
}

enum status spool_keep(struct spool *s, struct slice key, struct slice value)
{
    struct buffer sealed;
    if (key.len == 0 || key.len > SPOOL_KEY_MAX || value.len > SPOOL_KEPT_MAX)
        return STATUS_INVALID;
    buffer_init(&sealed, (size_t)SPOOL_KEPT_MAX + 64);
    if (value.len > 0)
        db_seal(&sealed, POSITION_VERSION, value);
    buffer_append_le32(&s->kept, (uint32_t)key.len);
    buffer_append_le32(&s->kept, (uint32_t)sealed.len);
    buffer_append_slice(&s->kept, key);
    buffer_append_slice(&s->kept, buffer_slice(&sealed));
    if (buffer_status(&sealed) != STATUS_OK)
        s->kept.status = buffer_status(&sealed);
    buffer_release(&sealed);
    return buffer_status(&s->kept);
}

enum status spool_each_kept(struct spool *s,
                            bool (*visit)(void *context, struct slice key, struct slice value),
                            void *context)
{
    struct db_txn txn;
    struct db_cursor c;
    struct slice payload;
    uint8_t version;
    db_begin(&txn, s->db, DB_READER);
    db_cursor_open(&c, &txn, SPOOL_POSITIONS);
    for (bool more = db_first(&c); more; more = db_next(&c))
        if (db_unseal(c.value, POSITION_VERSION, &version, &payload) == STATUS_OK &&
            !visit(context, c.key, payload))
            break;
    db_cursor_close(&c);
    return db_commit(&txn);
}

void spool_set_policy(struct spool *s, enum spool_policy policy)
{
    s->options.policy = policy;
}

static void count_loss(struct spool *s, const struct event *e)
{
    s->open = merge(s->open, (struct loss){1, e->time_ns, e->time_ns});
    s->lost++;
}

static bool has_room(const struct spool *s, uint64_t cost)
{
    uint64_t used = s->meta.bytes + s->pending_cost;
    return used <= s->options.max_bytes && cost <= s->options.max_bytes - used &&
           s->records.len <= SPOOL_PENDING_MAX;
}

uint64_t spool_room(const struct spool *s)
{
    uint64_t used = s->meta.bytes + s->pending_cost;
    if (used >= s->options.max_bytes || s->records.len >= SPOOL_PENDING_MAX)
        return 0;
    uint64_t room = s->options.max_bytes - used, pending = SPOOL_PENDING_MAX - s->records.len;
    return room < pending ? room : pending;
}

/* Room that the analyzer made since the last commit is used before an event is refused. */
static bool make_room(struct spool *s, uint64_t cost)
{
    if (has_room(s, cost))
        return true;
    if (s->refused++ % LOOK_EVERY != 0 || !may_remove(s))
        return false;
    return spool_commit(s) == STATUS_OK && has_room(s, cost);
}

/* Ends the record that was written from `before` on, or takes it back where something failed. */
static bool end_record(struct spool *s, size_t before)
{
    size_t len = s->records.len - before;
    if (buffer_status(&s->records) == STATUS_OK)
        buffer_append(&s->lengths, &len, sizeof len);
    if (buffer_status(&s->records) == STATUS_OK && buffer_status(&s->lengths) == STATUS_OK) {
        s->pending_cost += record_cost(len);
        return true;
    }
    s->records.len = before;
    s->records.status = s->lengths.status = STATUS_OK;
    return false;
}

/* The loss stands in the sequence where it happened: before the next event that was taken. */
static bool put_open_loss(struct spool *s)
{
    size_t before = s->records.len;
    if (s->open.count == 0)
        return true;
    loss_write(&s->records, &s->open);
    if (!end_record(s, before))
        return false;
    s->told = merge(s->told, s->open);
    s->open = (struct loss){0};
    return true;
}

static enum status put_event(struct spool *s, const struct event *e)
{
    size_t before = s->records.len;
    enum status status = event_encode(&s->records, e, EVENT_ENCODE_numbers);
    if (status != STATUS_OK)
        s->records.status = STATUS_OK; /* it holds what it held */
    else if (!end_record(s, before))
        status = STATUS_NO_MEMORY;
    return status;
}

enum status spool_put(struct spool *s, const struct event *e)
{
    enum { LARGEST_LOSS = 128 };
    if (!make_room(s, LARGEST_LOSS)) {
        if (s->options.policy == SPOOL_WAIT)
            return STATUS_BUSY;
        count_loss(s, e);
        return STATUS_FULL;
    }
    enum status status = put_open_loss(s) ? put_event(s, e) : STATUS_NO_MEMORY;
    if (status != STATUS_OK)
        count_loss(s, e);
    return status;
}

enum status spool_put_watch(struct spool *s, const struct watch_report *report)
{
    enum { LARGEST_REPORT = 1 << 14 };
    if (!make_room(s, LARGEST_REPORT))
        return s->options.policy == SPOOL_WAIT ? STATUS_BUSY : STATUS_FULL;
    if (!put_open_loss(s))
        return STATUS_NO_MEMORY;
    size_t before = s->records.len;
    watch_write(&s->records, report);
    return end_record(s, before) ? STATUS_OK : STATUS_NO_MEMORY;
}

bool spool_due(struct spool *s, int64_t now_ns)
{
    if (pending_count(s) >= SPOOL_GROUP_EVENTS)
        return true;
    if (s->since_ns == 0)
        s->since_ns = now_ns;
    int64_t waited = now_ns - s->since_ns;
    bool events = pending_count(s) > 0;
    bool rest = s->first < s->meta.next || s->lost != s->meta.lost;
    return (events && waited >= SPOOL_GROUP_NS) || (rest && waited >= IDLE_S * NS_PER_S);
}

enum status spool_close(struct spool **spool)
{
    if (!*spool)
        return STATUS_OK;
    struct spool *s = *spool;
    /* At the end a loss is told even when no event follows. */
    (void)put_open_loss(s);
    enum status status = spool_commit(s);
    free_spool(s);
    *spool = NULL;
    return status;
}

void spool_state(const struct spool *s, struct spool_state *state)
{
    *state = (struct spool_state){
        .id = s->meta.id,
        .next = s->meta.next,
        .first = s->first,
        .bytes = s->meta.bytes,
        .acknowledged = s->acknowledged,
        .lost = s->lost,
        .pending = pending_count(s),
    };
}
