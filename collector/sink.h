/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where a collector's events go: the spool, JSON lines, later JetStream. The only contract that
 * knows which it is.
 */
#ifndef COLLECTOR_SINK_H
#define COLLECTOR_SINK_H

#include "base/status.h"
#include "event/event.h"

struct sink {
    const char *name;
    /* Takes one event (copied or written before it returns). FULL: the sink's policy dropped it and
     * counted it. */
    enum status (*put)(struct sink *sink, const struct event *event);
    /* Everything put so far is durable when this returns OK. */
    enum status (*commit)(struct sink *sink);
    void (*close)(struct sink *sink);
};

#endif
