/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * How far long work is, on standard error: a bar that moves on a terminal, else a line at every
 * tenth. Calls are cheap enough for each record: the screen is touched at most ten times a second.
 */
#ifndef OS_PROGRESS_H
#define OS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *title;
    uint64_t total; /* 0: not known; then only what is done is told */
    uint64_t done;
    int fd;
    bool terminal;
    bool shown;
    unsigned tenths; /* lines told so far */
    int64_t started_ns, drawn_ns;
};

/* The title must stay alive. `fd` is 2 in programs. */
void progress_start(struct progress *p, int fd, const char *title, uint64_t total);
void progress_update(struct progress *p, uint64_t done);
void progress_finish(struct progress *p);

#endif
