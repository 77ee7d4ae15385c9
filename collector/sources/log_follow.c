/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which files there are. Every second the folder is looked at; a file is known by device and inode,
 * else by its content. Under one path files follow one another: the next begins when the one before
 * is at its end and has lost its name for a while, and goes on with its sessions.
 */
#include "collector/sources/log_follow.h"

#include "base/hash.h"
#include "base/log.h"
#include "collector/sources/followed_file.h"
#include "collector/sources/log_times.h"

#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    FILES_MAX = 1024,
    MISSING_MAX = 600, /* looks after which a file that is done and gone is forgotten */
    KEY_LEN = 48,
};
#define LOOK_NS  NS_PER_S
#define LEAVE_NS NS_PER_S         /* a renamed file may be written to for so long */
#define COPY_NS  (3 * NS_PER_S)   /* so long is a copy of a truncated file looked for */
#define LONG_NS  (600 * NS_PER_S) /* after that a quiet file of a pattern is closed */
#define PACK_NS  (3 * NS_PER_S)   /* a compressed file younger than that may still be written */
#define ROOM_MIN (512 << 10)

/* X(name): what happened to files. */
#define FOLLOW_TABLE(X) \
    X(rotated)          \
    X(truncated)        \
    X(copies_found)     \
    X(passed_over)      \
    X(refused)          \
    X(waited)

/* Through which the readers of a source give their events. */
struct follow_sink {
    struct sink sink; /* first */
    struct log_follow *follow;
};

struct log_follow {
    struct log_source source;
    struct log_source_env *env;
    char *path;
    bool pattern;
    uint64_t name_hash, next_id;
    bool fresh; /* nothing was ever kept of it */
    struct follow_sink sink;
    struct followed_settings settings;
    struct followed_file *current;
    struct followed_file *files[FILES_MAX];
    size_t count;
    int64_t look_ns;
    struct log_times times;
    struct log_counters ended; /* of readers that are gone */
#define FOLLOW_FIELD(name) uint64_t name;
    FOLLOW_TABLE(FOLLOW_FIELD)
#undef FOLLOW_FIELD
    uint64_t removed[FILES_MAX]; /* ids to be forgotten with the next commit */
    size_t removed_count;
    char key[KEY_LEN];
};

static struct log_follow *follow_of(struct log_source *source)
{
    return (struct log_follow *)source;
}

/* Passes over what was given before a restart, counts the rest with the file at hand. */
static enum status put(struct sink *sink, const struct event *event)
{
    struct log_follow *follow = ((struct follow_sink *)sink)->follow;
    struct followed_file *file = follow->current;
    struct spool_sink *spool = follow->env->sink;
    if (file->skip > 0) {
        file->skip--;
        return STATUS_OK;
    }
    log_times_see(&follow->times, event->time_ns, clock_now(&follow->env->clock));
    /* A commit in the middle of a block calls what it wrote held: what comes after it is to be
     * written with the next one. */
    file->dirty = true;
    spool->taken = &file->at.events;
    spool_set_policy(spool->spool, SPOOL_WAIT);
    enum status status = spool->sink.put(&spool->sink, event);
    spool_set_policy(spool->spool, spool->policy);
    spool->taken = NULL;
    return status;
}

static struct slice key_of(struct log_follow *follow, uint64_t id, const char *what)
{
    int len = snprintf(follow->key, sizeof follow->key, "log %016" PRIx64 " %" PRIu64 "%s",
                       follow->name_hash, id, what);
    return slice_make(follow->key, (size_t)len);
}

static void keep(struct log_follow *follow, struct followed_file *file)
{
    struct spool *spool = follow->env->sink->spool;
    struct buffer bytes;
    buffer_init(&bytes, 4096);
    log_position_write(&file->at, &bytes);
    (void)spool_keep(spool, key_of(follow, file->id, ""), buffer_slice(&bytes));
    if (file->memory_dirty)
        (void)spool_keep(spool, key_of(follow, file->id, " memory"), buffer_slice(&file->memory));
    buffer_release(&bytes);
}

static void prepare(struct log_source *source)
{
    struct log_follow *follow = follow_of(source);
    const struct slice none = {NULL, 0};
    for (size_t i = 0; i < follow->count; i++)
        if (follow->files[i]->dirty)
            keep(follow, follow->files[i]);
    for (size_t i = 0; i < follow->removed_count; i++) {
        (void)spool_keep(follow->env->sink->spool, key_of(follow, follow->removed[i], ""), none);
        (void)spool_keep(follow->env->sink->spool, key_of(follow, follow->removed[i], " memory"),
                         none);
    }
}

