/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A doubly linked list. New segments mostly belong at its end, so the place is looked for from
 * there; the list's length is bounded by the caller.
 */
#include "collector/streams/pending.h"

#include <stdlib.h>

static uint32_t piece_end(const struct piece *piece)
{
    return piece->seq + piece->len;
}

/* The arrival without its first `n` bytes, or only these. */
static struct arrival arrival_from(struct arrival a, uint32_t n)
{
    a.seq += n;
    a.len -= n;
    a.bytes = slice_part(a.bytes, n, SIZE_MAX);
    return a;
}

static struct arrival arrival_front(struct arrival a, uint32_t n)
{
    a.len = n;
    a.bytes = slice_part(a.bytes, 0, n);
    return a;
}

static struct piece *insert_after(struct pending *pending, struct piece *before,
                                  const struct arrival *a)
{
    struct piece *piece = malloc(sizeof *piece + a->bytes.len);
    if (!piece)
        return NULL;
    struct piece *after = before ? before->after : pending->first;
    *piece = (struct piece){.before = before,
                            .after = after,
                            .seq = a->seq,
                            .len = a->len,
                            .captured = (uint32_t)a->bytes.len,
                            .ack = a->ack,
                            .has_ack = a->has_ack,
                            .time_ns = a->time_ns};
    if (a->bytes.len)
        memcpy(piece->bytes, a->bytes.ptr, a->bytes.len);
    *(before ? &before->after : &pending->first) = piece;
    *(after ? &after->before : &pending->last) = piece;
    pending->bytes += sizeof *piece + a->bytes.len;
    pending->count++;
    return piece;
}

/* The part of the arrival that lies inside the piece is there already: does it agree? */
static void meet(const struct piece *piece, const struct arrival *a, uint32_t len,
                 struct pending_result *result)
{
    uint32_t at = a->seq - piece->seq;
    struct slice have = slice_part(slice_make(piece->bytes, piece->captured), at, len);
    struct slice came = slice_part(a->bytes, 0, len);
    size_t both = have.len < came.len ? have.len : came.len;
    result->duplicate += len;
    result->conflict |= both > 0 && memcmp(have.ptr, came.ptr, both) != 0;
}

/* The last piece that begins at or before the sequence number. */
static struct piece *find_before(const struct pending *pending, uint32_t seq)
{
    struct piece *piece = pending->last;
    while (piece && seq_distance(piece->seq, seq) < 0)
        piece = piece->before;
    return piece;
}

/* Fills the hole between `before` and the piece after it; gives where to go on looking. */
static struct piece *fill_hole(struct pending *pending, struct piece *before, struct arrival *rest,
                               struct pending_result *result)
{
    struct piece *after = before ? before->after : pending->first;
    int32_t room = after ? seq_distance(rest->seq, after->seq) : INT32_MAX;
    uint32_t n = (uint32_t)room < rest->len ? (uint32_t)room : rest->len;
    if (n > 0) {
        struct arrival front = arrival_front(*rest, n);
        before = insert_after(pending, before, &front);
        result->no_memory = !before;
        *rest = arrival_from(*rest, n);
    }
    return rest->len > 0 && after ? after : before;
}

struct pending_result pending_insert(struct pending *pending, const struct arrival *arrival)
{
    struct pending_result result = {0};
    struct arrival rest = *arrival;
    struct piece *before = find_before(pending, rest.seq);
    while (rest.len > 0 && !result.no_memory) {
        int32_t inside = before ? seq_distance(rest.seq, piece_end(before)) : 0;
        if (inside <= 0) {
            before = fill_hole(pending, before, &rest, &result);
            continue;
        }
        uint32_t n = (uint32_t)inside < rest.len ? (uint32_t)inside : rest.len;
        meet(before, &rest, n, &result);
        rest = arrival_from(rest, n);
    }
    return result;
}

struct piece *pending_take(struct pending *pending)
{
    struct piece *piece = pending->first;
    pending->first = piece->after;
    *(piece->after ? &piece->after->before : &pending->last) = NULL;
    pending->bytes -= sizeof *piece + piece->captured;
    pending->count--;
    return piece;
}

void pending_clear(struct pending *pending)
{
    while (pending->first)
        free(pending_take(pending));
}
