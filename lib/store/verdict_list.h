/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The list of verdicts, desk/verdicts under the state directory: lines that are only ever added, by
 * the console and by `dwell verdict` alike, in turn (a lock on the file) and synced. The analyzer
 * takes them in. docs/store-format.md states the form of a line; each carries the hash of all
 * before.
 */
#ifndef STORE_VERDICT_LIST_H
#define STORE_VERDICT_LIST_H

#include "base/status.h"
#include "store/records.h"

enum { VERDICT_REASON_MAX = 1000, VERDICT_WHO_MAX = 200, VERDICT_LINE_MAX = 8192 };

/* Adds one: employee, day, kind, who, reason, time and alert are given; the sequence is filled in.
 * INVALID: no kind, employee or reason, or a text that is too long; CORRUPT: the list was changed
 * by somebody else. */
enum status verdict_list_add(const char *state_dir, struct store_verdict *verdict);

/* Where a reader is; zeroes to begin. */
struct verdict_list_place {
    uint64_t bytes, sequence;
    uint8_t chain[STORE_HASH_SIZE];
};

/* Visits what stands behind the place and moves it; a line that is not whole yet waits. CORRUPT: a
 * line does not follow from those before. */
enum status verdict_list_read(const char *state_dir, struct verdict_list_place *place,
                              store_visit_verdict *visit, void *context);

#endif
