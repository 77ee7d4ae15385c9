/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Putting the parts of log reading together.
 */
#include "collector/formats/log_reader.h"

#include "assets/assets.h"
#include "collector/decoders/sql.h"
#include "collector/formats/log_event.h"
#include "collector/formats/records.h"
#include "collector/formats/sample.h"
#include "collector/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>

enum {
    MEMORY_BYTES_MAX = 48 << 20,
    MEMORY_BLOBS_MAX = 100000,
    SQL_CACHE_ENTRIES = 4096,
    SCRATCH_MAX = 32 << 20,
    NAME_MAX_BYTES = 4096,
};

struct log_reader {
    struct sink *sink;
    enum status status; /* of the sink */
    struct buffer sensor, name, format_text, head;
    struct log_env env;
    struct zone utc;
    struct event_site_key site_key;
    bool has_site_key;
    struct event_address server;
    struct arena scratch;
    const struct log_format *format;
    void *state;
    struct records records;
    struct log_counters counters;
    struct log_sample samples[LOG_SAMPLES];
    size_t sample_count;
};

static void emit(void *context, const struct event *event)
{
    struct log_reader *reader = context;
    struct event e = *event;
    e.source_kind = EVENT_SOURCE_log;
    e.source_name = buffer_slice(&reader->name);
    e.sensor = buffer_slice(&reader->sensor);
    if (e.protocol.len == 0)
        e.protocol = slice_from(reader->format->protocol);
    if (e.server.family == 0 && reader->server.family != 0)
        e.server = reader->server;
    if (!reader->has_site_key)
        e.key_count = 0;
    reader->counters.events++;
    enum status status = reader->sink->put(reader->sink, &e);
    if (status != STATUS_OK && status != STATUS_FULL && reader->status == STATUS_OK)
        reader->status = status;
}

static void keep_sample(struct log_reader *reader, struct slice record)
{
    if (reader->sample_count == LOG_SAMPLES)
        return;
    struct log_sample *sample = &reader->samples[reader->sample_count++];
    sample->record = reader->counters.records;
    log_sample_text(record, sample->text, sizeof sample->text);
}

static void take_record(void *context, struct slice record, bool cut)
{
    struct log_reader *reader = context;
    reader->counters.records++;
    reader->counters.cut += cut;
    reader->env.cut = cut;
    enum status status = reader->format->feed(reader->state, &reader->env, record);
    arena_reset(&reader->scratch);
    if (status == STATUS_NOT_FOUND) {
        reader->counters.passed++;
    } else if (status != STATUS_OK) {
        reader->counters.malformed++;
        keep_sample(reader, record);
    }
}

static bool set_site_key(struct log_reader *reader, const struct event_site_key *key)
{
    reader->has_site_key = key != NULL;
    if (key)
        reader->site_key = *key;
    else if (getrandom(&reader->site_key, sizeof reader->site_key, 0) != sizeof reader->site_key)
        return false;
    return true;
}

static void set_up_env(struct log_reader *reader, const struct log_reader_options *options)
{
    const struct asset *asset = NULL;
    if (options->assets && options->server.family)
        asset = assets_find(options->assets, &options->server);
    reader->env = (struct log_env){
        .memory = session_memory_new(MEMORY_BYTES_MAX, MEMORY_BLOBS_MAX),
        .sql = sql_cache_new(SQL_CACHE_ENTRIES),
        .scratch = &reader->scratch,
        .assets = options->assets,
        .asset = asset,
        .site_key = &reader->site_key,
        .zone = options->zone ? options->zone : &reader->utc,
        .clear = options->clear,
        .emit = emit,
        .emit_context = reader,
    };
}

struct log_reader *log_reader_new(const struct log_reader_options *options)
{
    struct log_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    arena_init(&reader->scratch, SCRATCH_MAX);
    buffer_init(&reader->sensor, NAME_MAX_BYTES);
    buffer_init(&reader->name, NAME_MAX_BYTES);
    buffer_init(&reader->format_text, LOG_RECORD_MAX);
    buffer_init(&reader->head, LOG_HEAD_MAX);
    buffer_append_slice(&reader->sensor, options->sensor);
    buffer_append_slice(&reader->format_text, options->format);
    reader->sink = options->sink;
    reader->server = options->server;
    set_up_env(reader, options);
    if (!reader->env.memory || !reader->env.sql || !set_site_key(reader, options->site_key))
        log_reader_free(&reader);
    return reader;
}

void log_reader_free(struct log_reader **reader)
{
    struct log_reader *r = *reader;
    if (!r)
        return;
    records_release(&r->records);
    free(r->state);
    session_memory_free(&r->env.memory);
    sql_cache_free(&r->env.sql);
    arena_release(&r->scratch);
    buffer_release(&r->sensor);
    buffer_release(&r->name);
    buffer_release(&r->format_text);
    buffer_release(&r->head);
    free(r);
    *reader = NULL;
}

static const struct log_format *choose(const struct log_reader *reader, struct slice head)
{
    struct slice name = buffer_slice(&reader->format_text);
    if (name.len == 0)
        return log_format_recognise(head);
    return log_format_named(slice_part(name, 0, slice_find(name, ':', 0)));
}

