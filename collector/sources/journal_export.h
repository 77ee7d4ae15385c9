/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Entries of the Journal Export Format (systemd.io/JOURNAL_EXPORT_FORMATS) as syslog lines: fields
 * are NAME=VALUE lines, or NAME, a line end, 8 bytes of length (little endian), the value and a
 * line end; an empty line ends the entry.
 */
#ifndef COLLECTOR_JOURNAL_EXPORT_H
#define COLLECTOR_JOURNAL_EXPORT_H

#include "base/buffer.h"

enum {
    JOURNAL_VALUE_MAX = 1 << 16, /* of a message; what is longer is cut */
    JOURNAL_SHORT_MAX = 256,     /* of the other fields that are read */
};

enum journal_field {
    JOURNAL_MESSAGE,
    JOURNAL_IDENTIFIER,
    JOURNAL_COMMAND,
    JOURNAL_PID,
    JOURNAL_SYSLOG_PID,
    JOURNAL_HOST,
    JOURNAL_SOURCE_TIME,
    JOURNAL_TIME,
    JOURNAL_FIELDS
};

struct journal_export {
    struct buffer bytes; /* not taken yet: less than a field */
    struct buffer values[JOURNAL_FIELDS];
    bool any;                /* the entry has a field */
    uint64_t binary;         /* bytes of a binary value still to come, its line end included */
    int into;                /* the field they go to; -1: none */
    uint64_t malformed, cut; /* lines that are no field; values that were cut */
    struct buffer line;      /* the entry as a syslog line */
    void (*take)(void *context, struct slice line);
    void *context;
};

/* `take` gets "2026-11-21T21:30:27.000001Z HOST TAG[PID]: MESSAGE", valid during the call. */
void journal_export_init(struct journal_export *journal,
                         void (*take)(void *context, struct slice line), void *context);
void journal_export_release(struct journal_export *journal);

/* Bytes in pieces of any size. NO_MEMORY: they are lost. */
enum status journal_export_feed(struct journal_export *journal, struct slice bytes);

#endif
