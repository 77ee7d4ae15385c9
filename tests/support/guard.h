/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Memory whose end is the end of the readable world: a read one byte beyond a slice placed here
 * faults, also without a sanitizer.
 */
#ifndef SUPPORT_GUARD_H
#define SUPPORT_GUARD_H

#include "base/slice.h"

struct guard {
    uint8_t *map;
    size_t map_len;  /* with the unreadable page */
    size_t capacity; /* readable bytes */
};

/* Aborts the test when there is no memory. */
void guard_init(struct guard *guard, size_t capacity);
void guard_release(struct guard *guard);

/* Copies the bytes so that they end at the unreadable page; the slice is valid until the next call.
 * Bytes beyond the capacity make it grow. */
struct slice guard_place(struct guard *guard, struct slice bytes);

#endif
