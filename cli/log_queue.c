/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Events of a log, one by one.
 */
#include "cli/log_queue.h"

#include <stdlib.h>

enum { ARENA_MAX = 256 << 20 };

struct log_queue {
    struct sink sink;
    struct log_reader *reader;
    struct log_file *file;
    struct arena arena; /* of the events that wait */
    struct event *events;
    size_t count, capacity, at;
};

static enum status grow(struct log_queue *queue)
{
    size_t capacity = queue->capacity ? queue->capacity * 2 : 256;
    struct event *events = reallocarray(queue->events, capacity, sizeof *events);
    if (!events)
        return STATUS_NO_MEMORY;
    queue->events = events;
    queue->capacity = capacity;
    return STATUS_OK;
}

static enum status put(struct sink *sink, const struct event *event)
{
    struct log_queue *queue = (struct log_queue *)sink;
    enum status status = queue->count == queue->capacity ? grow(queue) : STATUS_OK;
    if (status == STATUS_OK)
        status = event_copy(&queue->events[queue->count], event, &queue->arena);
    queue->count += status == STATUS_OK;
    return status;
}

struct log_queue *log_queue_open(const struct log_reader_options *options, const char *path,
                                 char error[LOG_FILE_ERROR_MAX])
{
    struct log_queue *queue = calloc(1, sizeof *queue);
    if (!queue)
        return NULL;
    struct log_reader_options own = *options;
    queue->sink = (struct sink){.name = "queue", .put = put};
    own.sink = &queue->sink;
    arena_init(&queue->arena, ARENA_MAX);
    queue->reader = log_reader_new(&own);
    if (queue->reader)
        queue->file = log_file_open(queue->reader, path, error);
    if (!queue->file)
        log_queue_close(&queue);
    return queue;
}

void log_queue_close(struct log_queue **queue)
{
    if (!*queue)
        return;
    log_file_close(&(*queue)->file);
    log_reader_free(&(*queue)->reader);
    arena_release(&(*queue)->arena);
    free((*queue)->events);
    free(*queue);
    *queue = NULL;
}

enum status log_queue_next(struct log_queue *queue, struct event *event,
                           char error[LOG_FILE_ERROR_MAX])
{
    enum status status = STATUS_OK;
    while (queue->at == queue->count) {
        if (status != STATUS_OK)
            return status;
        queue->at = queue->count = 0;
        arena_reset(&queue->arena);
        status = log_file_next(queue->file, error);
    }
    *event = queue->events[queue->at++];
    return STATUS_OK;
}

uint64_t log_queue_offset(const struct log_queue *queue)
{
    return log_file_offset(queue->file);
}
