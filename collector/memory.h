/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a session remembers for its decoder beyond the fixed state: prepared statements, portals,
 * requests that wait for their answer. Blobs by 64-bit key (the decoder divides the key space: put
 * a kind in the top byte), bounded in bytes and in number; at the maximum the oldest goes and is
 * counted. The bytes of one session are freed with it.
 */
#ifndef COLLECTOR_MEMORY_H
#define COLLECTOR_MEMORY_H

#include "base/buffer.h"
#include "base/slice.h"
#include "base/status.h"

struct session_memory;

struct session_memory *session_memory_new(size_t max_bytes, size_t max_blobs);
void session_memory_free(struct session_memory **memory);

/* Stores head and tail, one after the other, under the key, in place of what was there. LIMIT when
 * a single blob is larger than the whole memory. */
enum status session_memory_put(struct session_memory *memory, uint64_t key, struct slice head,
                               struct slice tail);

/* The blob, valid until the next put or drop; empty when there is none. `found` may be NULL. */
struct slice session_memory_get(const struct session_memory *memory, uint64_t key, bool *found);

void session_memory_drop(struct session_memory *memory, uint64_t key);
void session_memory_clear(struct session_memory *memory);

/* Bytes it takes now, its tables included. NULL takes none. */
size_t session_memory_bytes(const struct session_memory *memory);

/* Blobs pushed out by the maximum since the session began. */
uint64_t session_memory_evicted(const struct session_memory *memory);

/* Blobs held now, whether one more of `len` bytes goes in without another going, and the key that
 * was stored longest ago (false: there is none): for whoever must not lose one silently. */
size_t session_memory_blobs(const struct session_memory *memory);
bool session_memory_fits(const struct session_memory *memory, size_t len);
bool session_memory_oldest(const struct session_memory *memory, uint64_t *key);

/* All blobs, and putting them back into an empty memory: key and length as le64 and the bytes each,
 * the oldest first. MALFORMED: not such bytes; what stood before the fault is there. */
void session_memory_save(const struct session_memory *memory, struct buffer *to);
enum status session_memory_restore(struct session_memory *memory, struct slice saved);

/* A key from a kind (one byte) and a name of any length. */
uint64_t session_memory_key(uint8_t kind, struct slice name);

/* A key from a kind and a number below 2^56. */
static inline uint64_t session_memory_number_key(uint8_t kind, uint64_t number)
{
    return (uint64_t)kind << 56 | (number & 0xffffffffffffffu);
}

/* The distinct subjects of the result under way: one set a session, since a session gives one
 * result after the other. Counts in session_memory_bytes(). */
struct subject_set;
struct subject_set *session_memory_subjects(struct session_memory *memory);

#endif
