/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * All log sources of a collector: opened from the settings, asked in turn, described. Sockets and
 * pipes are opened while the process still has its rights, the rest when the spool is open.
 */
#ifndef COLLECTOR_LOG_INPUTS_H
#define COLLECTOR_LOG_INPUTS_H

#include "base/fault.h"
#include "collector/sources/log_source.h"
#include "os/sandbox.h"

struct settings;
struct log_inputs;

/* Checks the settings, binds sockets. *inputs is NULL when the settings name no source. */
enum status log_inputs_open(struct log_inputs **inputs, const struct settings *settings,
                            struct fault *fault);

/* The folders that sources read from, for the sandbox; they live as long as the inputs. */
size_t log_inputs_folders(const struct log_inputs *inputs, struct sandbox_path *to, size_t max);

/* Begins, with positions from the spool. `env` outlives the inputs. */
enum status log_inputs_start(struct log_inputs *inputs, struct log_source_env *env);

/* A turn of each source. OK: more may be there; TIMEOUT: nothing now; END: all have ended; else the
 * sink's status. */
enum status log_inputs_work(struct log_inputs *inputs);

/* Waits for a source with something to do, or for `fd` (-1: none), at most so long. */
void log_inputs_wait(const struct log_inputs *inputs, int fd, int timeout_ms);

/* The collector stops. */
enum status log_inputs_finish(struct log_inputs *inputs);

/* A JSON array of what the sources tell. */
void log_inputs_json(const struct log_inputs *inputs, struct json_writer *json);

/* The spool must be closed: it asks for positions. */
void log_inputs_free(struct log_inputs **inputs);

#endif
