/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The fields of one CSV record (RFC 4180 as databases write it: quotes doubled inside quotes, line
 * ends kept), one after the other. Tolerant: a quote inside an unquoted field is a character.
 */
#ifndef COLLECTOR_FORMATS_DELIMITED_H
#define COLLECTOR_FORMATS_DELIMITED_H

#include "base/arena.h"
#include "base/reader.h"

struct delimited {
    struct reader at;
    uint8_t separator;
    bool more; /* another field follows, if only an empty one */
};

struct delimited delimited_of(struct slice record, uint8_t separator);

/* The next field, its doubled quotes undone in `scratch`. `quoted` (may be NULL) tells '' from
 * nothing. False after the last, and when a quoted field is not closed (the cursor has then failed,
 * and the field is what there was). */
bool delimited_next(struct delimited *d, struct arena *scratch, struct slice *field, bool *quoted);

#endif
