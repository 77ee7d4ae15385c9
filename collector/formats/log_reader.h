/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Log bytes in, events out: recognition, records, format and sink put together, with all bounds.
 * Used by `dwell decode`, `dwell replay` and the collector alike. One thread.
 */
#ifndef COLLECTOR_FORMATS_LOG_READER_H
#define COLLECTOR_FORMATS_LOG_READER_H

#include "base/buffer.h"
#include "base/zone.h"
#include "collector/formats/format.h"
#include "collector/sink.h"

struct log_reader_options {
    struct slice sensor;                   /* event.source.sensor */
    struct sink *sink;                     /* not owned */
    const struct assets *assets;           /* not owned, may be NULL */
    const struct event_site_key *site_key; /* NULL: subjects are counted, their keys not told */
    const struct zone *zone;               /* not owned; of times that name none; NULL: UTC */
    struct slice format;                   /* "NAME" or "NAME:ARGUMENT"; empty: recognised */
    struct event_address server;           /* whose log it is; family 0: not known */
    bool clear;                            /* events hold the statement as sent and its values */
};

/* X(name, help): what a log held. */
#define LOG_COUNTER_TABLE(X)                         \
    X(records, "records read")                       \
    X(events, "events made of them")                 \
    X(passed, "records that tell of no access")      \
    X(malformed, "records that were not understood") \
    X(cut, "records longer than 1 MiB, cut")         \
    X(evicted, "open acts given up because of their number")

struct log_counters {
#define LOG_COUNTER_FIELD(name, help) uint64_t name;
    LOG_COUNTER_TABLE(LOG_COUNTER_FIELD)
#undef LOG_COUNTER_FIELD
};

enum { LOG_SAMPLES = 8, LOG_SAMPLE_MAX = 200 };

/* A record that was not understood: where, and its beginning, safe to show. */
struct log_sample {
    uint64_t record; /* number in the log, from 1 */
    char text[LOG_SAMPLE_MAX];
};

struct log_reader;

/* NULL when there is no memory. */
struct log_reader *log_reader_new(const struct log_reader_options *options);
void log_reader_free(struct log_reader **reader);

/* A log begins: its name (event.source.name; copied), its first bytes (as many as there are up to
 * LOG_HEAD_MAX; they are given to log_reader_feed() too), and the time it was last written. What
 * sessions the log before left open goes on where its format is the same. NOT_FOUND: no format
 * looks like it, or none has that name; INVALID: the format refuses its argument; NO_MEMORY. */
enum status log_reader_begin(struct log_reader *reader, struct slice name, struct slice head,
                             int64_t written_ns);

/* The status of the sink, which stays. */
enum status log_reader_feed(struct log_reader *reader, struct slice bytes);

/* One record as it came by itself, without a line end (syslog, journal). */
enum status log_reader_record(struct log_reader *reader, struct slice record);

/* The log at hand is not younger than this now: the year of times that have none. */
void log_reader_set_reference(struct log_reader *reader, int64_t ns);

/* Where a reader could go on from after a restart: bytes fed that no record was made of yet. False
 * while there is no such place. */
bool log_reader_waiting(const struct log_reader *reader, size_t *bytes);

/* What the format remembers of the records taken so far, so that the same bytes after the same
 * records give the same events in another process: restored after log_reader_begin() with the same
 * head. MALFORMED: saved by another format or version; the reader is as new. */
void log_reader_save(const struct log_reader *reader, struct buffer *to);
enum status log_reader_restore(struct log_reader *reader, struct slice saved);

/* Nothing more came for a while: what waits for its next line is given out. */
enum status log_reader_idle(struct log_reader *reader);

/* The log ended. */
enum status log_reader_end(struct log_reader *reader);

/* Of the log at hand; NULL before one began. */
const struct log_format *log_reader_format(const struct log_reader *reader);

/* Since the reader was made; the samples are the first ones. */
const struct log_counters *log_reader_counters(const struct log_reader *reader);
size_t log_reader_samples(const struct log_reader *reader, const struct log_sample **samples);

/* A line of counters and the samples, for a person. */
void log_reader_summary(const struct log_reader *reader, struct buffer *out);

#endif