/* The state of the log at hand; another format's is dropped with its open sessions. */
static enum status set_format(struct log_reader *reader, const struct log_format *format)
{
    if (reader->format != format)
        session_memory_clear(reader->env.memory);
    free(reader->state);
    reader->format = NULL;
    reader->state = calloc(1, format->state_size ? format->state_size : 1);
    if (!reader->state)
        return STATUS_NO_MEMORY;
    struct slice argument = buffer_slice(&reader->format_text);
    (void)log_cut(&argument, ':');
    bool ok = format->init ? format->init(reader->state, argument, buffer_slice(&reader->head))
                           : argument.len == 0;
    if (!ok)
        return STATUS_INVALID;
    reader->format = format;
    return STATUS_OK;
}

enum status log_reader_begin(struct log_reader *reader, struct slice name, struct slice head,
                             int64_t written_ns)
{
    buffer_reset(&reader->name);
    buffer_append_slice(&reader->name, slice_part(name, 0, NAME_MAX_BYTES));
    buffer_reset(&reader->head);
    buffer_append_slice(&reader->head, slice_part(head, 0, LOG_HEAD_MAX));
    reader->env.reference_ns = written_ns;
    records_release(&reader->records);
    const struct log_format *format = choose(reader, buffer_slice(&reader->head));
    if (!format)
        return STATUS_NOT_FOUND;
    enum status status = set_format(reader, format);
    if (status == STATUS_OK)
        records_init(&reader->records, format, reader->state, take_record, reader);
    return status;
}

enum status log_reader_feed(struct log_reader *reader, struct slice bytes)
{
    if (!reader->format)
        return STATUS_INVALID;
    enum status status = records_feed(&reader->records, bytes);
    return reader->status != STATUS_OK ? reader->status : status;
}

enum status log_reader_record(struct log_reader *reader, struct slice record)
{
    if (!reader->format)
        return STATUS_INVALID;
    bool cut = record.len > LOG_RECORD_MAX;
    if (record.len > 0)
        take_record(reader, slice_part(record, 0, LOG_RECORD_MAX), cut);
    return reader->status;
}

void log_reader_set_reference(struct log_reader *reader, int64_t ns)
{
    reader->env.reference_ns = ns;
}

bool log_reader_waiting(const struct log_reader *reader, size_t *bytes)
{
    return reader->format && records_waiting(&reader->records, bytes);
}

/* The format's name and the size of its state stand for the version of both. */
static void save_head(const struct log_reader *reader, struct buffer *to)
{
    struct slice name = slice_from(reader->format->name);
    buffer_append_varint(to, name.len);
    buffer_append_slice(to, name);
    buffer_append_le64(to, reader->format->state_size);
}

void log_reader_save(const struct log_reader *reader, struct buffer *to)
{
    if (!reader->format)
        return;
    save_head(reader, to);
    buffer_append(to, reader->state, reader->format->state_kept);
    session_memory_save(reader->env.memory, to);
}

enum status log_reader_restore(struct log_reader *reader, struct slice saved)
{
    struct buffer head;
    if (!reader->format)
        return STATUS_INVALID;
    buffer_init(&head, NAME_MAX_BYTES);
    save_head(reader, &head);
    bool same = buffer_status(&head) == STATUS_OK && slice_starts(saved, buffer_slice(&head));
    struct slice rest = slice_part(saved, head.len, saved.len);
    buffer_release(&head);
    size_t kept = reader->format->state_kept;
    if (!same || rest.len < kept)
        return STATUS_MALFORMED;
    session_memory_clear(reader->env.memory);
    enum status status =
        session_memory_restore(reader->env.memory, slice_part(rest, kept, rest.len));
    if (status == STATUS_OK && kept > 0)
        memcpy(reader->state, rest.ptr, kept);
    else if (status != STATUS_OK)
        session_memory_clear(reader->env.memory);
    return status;
}

enum status log_reader_idle(struct log_reader *reader)
{
    if (reader->format)
        records_idle(&reader->records);
    if (reader->format && reader->format->flush)
        reader->format->flush(reader->state, &reader->env);
    arena_reset(&reader->scratch);
    reader->counters.evicted = session_memory_evicted(reader->env.memory);
    return reader->status;
}

enum status log_reader_end(struct log_reader *reader)
{
    if (reader->format)
        records_end(&reader->records);
    return log_reader_idle(reader);
}

const struct log_format *log_reader_format(const struct log_reader *reader)
{
    return reader->format;
}

const struct log_counters *log_reader_counters(const struct log_reader *reader)
{
    return &reader->counters;
}

size_t log_reader_samples(const struct log_reader *reader, const struct log_sample **samples)
{
    *samples = reader->samples;
    return reader->sample_count;
}

void log_reader_summary(const struct log_reader *reader, struct buffer *out)
{
    const struct log_counters *c = &reader->counters;
#define LOG_COUNTER_LINE(name, help) \
    if (c->name)                     \
        buffer_append_format(out, "%12" PRIu64 "  %s\n", c->name, help);
    LOG_COUNTER_TABLE(LOG_COUNTER_LINE)
#undef LOG_COUNTER_LINE
    for (size_t i = 0; i < reader->sample_count; i++)
        buffer_append_format(out, "  record %" PRIu64 " was not understood: %s\n",
                             reader->samples[i].record, reader->samples[i].text);
}
