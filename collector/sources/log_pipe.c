/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading pipes when they have something.
 */
#include "collector/sources/log_pipe.h"

#include "base/log.h"
#include "collector/sources/journal_export.h"
#include "collector/sources/log_times.h"
#include "collector/sources/syslog_router.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 16, HEAD_ENOUGH = 4096, ROOM_MIN = 512 << 10 };
#define QUIET_NS NS_PER_S

struct pipe_sink {
    struct sink sink; /* first */
    struct log_pipe *pipe;
};

struct log_pipe {
    struct log_source source;
    struct log_source_env *env;
    int fd;
    struct pipe_sink sink;
    struct log_reader *reader;    /* of one format ... */
    struct syslog_router *router; /* ... or of the journal */
    struct journal_export journal;
    struct buffer head; /* until the reader has begun */
    bool begun, ended, quiet, strange;
    enum status status;
    int64_t fed_ns;
    uint64_t bytes;
    struct log_times times;
};

bool log_pipe_is(const char *path)
{
    struct stat st;
    return strcmp(path, "-") == 0 || (stat(path, &st) == 0 && S_ISFIFO(st.st_mode));
}

int log_pipe_descriptor(const char *path)
{
    if (strcmp(path, "-") == 0)
        return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

static struct log_pipe *pipe_of(struct log_source *source)
{
    return (struct log_pipe *)source;
}

static enum status put(struct sink *sink, const struct event *event)
{
    struct log_pipe *pipe = ((struct pipe_sink *)sink)->pipe;
    struct spool_sink *spool = pipe->env->sink;
    log_times_see(&pipe->times, event->time_ns, clock_now(&pipe->env->clock));
    spool_set_policy(spool->spool, SPOOL_WAIT);
    enum status status = spool->sink.put(&spool->sink, event);
    spool_set_policy(spool->spool, spool->policy);
    return status;
}

static void take_entry(void *context, struct slice line)
{
    static const struct event_address here;
    struct log_pipe *pipe = context;
    enum status status = syslog_router_take(pipe->router, &here, line);
    if (pipe->status == STATUS_OK)
        pipe->status = status;
}

static enum status begin(struct log_pipe *pipe)
{
    struct slice head = buffer_slice(&pipe->head);
    enum status status =
        log_reader_begin(pipe->reader, slice_from(pipe->source.name),
                         slice_part(head, 0, LOG_HEAD_MAX), clock_now(&pipe->env->clock));
    if (status == STATUS_NOT_FOUND || status == STATUS_INVALID) {
        log_error("%s: no log format looks like it: name one in collector.logs", pipe->source.name);
        pipe->strange = pipe->ended = true;
        return STATUS_OK;
    }
    pipe->begun = status == STATUS_OK;
    if (pipe->begun)
        status = log_reader_feed(pipe->reader, head);
    buffer_release(&pipe->head);
    return status;
}

static bool head_is_enough(const struct log_pipe *pipe, int64_t now)
{
    struct slice head = buffer_slice(&pipe->head);
    if (head.len == 0)
        return false;
    bool line = slice_find(head, '\n', 0) < head.len || head.len >= LOG_HEAD_MAX;
    return pipe->ended || (line && (head.len >= HEAD_ENOUGH || now - pipe->fed_ns >= QUIET_NS));
}

static enum status feed(struct log_pipe *pipe, struct slice bytes)
{
    pipe->bytes += bytes.len;
    pipe->quiet = false;
    if (pipe->router) {
        enum status status = journal_export_feed(&pipe->journal, bytes);
        return status == STATUS_OK ? pipe->status : status;
    }
    if (!pipe->begun) {
        buffer_append_slice(&pipe->head, bytes);
        return buffer_status(&pipe->head);
    }
    log_reader_set_reference(pipe->reader, clock_now(&pipe->env->clock));
    return log_reader_feed(pipe->reader, bytes);
}

/* OK with bytes fed; TIMEOUT: none now, or the end. */
static enum status read_block(struct log_pipe *pipe, int64_t now)
{
    uint8_t block[BLOCK];
    struct pollfd ready = {.fd = pipe->fd, .events = POLLIN};
    if (pipe->ended || poll(&ready, 1, 0) <= 0)
        return STATUS_TIMEOUT;
    ssize_t n = read(pipe->fd, block, sizeof block);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return STATUS_TIMEOUT;
    if (n <= 0) {
        pipe->ended = true;
        pipe->source.fd = -1;
        return STATUS_TIMEOUT;
    }
    pipe->fed_ns = now;
    return feed(pipe, slice_make(block, (size_t)n));
}

static enum status finish(struct log_source *source)
{
    struct log_pipe *pipe = pipe_of(source);
    enum status status = STATUS_OK;
    if (pipe->router)
        return syslog_router_end(pipe->router);
    if (!pipe->begun && pipe->head.len > 0 && !pipe->strange)
        status = begin(pipe);
    return status == STATUS_OK && pipe->begun ? log_reader_end(pipe->reader) : status;
}

static enum status rest(struct log_pipe *pipe, int64_t now)
{
    if (pipe->quiet || now - pipe->fed_ns < QUIET_NS)
        return STATUS_TIMEOUT;
    pipe->quiet = true;
    enum status status =
        pipe->router ? syslog_router_idle(pipe->router) : log_reader_idle(pipe->reader);
    return status == STATUS_OK ? STATUS_TIMEOUT : status;
}

static enum status work(struct log_source *source)
{
    struct log_pipe *pipe = pipe_of(source);
    int64_t now = clock_monotonic(&pipe->env->clock);
    bool full = pipe->env->sink->disk_full || spool_room(pipe->env->sink->spool) < ROOM_MIN;
    if (!pipe->ended)
        pipe->source.fd = full ? -1 : pipe->fd;
    if (full)
        return STATUS_TIMEOUT;
    enum status status = read_block(pipe, now);
    if ((status == STATUS_OK || status == STATUS_TIMEOUT) && !pipe->router && !pipe->begun &&
        !pipe->strange && head_is_enough(pipe, now)) {
        enum status begun = begin(pipe);
        status = begun == STATUS_OK ? status : begun;
    }
    if (status == STATUS_TIMEOUT && pipe->ended) {
        status = finish(source);
        return status == STATUS_OK ? STATUS_END : status;
    }
    return status == STATUS_TIMEOUT ? rest(pipe, now) : status;
}

static void describe(const struct log_source *source, struct json_writer *json)
{
    const struct log_pipe *pipe = (const struct log_pipe *)source;
    json_write_object_open(json);
    json_write_key(json, "kind");
    json_write_text(json, source->kind);
    json_write_key(json, "name");
    json_write_text(json, source->name);
    log_source_number(json, "bytes", pipe->bytes);
    if (pipe->router) {
        log_source_number(json, "malformed_lines", pipe->journal.malformed);
        log_source_number(json, "cut_values", pipe->journal.cut);
        syslog_router_describe(pipe->router, json);
    } else {
        log_times_describe(&pipe->times, json);
        log_source_describe_reader(pipe->reader, json);
    }
    json_write_object_close(json);
}

static void free_pipe(struct log_source *source)
{
    struct log_pipe *pipe = pipe_of(source);
    log_reader_free(&pipe->reader);
    syslog_router_free(&pipe->router);
    journal_export_release(&pipe->journal);
    buffer_release(&pipe->head);
    if (pipe->fd >= 0)
        close(pipe->fd);
    free(pipe);
}

static bool open_reader(struct log_pipe *pipe, const struct log_row *row,
                        const struct log_settings *settings)
{
    const struct log_reader_options options = {
        .sensor = pipe->env->sensor,
        .sink = &pipe->sink.sink,
        .assets = pipe->env->assets,
        .site_key = pipe->env->site_key,
        .zone = row->zone,
        .format = slice_from(row->format),
        .server = row->server,
    };
    if (row->journal)
        pipe->router = syslog_router_new(pipe->env, settings);
    else
        pipe->reader = log_reader_new(&options);
    return pipe->router || pipe->reader;
}

struct log_source *log_pipe_open(struct log_source_env *env, int fd, const struct log_row *row,
                                 const struct log_settings *settings)
{
    struct log_pipe *pipe = calloc(1, sizeof *pipe);
    if (!pipe) {
        close(fd);
        return NULL;
    }
    pipe->env = env;
    pipe->fd = fd;
    pipe->sink = (struct pipe_sink){{.name = "log", .put = put}, pipe};
    pipe->quiet = true;
    buffer_init(&pipe->head, 2 * LOG_HEAD_MAX);
    journal_export_init(&pipe->journal, take_entry, pipe);
    pipe->source = (struct log_source){
        .kind = "pipe",
        .name = strcmp(row->path, "-") == 0 ? "standard input" : row->path,
        .fd = fd,
        .work = work,
        .finish = finish,
        .describe = describe,
        .free = free_pipe,
    };
    if (open_reader(pipe, row, settings))
        return &pipe->source;
    free_pipe(&pipe->source);
    return NULL;
}
