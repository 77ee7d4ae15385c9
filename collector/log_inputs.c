/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Opening and asking log sources.
 */
#include "collector/log_inputs.h"

#include "collector/log_settings.h"
#include "collector/sources/log_follow.h"
#include "collector/sources/log_pipe.h"
#include "collector/sources/syslog_listener.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { SOURCES_MAX = LOG_ROWS_MAX + 1, FOLDER_MAX = 4096 };

struct log_inputs {
    struct log_settings settings;
    struct syslog_listener *listener; /* until it is started */
    int pipes[LOG_ROWS_MAX];          /* descriptors; -1: a file, or started */
    char folders[LOG_ROWS_MAX][FOLDER_MAX];
    struct log_source *sources[SOURCES_MAX];
    size_t count;
    bool ended[SOURCES_MAX];
};

static enum status open_pipe(struct log_inputs *inputs, size_t row, struct fault *fault)
{
    const char *path = inputs->settings.rows[row].path;
    inputs->pipes[row] = -1;
    if (!log_pipe_is(path)) {
        if (inputs->settings.rows[row].journal) {
            fault_set(fault, path, 0, 0,
                      "the journal's export format is read from - or a named pipe");
            return STATUS_INVALID;
        }
        log_follow_folder(path, inputs->folders[row], FOLDER_MAX);
        return STATUS_OK;
    }
    inputs->pipes[row] = log_pipe_descriptor(path);
    if (inputs->pipes[row] >= 0)
        return STATUS_OK;
    fault_set(fault, path, 0, 0, "cannot be read: %s", strerror(errno));
    return status_from_errno(errno);
}

enum status log_inputs_open(struct log_inputs **to, const struct settings *settings,
                            struct fault *fault)
{
    *to = NULL;
    if (!log_settings_any(settings))
        return STATUS_OK;
    struct log_inputs *inputs = calloc(1, sizeof *inputs);
    if (!inputs)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < LOG_ROWS_MAX; i++)
        inputs->pipes[i] = -1;
    enum status status = log_settings_read(&inputs->settings, settings, fault);
    for (size_t i = 0; status == STATUS_OK && i < inputs->settings.row_count; i++)
        status = open_pipe(inputs, i, fault);
    if (status == STATUS_OK && log_settings_listens(settings))
        status = syslog_listener_bind(&inputs->listener, settings, fault);
    if (status != STATUS_OK)
        log_inputs_free(&inputs);
    *to = inputs;
    return status;
}

size_t log_inputs_folders(const struct log_inputs *inputs, struct sandbox_path *to, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; inputs && i < inputs->settings.row_count && count < max; i++)
        if (*inputs->folders[i])
            to[count++] = (struct sandbox_path){inputs->folders[i], false};
    return count;
}

static void prepare(void *context)
{
    struct log_inputs *inputs = context;
    for (size_t i = 0; i < inputs->count; i++)
        if (inputs->sources[i]->prepare)
            inputs->sources[i]->prepare(inputs->sources[i]);
}

static void held(void *context)
{
    struct log_inputs *inputs = context;
    for (size_t i = 0; i < inputs->count; i++)
        if (inputs->sources[i]->held)
            inputs->sources[i]->held(inputs->sources[i]);
}

static struct log_source *start_row(struct log_inputs *inputs, size_t index,
                                    struct log_source_env *env)
{
    const struct log_row *row = &inputs->settings.rows[index];
    int pipe = inputs->pipes[index];
    if (pipe >= 0) {
        inputs->pipes[index] = -1;
        return log_pipe_open(env, pipe, row, &inputs->settings);
    }
    const struct log_follow_options options = {
        .path = row->path,
        .format = slice_from(row->format),
        .zone = row->zone,
        .server = row->server,
    };
    return log_follow_open(env, &options);
}

enum status log_inputs_start(struct log_inputs *inputs, struct log_source_env *env)
{
    const struct spool_positions positions = {prepare, held, inputs};
    for (size_t i = 0; i < inputs->settings.row_count; i++) {
        inputs->sources[inputs->count] = start_row(inputs, i, env);
        if (!inputs->sources[inputs->count])
            return STATUS_NO_MEMORY;
        inputs->count++;
    }
    if (inputs->listener) {
        struct log_source *source =
            syslog_listener_start(&inputs->listener, env, &inputs->settings);
        if (!source)
            return STATUS_NO_MEMORY;
        inputs->sources[inputs->count++] = source;
    }
    spool_set_positions(env->sink->spool, &positions);
    return STATUS_OK;
}

enum status log_inputs_work(struct log_inputs *inputs)
{
    enum status result = STATUS_END;
    for (size_t i = 0; i < inputs->count; i++) {
        if (inputs->ended[i])
            continue;
        enum status status = inputs->sources[i]->work(inputs->sources[i]);
        if (status == STATUS_END)
            inputs->ended[i] = true;
        else if (status == STATUS_OK)
            result = STATUS_OK;
        else if (status != STATUS_TIMEOUT)
            return status;
        else if (result == STATUS_END)
            result = STATUS_TIMEOUT;
    }
    return result;
}

void log_inputs_wait(const struct log_inputs *inputs, int fd, int timeout_ms)
{
    struct pollfd fds[SOURCES_MAX + 1];
    nfds_t count = 0;
    if (fd >= 0)
        fds[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
    for (size_t i = 0; i < inputs->count; i++)
        if (inputs->sources[i]->fd >= 0 && !inputs->ended[i])
            fds[count++] = (struct pollfd){.fd = inputs->sources[i]->fd, .events = POLLIN};
    (void)poll(fds, count, timeout_ms); /* a signal ends the wait, too */
}

enum status log_inputs_finish(struct log_inputs *inputs)
{
    enum status first = STATUS_OK;
    for (size_t i = 0; i < inputs->count; i++) {
        if (!inputs->sources[i]->finish || inputs->ended[i])
            continue;
        enum status status = inputs->sources[i]->finish(inputs->sources[i]);
        if (first == STATUS_OK)
            first = status;
    }
    return first;
}

void log_inputs_json(const struct log_inputs *inputs, struct json_writer *json)
{
    json_write_array_open(json);
    for (size_t i = 0; inputs && i < inputs->count; i++)
        inputs->sources[i]->describe(inputs->sources[i], json);
    json_write_array_close(json);
}

void log_inputs_free(struct log_inputs **to)
{
    struct log_inputs *inputs = *to;
    if (!inputs)
        return;
    for (size_t i = 0; i < inputs->count; i++)
        inputs->sources[i]->free(inputs->sources[i]);
    for (size_t i = 0; i < inputs->settings.row_count; i++)
        if (inputs->pipes[i] >= 0)
            close(inputs->pipes[i]);
    syslog_listener_close(&inputs->listener);
    log_settings_release(&inputs->settings);
    free(inputs);
    *to = NULL;
}
