/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Inside the store: a block of the archive. Events stand in the order they came; the block's hash
 * is made over the hash of the block before, its ordinal, its day and its content, so that no
 * block can be changed, removed or exchanged without every later one showing it.
 *
 * Stored: sealed { ordinal, day, count, closed, size, previous hash, own hash, zstd of the content
 * }.
 */
#ifndef STORE_BLOCK_H
#define STORE_BLOCK_H

#include "base/arena.h"
#include "base/reader.h"
#include "store/layout.h"

enum { BLOCK_EVENTS_MAX = 1024, BLOCK_BYTES = 512 << 10, BLOCK_BYTES_MAX = 64 << 20 };

struct block {
    uint64_t ordinal; /* from 1, over all days */
    int32_t day;
    uint32_t count;
    bool closed;
    uint8_t previous[STORE_HASH_SIZE];
    uint8_t hash[STORE_HASH_SIZE];
    struct buffer content;
};

void block_init(struct block *b);
void block_release(struct block *b);

/* Empties it for a new one behind `previous`. */
void block_begin(struct block *b, uint64_t ordinal, int32_t day,
                 const uint8_t previous[STORE_HASH_SIZE]);

/* The frame carries no running numbers. */
enum status block_add(struct block *b, const struct store_event *event);
bool block_full(const struct block *b);
void block_hash(struct block *b);

enum status block_encode(struct block *b, struct buffer *to);

/* CORRUPT also when the content does not give the hash. */
enum status block_decode(struct block *b, struct slice value);

/* Walks the events of a block: begin with block_events(). END after the last. */
struct block_events {
    struct reader from;
    uint32_t position; /* of the event just read */
    uint32_t left;
    uint32_t next;
};
struct block_events block_events(const struct block *b);
enum status block_next(struct block_events *e, struct arena *arena, struct store_event *event);
/* Passes over events up to `position`; the next one read is that. */
enum status block_skip_to(struct block_events *e, uint32_t position);

/* The index rows of a block, sorted: one call a row. */
typedef void block_index_row(void *context, enum archive_table table, struct slice key,
                             struct slice positions);
enum status block_index(const struct block *b, block_index_row *row, void *context);

#endif
