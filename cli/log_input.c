/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Logs for subcommands.
 */
#include "cli/log_input.h"

#include "base/file.h"
#include "base/log.h"
#include "collector/formats/generic_mapping.h"
#include "collector/formats/log_event.h"

static int check_format(const struct log_input *logs, const struct command *command)
{
    struct slice name = slice_from(logs->format);
    name = slice_part(name, 0, slice_find(name, ':', 0));
    if (!logs->format || log_format_named(name))
        return EXIT_DONE;
    return command_usage_error(command, "--format %s: no log format of that name", logs->format);
}

/* The argument of a generic format is a file with the mapping; the format takes its text. */
static int load_mapping(struct log_input *logs)
{
    struct fault fault;
    struct buffer text;
    struct slice path = slice_from(logs->format);
    struct slice name = log_cut(&path, ':');
    static struct generic_mapping mapping; /* checked only: the format reads it again */
    buffer_append_slice(&logs->format_text, slice_from(logs->format));
    if (!slice_starts(name, SLICE("generic-")))
        return EXIT_DONE;
    buffer_init(&text, LOG_RECORD_MAX / 2);
    enum status status = file_read((const char *)path.ptr, &text);
    if (status != STATUS_OK) {
        log_error("%s: mapping: %s", path.len ? (const char *)path.ptr : "--format",
                  status_text(status));
    } else if ((status = generic_mapping_read(&mapping, buffer_slice(&text), (const char *)path.ptr,
                                              &fault)) != STATUS_OK) {
        log_error("%s", fault.text);
    }
    buffer_reset(&logs->format_text);
    buffer_append_slice(&logs->format_text, name);
    buffer_append_byte(&logs->format_text, ':');
    buffer_append_slice(&logs->format_text, buffer_slice(&text));
    buffer_release(&text);
    return status == STATUS_OK ? EXIT_DONE : EXIT_INPUT;
}

int log_input_open(struct log_input *logs, const struct command *command,
                   const struct collector_inputs *inputs, struct sink *sink, bool clear)
{
    struct fault fault;
    struct log_reader_options options = {.sensor = slice_from(inputs->settings.sensor),
                                         .sink = sink,
                                         .assets = inputs->assets,
                                         .site_key =
                                             inputs->has_site_key ? &inputs->site_key : NULL,
                                         .zone = &logs->zone,
                                         .clear = clear};
    int code = check_format(logs, command);
    buffer_init(&logs->format_text, LOG_RECORD_MAX);
    if (code == EXIT_DONE && logs->format)
        code = load_mapping(logs);
    if (code != EXIT_DONE)
        return code;
    options.format = buffer_slice(&logs->format_text);
    const char *zone = logs->timezone ? logs->timezone : inputs->settings.site_timezone;
    if (zone_load(&logs->zone, zone, &fault) != STATUS_OK)
        return command_usage_error(command, "--timezone %s: %s", zone, fault.text);
    if (logs->server && !log_address(slice_from(logs->server), &options.server))
        return command_usage_error(command, "--server %s: IP or IP:PORT is expected", logs->server);
    logs->reader = log_reader_new(&options);
    if (logs->reader)
        return EXIT_DONE;
    log_error("%s: %s", command->name, status_text(STATUS_NO_MEMORY));
    return EXIT_INPUT;
}

void log_input_close(struct log_input *logs)
{
    log_reader_free(&logs->reader);
    buffer_release(&logs->format_text);
}

int log_input_file(struct log_input *logs, const char *path)
{
    char error[LOG_FILE_ERROR_MAX];
    struct log_file *file = log_file_open(logs->reader, path, error);
    if (!file) {
        log_error("%s", error);
        return EXIT_INPUT;
    }
    enum status status;
    while ((status = log_file_next(file, error)) == STATUS_OK)
        continue;
    log_file_close(&file);
    if (status == STATUS_END)
        return EXIT_DONE;
    if (error[0])
        log_error("%s: everything before it was decoded", error);
    else
        logs->written = status;
    return EXIT_INPUT;
}

enum status log_input_written(const struct log_input *logs)
{
    return logs->written;
}

void log_input_summary(const struct log_input *logs, struct buffer *out)
{
    if (logs->reader && log_reader_counters(logs->reader)->records > 0)
        log_reader_summary(logs->reader, out);
}
