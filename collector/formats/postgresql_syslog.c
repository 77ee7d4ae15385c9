/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * PostgreSQL's log through syslog (src/backend/utils/error/elog.c, write_syslog):
 *
 *     postgres[7742]: [9-1] PREFIX LOG:  AUDIT: SESSION,2,1,READ,SELECT,,,"select id,
 *     postgres[7742]: [9-2] #011       'it''s' as q
 *
 * A message is cut at its line ends, each further line beginning with a TAB that syslog daemons
 * write as #011, and where it is longer than 900 bytes at white space, which stays at the front of
 * the next piece. The pieces of a process are put together until its next message begins.
 */
#include "collector/formats/formats.h"
#include "collector/formats/postgresql_stderr.h"
#include "collector/formats/syslog_line.h"
#include "collector/memory.h"

/* The pieces of one process that wait, in the log's memory under its id: a header, then the text.
 */
enum { KIND_PIECES = 2, OPEN_MAX = 1024 };

struct pieces {
    int64_t time_ns;
    uint32_t process_len;
};

struct syslog_state {
    struct pg_prefix prefix;
    size_t open; /* keys of processes with pieces, oldest first */
    uint64_t keys[OPEN_MAX];
};

static enum status give_pieces(struct syslog_state *s, const struct log_env *env, uint64_t key)
{
    bool found;
    struct pieces header;
    struct slice blob = session_memory_get(env->memory, key, &found);
    if (!found || blob.len < sizeof header)
        return STATUS_NOT_FOUND;
    blob = arena_copy(env->scratch, blob);
    session_memory_drop(env->memory, key);
    memcpy(&header, blob.ptr, sizeof header);
    struct slice text = slice_part(blob, sizeof header, blob.len);
    struct pg_log_record fallback = {.time_ns = header.time_ns,
                                     .session = slice_part(text, 0, header.process_len)};
    text = slice_part(text, header.process_len, text.len);
    return pg_stderr_message(&s->prefix, env, text, &fallback);
}

static void forget(struct syslog_state *s, uint64_t key)
{
    for (size_t i = 0; i < s->open; i++)
        if (s->keys[i] == key) {
            memmove(&s->keys[i], &s->keys[i + 1], (s->open - i - 1) * sizeof *s->keys);
            s->open--;
            return;
        }
}

static enum status finish(struct syslog_state *s, const struct log_env *env, uint64_t key)
{
    forget(s, key);
    return give_pieces(s, env, key);
}

/* "[9-2] text": the number of the piece; 0: no such head. */
static uint64_t piece_number(struct slice *text)
{
    struct slice rest = *text;
    uint64_t message, piece;
    (void)log_skip(&rest, SLICE(" ")); /* RFC 5424 as rsyslog writes it has two */
    if (!log_skip(&rest, SLICE("[")) || !log_number(log_cut(&rest, '-'), &message) ||
        !log_number(log_cut(&rest, ']'), &piece))
        return 0;
    (void)log_skip(&rest, SLICE(" "));
    *text = rest;
    return piece;
}

/* A piece as it stood in the message, TABs written as #011 undone; a line of its own where it
 * begins with a TAB or a prefix. */
static struct slice piece_text(const struct syslog_state *s, const struct log_env *env,
                               struct slice text, bool first)
{
    struct pg_line line;
    uint8_t *to = arena_alloc(env->scratch, text.len + 1);
    size_t n = 0;
    if (!to)
        return text;
    bool own_line =
        !first && (slice_starts(text, SLICE("#011")) || slice_starts(text, SLICE("\t")) ||
                   pg_prefix_read(&s->prefix, NULL, text, &line));
    if (own_line)
        to[n++] = '\n';
    while (text.len > 0) {
        bool tab = log_skip(&text, SLICE("#011"));
        to[n++] = tab ? '\t' : text.ptr[0];
        if (!tab)
            text = slice_part(text, 1, text.len);
    }
    return slice_make(to, n);
}

