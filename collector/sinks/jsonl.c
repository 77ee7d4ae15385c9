/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One line an event.
 */
#include "collector/sinks/jsonl.h"

#include "event/json.h"

#include <errno.h>

enum { LINE_MAX_BYTES = 16 << 20, LINE_IDLE_MAX = 1 << 20 };

/* Not FULL, which would mean dropped on purpose. */
static enum status write_failed(struct jsonl_sink *jsonl)
{
    if (!jsonl->error)
        jsonl->error = errno ? errno : EIO;
    return STATUS_IO;
}

static enum status jsonl_put(struct sink *sink, const struct event *event)
{
    struct jsonl_sink *jsonl = (struct jsonl_sink *)sink;
    if (jsonl->line.capacity > LINE_IDLE_MAX) {
        buffer_release(&jsonl->line);
        buffer_init(&jsonl->line, LINE_MAX_BYTES);
    }
    buffer_reset(&jsonl->line);
    enum status status = event_to_json(&jsonl->line, event, jsonl->clear);
    buffer_append_byte(&jsonl->line, '\n');
    if (status != STATUS_OK || buffer_status(&jsonl->line) != STATUS_OK)
        return status != STATUS_OK ? status : buffer_status(&jsonl->line);
    errno = 0;
    if (fwrite(jsonl->line.ptr, 1, jsonl->line.len, jsonl->to) != jsonl->line.len)
        return write_failed(jsonl);
    return STATUS_OK;
}

static enum status jsonl_commit(struct sink *sink)
{
    struct jsonl_sink *jsonl = (struct jsonl_sink *)sink;
    errno = 0;
    return fflush(jsonl->to) == 0 && !ferror(jsonl->to) ? STATUS_OK : write_failed(jsonl);
}

static void jsonl_close(struct sink *sink)
{
    buffer_release(&((struct jsonl_sink *)sink)->line);
}

void jsonl_sink_init(struct jsonl_sink *jsonl, FILE *to, bool clear)
{
    *jsonl = (struct jsonl_sink){
        .sink = {.name = "jsonl", .put = jsonl_put, .commit = jsonl_commit, .close = jsonl_close},
        .to = to,
        .clear = clear};
    buffer_init(&jsonl->line, LINE_MAX_BYTES);
}
