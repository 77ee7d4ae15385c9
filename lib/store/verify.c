/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Checks what nobody should have been able to change: the hash chain of the archive's blocks over
 * all days, the indexes against the events, and the chain of notices.
 */
#include "store/reader_state.h"
#include "store/record_codec.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* A block as the chain sees it. */
struct link {
    uint64_t ordinal;
    int32_t day;
    uint8_t previous[STORE_HASH_SIZE], hash[STORE_HASH_SIZE];
};

struct verifying {
    struct store_reader *r;
    store_problem *problem;
    void *context;
    struct store_verification *result;
    struct link *links;
    size_t count, capacity;
    struct db_txn *txn;
    uint64_t rows; /* index rows that the blocks of the day ask for */
    char day[STORE_PATH_MAX];
};

__attribute__((format(printf, 2, 3))) static void fault(struct verifying *v, const char *format,
                                                        ...)
{
    char line[STORE_PATH_MAX + 256];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    v->result->faults++;
    v->problem(v->context, line);
}

static bool add_link(struct verifying *v, const struct block *b)
{
    if (v->count == v->capacity) {
        size_t more = v->capacity ? v->capacity * 2 : 1024;
        struct link *bigger = realloc(v->links, more * sizeof *bigger);
        if (!bigger)
            return false;
        v->links = bigger;
        v->capacity = more;
    }
    struct link *l = &v->links[v->count++];
    *l = (struct link){.ordinal = b->ordinal, .day = b->day};
    memcpy(l->previous, b->previous, sizeof l->previous);
    memcpy(l->hash, b->hash, sizeof l->hash);
    return true;
}

static void check_row(void *context, enum archive_table table, struct slice key,
                      struct slice positions)
{
    struct verifying *v = context;
    struct slice value;
    v->rows++;
    v->result->index_rows++;
    if (!db_get(v->txn, table, key, &value) || !slice_equal(value, positions))
        fault(v, "%s: index %s does not hold what block %" PRIu64 " says: rebuild it from a backup",
              v->day, archive_tables[table], v->r->block.ordinal);
}

static enum status check_block(struct verifying *v, struct slice key, struct slice value)
{
    struct block *b = &v->r->block;
    uint64_t ordinal = key.len == 8 ? db_u64_of_key(key.ptr) : 0;
    enum status status = block_decode(b, value);
    v->result->blocks++;
    if (status == STATUS_NO_MEMORY)
        return status;
    if (status != STATUS_OK || b->ordinal != ordinal) {
        fault(v, "%s: block %" PRIu64 ": %s: it was changed or damaged", v->day, ordinal,
              status_text(status == STATUS_OK ? STATUS_CORRUPT : status));
        return STATUS_OK;
    }
    v->result->events += b->count;
    if (!add_link(v, b))
        return STATUS_NO_MEMORY;
    status = b->closed ? block_index(b, check_row, v) : STATUS_OK;
    if (status != STATUS_OK && status != STATUS_NO_MEMORY) {
        fault(v, "%s: block %" PRIu64 ": an event cannot be read: %s", v->day, ordinal,
              status_text(status));
        status = STATUS_OK;
    }
    return status;
}

static enum status check_day(struct verifying *v, int32_t day)
{
    struct db *db;
    struct db_txn txn;
    struct db_cursor c;
    store_day_folder(v->r->state_dir, day, v->day, sizeof v->day);
    enum status status = reader_day(v->r, day, &db);
    if (status != STATUS_OK) {
        fault(v, "%s: %s", v->day, status_text(status));
        return STATUS_OK;
    }
    v->result->days++;
    v->rows = 0;
    v->txn = &txn;
    db_begin(&txn, db, DB_READER);
    db_cursor_open(&c, &txn, ARCHIVE_blocks);
    for (bool more = db_first(&c); more && status == STATUS_OK; more = db_next(&c))
        status = check_block(v, c.key, c.value);
    db_cursor_close(&c);
    uint64_t stored = db_count(&txn, ARCHIVE_employees) + db_count(&txn, ARCHIVE_objects) +
                      db_count(&txn, ARCHIVE_subjects);
    if (status == STATUS_OK && stored != v->rows)
        fault(v, "%s: the indexes hold %" PRIu64 " rows, the events ask for %" PRIu64, v->day,
              stored, v->rows);
    if (status == STATUS_OK && txn.status != STATUS_OK)
        fault(v, "%s: %s", v->day, status_text(txn.status));
    db_abort(&txn);
    return status;
}

