/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The log format contract. A format is a const struct in one file, listed in one row of formats.c.
 * It is a pure function from (state, record) to events: it never allocates, logs, looks at a clock
 * or does I/O; what it must remember beyond its fixed state it puts into the log's bounded memory
 * (collector/memory.h). docs/how-to-add-a-log-format.md shows the way.
 *
 * The reader (log_reader.h) cuts the bytes into records as the format's splitting says, on LF only,
 * so any cut of the same bytes gives the same events. A record that is not understood is answered
 * with MALFORMED: it is counted, a masked sample of it is kept, and the next one is read.
 */
#ifndef COLLECTOR_FORMATS_FORMAT_H
#define COLLECTOR_FORMATS_FORMAT_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/zone.h"
#include "collector/decoder.h"
#include "event/event.h"

/* Bytes of one record; what is longer is cut, counted, and its event has the gap "truncated". */
enum { LOG_RECORD_MAX = 1 << 20 };

/* Bytes at the beginning of a log by which it is recognised. */
enum { LOG_HEAD_MAX = 1 << 16 };

enum log_splitting {
    LOG_LINES,  /* each line is a record */
    LOG_CSV,    /* a line end inside double quotes belongs to the record */
    LOG_JSON,   /* each JSON object is a record, whatever stands between them */
    LOG_BLOCKS, /* a record goes from a line that begins() to the next such line */
};

/* Everything a format may use during a call. */
struct log_env {
    struct session_memory *memory;         /* of this log */
    struct sql_cache *sql;                 /* statement texts already analysed */
    struct arena *scratch;                 /* reset by the reader after each record */
    const struct assets *assets;           /* may be NULL */
    const struct asset *asset;             /* the one the log is of; may be NULL */
    const struct event_site_key *site_key; /* never NULL; has_site_key says whether it lasts */
    const struct zone *zone;               /* of times that name none; never NULL */
    int64_t reference_ns; /* the log is not younger: gives the year where times have none */
    bool clear;           /* fill event.clear and event.params */
    bool cut;             /* the record at hand was longer than LOG_RECORD_MAX */

    /* Hands an event out; the reader adds source, server and protocol where they are missing. It is
     * copied or written before this returns. */
    void (*emit)(void *emit_context, const struct event *event);
    void *emit_context;
};

struct log_format {
    const char *name;     /* "postgresql-csvlog" */
    const char *protocol; /* event.protocol */
    const char *help_en, *help_zh;
    size_t state_size; /* bytes, zeroed before init; 0: none */
    enum log_splitting splitting;
    bool syslog_lines; /* records are syslog lines with their header; other formats get the message
                          alone where a log comes over syslog or from the journal */
    size_t state_kept; /* bytes at the front of the state that records change: kept over a restart,
                          so without pointers */

    /* `argument` is what the user wrote behind "NAME:", both slices live as long as the state;
     * `head` the first bytes of the log, for what can be learnt from them. False: the argument is
     * not right. May be NULL: no argument is taken. */
    bool (*init)(void *state, struct slice argument, struct slice head);

    /* Does the beginning of a log look like this format? */
    enum decoder_verdict (*probe)(struct slice head);

    /* LOG_BLOCKS: does this line begin a record? */
    bool (*begins)(const void *state, struct slice line);

    /* One record, without its line end. OK; NOT_FOUND: nothing that an event tells of; MALFORMED.
     */
    enum status (*feed)(void *state, const struct log_env *env, struct slice record);

    /* Nothing more came for a while, or nothing more will: emit what still waits. Records may
     * follow. May be NULL. */
    void (*flush)(void *state, const struct log_env *env);
};

/* All formats, ended by NULL. */
extern const struct log_format *const log_formats[];

/* The format of that name, or NULL. */
const struct log_format *log_format_named(struct slice name);

/* The format that the beginning of a log looks like: the first that says YES, else the only one
 * that says MAYBE; NULL. */
const struct log_format *log_format_recognise(struct slice head);

#endif
