/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The session's bounded memory: an open-addressing table of blobs with the order of their storing.
 */
#include "collector/memory.h"

#include "base/hash.h"
#include "base/reader.h"
#include "collector/sensitivity.h"
#include "collector/subject_set.h"

#include <stdlib.h>

struct blob {
    uint64_t key;
    uint8_t *bytes; /* NULL: the slot is free */
    size_t len;
    size_t older, newer; /* slots, in the order of storing; NONE at the ends */
};

struct session_memory {
    size_t max_bytes, max_blobs;
    size_t bytes, blobs;
    uint64_t evicted;
    struct blob *slots;
    size_t slot_count; /* 0 or a power of two, at least twice the blobs */
    size_t oldest, newest;
    struct subject_set subjects;
};

static const size_t NONE = SIZE_MAX;

struct session_memory *session_memory_new(size_t max_bytes, size_t max_blobs)
{
    struct session_memory *memory = calloc(1, sizeof *memory);
    if (memory)
        *memory = (struct session_memory){.max_bytes = max_bytes,
                                          .max_blobs = max_blobs ? max_blobs : 1,
                                          .oldest = NONE,
                                          .newest = NONE,
                                          .subjects = {.max = RESULT_SUBJECTS_MAX}};
    return memory;
}

void session_memory_clear(struct session_memory *memory)
{
    for (size_t i = 0; i < memory->slot_count; i++)
        free(memory->slots[i].bytes);
    free(memory->slots);
    memory->slots = NULL;
    memory->slot_count = memory->blobs = memory->bytes = 0;
    memory->oldest = memory->newest = NONE;
}

void session_memory_free(struct session_memory **memory)
{
    if (!*memory)
        return;
    session_memory_clear(*memory);
    subject_set_release(&(*memory)->subjects);
    free(*memory);
    *memory = NULL;
}