static int by_ordinal(const void *a, const void *b)
{
    const struct link *x = a, *y = b;
    return (x->ordinal > y->ordinal) - (x->ordinal < y->ordinal);
}

/* What is missing must have left by retention, which the head counts. */
static void check_chain(struct verifying *v, const struct archive_head *head)
{
    uint64_t missing = 0, expected = 1;
    if (v->count > 1)
        qsort(v->links, v->count, sizeof *v->links, by_ordinal);
    for (size_t i = 0; i < v->count; i++) {
        const struct link *l = &v->links[i];
        missing += l->ordinal - expected;
        if (i > 0 && l->ordinal == expected &&
            memcmp(l->previous, v->links[i - 1].hash, sizeof l->previous) != 0)
            fault(v,
                  "block %" PRIu64 " does not follow block %" PRIu64 ": one of them was exchanged",
                  l->ordinal, l->ordinal - 1);
        expected = l->ordinal + 1;
    }
    uint64_t last = head->count > 0 ? head->ordinal : head->ordinal > 0 ? head->ordinal - 1 : 0;
    missing += last >= expected ? last - expected + 1 : 0;
    if (missing > head->removed)
        fault(v, "archive: %" PRIu64 " blocks are missing, retention removed %" PRIu64, missing,
              head->removed);
}

static enum status check_archive(struct verifying *v)
{
    int32_t *days;
    size_t count;
    struct db_txn txn;
    struct slice value;
    struct archive_head head = {0};
    db_begin(&txn, v->r->state, DB_READER);
    if (db_get(&txn, STATE_archive, SLICE("head"), &value) &&
        record_decode_head(value, &head) != STATUS_OK)
        fault(v, "state: the head of the archive's chain is damaged");
    db_abort(&txn);
    enum status status = reader_days(v->r, INT32_MIN, INT32_MAX, &days, &count);
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = check_day(v, days[i]);
    free(days);
    if (status == STATUS_OK)
        check_chain(v, &head);
    return status;
}

static void check_notices(struct verifying *v)
{
    struct db_txn txn;
    struct db_cursor c;
    uint8_t chain[STORE_HASH_SIZE] = {0}, should[STORE_HASH_SIZE];
    uint64_t expected = 1;
    db_begin(&txn, v->r->state, DB_READER);
    db_cursor_open(&c, &txn, STATE_notices);
    for (bool more = db_first(&c); more; more = db_next(&c), expected++) {
        struct store_notice notice;
        v->result->notices++;
        if (record_decode_notice(c.value, &notice) != STATUS_OK) {
            fault(v, "state: notice %" PRIu64 " is damaged", expected);
            continue;
        }
        record_chain_notice(chain, &notice, should);
        if (notice.sequence != expected || memcmp(should, notice.chain, sizeof should) != 0)
            fault(v, "state: notice %" PRIu64 " does not follow the one before", expected);
        memcpy(chain, notice.chain, sizeof chain);
    }
    db_cursor_close(&c);
    db_abort(&txn);
}

/* The seals of all other records of state/. */
static void check_seals(struct verifying *v)
{
    struct db_txn txn;
    db_begin(&txn, v->r->state, DB_READER);
    for (unsigned table = 0; table < STATE_TABLE_COUNT; table++) {
        struct db_cursor c;
        if (table == STATE_history)
            continue;
        db_cursor_open(&c, &txn, table);
        for (bool more = db_first(&c); more; more = db_next(&c)) {
            uint8_t version;
            struct slice payload;
            enum status status = db_unseal(c.value, STORE_VERSION, &version, &payload);
            if (status != STATUS_OK)
                fault(v, "state: a record of table %s: %s", state_tables[table],
                      status_text(status));
        }
        db_cursor_close(&c);
    }
    db_abort(&txn);
}

enum status store_verify(struct store_reader *r, store_problem *problem, void *context,
                         struct store_verification *result)
{
    struct verifying v = {.r = r, .problem = problem, .context = context, .result = result};
    *result = (struct store_verification){0};
    enum status status = check_archive(&v);
    check_notices(&v);
    check_seals(&v);
    free(v.links);
    return status;
}
