/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Merging recorded files by time.
 */
#include "cli/replay_files.h"

#include "base/hash.h"
#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { EVENT_ARENA = 64 << 20, TOLD_MAX = 20 };

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static bool is_json(FILE *f)
{
    int c = fgetc(f);
    while (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == 0xef || c == 0xbb || c == 0xbf)
        c = fgetc(f);
    rewind(f);
    return c == '{' || c == EOF;
}

static enum status tell_line(struct replay_files *r, struct replay_file *f)
{
    if (r->refused++ < TOLD_MAX)
        log_warning("%s:%llu: %s", f->path, (unsigned long long)f->number, r->json.error);
    return STATUS_MORE;
}

/* One line: OK with an event, MORE for an empty or refused one, END. */
static enum status read_line(struct replay_files *r, struct replay_file *f)
{
    ssize_t n = getline(&f->line, &f->line_size, f->lines);
    if (n < 0) {
        if (ferror(f->lines)) {
            log_error("%s: %s: what was before it was replayed", f->path,
                      status_text(status_from_errno(errno)));
            r->failed = true;
        }
        return STATUS_END;
    }
    f->number++;
    f->read += (uint64_t)n;
    struct slice line = slice_trim(slice_make(f->line, (size_t)n));
    if (line.len == 0)
        return STATUS_MORE;
    arena_reset(&f->arena);
    enum status status = event_from_json(&r->json, line, &f->event, &f->arena);
    return status == STATUS_OK ? STATUS_OK : tell_line(r, f);
}

/* The end of a log early is told; what was before it is replayed. */
static void advance_log(struct replay_files *r, struct replay_file *f)
{
    char error[LOG_FILE_ERROR_MAX] = "";
    enum status status = log_queue_next(f->log, &f->event, error);
    if (status != STATUS_OK && status != STATUS_END) {
        log_error("%s: everything before it was replayed", error[0] ? error : status_text(status));
        r->failed = true;
    }
    f->number++;
    f->read = log_queue_offset(f->log);
    f->ended = status != STATUS_OK;
    f->time_ns = f->event.time_ns;
}

static void advance(struct replay_files *r, struct replay_file *f)
{
    enum status status;
    if (f->log) {
        advance_log(r, f);
        return;
    }
    if (f->capture) {
        status = f->capture->next(f->capture, &f->packet);
        if (status == STATUS_OK)
            f->read += f->packet.bytes.len + 16;
        else if (status != STATUS_END) {
            log_error("%s: everything before it was replayed", f->capture->error);
            r->failed = true;
        }
        f->ended = status != STATUS_OK;
        f->time_ns = f->packet.time_ns;
        return;
    }
    do
        status = read_line(r, f);
    while (status == STATUS_MORE);
    f->ended = status != STATUS_OK;
    f->time_ns = f->event.time_ns;
}

static enum status take_captured(struct sink *sink, const struct event *event)
{
    struct replay_files *r =
        (struct replay_files *)((char *)sink - offsetof(struct replay_files, sink));
    r->events++;
    r->captured_ns = event->time_ns > r->captured_ns ? event->time_ns : r->captured_ns;
    return r->take(r->context, SLICE("replay:captures"), r->capture_spool, ++r->captured, event);
}

static enum status nothing_to_commit(struct sink *sink)
{
    (void)sink;
    return STATUS_OK;
}

static bool make_collector(struct replay_files *r)
{
    if (r->collector)
        return true;
    r->sink = (struct sink){.name = "replay", .put = take_captured, .commit = nothing_to_commit};
    struct collector_options options = {.sensor = slice_from(r->site->settings.sensor),
                                        .sink = &r->sink,
                                        .assets = r->site->assets,
                                        .site_key = site_key_of(r->site)};
    r->collector = collector_new(&options);
    return r->collector != NULL;
}

