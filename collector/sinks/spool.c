/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The spool as a sink.
 */
#include "collector/sinks/spool.h"

#include "base/log.h"

#include <time.h>

enum { WAIT_NS = 10 * 1000 * 1000 };

static struct spool_sink *spool_of(struct sink *sink)
{
    return (struct spool_sink *)sink;
}

static enum status spool_sink_commit(struct sink *base)
{
    struct spool_sink *sink = spool_of(base);
    enum status status = spool_commit(sink->spool);
    if (status == STATUS_FULL && !sink->disk_full)
        log_error("no space left for the spool: events wait in memory: free space on its disk");
    if (status == STATUS_OK && sink->disk_full)
        log_notice("the spool has space again");
    sink->disk_full = status == STATUS_FULL;
    return status;
}

static enum status commit_if_due(struct spool_sink *sink)
{
    if (!spool_due(sink->spool, clock_monotonic(&sink->clock)))
        return STATUS_OK;
    enum status status = spool_sink_commit(&sink->sink);
    return status == STATUS_FULL ? STATUS_OK : status; /* what was taken is still held */
}

static enum status wait_for_room(struct spool_sink *sink, const struct event *event)
{
    enum status status = STATUS_BUSY;
    while (status == STATUS_BUSY &&
           (!sink->keep_waiting || sink->keep_waiting(sink->wait_context))) {
        status = spool_sink_commit(&sink->sink);
        if (status != STATUS_OK && status != STATUS_FULL)
            return status;
        nanosleep(&(struct timespec){0, WAIT_NS}, NULL);
        status = spool_put(sink->spool, event);
    }
    return status;
}

static void tell_dropping(struct spool_sink *sink, bool dropping)
{
    struct spool_state state;
    if (dropping == sink->dropping)
        return;
    sink->dropping = dropping;
    spool_state(sink->spool, &state);
    if (dropping)
        log_error("the spool is full: new events are dropped: start dwell-analyzer or look at its "
                  "log");
    else
        log_notice("the spool takes events again: %llu were dropped since it was made",
                   (unsigned long long)state.lost);
}

static enum status spool_sink_put(struct sink *base, const struct event *event)
{
    struct spool_sink *sink = spool_of(base);
    enum status status = spool_put(sink->spool, event);
    if (status == STATUS_BUSY)
        status = wait_for_room(sink, event);
    if (status != STATUS_BUSY && sink->taken)
        ++*sink->taken;
    if (status == STATUS_LIMIT) /* larger than a frame: counted, and the next one may fit */
        return STATUS_FULL;
    if (status != STATUS_OK && status != STATUS_FULL)
        return status;
    tell_dropping(sink, status == STATUS_FULL);
    enum status committed = commit_if_due(sink);
    return committed == STATUS_OK ? status : committed;
}

static void spool_sink_close(struct sink *base)
{
    struct spool_sink *sink = spool_of(base);
    enum status status = spool_close(&sink->spool);
    if (status != STATUS_OK && !sink->disk_full) /* a full disk was told */
        log_error("the last events could not be written to the spool: %s", status_text(status));
}

enum status spool_sink_open(struct spool_sink *sink, const char *folder,
                            const struct spool_options *options, char *error)
{
    *sink = (struct spool_sink){
        .sink = {.name = "spool",
                 .put = spool_sink_put,
                 .commit = spool_sink_commit,
                 .close = spool_sink_close},
        .clock = clock_real(),
        .policy = options->policy,
    };
    return spool_open(&sink->spool, folder, options, error);
}
