/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading a file from its position on. The base moves only between blocks, and only to where a
 * record begins; `at` is right at any moment for a commit, which may come in the middle of a block.
 */
#include "collector/sources/followed_file.h"

#include "base/log.h"
#include "collector/unpack.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    BLOCK = 1 << 17,
    BASE_EVERY = 4 << 20, /* bytes read again at most after a restart, while the memory is small */
    HEAD_ENOUGH = 4096,   /* bytes by which a format is looked for at once */
};
#define QUIET_NS NS_PER_S /* a log that did not grow for so long pauses */
#define HEAD_NS  NS_PER_S /* a short beginning is waited on for so long */

struct followed_file *followed_file_new(const struct followed_settings *settings, const char *path,
                                        uint64_t id)
{
    struct followed_file *file = calloc(1, sizeof *file);
    if (!file)
        return NULL;
    file->settings = settings;
    file->id = id;
    file->content.fd = -1;
    file->path = strdup(path);
    buffer_init(&file->memory, SPOOL_KEPT_MAX);
    if (!file->path)
        followed_file_free(&file);
    return file;
}

static void close_content(struct followed_file *file)
{
    log_content_close(&file->content);
    unpack_free(&file->unpack);
    file->packed = 0;
}

void followed_file_free(struct followed_file **file)
{
    struct followed_file *f = *file;
    if (!f)
        return;
    close_content(f);
    log_reader_free(&f->reader);
    buffer_release(&f->memory);
    free(f->path);
    free(f);
    *file = NULL;
}

static void use(struct followed_file *file)
{
    *file->settings->current = file;
}

/* The first bytes known by now, up to LOG_POSITION_HEAD, stand for the file. */
static void note_head(struct followed_file *file)
{
    struct log_position *at = &file->at;
    uint64_t want = file->read < LOG_POSITION_HEAD ? file->read : LOG_POSITION_HEAD;
    if (at->head_len >= want)
        return;
    if (file->content.head.len < want &&
        log_content_read_head(&file->content, LOG_HEAD_MAX) != STATUS_OK)
        return;
    struct slice head = slice_part(buffer_slice(&file->content.head), 0, (size_t)want);
    at->head_len = head.len;
    log_position_hash(head, at->head);
}

static void note_tail(struct followed_file *file, struct slice fed)
{
    size_t keep = fed.len < LOG_POSITION_TAIL ? LOG_POSITION_TAIL - fed.len : 0;
    if (keep > file->tail_len)
        keep = file->tail_len;
    memmove(file->tail, file->tail + file->tail_len - keep, keep);
    struct slice last =
        slice_part(fed, fed.len > LOG_POSITION_TAIL ? fed.len - LOG_POSITION_TAIL : 0, fed.len);
    if (last.len > 0)
        memcpy(file->tail + keep, last.ptr, last.len);
    file->tail_len = keep + last.len;
    file->at.checked = file->read;
    file->at.tail_len = file->tail_len;
    log_position_hash(slice_make(file->tail, file->tail_len), file->at.tail);
}

/* Bytes read before the restart are not noted: the position knows more already. */
static enum status feed(struct followed_file *file, struct slice bytes)
{
    use(file);
    file->dirty = true;
    file->quiet = false;
    enum status status = log_reader_feed(file->reader, bytes);
    file->dirty = true; /* again: a commit may have come in between */
    file->read += bytes.len;
    note_head(file);
    if (file->read >= file->at.checked)
        note_tail(file, bytes);
    return status;
}

/* Moves the base to the record at hand, where the memory of the format is known. */
static bool move_base(struct followed_file *file)
{
    size_t waiting;
    if (file->skip > 0 || !log_reader_waiting(file->reader, &waiting) || waiting > file->read)
        return false;
    buffer_reset(&file->memory);
    log_reader_save(file->reader, &file->memory);
    if (buffer_status(&file->memory) != STATUS_OK) {
        log_warning("%s: what its sessions left open is too large to be kept: after a restart it "
                    "begins anew",
                    file->path);
        buffer_reset(&file->memory);
    }
    file->at.base = file->read - waiting;
    file->at.events = 0;
    file->at.pause_count = file->pauses_again = 0;
    file->dirty = file->memory_dirty = true;
    return true;
}

