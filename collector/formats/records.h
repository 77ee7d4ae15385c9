/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cuts the bytes of a log into records. Lines end at LF only (JSON text may hold U+0085 and
 * U+2028); a CR before it goes with it. Memory is bounded: a record longer than LOG_RECORD_MAX is
 * given cut, and the rest of it is passed over.
 */
#ifndef COLLECTOR_FORMATS_RECORDS_H
#define COLLECTOR_FORMATS_RECORDS_H

#include "base/buffer.h"
#include "collector/formats/format.h"

struct records {
    enum log_splitting splitting;
    bool (*begins)(const void *state, struct slice line); /* LOG_BLOCKS */
    const void *state;
    void (*take)(void *context, struct slice record, bool cut);
    void *context;

    struct buffer bytes;  /* what is not taken yet */
    size_t start;         /* of the record at hand */
    size_t scanned;       /* bytes looked at */
    size_t line;          /* LOG_BLOCKS: where the line at hand begins */
    bool quoted, escaped; /* LOG_CSV, LOG_JSON: at `scanned` */
    unsigned depth;       /* LOG_JSON: open braces */
    bool skipping;        /* the rest of a record that was cut */
};

/* The pieces given to records_feed() may be of any length; `take` gets each record, valid during
 * the call. */
void records_init(struct records *r, const struct log_format *format, const void *state,
                  void (*take)(void *context, struct slice record, bool cut), void *context);
void records_release(struct records *r);

/* NO_MEMORY: the bytes are lost. */
enum status records_feed(struct records *r, struct slice bytes);

/* Nothing more came for a while: a block that ends with its line is given, as the next may be long
 * in coming. */
void records_idle(struct records *r);

/* Bytes fed that belong to a record not given yet; false while the rest of a cut record is passed
 * over, as no record begins there. */
bool records_waiting(const struct records *r, size_t *bytes);

/* The log ends here: gives what is left as the last record. */
void records_end(struct records *r);

#endif