static void held(struct log_source *source)
{
    struct log_follow *follow = follow_of(source);
    for (size_t i = 0; i < follow->count; i++)
        follow->files[i]->dirty = follow->files[i]->memory_dirty = false;
    follow->removed_count = 0;
}

static void count_reader(struct log_counters *to, const struct log_reader *reader)
{
    if (!reader)
        return;
    const struct log_counters *from = log_reader_counters(reader);
#define FOLLOW_ADD(name, help) to->name += from->name;
    LOG_COUNTER_TABLE(FOLLOW_ADD)
#undef FOLLOW_ADD
}

static struct followed_file *add_file(struct log_follow *follow, const char *path, uint64_t id)
{
    if (follow->count == FILES_MAX) {
        follow->refused++;
        return NULL;
    }
    struct followed_file *file = followed_file_new(&follow->settings, path, id);
    if (file)
        follow->files[follow->count++] = file;
    if (file && id >= follow->next_id)
        follow->next_id = id + 1;
    return file;
}

static void remove_file(struct log_follow *follow, size_t index)
{
    struct followed_file *file = follow->files[index];
    if (follow->removed_count == FILES_MAX)
        return;
    follow->removed[follow->removed_count++] = file->id;
    count_reader(&follow->ended, file->reader);
    follow->count--;
    memmove(&follow->files[index], &follow->files[index + 1],
            (follow->count - index) * sizeof follow->files[0]);
    followed_file_free(&file);
}

/* The file before a new one of that path; in a pattern only the same path goes on. */
static struct followed_file *file_before(const struct log_follow *follow, const char *path)
{
    for (size_t i = follow->count; i > 0; i--) {
        struct followed_file *file = follow->files[i - 1];
        if (file->state != FOLLOWED_DONE && file->state != FOLLOWED_STRANGE &&
            (!follow->pattern || strcmp(file->path, path) == 0))
            return file;
    }
    return NULL;
}

/* A path found by a look, which no file of device and inode was known for. */
struct found {
    const char *path;
    struct log_content content;
};

enum kinship { STRANGER, COPY, SAME };

/* The file whose content lies there. COPY: it is the content of a file that is still there itself,
 * or a part of one's, such as a copy or compressed file in the making. */
static struct followed_file *file_by_content(const struct log_follow *follow,
                                             const struct log_content *content,
                                             enum kinship *kinship)
{
    *kinship = STRANGER;
    for (size_t i = 0; i < follow->count; i++) {
        struct followed_file *file = follow->files[i];
        if (file->at.head_len == 0 || !log_content_begins(content, &file->at))
            continue;
        bool fits = log_content_fits(content, &file->at);
        if (!fits && file->at.head_len < LOG_POSITION_HEAD)
            continue;
        *kinship = fits && !file->seen ? SAME : COPY;
        return file;
    }
    return NULL;
}

static void take_new(struct log_follow *follow, struct found *found)
{
    struct followed_file *before = file_before(follow, found->path);
    struct followed_file *file = add_file(follow, found->path, follow->next_id);
    if (!file || followed_file_take(file, found->path, &found->content) != STATUS_OK)
        return;
    file->seen = true;
    file->after = before;
    if (before)
        follow->rotated++;
    if (follow->fresh && !follow->pattern && strcmp(found->path, follow->path) != 0) {
        /* what was archived before the first start */
        followed_file_pass_over(file);
        follow->passed_over++;
    }
}

static bool may_be_incomplete(const struct log_follow *follow, const struct log_content *content)
{
    int64_t written = (int64_t)content->stat.st_mtim.tv_sec * NS_PER_S;
    return content->gzip && clock_now(&follow->env->clock) - written < PACK_NS;
}

static void take_found(struct log_follow *follow, struct found *found)
{
    enum kinship kinship;
    if (may_be_incomplete(follow, &found->content))
        return;
    struct followed_file *file = file_by_content(follow, &found->content, &kinship);
    if (kinship == STRANGER)
        take_new(follow, found);
    if (kinship != SAME)
        return;
    if (file->state == FOLLOWED_CUT)
        follow->copies_found++;
    (void)followed_file_take(file, found->path, &found->content);
    file->seen = true;
}