/* The pause is noted before it is made: a commit in its middle must know of it. */
static enum status pause_at(struct followed_file *file, uint64_t end)
{
    struct log_position *at = &file->at;
    if (file->pauses_again == LOG_POSITION_PAUSES && !move_base(file) && !end)
        return STATUS_OK;
    if (file->pauses_again < LOG_POSITION_PAUSES) {
        at->pauses[file->pauses_again++] = file->read | end;
        if (at->pause_count < file->pauses_again)
            at->pause_count = file->pauses_again;
    }
    use(file);
    file->dirty = file->quiet = true;
    return end ? log_reader_end(file->reader) : log_reader_idle(file->reader);
}

/* Pauses of before the restart, at the same offsets. */
static bool pause_again_here(const struct followed_file *file, uint64_t *end)
{
    if (file->pauses_again >= file->at.pause_count)
        return false;
    uint64_t pause = file->at.pauses[file->pauses_again];
    *end = pause & LOG_PAUSE_END;
    return (pause & ~LOG_PAUSE_END) == file->read;
}

static size_t until_pause(const struct followed_file *file)
{
    if (file->pauses_again >= file->at.pause_count)
        return BLOCK;
    uint64_t pause = file->at.pauses[file->pauses_again] & ~LOG_PAUSE_END;
    return pause - file->read < BLOCK ? (size_t)(pause - file->read) : BLOCK;
}

static void take_plain(void *context, struct slice plain)
{
    struct followed_file *file = context;
    size_t pass = file->packed < plain.len ? (size_t)file->packed : plain.len;
    file->packed -= pass;
    plain = slice_part(plain, pass, plain.len);
    while (plain.len > 0 && file->status == STATUS_OK) {
        struct slice part = slice_part(plain, 0, until_pause(file));
        uint64_t end;
        plain = slice_part(plain, part.len, plain.len);
        if (part.len > 0)
            file->status = feed(file, part);
        if (file->status == STATUS_OK && pause_again_here(file, &end))
            file->status = pause_at(file, end);
    }
}

/* A compressed file is complete: it is read to its end and done. */
static enum status read_packed(struct followed_file *file)
{
    uint8_t block[BLOCK / 8];
    ssize_t n = read(file->content.fd, block, sizeof block);
    if (n < 0 && errno == EINTR)
        return STATUS_OK;
    enum status status = STATUS_TRUNCATED;
    if (n > 0) {
        status = unpack_feed(file->unpack, slice_make(block, (size_t)n), take_plain, file);
        if (file->status != STATUS_OK)
            return file->status;
        if (status == STATUS_OK)
            return STATUS_OK;
    }
    if (status != STATUS_END)
        log_warning("%s: %s: what was before it was read", file->path, status_text(status));
    return followed_file_end(file);
}

