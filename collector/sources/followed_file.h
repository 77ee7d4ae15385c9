/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One log file under its name of the day: begun, read as it grows, paused, ended; or gone on with
 * after a restart. Which files there are, and which follows which, is the business of log_follow.c.
 */
#ifndef COLLECTOR_FOLLOWED_FILE_H
#define COLLECTOR_FOLLOWED_FILE_H

#include "collector/sources/log_content.h"
#include "collector/sources/log_source.h"

struct unpack;

enum followed_state {
    FOLLOWED_NEW,     /* not begun: it waits for its predecessor, or for bytes */
    FOLLOWED_READING, /* and growing perhaps */
    FOLLOWED_CUT,     /* its bytes were taken away (copy-truncate): a copy of it is looked for */
    FOLLOWED_DONE,    /* nothing more is expected; read on if there is more */
    FOLLOWED_STRANGE, /* no format looks like it */
};

/* What is the same for all files of a setting. */
struct followed_settings {
    struct log_source_env *env;
    struct log_reader_options reader; /* with the sink that passes over events given before */
    struct followed_file **current;   /* set to the file whose bytes are being read */
};

struct followed_file {
    const struct followed_settings *settings;
    char *path; /* as last seen */
    uint64_t id;
    struct followed_file *after; /* is read first; NULL: nobody, or done */
    enum followed_state state;
    struct log_position at;
    struct buffer memory; /* the format's, at the base */
    bool dirty, memory_dirty;

    struct log_content content;
    struct log_reader *reader;
    uint64_t read;   /* plain bytes given to the reader */
    uint64_t packed; /* plain bytes before the base that a compressed file still passes over */
    struct unpack *unpack;
    enum status status; /* of the reader, during unpacking */
    uint8_t tail[LOG_POSITION_TAIL];
    size_t tail_len;
    uint64_t skip;       /* events given before the restart */
    size_t pauses_again; /* of at.pauses, those made in this process */
    bool quiet;          /* nothing was read since the last pause */
    int64_t grew_ns;     /* monotonic: when it last did, or was found */
    bool seen;           /* by the last look into the folder */
    unsigned missing;    /* looks in which it was not */
    uint64_t lost_ends;  /* times it was cut and no copy was found */
};

struct followed_file *followed_file_new(const struct followed_settings *settings, const char *path,
                                        uint64_t id);
void followed_file_free(struct followed_file **file);

/* The file lies there now, with that content, which it takes over; reading goes on from the
 * position. */
enum status followed_file_take(struct followed_file *file, const char *path,
                               struct log_content *content);

/* Reads a block. OK: there may be more; TIMEOUT: nothing now; else the sink's status. */
enum status followed_file_work(struct followed_file *file, int64_t now_ns);

/* Everything is read: gives out what waits. */
enum status followed_file_end(struct followed_file *file);

/* Without having been read: nothing before its present end is wanted. */
void followed_file_pass_over(struct followed_file *file);

#endif
