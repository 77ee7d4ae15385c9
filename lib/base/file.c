/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whole files.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 65536 };

static enum status read_all(int fd, struct buffer *to)
{
    for (;;) {
        size_t room = to->max - to->len;
        size_t step = room < READ_STEP ? room + (room == 0) : READ_STEP;
        uint8_t probe; /* at the maximum one byte more tells whether the file ends here */
        uint8_t *at = room == 0 ? &probe : buffer_reserve(to, step);
        if (!at)
            return buffer_status(to);
        ssize_t n = read(fd, at, step);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return status_from_errno(errno);
        if (n == 0)
            return STATUS_OK;
        if (room == 0)
            return STATUS_LIMIT;
        buffer_extend(to, (size_t)n);
    }
}

enum status file_read(const char *path, struct buffer *to)
{
    /* Not to wait for the other end of a FIFO. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return status_from_errno(errno);
    struct stat st;
    enum status status;
    if (fstat(fd, &st) != 0)
        status = status_from_errno(errno);
    else if (!S_ISREG(st.st_mode))
        status = STATUS_UNSUPPORTED;
    else
        status = read_all(fd, to);
    close(fd);
    return status;
}

static enum status write_all(int fd, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return status_from_errno(errno);
        bytes = slice_part(bytes, (size_t)n, bytes.len);
    }
    return STATUS_OK;
}

/* The folder of a path, with its last slash; "./" when it has none. */
static enum status folder_of(const char *path, char folder[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) + 1 : 0;
    if (len >= PATH_MAX)
        return STATUS_LIMIT;
    if (len == 0)
        strcpy(folder, "./");
    else
        slice_copy_text(slice_make(path, len), folder, PATH_MAX);
    return STATUS_OK;
}

static enum status sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return status_from_errno(errno);
    enum status status = fsync(fd) == 0 ? STATUS_OK : status_from_errno(errno);
    close(fd);
    return status;
}

static enum status fill(int fd, struct slice bytes, mode_t mode)
{
    enum status status = write_all(fd, bytes);
    if (status == STATUS_OK && (fchmod(fd, mode) != 0 || fsync(fd) != 0))
        status = status_from_errno(errno);
    if (close(fd) != 0 && status == STATUS_OK)
        status = status_from_errno(errno);
    return status;
}

enum status file_replace(const char *path, struct slice bytes, mode_t mode)
{
    char folder[PATH_MAX], temporary[PATH_MAX + 16];
    enum status status = folder_of(path, folder);
    if (status != STATUS_OK)
        return status;
    snprintf(temporary, sizeof temporary, "%s.new-XXXXXX", folder);
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return status_from_errno(errno);
    status = fill(fd, bytes, mode);
    if (status == STATUS_OK && rename(temporary, path) != 0)
        status = status_from_errno(errno);
    if (status != STATUS_OK) {
        unlink(temporary);
        return status;
    }
    return sync_folder(folder);
}

static enum status make_one(const char *path, mode_t mode)
{
    struct stat st;
    if (mkdir(path, mode) == 0)
        return STATUS_OK;
    int error = errno;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return STATUS_OK;
    return status_from_errno(error);
}

enum status file_make_folder(const char *path, mode_t mode)
{
    char part[PATH_MAX];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof part)
        return STATUS_INVALID;
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        enum status status =
            make_one(slice_copy_text(slice_make(path, i), part, sizeof part), mode);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status file_lock_take(struct file_lock *lock, const char *path)
{
    lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock->fd < 0)
        return status_from_errno(errno);
    if (flock(lock->fd, LOCK_EX | LOCK_NB) == 0)
        return STATUS_OK;
    int error = errno;
    file_lock_release(lock);
    return error == EWOULDBLOCK ? STATUS_BUSY : status_from_errno(error);
}

void file_lock_release(struct file_lock *lock)
{
    if (lock->fd >= 0)
        close(lock->fd);
    lock->fd = -1;
}
