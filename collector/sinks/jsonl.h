/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Events as JSON lines (docs/event-format.md) to an open stream.
 */
#ifndef COLLECTOR_SINKS_JSONL_H
#define COLLECTOR_SINKS_JSONL_H

#include "base/buffer.h"
#include "collector/sink.h"

#include <stdio.h>

struct jsonl_sink {
    struct sink sink; /* first */
    FILE *to;         /* not owned */
    bool clear;
    struct buffer line;
    int error; /* errno of the first write that failed; 0: none */
};

/* `clear`: the statement as sent, and its bound values. commit() flushes. A failed write gives
 * IO, and `error` says why. close() releases what it holds; the struct is the caller's. */
void jsonl_sink_init(struct jsonl_sink *jsonl, FILE *to, bool clear);

#endif
