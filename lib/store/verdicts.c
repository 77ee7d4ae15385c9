/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The verdicts that the analyzer has taken in, with what each changed.
 */
#include "store/reader_state.h"
#include "store/record_codec.h"
#include "store/writer_state.h"

static const char *const names[VERDICT_COUNT] = {"", "benign", "watch", "confirmed"};

const char *verdict_name(enum verdict_kind kind)
{
    return names[kind];
}

bool verdict_find(struct slice name, enum verdict_kind *kind)
{
    for (size_t i = VERDICT_NONE + 1; i < VERDICT_COUNT; i++)
        if (slice_equal(name, slice_from(names[i]))) {
            *kind = (enum verdict_kind)i;
            return true;
        }
    return false;
}

void store_put_verdict(struct store_writer *w, const struct store_verdict *verdict)
{
    struct store_key key = {.len = 0};
    store_key_u64(&key, verdict->sequence);
    buffer_reset(&w->value);
    record_encode_verdict(&w->value, verdict);
    writer_stick(w, buffer_status(&w->value));
    writer_operation(w, WRITER_PUT, STATE_verdicts, store_key_slice(&key), buffer_slice(&w->value));
    buffer_reset(&w->value);
}

static enum status each(struct db *db, store_visit_verdict *visit, void *context)
{
    struct db_txn txn;
    struct db_cursor c;
    enum status status = STATUS_OK;
    db_begin(&txn, db, DB_READER);
    db_cursor_open(&c, &txn, STATE_verdicts);
    for (bool more = db_first(&c); more && status == STATUS_OK; more = db_next(&c)) {
        struct store_verdict verdict;
        status = record_decode_verdict(c.value, &verdict);
        if (status == STATUS_OK && !visit(context, &verdict))
            break;
    }
    db_cursor_close(&c);
    if (status == STATUS_OK)
        status = txn.status;
    db_abort(&txn);
    return status;
}

enum status store_load_verdicts(struct store_writer *w, store_visit_verdict *visit, void *context)
{
    return each(w->state, visit, context);
}

enum status store_verdicts(struct store_reader *r, store_visit_verdict *visit, void *context)
{
    return each(r->state, visit, context);
}
