/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whole files: reading one under a bound, replacing one so that a crash leaves the old or the new
 * content and nothing between, and the lock that keeps a second instance out.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buffer.h"

#include <sys/types.h>

/* Appends the whole regular file. STATUS_LIMIT when it is larger than the buffer's maximum allows,
 * STATUS_UNSUPPORTED when it is not a regular file; the buffer then holds an unspecified part. */
enum status file_read(const char *path, struct buffer *to);

/* Writes a temporary file in the same folder, syncs it, renames it over `path`, syncs the folder.
 * On failure `path` is as it was. */
enum status file_replace(const char *path, struct slice bytes, mode_t mode);

/* The folder and those above it that are missing, each with `mode`. STATUS_OK when it is there. */
enum status file_make_folder(const char *path, mode_t mode);

/* An exclusive lock on a file that is created when missing (mode 0600) and stays. It ends with the
 * process, however that ends. STATUS_BUSY: another instance holds it. */
struct file_lock {
    int fd;
};
enum status file_lock_take(struct file_lock *lock, const char *path);
void file_lock_release(struct file_lock *lock);

#endif
