/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The site key's file.
 */
#include "event/site_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIGITS = 2 * sizeof((struct event_site_key){0}.bytes) };

static int digit_value(uint8_t digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

bool site_key_parse(struct slice text, struct event_site_key *key)
{
    if (text.len != DIGITS)
        return false;
    for (size_t i = 0; i < sizeof key->bytes; i++) {
        int high = digit_value(text.ptr[2 * i]), low = digit_value(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        key->bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static enum status read_file(int fd, struct event_site_key *key)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return STATUS_IO;
    if (!S_ISREG(st.st_mode))
        return STATUS_MALFORMED;
    if ((st.st_mode & S_IRWXO) != 0)
        return STATUS_DENIED;
    char text[DIGITS + 16];
    ssize_t n = read(fd, text, sizeof text);
    if (n < 0)
        return STATUS_IO;
    bool ok = site_key_parse(slice_trim(slice_make(text, (size_t)n)), key);
    explicit_bzero(text, sizeof text);
    return ok ? STATUS_OK : STATUS_MALFORMED;
}

enum status site_key_read(const char *path, struct event_site_key *key)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return status_from_errno(errno);
    enum status status = read_file(fd, key);
    close(fd);
    return status;
}

/* A new name is on the disk when its folder is. */
static enum status sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    if (!folder)
        return STATUS_NO_MEMORY;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd < 0)
        return status_from_errno(errno);
    int failed = fsync(fd);
    close(fd);
    return failed ? STATUS_IO : STATUS_OK;
}

static enum status write_file(int fd, const struct event_site_key *key)
{
    char text[DIGITS + 2];
    for (size_t i = 0; i < sizeof key->bytes; i++)
        snprintf(text + 2 * i, 3, "%02x", key->bytes[i]);
    text[DIGITS] = '\n';
    ssize_t n = write(fd, text, DIGITS + 1);
    int error = errno;
    explicit_bzero(text, sizeof text);
    if (n < 0)
        return status_from_errno(error);
    if (n != DIGITS + 1)
        return STATUS_FULL;
    return fsync(fd) == 0 ? STATUS_OK : status_from_errno(errno);
}

enum status site_key_create(const char *path, struct event_site_key *key)
{
    if (getrandom(key->bytes, sizeof key->bytes, 0) != (ssize_t)sizeof key->bytes)
        return STATUS_IO;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return status_from_errno(errno);
    enum status status = write_file(fd, key);
    if (close(fd) != 0 && status == STATUS_OK)
        status = STATUS_IO;
    if (status == STATUS_OK)
        status = sync_folder(path);
    if (status != STATUS_OK)
        unlink(path);
    return status;
}
