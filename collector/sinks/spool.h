/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Events into the sensor's spool, with its group commits. put() commits when a commit is due; who
 * has a loop calls commit() every SPOOL_GROUP_NS too, so that the last events before a pause do not
 * wait for the next one.
 */
#ifndef COLLECTOR_SINKS_SPOOL_H
#define COLLECTOR_SINKS_SPOOL_H

#include "base/clock.h"
#include "collector/sink.h"
#include "spool/spool.h"

struct spool_sink {
    struct sink sink; /* first */
    struct spool *spool;
    struct clock clock;
    enum spool_policy policy; /* of the spool, as it was opened */
    bool disk_full; /* told once, until a commit succeeds again */
    bool dropping;  /* told once, until an event is taken again */

    /* Asked while a spool with the policy "wait" is full; false gives up, and put() gives BUSY.
     * NULL: waits for ever. */
    bool (*keep_waiting)(void *context);
    void *wait_context;

    /* Counts the events taken (or dropped) of the source at hand, exactly at any commit, which may
     * happen inside put(). NULL: nobody counts. */
    uint64_t *taken;
};

/* Opens the spool; close() commits and closes it. `error`: DB_ERROR_SIZE bytes. A full disk is
 * logged once and put() goes on while there is memory (SPOOL_PENDING_MAX). */
enum status spool_sink_open(struct spool_sink *sink, const char *folder,
                            const struct spool_options *options, char *error);

#endif