/* The file of that device and inode, if it still is the one. */
static struct followed_file *file_by_inode(const struct log_follow *follow, const struct stat *stat)
{
    for (size_t i = follow->count; i > 0; i--) {
        struct followed_file *file = follow->files[i - 1];
        if (file->at.device == stat->st_dev && file->at.inode == stat->st_ino)
            return file;
    }
    return NULL;
}

/* A known file that was read to its end, or that the last run left: is there more, and is it the
 * same? False: it is another file that got its number. */
static bool look_again(struct followed_file *file, const char *path, const struct stat *stat)
{
    struct log_content content;
    if (file->at.done && (file->at.packed || (uint64_t)stat->st_size == file->at.base))
        return true;
    bool same = log_content_open(&content, path) == STATUS_OK;
    if (!same) { /* not to be read now: told by the status of the file, tried again */
        log_content_close(&content);
        return true;
    }
    same = content.stat.st_ino == file->at.inode && log_content_fits(&content, &file->at);
    if (same)
        (void)followed_file_take(file, path, &content);
    else
        file->at.inode = file->at.device = 0;
    if (!same && !file->at.done) {
        file->state = FOLLOWED_CUT;
        file->grew_ns = clock_monotonic(&file->settings->env->clock);
    }
    log_content_close(&content);
    return same;
}

/* True when the path is a known file's. */
static bool see_known(struct log_follow *follow, const char *path, const struct stat *stat)
{
    struct followed_file *file = file_by_inode(follow, stat);
    if (!file)
        return false;
    if (file->content.fd < 0 && file->state != FOLLOWED_STRANGE && !look_again(file, path, stat))
        return false;
    file->seen = true;
    return true;
}

