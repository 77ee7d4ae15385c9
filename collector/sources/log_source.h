/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where logs come from: files that are followed, a pipe, a syslog listener. One thread asks each
 * source in turn to do a bounded piece of work; what it reads goes through log readers into the
 * collector's spool.
 */
#ifndef COLLECTOR_LOG_SOURCE_H
#define COLLECTOR_LOG_SOURCE_H

#include "base/clock.h"
#include "base/json_write.h"
#include "base/zone.h"
#include "collector/formats/log_reader.h"
#include "collector/sinks/spool.h"

struct assets;

/* What all sources share; outlives them. */
struct log_source_env {
    struct spool_sink *sink;
    struct slice sensor;
    const struct assets *assets;           /* may be NULL */
    const struct event_site_key *site_key; /* may be NULL */
    struct clock clock;
};

struct log_source {
    const char *kind; /* "file", "pipe", "syslog" */
    const char *name; /* for messages; lives as long as the source */
    int fd;           /* readable when there is something to do; -1: to be asked now and then */

    /* OK: more may be there at once; TIMEOUT: nothing to do now; END: nothing will come any more;
     * anything else is the sink's status, and the collector ends. */
    enum status (*work)(struct log_source *source);

    /* Around a commit of the spool (struct spool_positions); may be NULL. */
    void (*prepare)(struct log_source *source);
    void (*held)(struct log_source *source);

    /* The collector stops: gives out what a restart could not find again; may be NULL. */
    enum status (*finish)(struct log_source *source);

    /* One JSON object: how it does. */
    void (*describe)(const struct log_source *source, struct json_writer *json);
    void (*free)(struct log_source *source);
};

/* Counters and samples of one reader, as members of the object at hand. */
void log_source_describe_reader(const struct log_reader *reader, struct json_writer *json);

/* A key with a number. */
void log_source_number(struct json_writer *json, const char *key, uint64_t value);

#endif
