/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Inside the store: the writer's side of archive/<day>/. Events go into the open block; a block
 * that is full, or of another day than the next event, is closed, indexed and chained. What lies
 * behind the committed head (a kill between archive and state) is cut off at the next start and
 * written again under the same ordinals.
 */
#ifndef STORE_ARCHIVE_H
#define STORE_ARCHIVE_H

#include "store/block.h"

struct archive;

/* Cuts the archive back to the head that state/ committed. */
enum status archive_open(struct archive **a, const char *state_dir, const struct archive_head *head,
                         char *error);
void archive_close(struct archive **a);

enum status archive_add(struct archive *a, int32_t day, const struct store_event *event);
enum status archive_add_view(struct archive *a, int32_t day, const struct store_view *view);

/* Brings what was added to the disk; then the head is for the commit of state/. */
enum status archive_flush(struct archive *a, struct archive_head *head);

/* Removes the folders of days before `day`; gives how many. */
enum status archive_retire(struct archive *a, int32_t day, size_t *removed);

#endif