static int by_time(const void *a, const void *b)
{
    const struct timespec *x = &((const struct found *)a)->content.stat.st_mtim;
    const struct timespec *y = &((const struct found *)b)->content.stat.st_mtim;
    if (x->tv_sec != y->tv_sec)
        return x->tv_sec < y->tv_sec ? -1 : 1;
    return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

/* What is new, the oldest first. */
static void see_unknown(struct log_follow *follow, const char *const *paths, size_t count)
{
    struct found *found = calloc(count + 1, sizeof *found);
    size_t opened = 0;
    for (size_t i = 0; found && i < count; i++) {
        found[opened].path = paths[i];
        if (log_content_open(&found[opened].content, paths[i]) == STATUS_OK)
            opened++;
        else
            log_content_close(&found[opened].content);
    }
    if (opened > 1)
        qsort(found, opened, sizeof *found, by_time);
    for (size_t i = 0; i < opened; i++) {
        take_found(follow, &found[i]);
        log_content_close(&found[i].content);
    }
    free(found);
}

static void list_paths(const struct log_follow *follow, glob_t *list)
{
    char old[4200];
    glob(follow->path, follow->pattern ? 0 : GLOB_NOMAGIC, NULL, list);
    for (size_t i = 0; i < 2 && !follow->pattern; i++) {
        snprintf(old, sizeof old, "%s%c*", follow->path, ".-"[i]);
        glob(old, GLOB_APPEND, NULL, list);
    }
}

/* Has a file come after this one? */
static struct followed_file *file_after(const struct log_follow *follow,
                                        const struct followed_file *file)
{
    for (size_t i = 0; i < follow->count; i++)
        if (follow->files[i]->after == file)
            return follow->files[i];
    return NULL;
}

static void look(struct log_follow *follow)
{
    glob_t list = {0};
    const char *unknown[FILES_MAX];
    size_t unknown_count = 0;
    for (size_t i = 0; i < follow->count; i++)
        follow->files[i]->seen = false;
    list_paths(follow, &list);
    for (size_t i = 0; i < list.gl_pathc && unknown_count < FILES_MAX; i++) {
        struct stat st;
        if (stat(list.gl_pathv[i], &st) == 0 && S_ISREG(st.st_mode) &&
            !see_known(follow, list.gl_pathv[i], &st))
            unknown[unknown_count++] = list.gl_pathv[i];
    }
    see_unknown(follow, unknown, unknown_count);
    globfree(&list);
    follow->fresh = false;
    for (size_t i = follow->count; i > 0; i--) {
        struct followed_file *file = follow->files[i - 1];
        file->missing = file->seen ? 0 : file->missing + 1;
        bool over = file->state == FOLLOWED_DONE || file->state == FOLLOWED_STRANGE;
        if (over && file->missing > MISSING_MAX && !file_after(follow, file))
            remove_file(follow, i - 1);
    }
}

/* What follows a file may begin, and goes on with its reader. */
static void release_next(struct log_follow *follow, struct followed_file *file)
{
    struct followed_file *next;
    while ((next = file_after(follow, file)) != NULL) {
        next->after = NULL;
        if (!next->reader && file->reader) {
            next->reader = file->reader;
            file->reader = NULL;
        }
    }
    count_reader(&follow->ended, file->reader);
    log_reader_free(&file->reader);
}

/* Is a file of a pattern no longer the newest, and quiet for long? */
static bool is_left(const struct log_follow *follow, const struct followed_file *file, int64_t now)
{
    return follow->pattern && now - file->grew_ns >= LONG_NS &&
           file != follow->files[follow->count - 1];
}

static bool is_over(const struct log_follow *follow, const struct followed_file *file, int64_t now)
{
    if (file->state == FOLLOWED_CUT)
        return now - file->grew_ns >= COPY_NS;
    if (file->state != FOLLOWED_READING && file->state != FOLLOWED_NEW)
        return false;
    bool left = file_after(follow, file) || file->missing > 1 || is_left(follow, file, now);
    return left && !file->after && now - file->grew_ns >= LEAVE_NS;
}

static enum status work_file(struct log_follow *follow, struct followed_file *file, int64_t now)
{
    enum followed_state before = file->state;
    enum status status = followed_file_work(file, now);
    if (file->state == FOLLOWED_CUT && before != FOLLOWED_CUT) {
        follow->truncated++;
        follow->look_ns = 0;
        log_notice("%s: truncated, or replaced by another file", file->path);
    }
    if (status == STATUS_TIMEOUT && is_over(follow, file, now))
        status = followed_file_end(file);
    if (file->state == FOLLOWED_DONE || file->state == FOLLOWED_STRANGE)
        release_next(follow, file);
    return status;
}

/* Is there room for the events of a block? What is not read waits in its file. */
static bool has_room(const struct log_follow *follow)
{
    return !follow->env->sink->disk_full && spool_room(follow->env->sink->spool) >= ROOM_MIN;
}

static enum status work(struct log_source *source)
{
    struct log_follow *follow = follow_of(source);
    int64_t now = clock_monotonic(&follow->env->clock);
    enum status result = STATUS_TIMEOUT;
    if (!has_room(follow)) {
        follow->waited++;
        return STATUS_TIMEOUT;
    }
    if (now >= follow->look_ns) {
        follow->look_ns = now + LOOK_NS;
        look(follow);
    }
    for (size_t i = 0; i < follow->count; i++) {
        enum status status = work_file(follow, follow->files[i], now);
        if (status == STATUS_OK)
            result = STATUS_OK;
        else if (status != STATUS_TIMEOUT)
            return status;
    }
    return result;
}

static void describe_file(const struct followed_file *file, struct json_writer *json)
{
    static const char *const states[] = {"waiting", "reading", "truncated", "done", "unknown"};
    json_write_object_open(json);
    json_write_key(json, "path");
    json_write_text(json, file->path);
    json_write_key(json, "state");
    json_write_text(json, states[file->state]);
    log_source_number(json, "read", file->read);
    log_source_number(json, "size", (uint64_t)file->content.stat.st_size);
    if (file->reader)
        log_source_describe_reader(file->reader, json);
    json_write_object_close(json);
}

static void describe(const struct log_source *source, struct json_writer *json)
{
    const struct log_follow *follow = (const struct log_follow *)source;
    struct log_counters total = follow->ended;
    json_write_object_open(json);
    json_write_key(json, "kind");
    json_write_text(json, source->kind);
    json_write_key(json, "name");
    json_write_text(json, follow->path);
    for (size_t i = 0; i < follow->count; i++)
        count_reader(&total, follow->files[i]->reader);
#define FOLLOW_TOTAL(name, help) log_source_number(json, #name, total.name);
    LOG_COUNTER_TABLE(FOLLOW_TOTAL)
#undef FOLLOW_TOTAL
#define FOLLOW_JSON(name) log_source_number(json, #name, follow->name);
    FOLLOW_TABLE(FOLLOW_JSON)
#undef FOLLOW_JSON
    log_times_describe(&follow->times, json);
    json_write_key(json, "files");
    json_write_array_open(json);
    for (size_t i = 0; i < follow->count; i++)
        if (follow->files[i]->state != FOLLOWED_DONE)
            describe_file(follow->files[i], json);
    json_write_array_close(json);
    json_write_object_close(json);
}

static void free_follow(struct log_source *source)
{
    struct log_follow *follow = follow_of(source);
    for (size_t i = 0; i < follow->count; i++)
        followed_file_free(&follow->files[i]);
    free(follow->path);
    free(follow);
}

/* "log HASH ID" or "log HASH ID memory", of this source; in key order, so a position comes before
 * its memory. */
static bool restore(void *context, struct slice key, struct slice value)
{
    struct log_follow *follow = context;
    uint64_t id;
    struct slice ours = key_of(follow, 0, "");
    ours.len--; /* without the number */
    if (!slice_starts(key, ours))
        return true;
    struct slice rest = slice_part(key, ours.len, key.len);
    size_t end = slice_find(rest, ' ', 0);
    if (!slice_to_u64(slice_part(rest, 0, end), &id))
        return true;
    follow->fresh = false;
    if (end < rest.len) {
        if (follow->count > 0 && follow->files[follow->count - 1]->id == id)
            buffer_append_slice(&follow->files[follow->count - 1]->memory, value);
        return true;
    }
    struct log_position at;
    struct followed_file *file =
        log_position_read(value, &at) ? add_file(follow, follow->path, id) : NULL;
    if (file) {
        file->at = at;
        file->read = at.base;
        file->state = at.done ? FOLLOWED_DONE : FOLLOWED_CUT;
        file->grew_ns = clock_monotonic(&follow->env->clock);
    }
    return true;
}

static int by_id(const void *a, const void *b)
{
    const struct followed_file *x = *(struct followed_file *const *)a;
    const struct followed_file *y = *(struct followed_file *const *)b;
    return (x->id > y->id) - (x->id < y->id);
}

/* What the last run left is looked for by device and inode, then by content, like a cut file. */
static enum status restore_all(struct log_follow *follow)
{
    follow->fresh = true;
    enum status status = spool_each_kept(follow->env->sink->spool, restore, follow);
    if (follow->count > 1)
        qsort(follow->files, follow->count, sizeof follow->files[0], by_id);
    struct followed_file *before = NULL;
    for (size_t i = 0; i < follow->count && !follow->pattern; i++) {
        if (follow->files[i]->state == FOLLOWED_DONE)
            continue;
        follow->files[i]->after = before;
        before = follow->files[i];
    }
    return status;
}

struct log_source *log_follow_open(struct log_source_env *env,
                                   const struct log_follow_options *options)
{
    struct log_follow *follow = calloc(1, sizeof *follow);
    if (!follow || !(follow->path = strdup(options->path))) {
        free(follow);
        return NULL;
    }
    follow->env = env;
    follow->pattern = strpbrk(options->path, "*?[") != NULL;
    follow->name_hash = hash64(slice_from(options->path));
    follow->next_id = 1;
    follow->sink = (struct follow_sink){{.name = "log", .put = put}, follow};
    follow->settings = (struct followed_settings){
        .env = env,
        .reader = {.sensor = env->sensor,
                   .sink = &follow->sink.sink,
                   .assets = env->assets,
                   .site_key = env->site_key,
                   .zone = options->zone,
                   .format = options->format,
                   .server = options->server},
        .current = &follow->current,
    };
    follow->source = (struct log_source){
        .kind = "file",
        .name = follow->path,
        .fd = -1,
        .work = work,
        .prepare = prepare,
        .held = held,
        .describe = describe,
        .free = free_follow,
    };
    if (restore_all(follow) == STATUS_OK)
        return &follow->source;
    free_follow(&follow->source);
    return NULL;
}

void log_follow_folder(const char *path, char *to, size_t size)
{
    struct slice all = slice_from(path), before = slice_part(all, 0, strcspn(path, "*?["));
    while (before.len > 1 && before.ptr[before.len - 1] != '/')
        before.len--;
    slice_copy_text(before, to, size);
}
