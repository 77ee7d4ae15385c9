/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Blocks of the archive. zstd.h is known here only.
 */
#include "store/block.h"

#include "base/hash.h"
#include "event/codec.h"

#include <stdlib.h>
#include <zstd.h>

enum { ZSTD_LEVEL = 3, INDEX_KEYS_MAX = 64 << 20 };

void block_init(struct block *b)
{
    *b = (struct block){0};
    buffer_init(&b->content, BLOCK_BYTES_MAX);
}

void block_release(struct block *b)
{
    buffer_release(&b->content);
}

void block_begin(struct block *b, uint64_t ordinal, int32_t day,
                 const uint8_t previous[STORE_HASH_SIZE])
{
    buffer_reset(&b->content);
    b->ordinal = ordinal;
    b->day = day;
    b->count = 0;
    b->closed = false;
    memcpy(b->previous, previous, sizeof b->previous);
}

static void append_text(struct buffer *to, struct slice s)
{
    buffer_append_varint(to, s.len);
    buffer_append_slice(to, s);
}

enum status block_add(struct block *b, const struct store_event *event)
{
    struct buffer *to = &b->content;
    size_t before = to->len;
    append_text(to, event->employee);
    buffer_append_byte(to, (uint8_t)event->kind);
    append_text(to, event->asset);
    append_text(to, event->sensor);
    buffer_append_varint(to, event->sequence);
    buffer_append_byte(to, event->confidence);
    enum status status = buffer_status(to);
    if (status == STATUS_OK)
        status = event_encode(to, &event->event, 0);
    if (status != STATUS_OK) {
        to->len = before;
        to->status = STATUS_OK;
        return status;
    }
    b->count++;
    return STATUS_OK;
}

bool block_full(const struct block *b)
{
    return b->count >= BLOCK_EVENTS_MAX || b->content.len >= BLOCK_BYTES;
}

void block_hash(struct block *b)
{
    uint8_t place[16];
    db_key_u64(place, b->ordinal);
    db_key_u64(place + 8, (uint64_t)(int64_t)b->day);
    blake2b(b->hash, sizeof b->hash, NULL, slice_make(b->previous, sizeof b->previous),
            slice_make(place, sizeof place), buffer_slice(&b->content));
}

static void append_head(const struct block *b, struct buffer *to)
{
    buffer_append_le64(to, b->ordinal);
    buffer_append_le32(to, (uint32_t)b->day);
    buffer_append_le32(to, b->count);
    buffer_append_byte(to, b->closed);
    buffer_append_le32(to, (uint32_t)b->content.len);
    buffer_append(to, b->previous, sizeof b->previous);
    buffer_append(to, b->hash, sizeof b->hash);
}

enum status block_encode(struct block *b, struct buffer *to)
{
    struct buffer body;
    size_t bound = ZSTD_compressBound(b->content.len);
    buffer_init(&body, bound + 256);
    block_hash(b);
    append_head(b, &body);
    uint8_t *room = buffer_reserve(&body, bound);
    size_t len = room ? ZSTD_compress(room, bound, b->content.ptr, b->content.len, ZSTD_LEVEL) : 0;
    enum status status = !room ? STATUS_NO_MEMORY : ZSTD_isError(len) ? STATUS_IO : STATUS_OK;
    if (status == STATUS_OK) {
        buffer_extend(&body, len);
        db_seal(to, STORE_VERSION, buffer_slice(&body));
        status = buffer_status(to);
    }
    buffer_release(&body);
    return status;
}

static bool read_head(struct block *b, struct reader *from, size_t *size)
{
    b->ordinal = reader_le64(from);
    b->day = (int32_t)reader_le32(from);
    b->count = reader_le32(from);
    b->closed = reader_u8(from) != 0;
    *size = reader_le32(from);
    struct slice previous = reader_bytes(from, sizeof b->previous),
                 hash = reader_bytes(from, sizeof b->hash);
    if (!reader_ok(from) || *size > BLOCK_BYTES_MAX)
        return false;
    memcpy(b->previous, previous.ptr, sizeof b->previous);
    memcpy(b->hash, hash.ptr, sizeof b->hash);
    return true;
}

enum status block_decode(struct block *b, struct slice value)
{
    uint8_t version, hash[STORE_HASH_SIZE];
    struct slice payload;
    size_t size;
    enum status status = db_unseal(value, STORE_VERSION, &version, &payload);
    if (status != STATUS_OK)
        return status;
    struct reader from = reader_of(payload);
    buffer_reset(&b->content);
    if (!read_head(b, &from, &size))
        return STATUS_CORRUPT;
    uint8_t *room = buffer_reserve(&b->content, size);
    if (!room)
        return STATUS_NO_MEMORY;
    if (ZSTD_decompress(room, size, from.at, reader_left(&from)) != size)
        return STATUS_CORRUPT;
    buffer_extend(&b->content, size);
    memcpy(hash, b->hash, sizeof hash);
    block_hash(b);
    return memcmp(hash, b->hash, sizeof hash) == 0 ? STATUS_OK : STATUS_CORRUPT;
}

struct block_events block_events(const struct block *b)
{
    return (struct block_events){.from = reader_of(buffer_slice(&b->content)), .left = b->count};
}