static bool open_log(struct replay_files *r, struct replay_file *f)
{
    char error[LOG_FILE_ERROR_MAX] = "";
    struct fault fault;
    const struct log_reader_options options = {.sensor = slice_from(r->site->settings.sensor),
                                               .assets = r->site->assets,
                                               .site_key = site_key_of(r->site),
                                               .zone = &r->zone};
    if (zone_load(&r->zone, r->site->settings.site_timezone, &fault) != STATUS_OK)
        return false;
    f->log = log_queue_open(&options, f->path, error);
    if (!f->log)
        log_error("%s", error[0] ? error : status_text(STATUS_NO_MEMORY));
    return f->log != NULL;
}

static bool open_file(struct replay_files *r, struct replay_file *f, const char *path)
{
    char error[SOURCE_ERROR_MAX];
    struct stat stat;
    f->path = path;
    f->lines = fopen(path, "r");
    if (!f->lines || fstat(fileno(f->lines), &stat) != 0) {
        log_error("%s: %s: check the path", path, strerror(errno));
        return false;
    }
    f->size = (uint64_t)stat.st_size;
    snprintf(f->name, sizeof f->name, "replay:%.140s", base_name(path));
    f->spool = hash64(slice_from(path));
    if (!S_ISREG(stat.st_mode)) {
        log_error("%s: not a file: name captures, logs or files of event JSON lines", path);
        return false;
    }
    bool json = is_json(f->lines), log = log_file_is_log(path);
    if (json && !log) {
        arena_init(&f->arena, EVENT_ARENA);
        return true;
    }
    fclose(f->lines);
    f->lines = NULL;
    f->capture = json ? NULL : capture_file_open(path, error);
    if (!f->capture && log)
        return open_log(r, f);
    if (!f->capture)
        log_error("%s", error);
    else
        r->capture_spool ^= f->spool;
    return f->capture && make_collector(r);
}

bool replay_files_open(struct replay_files *r, const struct site *site, const char *const *paths,
                       size_t count)
{
    r->site = site;
    r->json = (struct event_json_input){.site_key = site_key_of(site)};
    r->capture_spool = 1;
    if (count > REPLAY_FILES_MAX) {
        log_error("replay: more than %d files: replay them in turns", REPLAY_FILES_MAX);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        r->count++;
        if (!open_file(r, &r->files[i], paths[i]))
            return false;
    }
    return true;
}

void replay_files_close(struct replay_files *r)
{
    for (size_t i = 0; i < r->count; i++) {
        struct replay_file *f = &r->files[i];
        if (f->lines)
            fclose(f->lines);
        free(f->line);
        arena_release(&f->arena);
        log_queue_close(&f->log);
        if (f->capture)
            source_free(&f->capture);
    }
    collector_free(&r->collector);
}

static struct replay_file *earliest(struct replay_files *r)
{
    struct replay_file *first = NULL;
    for (struct replay_file *f = r->files; f < r->files + r->count; f++)
        if (!f->ended && (!first || f->time_ns < first->time_ns))
            first = f;
    return first;
}

enum status replay_files_next(struct replay_files *r)
{
    enum status status = STATUS_OK;
    for (; r->begun < r->count; r->begun++)
        advance(r, &r->files[r->begun]);
    struct replay_file *f = earliest(r);
    if (!f) {
        status = r->collector ? collector_finish(r->collector) : STATUS_OK;
        return status == STATUS_OK ? STATUS_END : status;
    }
    if (f->capture) {
        collector_set_source(r->collector, slice_from(base_name(f->path)));
        status = collector_packet(r->collector, &f->packet);
    } else {
        r->events++;
        status = r->take(r->context, slice_from(f->name), f->spool, f->number, &f->event);
    }
    advance(r, f);
    return status;
}

uint64_t replay_files_size(const struct replay_files *r)
{
    uint64_t size = 0;
    for (size_t i = 0; i < r->count; i++)
        size += r->files[i].size;
    return size;
}

uint64_t replay_files_read(const struct replay_files *r)
{
    uint64_t read = 0;
    for (size_t i = 0; i < r->count; i++)
        read += r->files[i].read < r->files[i].size ? r->files[i].read : r->files[i].size;
    return read;
}
