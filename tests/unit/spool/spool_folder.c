/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "spool_folder.h"

#include "event/codec.h"

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[64];

int spool_folder_make(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/dwell-spool-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int spool_folder_remove(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *spool_path(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

struct event numbered_event(uint64_t number, size_t size)
{
    static uint8_t text[1 << 20];
    memset(text, 'x', size < sizeof text ? size : sizeof text);
    return (struct event){
        .time_ns = (int64_t)number * 1000,
        .seq = number,
        .action = EVENT_ACTION_read,
        .account = SLICE("li.na"),
        .statement = {text, size},
    };
}

uint64_t record_number(const struct spool_record *record)
{
    struct arena arena;
    struct event e;
    arena_init(&arena, 1 << 20);
    struct reader r = reader_of(record->frame);
    enum status status =
        record->kind == SPOOL_EVENT ? event_decode(&r, &e, &arena) : STATUS_NOT_FOUND;
    arena_release(&arena);
    return status == STATUS_OK ? e.seq : 0;
}