static void begin_pieces(struct syslog_state *s, const struct log_env *env, uint64_t key,
                         const struct syslog_line *line)
{
    if (s->open == OPEN_MAX)
        (void)finish(s, env, s->keys[0]);
    s->keys[s->open++] = key;
    struct pieces header = {line->time_ns, (uint32_t)line->pid.len};
    uint8_t *head = arena_alloc(env->scratch, sizeof header + line->pid.len);
    if (!head)
        return;
    memcpy(head, &header, sizeof header);
    if (line->pid.len > 0)
        memcpy(head + sizeof header, line->pid.ptr, line->pid.len);
    (void)session_memory_put(env->memory, key, slice_make(head, sizeof header + line->pid.len),
                             line->text);
}

static enum status feed(void *state, const struct log_env *env, struct slice record)
{
    struct syslog_state *s = state;
    struct syslog_line line;
    bool waits;
    if (!syslog_line_read(record, env->zone, env->reference_ns, &line))
        return STATUS_MALFORMED;
    uint64_t key = session_memory_key(KIND_PIECES, line.pid);
    struct slice text = line.text;
    uint64_t number = piece_number(&text);
    if (number == 0)
        return STATUS_NOT_FOUND; /* another program's line */
    struct slice held = session_memory_get(env->memory, key, &waits);
    if (number > 1 && waits) {
        if (held.len + text.len > LOG_RECORD_MAX)
            return STATUS_LIMIT;
        text = piece_text(s, env, text, false);
        (void)session_memory_put(env->memory, key, arena_copy(env->scratch, held), text);
        return STATUS_OK;
    }
    enum status status = waits ? finish(s, env, key) : STATUS_OK;
    line.text = piece_text(s, env, text, true);
    begin_pieces(s, env, key, &line);
    return status == STATUS_MALFORMED ? status : STATUS_OK;
}

static void flush(void *state, const struct log_env *env)
{
    struct syslog_state *s = state;
    while (s->open > 0)
        (void)finish(s, env, s->keys[0]);
    pg_log_flush(env);
}

/* Gives the texts of the first pieces at the head of a log, one a line, to find the prefix from. */
static size_t head_texts(struct slice head, uint8_t *to, size_t size)
{
    static const struct zone utc;
    struct syslog_line line;
    size_t n = 0;
    while (head.len > 0) {
        struct slice record = log_cut(&head, '\n');
        if (!syslog_line_read(record, &utc, INT64_MAX / 2, &line))
            continue;
        uint64_t number = piece_number(&line.text);
        if (number == 0 || slice_starts(line.text, SLICE("#011")) || line.text.len + 1 > size - n)
            continue;
        memcpy(to + n, line.text.ptr, line.text.len);
        n += line.text.len;
        to[n++] = '\n';
    }
    return n;
}

static bool init(void *state, struct slice argument, struct slice head)
{
    struct syslog_state *s = state;
    uint8_t texts[LOG_HEAD_MAX];
    if (argument.len > 0)
        return pg_prefix_compile(&s->prefix, argument);
    pg_prefix_find(&s->prefix, slice_make(texts, head_texts(head, texts, sizeof texts)));
    return true;
}

static enum decoder_verdict probe(struct slice head)
{
    static const struct zone utc;
    struct syslog_line line;
    size_t of_server = 0;
    for (int i = 0; i < 200 && head.len > 0; i++) {
        struct slice record = log_cut(&head, '\n');
        if (syslog_line_read(record, &utc, INT64_MAX / 2, &line) &&
            slice_starts(line.tag, SLICE("postgres")) && piece_number(&line.text) > 0)
            of_server++;
    }
    return of_server > 0 ? PROBE_YES : PROBE_NO;
}

const struct log_format postgresql_syslog_format = {
    .name = "postgresql-syslog",
    .protocol = "postgresql",
    .help_en = "PostgreSQL log through syslog; :PREFIX gives log_line_prefix",
    .help_zh = "经 syslog 的 PostgreSQL 日志；可用 :PREFIX 给出 log_line_prefix",
    .state_size = sizeof(struct syslog_state),
    .splitting = LOG_LINES,
    .syslog_lines = true,
    .state_kept = sizeof(struct syslog_state),
    .init = init,
    .probe = probe,
    .feed = feed,
    .flush = flush,
};