static struct slice read_text(struct reader *from)
{
    return reader_bytes(from, (size_t)reader_varint(from));
}

static bool read_entry_head(struct reader *from, struct store_event *event)
{
    *event = (struct store_event){.view_dwell_ns = -1};
    event->employee = read_text(from);
    uint8_t kind = reader_u8(from);
    event->kind = kind < ENTITY_KIND_COUNT ? (enum entity_kind)kind : ENTITY_ACCOUNT;
    event->asset = read_text(from);
    event->sensor = read_text(from);
    event->sequence = reader_varint(from);
    event->confidence = reader_u8(from);
    return reader_ok(from);
}

enum status block_next(struct block_events *e, struct arena *arena, struct store_event *event)
{
    if (e->left == 0)
        return STATUS_END;
    if (!read_entry_head(&e->from, event))
        return STATUS_CORRUPT;
    e->position = e->next++;
    e->left--;
    return event_decode(&e->from, &event->event, arena);
}

enum status block_skip_to(struct block_events *e, uint32_t position)
{
    while (e->next < position) {
        struct store_event event;
        struct slice frame;
        if (e->left == 0)
            return STATUS_END;
        if (!read_entry_head(&e->from, &event))
            return STATUS_CORRUPT;
        enum status status = event_frame_next(&e->from, &frame);
        if (status != STATUS_OK)
            return status;
        e->next++;
        e->left--;
    }
    return STATUS_OK;
}

/* An index entry while they are gathered: where its key lies, and whose it is. */
struct entry {
    uint8_t table;
    uint32_t position;
    struct slice name; /* in the block's content or the gathering arena */
};

struct gathering {
    struct entry *entries;
    size_t count, capacity;
    struct arena names;
};

static bool gather(struct gathering *g, enum archive_table table, struct slice name,
                   uint32_t position)
{
    if (g->count == g->capacity) {
        size_t more = g->capacity ? g->capacity * 2 : 4096;
        struct entry *bigger = realloc(g->entries, more * sizeof *bigger);
        if (!bigger)
            return false;
        g->entries = bigger;
        g->capacity = more;
    }
    struct slice kept = arena_copy(&g->names, slice_part(name, 0, STORE_NAME_KEY_MAX));
    g->entries[g->count++] = (struct entry){(uint8_t)table, position, kept};
    return kept.len > 0 || name.len == 0;
}

static bool gather_event(struct gathering *g, const struct store_event *event, uint32_t position)
{
    bool ok = gather(g, ARCHIVE_employees, event->employee, position);
    for (size_t i = 0; ok && i < event->event.object_count; i++)
        ok = gather(g, ARCHIVE_objects, event->event.objects[i].name, position);
    for (size_t i = 0; ok && i < event->event.key_count; i++)
        ok = gather(g, ARCHIVE_subjects, slice_make(event->event.keys[i].hash, 16), position);
    return ok;
}

static int by_table_name_position(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    int names = slice_compare(x->name, y->name);
    return names ? names : (x->position > y->position) - (x->position < y->position);
}

static bool same_key(const struct entry *a, const struct entry *b)
{
    return a->table == b->table && slice_equal(a->name, b->name);
}

static void make_key(const struct block *b, const struct entry *e, struct store_key *key)
{
    if (e->table == ARCHIVE_subjects)
        store_key_bytes(key, e->name.ptr, e->name.len);
    else
        store_key_text(key, e->name);
    store_key_u64(key, b->ordinal);
}

static enum status emit_rows(const struct block *b, const struct gathering *g, block_index_row *row,
                             void *context)
{
    struct buffer positions;
    buffer_init(&positions, INDEX_KEYS_MAX);
    for (size_t i = 0; i < g->count;) {
        struct store_key key = {.len = 0};
        size_t from = i;
        buffer_reset(&positions);
        for (uint32_t last = UINT32_MAX;
             i < g->count && same_key(&g->entries[from], &g->entries[i]); i++) {
            if (g->entries[i].position != last)
                buffer_append_varint(&positions, g->entries[i].position);
            last = g->entries[i].position;
        }
        make_key(b, &g->entries[from], &key);
        row(context, (enum archive_table)g->entries[from].table, store_key_slice(&key),
            buffer_slice(&positions));
    }
    enum status status = buffer_status(&positions);
    buffer_release(&positions);
    return status;
}

enum status block_index(const struct block *b, block_index_row *row, void *context)
{
    struct gathering g = {.count = 0};
    struct arena arena;
    struct store_event event;
    struct block_events events = block_events(b);
    enum status status;
    arena_init(&g.names, INDEX_KEYS_MAX);
    arena_init(&arena, INDEX_KEYS_MAX);
    while ((status = block_next(&events, &arena, &event)) == STATUS_OK) {
        if (!gather_event(&g, &event, events.position)) {
            status = STATUS_NO_MEMORY;
            break;
        }
        arena_reset(&arena);
    }
    if (status == STATUS_END) {
        if (g.count > 1)
            qsort(g.entries, g.count, sizeof *g.entries, by_table_name_position);
        status = emit_rows(b, &g, row, context);
    }
    free(g.entries);
    arena_release(&g.names);
    arena_release(&arena);
    return status;
}
