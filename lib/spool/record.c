/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The formats in a spool's folder.
 */
#include "spool/record.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/reader.h"
#include "event/codec.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    META_VERSION = 1,
    LOSS_VERSION = 1,
    PAGE = 4096,
    SHARED_MAX = 2000,    /* LMDB gives larger records pages of their own */
    RECORD_OVERHEAD = 40, /* key, node header, share of the page's and the branches' own bytes */
    ACKNOWLEDGED_MODE = 0644,
    LEFTOVER_S = 60, /* younger ones may still be somebody's */
};

const char *const spool_tables[] = {"records", "meta", "positions", NULL};
const char *const spool_reader_tables[] = {"records", "meta", NULL};

static const struct slice meta_key = {(const uint8_t *)"spool", 5};

static struct loss take_loss(struct reader *r)
{
    struct loss loss;
    loss.count = reader_le64(r);
    loss.from_ns = (int64_t)reader_le64(r);
    loss.to_ns = (int64_t)reader_le64(r);
    return loss;
}

static void put_loss(struct buffer *to, const struct loss *loss)
{
    buffer_append_le64(to, loss->count);
    buffer_append_le64(to, (uint64_t)loss->from_ns);
    buffer_append_le64(to, (uint64_t)loss->to_ns);
}

bool meta_read(struct db_txn *txn, struct spool_meta *meta)
{
    struct slice value, payload;
    uint8_t version;
    *meta = (struct spool_meta){0};
    if (!db_get(txn, SPOOL_META, meta_key, &value))
        return false;
    enum status status = db_unseal(value, META_VERSION, &version, &payload);
    struct reader r = reader_of(payload);
    meta->id = reader_le64(&r);
    meta->next = reader_le64(&r);
    meta->bytes = reader_le64(&r);
    meta->lost = reader_le64(&r);
    meta->open = take_loss(&r);
    if (status == STATUS_OK && (!reader_ok(&r) || meta->next == 0))
        status = STATUS_CORRUPT;
    if (status != STATUS_OK)
        db_fail(txn, status);
    return status == STATUS_OK;
}

void meta_write(struct db_txn *txn, const struct spool_meta *meta)
{
    struct buffer payload, sealed;
    buffer_init(&payload, 256);
    buffer_init(&sealed, 256);
    buffer_append_le64(&payload, meta->id);
    buffer_append_le64(&payload, meta->next);
    buffer_append_le64(&payload, meta->bytes);
    buffer_append_le64(&payload, meta->lost);
    put_loss(&payload, &meta->open);
    db_seal(&sealed, META_VERSION, buffer_slice(&payload));
    if (buffer_status(&payload) != STATUS_OK || buffer_status(&sealed) != STATUS_OK)
        db_fail(txn, STATUS_NO_MEMORY);
    db_put(txn, SPOOL_META, meta_key, buffer_slice(&sealed));
    buffer_release(&payload);
    buffer_release(&sealed);
}

bool record_is_frame(struct slice record)
{
    return record.len > 0 && record.ptr[0] == EVENT_FRAME_MAGIC;
}

void loss_write(struct buffer *to, const struct loss *loss)
{
    struct buffer payload;
    buffer_init(&payload, 64);
    put_loss(&payload, loss);
    db_seal(to, LOSS_VERSION, buffer_slice(&payload));
    buffer_release(&payload);
}

bool loss_read(struct slice record, struct loss *loss)
{
    uint8_t version;
    struct slice payload;
    if (db_unseal(record, LOSS_VERSION, &version, &payload) != STATUS_OK || version != LOSS_VERSION)
        return false;
    struct reader r = reader_of(payload);
    *loss = take_loss(&r);
    return reader_ok(&r);
}

uint64_t record_cost(size_t len)
{
    if (len <= SHARED_MAX)
        return len + RECORD_OVERHEAD;
    return ((uint64_t)len + 16 + PAGE - 1) / PAGE * PAGE + RECORD_OVERHEAD;
}

static bool folder_file(char path[PATH_MAX], const char *folder)
{
    int len = snprintf(path, PATH_MAX, "%s/acknowledged", folder);
    return len > 0 && len < PATH_MAX;
}

static int write_line(char *line, size_t size, uint64_t id, uint64_t sequence)
{
    int len = snprintf(line, size, "dwell-acknowledged 1 %016" PRIx64 " %" PRIu64, id, sequence);
    uint32_t crc = crc32c(0, slice_make(line, (size_t)len));
    return len + snprintf(line + len, size - (size_t)len, " %08" PRIx32 "\n", crc);
}

/* The number is read where it must stand and the whole line is then compared with the one that
 * would be written for it: so there is one form, and the checksum is tested by the way. */
uint64_t acknowledged_read(const char *folder, uint64_t id)
{
    char path[PATH_MAX], want[128];
    struct buffer file;
    uint64_t sequence = 0;
    buffer_init(&file, sizeof want);
    if (folder_file(path, folder) && file_read(path, &file) == STATUS_OK) {
        const size_t number = sizeof "dwell-acknowledged 1 0123456789abcdef";
        struct slice line = buffer_slice(&file);
        size_t end = slice_find(line, ' ', number);
        struct slice digits = slice_part(line, number, end > number ? end - number : 0);
        int len = slice_to_u64(digits, &sequence) ? write_line(want, sizeof want, id, sequence) : 0;
        if (!slice_equal(line, slice_make(want, (size_t)len)))
            sequence = 0;
    }
    buffer_release(&file);
    return sequence;
}

enum status acknowledged_write(const char *folder, uint64_t id, uint64_t sequence)
{
    char path[PATH_MAX], line[128];
    if (!folder_file(path, folder))
        return STATUS_LIMIT;
    int len = write_line(line, sizeof line, id, sequence);
    return file_replace(path, slice_make(line, (size_t)len), ACKNOWLEDGED_MODE);
}

static bool is_leftover(int folder, const char *name)
{
    struct stat st;
    return strncmp(name, ".new-", 5) == 0 && fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(st.st_mode) && st.st_mtime + LEFTOVER_S < time(NULL);
}

void acknowledged_tidy(const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return;
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
        if (is_leftover(dirfd(dir), entry->d_name))
            unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
}
