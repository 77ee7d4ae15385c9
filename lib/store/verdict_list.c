/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A line: format, sequence, time, day, kind, alert, employee, who, reason, chain, with tabs
 * between.
 */
#include "store/verdict_list.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/hash.h"
#include "store/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_FIELDS = 10, LIST_MAX = 256 << 20, CHUNK = 1 << 16 };

static bool list_path(const char *state_dir, const char *name, char *to)
{
    int n = snprintf(to, STORE_PATH_MAX, "%s/desk%s", state_dir, name);
    return n > 0 && n < STORE_PATH_MAX;
}

/* Tabs, line ends and backslashes in texts are escaped by a backslash. */
static void append_escaped(struct buffer *to, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (c == '\t' || c == '\n' || c == '\\') {
            buffer_append_byte(to, '\\');
            c = c == '\t' ? 't' : c == '\n' ? 'n' : '\\';
        }
        buffer_append_byte(to, c);
    }
}

static struct slice unescaped(struct slice text, uint8_t *to)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (c == '\\' && i + 1 < text.len) {
            c = text.ptr[++i];
            c = c == 't' ? '\t' : c == 'n' ? '\n' : c;
        }
        to[n++] = c;
    }
    return slice_make(to, n);
}

static void hash_line(uint8_t chain[STORE_HASH_SIZE], struct slice line)
{
    uint8_t before[STORE_HASH_SIZE];
    memcpy(before, chain, sizeof before);
    blake2b(chain, STORE_HASH_SIZE, NULL, slice_make(before, sizeof before), line,
            (struct slice){0});
}

static void hex(const uint8_t chain[STORE_HASH_SIZE], char to[2 * STORE_HASH_SIZE + 1])
{
    for (size_t i = 0; i < STORE_HASH_SIZE; i++)
        snprintf(to + 2 * i, 3, "%02x", chain[i]);
}

static bool whole_number(struct slice text, int64_t *value)
{
    uint64_t n;
    bool minus = text.len > 0 && text.ptr[0] == '-';
    if (!slice_to_u64(slice_part(text, minus, SIZE_MAX), &n) || n > INT64_MAX)
        return false;
    *value = minus ? -(int64_t)n : (int64_t)n;
    return true;
}

static bool split(struct slice line, struct slice fields[LINE_FIELDS])
{
    size_t at = 0;
    for (size_t i = 0; i < LINE_FIELDS; i++) {
        size_t tab = slice_find(line, '\t', at);
        if ((tab == line.len) != (i == LINE_FIELDS - 1))
            return false;
        fields[i] = slice_part(line, at, tab - at);
        at = tab + 1;
    }
    return true;
}

/* Reads a line and follows the chain. */
static bool read_line(struct slice line, struct verdict_list_place *place, uint8_t *texts,
                      struct store_verdict *v)
{
    struct slice f[LINE_FIELDS];
    char chain[2 * STORE_HASH_SIZE + 1];
    int64_t day;
    if (line.len > VERDICT_LINE_MAX || !split(line, f) || !slice_equal(f[0], SLICE("1")))
        return false;
    hash_line(place->chain, slice_part(line, 0, line.len - f[9].len));
    hex(place->chain, chain);
    *v = (struct store_verdict){.employee = unescaped(f[6], texts),
                                .who = unescaped(f[7], texts + VERDICT_LINE_MAX),
                                .reason = unescaped(f[8], texts + 2 * VERDICT_LINE_MAX)};
    bool ok = slice_to_u64(f[1], &v->sequence) && whole_number(f[2], &v->time_ns) &&
              whole_number(f[3], &day) && verdict_find(f[4], &v->kind) &&
              slice_to_u64(f[5], &v->alert);
    v->day = ok ? (int32_t)day : 0;
    return ok && v->sequence == place->sequence + 1 && slice_equal(f[9], slice_from(chain));
}

static enum status visit_lines(struct slice bytes, struct verdict_list_place *place,
                               store_visit_verdict *visit, void *context)
{
    struct store_verdict v;
    uint8_t *texts = malloc(3 * VERDICT_LINE_MAX);
    enum status status = texts ? STATUS_OK : STATUS_NO_MEMORY;
    size_t at = 0, end;
    while (status == STATUS_OK && (end = slice_find(bytes, '\n', at)) < bytes.len) {
        if (!read_line(slice_part(bytes, at, end - at), place, texts, &v)) {
            status = STATUS_CORRUPT;
            break;
        }
        place->sequence = v.sequence;
        place->bytes += end + 1 - at;
        at = end + 1;
        if (visit && !visit(context, &v))
            break;
    }
    free(texts);
    return status;
}

