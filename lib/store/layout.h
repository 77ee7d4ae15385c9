/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Inside the store: the tables of its environments and their keys. docs/store-format.md states the
 * same for people.
 */
#ifndef STORE_LAYOUT_H
#define STORE_LAYOUT_H

#include "db/db.h"
#include "store/records.h"

enum { STORE_VERSION = 1, STORE_NAME_KEY_MAX = 200, STORE_PATH_MAX = 4608 };

/* X(name, key) of state/. */
#define STATE_TABLES(X)                           \
    X(status, "keys s and site")                  \
    X(cursors, "sensor")                          \
    X(days, "day, employee")                      \
    X(history, "employee, 0, day; empty values")  \
    X(persons, "employee")                        \
    X(alerts, "id")                               \
    X(notices, "sequence")                        \
    X(coverage, "day, hash of asset and source")  \
    X(watch, "day, source")                       \
    X(sensors, "source")                          \
    X(accounts, "hash of asset, hash of account") \
    X(model, "see analyzer/population_state.c")   \
    X(journal, "batch number")                    \
    X(undo, "day, key in model")                  \
    X(numbers, "day, employee, 0, part")          \
    X(verdicts, "sequence")                       \
    X(forward, "target")                          \
    X(archive, "head; removed days")

enum state_table {
#define STATE_TABLE_ENUM(name, key) STATE_##name,
    STATE_TABLES(STATE_TABLE_ENUM)
#undef STATE_TABLE_ENUM
        STATE_TABLE_COUNT
};

/* X(name, key) of archive/<day>/. Index values are the positions of events in the block. */
#define ARCHIVE_TABLES(X)                \
    X(blocks, "ordinal")                 \
    X(employees, "employee, 0, ordinal") \
    X(objects, "object, 0, ordinal")     \
    X(subjects, "subject hash, ordinal") \
    X(views, "subject hash, start, hash of sensor and sequence")

enum archive_table {
#define ARCHIVE_TABLE_ENUM(name, key) ARCHIVE_##name,
    ARCHIVE_TABLES(ARCHIVE_TABLE_ENUM)
#undef ARCHIVE_TABLE_ENUM
        ARCHIVE_TABLE_COUNT
};

extern const char *const state_tables[];
extern const char *const archive_tables[];

/* A key being put together. */
struct store_key {
    uint8_t bytes[DB_KEY_MAX];
    size_t len;
};
static inline struct slice store_key_slice(const struct store_key *k)
{
    return slice_make(k->bytes, k->len);
}
void store_key_text(struct store_key *k,
                    struct slice text); /* cut at STORE_NAME_KEY_MAX, 0 behind */
void store_key_bytes(struct store_key *k, const void *bytes, size_t len);
void store_key_u64(struct store_key *k, uint64_t number);
void store_key_day(struct store_key *k, int32_t day); /* in order, also below 0 */
int32_t store_day_of_key(const uint8_t bytes[4]);

/* "<state_dir>/archive/2026-11-21"; false when it does not fit. */
bool store_day_folder(const char *state_dir, int32_t day, char *to, size_t size);

/* The day a folder's name says. */
bool store_day_of_folder(const char *name, int32_t *day);

/* The days there are folders for, ascending; to be freed. */
enum status store_day_folders(const char *state_dir, int32_t **days, size_t *count);

/* Where the hash chain of blocks stands; key "head" of STATE_archive. */
struct archive_head {
    uint64_t ordinal;                  /* of the open block; 0: none was ever made */
    uint32_t count;                    /* events in it that are committed */
    int32_t day;                       /* it belongs to */
    uint64_t removed;                  /* blocks that left by retention */
    uint8_t previous[STORE_HASH_SIZE]; /* hash of the block before it */
};

#endif
