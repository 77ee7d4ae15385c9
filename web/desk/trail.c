/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The trail: key = number, value = sealed {hash, time, action, who, address, object}; the hash is
 * over the hash before and what stands behind it here.
 */
#include "desk/trail.h"

#include "base/hash.h"
#include "base/text.h"

enum { TRAIL_VERSION = 1, TRAIL_VALUE_MAX = 4096 };

const char *trail_action_name(enum trail_action action)
{
    static const char *const names[TRAIL_ACTION_COUNT] = {
#define TRAIL_ACTION_NAME(name) #name,
        TRAIL_ACTION_TABLE(TRAIL_ACTION_NAME)
#undef TRAIL_ACTION_NAME
    };
    return (unsigned)action < TRAIL_ACTION_COUNT ? names[action] : "";
}

static void chain(uint8_t hash[TRAIL_HASH_SIZE], const uint8_t before[TRAIL_HASH_SIZE],
                  const uint8_t key[8], struct slice fields)
{
    blake2b(hash, TRAIL_HASH_SIZE, NULL, slice_make(before, TRAIL_HASH_SIZE), slice_make(key, 8),
            fields);
}

/* Takes a stored value apart; `fields` is what the hash covers. */
static enum status decode(struct slice key, struct slice value, struct trail_entry *entry,
                          struct slice *fields)
{
    uint8_t version;
    struct slice payload;
    enum status status = db_unseal(value, TRAIL_VERSION, &version, &payload);
    if (status != STATUS_OK || key.len != 8)
        return status != STATUS_OK ? status : STATUS_CORRUPT;
    struct reader r = reader_of(payload);
    struct slice hash = reader_bytes(&r, TRAIL_HASH_SIZE);
    *fields = slice_part(payload, TRAIL_HASH_SIZE, payload.len);
    entry->number = db_u64_of_key(key.ptr);
    entry->time_ns = (int64_t)reader_le64(&r);
    uint8_t action = reader_u8(&r);
    entry->action = action < TRAIL_ACTION_COUNT ? (enum trail_action)action : TRAIL_ACTION_COUNT;
    entry->who = desk_read_text(&r);
    entry->address = desk_read_text(&r);
    entry->object = desk_read_text(&r);
    if (!reader_ok(&r))
        return STATUS_CORRUPT;
    memcpy(entry->hash, hash.ptr, TRAIL_HASH_SIZE);
    return STATUS_OK;
}

/* Number and hash of the newest entry; zeros when there is none. */
static void newest(struct db_txn *txn, struct trail_entry *entry)
{
    struct db_cursor c;
    struct slice fields;
    *entry = (struct trail_entry){0};
    db_cursor_open(&c, txn, DESK_TRAIL);
    if (db_last(&c)) {
        enum status status = decode(c.key, c.value, entry, &fields);
        if (status != STATUS_OK)
            db_fail(txn, status);
    }
    db_cursor_close(&c);
}

static void work_append(struct db_txn *txn, void *context)
{
    const struct trail_entry *entry = context;
    struct trail_entry before;
    newest(txn, &before);
    struct buffer fields, payload, value;
    buffer_init(&fields, TRAIL_VALUE_MAX);
    buffer_init(&payload, TRAIL_VALUE_MAX);
    buffer_init(&value, TRAIL_VALUE_MAX);
    buffer_append_le64(&fields, (uint64_t)entry->time_ns);
    buffer_append_byte(&fields, (uint8_t)entry->action);
    desk_append_text(&fields, entry->who);
    desk_append_text(&fields, entry->address);
    desk_append_text(&fields, entry->object);
    uint8_t key[8], hash[TRAIL_HASH_SIZE];
    db_key_u64(key, before.number + 1);
    chain(hash, before.hash, key, buffer_slice(&fields));
    buffer_append(&payload, hash, sizeof hash);
    buffer_append_slice(&payload, buffer_slice(&fields));
    db_seal(&value, TRAIL_VERSION, buffer_slice(&payload));
    if (buffer_status(&fields) != STATUS_OK || buffer_status(&payload) != STATUS_OK ||
        buffer_status(&value) != STATUS_OK)
        db_fail(txn, STATUS_NO_MEMORY);
    db_append(txn, DESK_TRAIL, slice_make(key, sizeof key), buffer_slice(&value));
    buffer_release(&value);
    buffer_release(&payload);
    buffer_release(&fields);
}

enum status trail_append(struct desk *desk, enum trail_action action, struct slice who,
                         struct slice address, struct slice object)
{
    struct trail_entry entry = {
        .time_ns = clock_now(desk->clock),
        .action = action,
        .who = text_cut(who, TRAIL_TEXT_MAX),
        .address = text_cut(address, TRAIL_TEXT_MAX),
        .object = text_cut(object, TRAIL_TEXT_MAX),
    };
    return desk_change(desk, work_append, &entry);
}

struct walk {
    uint64_t before;
    trail_visit *visit;
    void *context;
};

static bool start_before(struct db_cursor *c, uint64_t before)
{
    uint8_t key[8];
    db_key_u64(key, before);
    if (before == 0 || !db_seek(c, slice_make(key, sizeof key)))
        return db_last(c);
    return db_prev(c);
}

static void look_each(struct db_txn *txn, void *context)
{
    const struct walk *walk = context;
    struct db_cursor c;
    db_cursor_open(&c, txn, DESK_TRAIL);
    bool more = start_before(&c, walk->before);
    while (more) {
        struct trail_entry entry = {0};
        struct slice fields;
        enum status status = decode(c.key, c.value, &entry, &fields);
        if (status != STATUS_OK)
            db_fail(txn, status);
        more = status == STATUS_OK && walk->visit(walk->context, &entry) && db_prev(&c);
    }
    db_cursor_close(&c);
}

enum status trail_each(struct desk *desk, uint64_t before, trail_visit *visit, void *context)
{
    struct walk walk = {before, visit, context};
    return desk_look(desk, look_each, &walk);
}

struct verification {
    uint64_t entries, broken;
};

static void look_verify(struct db_txn *txn, void *context)
{
    struct verification *v = context;
    uint8_t before[TRAIL_HASH_SIZE] = {0};
    struct db_cursor c;
    db_cursor_open(&c, txn, DESK_TRAIL);
    for (bool more = db_first(&c); more && !v->broken; more = db_next(&c)) {
        struct trail_entry entry = {0};
        struct slice fields = {NULL, 0};
        uint8_t hash[TRAIL_HASH_SIZE];
        v->entries++;
        bool good =
            decode(c.key, c.value, &entry, &fields) == STATUS_OK && entry.number == v->entries;
        if (good)
            chain(hash, before, c.key.ptr, fields);
        if (!good || memcmp(hash, entry.hash, sizeof hash) != 0)
            v->broken = v->entries;
        memcpy(before, entry.hash, sizeof before);
    }
    db_cursor_close(&c);
}

enum status trail_verify(struct desk *desk, uint64_t *entries, uint64_t *broken)
{
    struct verification v = {0, 0};
    enum status status = desk_look(desk, look_verify, &v);
    *entries = v.entries;
    *broken = v.broken;
    return status;
}
