/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A folder for a spool of a test, and events that carry their own number.
 */
#ifndef SPOOL_FOLDER_H
#define SPOOL_FOLDER_H

#include "spool/feed.h"
#include "spool/spool.h"

#include <stdio.h>

/* Makes a folder under /tmp; cmocka set-up and tear-down. */
int spool_folder_make(void **state);
int spool_folder_remove(void **state);

/* The path of something in the folder, valid until the next call. */
const char *spool_path(const char *name);

/* An event whose `seq` is the number and whose statement has `size` bytes. */
struct event numbered_event(uint64_t number, size_t size);

/* The number of an event record; 0 when it is not one. */
uint64_t record_number(const struct spool_record *record);

#endif