static enum status read_from(int fd, uint64_t offset, struct buffer *to)
{
    ssize_t got = 1;
    while (got > 0) {
        uint8_t *room = buffer_reserve(to, CHUNK);
        if (!room)
            return buffer_status(to);
        got = pread(fd, room, CHUNK, (off_t)(offset + to->len));
        if (got < 0 && errno != EINTR)
            return status_from_errno(errno);
        if (got > 0)
            buffer_extend(to, (size_t)got);
    }
    return STATUS_OK;
}

static enum status read_list(int fd, struct verdict_list_place *place, store_visit_verdict *visit,
                             void *context)
{
    struct buffer bytes;
    buffer_init(&bytes, LIST_MAX);
    enum status status = read_from(fd, place->bytes, &bytes);
    if (status == STATUS_OK)
        status = visit_lines(buffer_slice(&bytes), place, visit, context);
    buffer_release(&bytes);
    return status;
}

enum status verdict_list_read(const char *state_dir, struct verdict_list_place *place,
                              store_visit_verdict *visit, void *context)
{
    char path[STORE_PATH_MAX];
    struct stat st;
    if (!list_path(state_dir, "/verdicts", path))
        return STATUS_LIMIT;
    if (stat(path, &st) == 0 && (uint64_t)st.st_size == place->bytes)
        return STATUS_OK; /* nothing new */
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? STATUS_OK : status_from_errno(errno);
    enum status status = read_list(fd, place, visit, context);
    close(fd);
    return status;
}

static void append_line(struct buffer *to, const struct verdict_list_place *place,
                        const struct store_verdict *v)
{
    uint8_t chain[STORE_HASH_SIZE];
    char text[2 * STORE_HASH_SIZE + 1];
    buffer_append_format(to, "1\t%llu\t%lld\t%d\t%s\t%llu\t", (unsigned long long)v->sequence,
                         (long long)v->time_ns, (int)v->day, verdict_name(v->kind),
                         (unsigned long long)v->alert);
    append_escaped(to, v->employee);
    buffer_append_byte(to, '\t');
    append_escaped(to, v->who);
    buffer_append_byte(to, '\t');
    append_escaped(to, v->reason);
    buffer_append_byte(to, '\t');
    memcpy(chain, place->chain, sizeof chain);
    hash_line(chain, buffer_slice(to));
    hex(chain, text);
    buffer_append_text(to, text);
    buffer_append_byte(to, '\n');
}

/* Over what a broken write may have left behind the last whole line. */
static enum status write_line(int fd, uint64_t at, struct slice line)
{
    if (ftruncate(fd, (off_t)at) != 0)
        return status_from_errno(errno);
    while (line.len > 0) {
        ssize_t n = pwrite(fd, line.ptr, line.len, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? status_from_errno(errno) : STATUS_FULL;
        at += (uint64_t)n;
        line = slice_part(line, (size_t)n, SIZE_MAX);
    }
    return fdatasync(fd) == 0 ? STATUS_OK : status_from_errno(errno);
}

static enum status add_locked(int fd, struct store_verdict *v)
{
    struct verdict_list_place place = {0};
    struct buffer line;
    if (flock(fd, LOCK_EX) != 0)
        return status_from_errno(errno);
    enum status status = read_list(fd, &place, NULL, NULL);
    buffer_init(&line, VERDICT_LINE_MAX);
    v->sequence = place.sequence + 1;
    if (status == STATUS_OK) {
        append_line(&line, &place, v);
        status = buffer_status(&line);
    }
    if (status == STATUS_OK)
        status = write_line(fd, place.bytes, buffer_slice(&line));
    buffer_release(&line);
    return status;
}

/* The file belongs to the group of its folder: console and command line may be different users. */
static int open_list(const char *folder, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
    if (fd >= 0 && stat(folder, &st) == 0 && fchown(fd, (uid_t)-1, st.st_gid) == 0)
        (void)fchmod(fd, 0660); /* of another owner: it has it already */
    return fd;
}

enum status verdict_list_add(const char *state_dir, struct store_verdict *verdict)
{
    char folder[STORE_PATH_MAX], path[STORE_PATH_MAX];
    if (verdict->kind == VERDICT_NONE || verdict->employee.len == 0 || verdict->reason.len == 0 ||
        verdict->employee.len > STORE_NAME_KEY_MAX || verdict->who.len > VERDICT_WHO_MAX ||
        verdict->reason.len > VERDICT_REASON_MAX)
        return STATUS_INVALID;
    if (!list_path(state_dir, "", folder) || !list_path(state_dir, "/verdicts", path))
        return STATUS_LIMIT;
    enum status status = file_make_folder(folder, 0750);
    int fd = status == STATUS_OK ? open_list(folder, path) : -1;
    if (fd < 0)
        return status == STATUS_OK ? status_from_errno(errno) : status;
    status = add_locked(fd, verdict);
    close(fd);
    return status;
}