static size_t home(const struct session_memory *memory, uint64_t key)
{
    return (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (memory->slot_count - 1);
}

/* The slot of the key, or the free slot where it would go. The table is never full. */
static size_t find(const struct session_memory *memory, uint64_t key)
{
    size_t slot = home(memory, key);
    while (memory->slots[slot].bytes && memory->slots[slot].key != key)
        slot = (slot + 1) & (memory->slot_count - 1);
    return slot;
}

static void link_newest(struct session_memory *memory, size_t slot)
{
    struct blob *blob = &memory->slots[slot];
    blob->older = memory->newest;
    blob->newer = NONE;
    if (memory->newest != NONE)
        memory->slots[memory->newest].newer = slot;
    else
        memory->oldest = slot;
    memory->newest = slot;
}

static void unlink_slot(struct session_memory *memory, size_t slot)
{
    const struct blob *blob = &memory->slots[slot];
    if (blob->older != NONE)
        memory->slots[blob->older].newer = blob->newer;
    else
        memory->oldest = blob->newer;
    if (blob->newer != NONE)
        memory->slots[blob->newer].older = blob->older;
    else
        memory->newest = blob->older;
}

/* Moves a blob into another slot and mends its neighbours. */
static void move(struct session_memory *memory, size_t from, size_t to)
{
    struct blob *blob = &memory->slots[to];
    *blob = memory->slots[from];
    memory->slots[from].bytes = NULL;
    if (blob->older != NONE)
        memory->slots[blob->older].newer = to;
    else
        memory->oldest = to;
    if (blob->newer != NONE)
        memory->slots[blob->newer].older = to;
    else
        memory->newest = to;
}

/* Frees a slot and closes the gap it leaves in the probe chain (Knuth 6.4, algorithm R). */
static void remove_slot(struct session_memory *memory, size_t slot)
{
    size_t mask = memory->slot_count - 1;
    unlink_slot(memory, slot);
    memory->bytes -= memory->slots[slot].len;
    memory->blobs--;
    free(memory->slots[slot].bytes);
    memory->slots[slot].bytes = NULL;
    for (size_t next = (slot + 1) & mask; memory->slots[next].bytes; next = (next + 1) & mask) {
        size_t want = home(memory, memory->slots[next].key);
        if (((next - want) & mask) >= ((next - slot) & mask)) {
            move(memory, next, slot);
            slot = next;
        }
    }
}

static bool make_room(struct session_memory *memory)
{
    if ((memory->blobs + 1) * 2 <= memory->slot_count)
        return true;
    size_t count = memory->slot_count ? memory->slot_count * 2 : 16;
    struct blob *slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    struct session_memory old = *memory;
    memory->slots = slots;
    memory->slot_count = count;
    memory->oldest = memory->newest = NONE;
    for (size_t slot = old.oldest; slot != NONE; slot = old.slots[slot].newer) {
        size_t to = find(memory, old.slots[slot].key);
        memory->slots[to] = old.slots[slot];
        link_newest(memory, to);
    }
    free(old.slots);
    return true;
}

static void evict(struct session_memory *memory, size_t len)
{
    while (memory->blobs > 0 &&
           (memory->blobs >= memory->max_blobs || memory->bytes > memory->max_bytes - len)) {
        remove_slot(memory, memory->oldest);
        memory->evicted++;
    }
}

enum status session_memory_put(struct session_memory *memory, uint64_t key, struct slice head,
                               struct slice tail)
{
    size_t len;
    if (__builtin_add_overflow(head.len, tail.len, &len) || len > memory->max_bytes)
        return STATUS_LIMIT;
    /* The parts may lie in the blob that is replaced: copy first, drop afterwards. */
    uint8_t *bytes = malloc(len ? len : 1);
    if (!bytes)
        return STATUS_NO_MEMORY;
    if (head.len)
        memcpy(bytes, head.ptr, head.len);
    if (tail.len)
        memcpy(bytes + head.len, tail.ptr, tail.len);
    session_memory_drop(memory, key);
    evict(memory, len);
    if (!make_room(memory)) {
        free(bytes);
        return STATUS_NO_MEMORY;
    }
    size_t slot = find(memory, key);
    memory->slots[slot] = (struct blob){.key = key, .bytes = bytes, .len = len};
    link_newest(memory, slot);
    memory->bytes += len;
    memory->blobs++;
    return STATUS_OK;
}

struct slice session_memory_get(const struct session_memory *memory, uint64_t key, bool *found)
{
    struct slice none = {NULL, 0};
    if (found)
        *found = false;
    if (memory->slot_count == 0)
        return none;
    const struct blob *blob = &memory->slots[find(memory, key)];
    if (!blob->bytes)
        return none;
    if (found)
        *found = true;
    return (struct slice){blob->bytes, blob->len};
}

void session_memory_drop(struct session_memory *memory, uint64_t key)
{
    if (memory->slot_count == 0)
        return;
    size_t slot = find(memory, key);
    if (memory->slots[slot].bytes)
        remove_slot(memory, slot);
}

size_t session_memory_bytes(const struct session_memory *memory)
{
    if (!memory)
        return 0;
    return sizeof *memory + memory->bytes + memory->slot_count * sizeof *memory->slots +
           subject_set_bytes(&memory->subjects);
}

struct subject_set *session_memory_subjects(struct session_memory *memory)
{
    return &memory->subjects;
}

uint64_t session_memory_evicted(const struct session_memory *memory)
{
    return memory->evicted;
}

size_t session_memory_blobs(const struct session_memory *memory)
{
    return memory->blobs;
}

bool session_memory_fits(const struct session_memory *memory, size_t len)
{
    return memory->blobs < memory->max_blobs && len <= memory->max_bytes &&
           memory->bytes <= memory->max_bytes - len;
}

bool session_memory_oldest(const struct session_memory *memory, uint64_t *key)
{
    if (memory->blobs == 0)
        return false;
    *key = memory->slots[memory->oldest].key;
    return true;
}

uint64_t session_memory_key(uint8_t kind, struct slice name)
{
    return session_memory_number_key(kind, hash64(name));
}

void session_memory_save(const struct session_memory *memory, struct buffer *to)
{
    for (size_t slot = memory->oldest; slot != NONE; slot = memory->slots[slot].newer) {
        const struct blob *blob = &memory->slots[slot];
        buffer_append_le64(to, blob->key);
        buffer_append_le64(to, blob->len);
        buffer_append(to, blob->bytes, blob->len);
    }
}

enum status session_memory_restore(struct session_memory *memory, struct slice saved)
{
    struct reader r = reader_of(saved);
    while (reader_left(&r) > 0) {
        uint64_t key = reader_le64(&r), len = reader_le64(&r);
        struct slice bytes = reader_bytes(&r, len);
        if (!reader_ok(&r))
            return STATUS_MALFORMED;
        enum status status = session_memory_put(memory, key, bytes, (struct slice){NULL, 0});
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}
