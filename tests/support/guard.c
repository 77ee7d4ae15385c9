/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The guard page.
 */
#include "support/guard.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void guard_init(struct guard *guard, size_t capacity)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t readable = (capacity + page - 1) / page * page;
    readable = readable ? readable : page;
    uint8_t *map =
        mmap(NULL, readable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED || mprotect(map + readable, page, PROT_NONE) != 0)
        abort();
    *guard = (struct guard){map, readable + page, readable};
}

void guard_release(struct guard *guard)
{
    munmap(guard->map, guard->map_len);
    *guard = (struct guard){0};
}

struct slice guard_place(struct guard *guard, struct slice bytes)
{
    if (bytes.len > guard->capacity) {
        guard_release(guard);
        guard_init(guard, bytes.len * 2);
    }
    uint8_t *to = guard->map + guard->capacity - bytes.len;
    if (bytes.len)
        memcpy(to, bytes.ptr, bytes.len);
    return (struct slice){to, bytes.len};
}
