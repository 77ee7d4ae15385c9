/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Recorded input of `dwell replay`, merged by time: files of event JSON lines, logs of a format
 * that is recognised, and captures, which go through one collector as one capture. Each file of
 * events is a spool of its own whose sequence numbers are its lines, and so is each log with those
 * of its events, so that what is in the store already is not taken twice.
 */
#ifndef CLI_REPLAY_FILES_H
#define CLI_REPLAY_FILES_H

#include "base/arena.h"
#include "base/zone.h"
#include "cli/log_queue.h"
#include "cli/site.h"
#include "collector/collector.h"
#include "event/json.h"

#include <stdio.h>

enum { REPLAY_FILES_MAX = 256 };

/* Takes an event; a status other than OK ends the replay. */
typedef enum status replay_take(void *context, struct slice name, uint64_t spool, uint64_t sequence,
                                const struct event *event);

/* One file, with what it gives next. */
struct replay_file {
    const char *path;
    char name[160]; /* "replay:NAME", the sensor its cursor is kept under */
    uint64_t spool;
    uint64_t size, read; /* bytes */
    FILE *lines;         /* of events; NULL for a log or a capture */
    char *line;
    size_t line_size;
    uint64_t number; /* of the line */
    struct event event;
    struct arena arena;
    struct log_queue *log;
    struct source *capture;
    struct packet packet;
    bool ended;
    int64_t time_ns; /* of what is next */
};

struct replay_files {
    const struct site *site;
    struct replay_file files[REPLAY_FILES_MAX];
    size_t count, begun; /* files opened, and of them those whose first piece was read */
    struct zone zone;    /* of log times that name none: the site's */
    struct event_json_input json;
    struct collector *collector; /* NULL: no captures */
    struct sink sink;            /* gives the collector's events to `take` */
    uint64_t captured;           /* events of captures so far */
    int64_t captured_ns;         /* time of the last of them */
    uint64_t capture_spool;
    replay_take *take;
    void *context;
    uint64_t events, refused; /* lines that are no events are told and counted */
    bool failed;              /* a file could not be read to its end */
};

/* False: told. */
bool replay_files_open(struct replay_files *r, const struct site *site, const char *const *paths,
                       size_t count);
void replay_files_close(struct replay_files *r);

/* Gives the next piece to `take`; END after the last. */
enum status replay_files_next(struct replay_files *r);

uint64_t replay_files_size(const struct replay_files *r);
uint64_t replay_files_read(const struct replay_files *r);

#endif
