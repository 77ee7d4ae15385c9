/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The arena: a list of blocks, each at least twice as useful as its allocation.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

struct arena_block {
    struct arena_block *next;
    size_t size; /* of data */
    alignas(max_align_t) uint8_t data[];
};

enum { BLOCK_SIZE = 8192 };

void arena_init(struct arena *a, size_t max)
{
    *a = (struct arena){.max = max};
}

static void free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_reset(struct arena *a)
{
    if (!a->blocks)
        return;
    free_blocks(a->blocks->next);
    a->blocks->next = NULL;
    a->total = a->blocks->size;
    a->used = 0;
}

void arena_release(struct arena *a)
{
    free_blocks(a->blocks);
    arena_init(a, a->max);
}

static bool add_block(struct arena *a, size_t size)
{
    size_t want = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    if (want > a->max - a->total)
        want = size;
    if (want > a->max - a->total)
        return false;
    struct arena_block *block = malloc(sizeof *block + want);
    if (!block)
        return false;
    block->size = want;
    block->next = a->blocks;
    a->blocks = block;
    a->total += want;
    a->used = 0;
    return true;
}

void *arena_alloc(struct arena *a, size_t size)
{
    size_t align = alignof(max_align_t);
    if (size > SIZE_MAX - align) {
        a->refused++;
        return NULL;
    }
    size = (size + align - 1) / align * align;
    if (!a->blocks || a->blocks->size - a->used < size) {
        if (!add_block(a, size)) {
            a->refused++;
            return NULL;
        }
    }
    void *p = a->blocks->data + a->used;
    a->used += size;
    memset(p, 0, size);
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        a->refused++;
        return NULL;
    }
    return arena_alloc(a, total);
}

struct slice arena_copy(struct arena *a, struct slice s)
{
    if (s.len == 0)
        return (struct slice){NULL, 0};
    uint8_t *to = arena_alloc(a, s.len);
    if (!to)
        return (struct slice){NULL, 0};
    memcpy(to, s.ptr, s.len);
    return (struct slice){to, s.len};
}

char *arena_text(struct arena *a, struct slice s)
{
    if (s.len == SIZE_MAX)
        return NULL;
    char *to = arena_alloc(a, s.len + 1);
    if (to && s.len)
        memcpy(to, s.ptr, s.len);
    return to;
}