static enum status begin_unpacking(struct followed_file *file)
{
    file->packed = file->read;
    file->unpack = unpack_new_file();
    if (!file->unpack || lseek(file->content.fd, 0, SEEK_SET) != 0)
        return STATUS_NO_MEMORY;
    return STATUS_OK;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* Is the beginning long enough to tell the format from? */
static bool head_is_enough(const struct followed_file *file, int64_t now_ns)
{
    struct slice head = buffer_slice(&file->content.head);
    if (slice_find(head, '\n', 0) == head.len)
        return head.len >= LOG_HEAD_MAX;
    return head.len >= HEAD_ENOUGH || file->content.gzip || now_ns - file->grew_ns >= HEAD_NS;
}

static enum status begin_reader(struct followed_file *file)
{
    struct slice head =
        slice_part(buffer_slice(&file->content.head), 0, (size_t)file->at.format_head);
    if (!file->reader)
        file->reader = log_reader_new(&file->settings->reader);
    if (!file->reader)
        return STATUS_NO_MEMORY;
    return log_reader_begin(file->reader, slice_from(base_name(file->path)), head,
                            file->at.written_ns);
}

static void tell_strange(struct followed_file *file, enum status status)
{
    file->state = FOLLOWED_STRANGE;
    log_error("%s: %s", file->path,
              status == STATUS_NOT_FOUND
                  ? "no log format looks like it: name one in collector.logs"
                  : "the format's argument (after \":\") is not right: see collector.logs");
}

/* The first bytes of a file that was never read. */
static enum status begin(struct followed_file *file, int64_t now_ns)
{
    enum status status = log_content_read_head(&file->content, LOG_HEAD_MAX);
    (void)fstat(file->content.fd, &file->content.stat);
    if (status != STATUS_OK || !head_is_enough(file, now_ns))
        return STATUS_TIMEOUT;
    file->at.format_head = file->content.head.len;
    file->at.written_ns = (int64_t)file->content.stat.st_mtim.tv_sec * NS_PER_S;
    status = begin_reader(file);
    if (status == STATUS_NOT_FOUND || status == STATUS_INVALID)
        tell_strange(file, status);
    if (status != STATUS_OK)
        return file->state == FOLLOWED_STRANGE ? STATUS_TIMEOUT : status;
    file->state = FOLLOWED_READING;
    (void)move_base(file);
    return file->content.gzip ? begin_unpacking(file) : STATUS_OK;
}

/* Goes on from the position: after a restart, or in a copy. */
static enum status go_on(struct followed_file *file)
{
    struct log_position *at = &file->at;
    struct slice memory = buffer_slice(&file->memory);
    log_reader_free(&file->reader);
    enum status status = begin_reader(file);
    if (status == STATUS_OK && memory.len > 0 &&
        log_reader_restore(file->reader, memory) != STATUS_OK)
        log_warning("%s: what its open sessions were was kept by another version: they begin anew",
                    file->path);
    if (status == STATUS_NOT_FOUND || status == STATUS_INVALID) {
        tell_strange(file, status);
        return STATUS_OK;
    }
    file->read = at->base;
    file->skip = at->events;
    file->pauses_again = 0;
    file->tail_len = 0;
    file->state = FOLLOWED_READING;
    if (status == STATUS_OK && file->content.gzip)
        status = begin_unpacking(file);
    return status;
}

enum status followed_file_take(struct followed_file *file, const char *path,
                               struct log_content *content)
{
    struct clock clock = file->settings->env->clock;
    char *copy = strdup(path);
    if (!copy)
        return STATUS_NO_MEMORY;
    free(file->path);
    file->path = copy;
    close_content(file);
    file->content = *content;
    *content = (struct log_content){.fd = -1};
    file->at.device = file->content.stat.st_dev;
    file->at.inode = file->content.stat.st_ino;
    file->at.packed = file->content.gzip;
    file->grew_ns = clock_monotonic(&clock);
    file->dirty = true;
    file->at.done = false;
    if (file->at.format_head == 0 && file->at.base == 0) {
        file->state = FOLLOWED_NEW;
        return STATUS_OK;
    }
    if (file->at.format_head == 0) /* passed over at the first start, and written to since */
        file->at.format_head = file->content.head.len;
    return go_on(file);
}

/* Were bytes that were read taken away, or exchanged? */
static bool was_cut(struct followed_file *file)
{
    uint8_t now[LOG_POSITION_TAIL];
    if (file->read < file->at.checked || file->tail_len == 0)
        return file->content.stat.st_size < (off_t)file->at.checked;
    ssize_t n = pread(file->content.fd, now, file->tail_len, (off_t)(file->read - file->tail_len));
    return n != (ssize_t)file->tail_len || memcmp(now, file->tail, file->tail_len) != 0;
}

static enum status at_end(struct followed_file *file, int64_t now_ns)
{
    if (file->skip > 0) {
        log_warning("%s: it is not the file it was: %" PRIu64 " events may be missing or doubled",
                    file->path, file->skip);
        file->skip = 0;
    }
    if (file->quiet || now_ns - file->grew_ns < QUIET_NS)
        return STATUS_TIMEOUT;
    enum status status = pause_at(file, 0);
    return status == STATUS_OK ? STATUS_TIMEOUT : status;
}

static enum status read_plain(struct followed_file *file, int64_t now_ns)
{
    uint8_t block[BLOCK];
    uint64_t end;
    if (pause_again_here(file, &end))
        return pause_at(file, end);
    if (fstat(file->content.fd, &file->content.stat) != 0 || was_cut(file)) {
        file->state = FOLLOWED_CUT;
        file->grew_ns = now_ns;
        file->at.device = file->at.inode = 0; /* the number is another content's now */
        close_content(file);
        return STATUS_TIMEOUT;
    }
    ssize_t n = pread(file->content.fd, block, until_pause(file), (off_t)file->read);
    if (n < 0)
        return errno == EINTR ? STATUS_OK : STATUS_TIMEOUT;
    if (n == 0)
        return at_end(file, now_ns);
    file->grew_ns = now_ns;
    log_reader_set_reference(file->reader, (int64_t)file->content.stat.st_mtim.tv_sec * NS_PER_S);
    enum status status = feed(file, slice_make(block, (size_t)n));
    uint64_t often = file->memory.len * 4 > BASE_EVERY ? file->memory.len * 4 : BASE_EVERY;
    if (status == STATUS_OK && file->read - file->at.base >= often)
        (void)move_base(file);
    return status;
}

/* More of a short beginning may tell the format. */
static void look_at_growth(struct followed_file *file)
{
    struct stat stat;
    uint64_t known = file->at.format_head;
    if (file->content.fd >= 0 && known < LOG_HEAD_MAX && fstat(file->content.fd, &stat) == 0 &&
        (uint64_t)stat.st_size > 2 * known)
        file->state = FOLLOWED_NEW;
}

enum status followed_file_work(struct followed_file *file, int64_t now_ns)
{
    switch (file->state) {
    case FOLLOWED_NEW:
        return file->after || file->content.fd < 0 ? STATUS_TIMEOUT : begin(file, now_ns);
    case FOLLOWED_READING:
        return file->content.gzip ? read_packed(file) : read_plain(file, now_ns);
    case FOLLOWED_STRANGE:
        look_at_growth(file);
        break;
    case FOLLOWED_CUT:
    case FOLLOWED_DONE:
        break;
    }
    return STATUS_TIMEOUT;
}

enum status followed_file_end(struct followed_file *file)
{
    enum status status = STATUS_OK;
    if (file->reader && file->state != FOLLOWED_NEW)
        status = pause_at(file, LOG_PAUSE_END);
    if (status != STATUS_OK)
        return status;
    file->at.base = file->read;
    file->at.events = file->skip = 0;
    file->at.pause_count = file->pauses_again = 0;
    file->at.done = file->dirty = file->memory_dirty = true;
    file->state = FOLLOWED_DONE;
    buffer_reset(&file->memory);
    close_content(file);
    return STATUS_OK;
}

void followed_file_pass_over(struct followed_file *file)
{
    struct log_position *at = &file->at;
    uint64_t size = (uint64_t)file->content.stat.st_size;
    file->read = file->content.head.len;
    note_head(file);
    at->base = at->checked = file->read = size;
    at->tail_len = 0;
    at->packed = file->content.gzip;
    at->done = file->dirty = true;
    file->state = FOLLOWED_DONE;
    close_content(file);
}
