/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz_log_formats.h"

#include "collector/formats/log_reader.h"

#include <stdlib.h>

struct counting_sink {
    struct sink sink;
    uint64_t events;
};

static enum status put(struct sink *sink, const struct event *event)
{
    struct arena copy;
    struct event to;
    arena_init(&copy, 64 << 20);
    (void)event_copy(&to, event, &copy);
    arena_release(&copy);
    ((struct counting_sink *)sink)->events++;
    return STATUS_OK;
}

static uint64_t run(const char *format, struct slice log, size_t piece)
{
    static const struct event_site_key key = {{1}};
    struct counting_sink sink = {{.name = "counting", .put = put}, 0};
    const struct log_reader_options options = {.sensor = SLICE("fuzz"),
                                               .sink = &sink.sink,
                                               .site_key = &key,
                                               .format = slice_from(format),
                                               .clear = true};
    struct log_reader *reader = log_reader_new(&options);
    if (!reader || log_reader_begin(reader, SLICE("fuzz"), log, 1) != STATUS_OK)
        abort(); /* a named format takes any log */
    for (size_t at = 0; at < log.len; at += piece)
        if (log_reader_feed(reader, slice_part(log, at, piece)) != STATUS_OK)
            abort();
    if (log_reader_end(reader) != STATUS_OK)
        abort();
    log_reader_free(&reader);
    return sink.events;
}

int fuzz_log(const char *const *formats, const uint8_t *data, size_t size)
{
    size_t count = 0;
    while (formats[count])
        count++;
    if (size == 0)
        return 0;
    const char *format = formats[data[0] % count];
    struct slice log = slice_make(data + 1, size - 1);
    (void)log_format_recognise(slice_part(log, 0, LOG_HEAD_MAX));
    if (run(format, log, log.len + 1) != run(format, log, 7))
        abort(); /* the cut must not matter */
    return 0;
}
