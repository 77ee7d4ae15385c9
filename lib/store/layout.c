/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Names of tables and folders, and the making of keys.
 */
#include "store/layout.h"

#include "base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define TABLE_NAME(name, key) #name,
const char *const state_tables[] = {STATE_TABLES(TABLE_NAME) NULL};
const char *const archive_tables[] = {ARCHIVE_TABLES(TABLE_NAME) NULL};
#undef TABLE_NAME

void store_key_bytes(struct store_key *k, const void *bytes, size_t len)
{
    if (len > sizeof k->bytes - k->len)
        len = sizeof k->bytes - k->len;
    if (len > 0)
        memcpy(k->bytes + k->len, bytes, len);
    k->len += len;
}

void store_key_text(struct store_key *k, struct slice text)
{
    struct slice cut = slice_part(text, 0, STORE_NAME_KEY_MAX);
    store_key_bytes(k, cut.ptr, cut.len);
    store_key_bytes(k, "", 1);
}

void store_key_u64(struct store_key *k, uint64_t number)
{
    uint8_t bytes[8];
    db_key_u64(bytes, number);
    store_key_bytes(k, bytes, sizeof bytes);
}

void store_key_day(struct store_key *k, int32_t day)
{
    uint8_t bytes[8];
    db_key_u64(bytes, (uint32_t)day ^ 0x80000000u);
    store_key_bytes(k, bytes + 4, 4);
}

int32_t store_day_of_key(const uint8_t bytes[4])
{
    uint32_t raw =
        (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    return (int32_t)(raw ^ 0x80000000u);
}

bool store_day_folder(const char *state_dir, int32_t day, char *to, size_t size)
{
    int year;
    unsigned month, date;
    civil_from_days(day, &year, &month, &date);
    int n = snprintf(to, size, "%s/archive/%04d-%02u-%02u", state_dir, year, month, date);
    return n > 0 && (size_t)n < size;
}

bool store_day_of_folder(const char *name, int32_t *day)
{
    int64_t ns;
    if (strlen(name) != 10 || !time_parse(slice_from(name), &ns))
        return false;
    *day = (int32_t)(ns / NS_PER_DAY - (ns % NS_PER_DAY < 0));
    return true;
}

static int ascending(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

enum status store_day_folders(const char *state_dir, int32_t **days, size_t *count)
{
    char path[STORE_PATH_MAX];
    size_t capacity = 0;
    snprintf(path, sizeof path, "%s/archive", state_dir);
    *days = NULL;
    *count = 0;
    DIR *folder = opendir(path);
    if (!folder)
        return errno == ENOENT ? STATUS_OK : status_from_errno(errno);
    for (struct dirent *entry; (entry = readdir(folder));) {
        int32_t day;
        if (!store_day_of_folder(entry->d_name, &day))
            continue;
        if (*count == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            int32_t *more = realloc(*days, capacity * sizeof **days);
            if (!more)
                break;
            *days = more;
        }
        (*days)[(*count)++] = day;
    }
    closedir(folder);
    if (*count > 1)
        qsort(*days, *count, sizeof **days, ascending);
    return STATUS_OK;
}
