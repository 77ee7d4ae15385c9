/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the text of a COPY says of the rows that follow, since the protocol names no columns.
 */
#ifndef COLLECTOR_DECODERS_POSTGRESQL_COPY_TEXT_H
#define COLLECTOR_DECODERS_POSTGRESQL_COPY_TEXT_H

#include "base/slice.h"
#include "collector/sensitivity.h"

struct pg_copy_text {
    size_t count; /* columns of the list; 0: the text does not tell (no list, a '*') */
    struct slice names[RESULT_COLUMNS_MAX]; /* parts of the text; empty: a computed column */
    bool header;                            /* the first row holds names */
};

/* COPY table (list) TO ... and COPY (SELECT list FROM ...) TO ... of any bytes, in linear time. */
void pg_copy_text_read(struct pg_copy_text *copy, struct slice text);

#endif
