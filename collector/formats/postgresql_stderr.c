/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * PostgreSQL's log as text (log_destination = stderr), with any log_line_prefix: given as the
 * format's argument, else found from the log.
 *
 * The server writes a message and its DETAIL, STATEMENT and so on in one piece, so the lines of
 * one message stand together.
 */
#include "collector/formats/postgresql_stderr.h"

#include "collector/formats/formats.h"

/* The next line and those that continue it, the TAB in front of those removed. */
static struct slice next_part(const struct pg_prefix *prefix, const struct log_env *env,
                              struct slice *rest, struct pg_line *line)
{
    size_t end = slice_find(*rest, '\n', 0);
    bool continued = false;
    while (end + 1 < rest->len && rest->ptr[end + 1] == '\t') {
        continued = true;
        end = slice_find(*rest, '\n', end + 1);
    }
    struct slice part = slice_part(*rest, 0, end);
    *rest = slice_part(*rest, end + 1, rest->len);
    if (continued) {
        struct slice copy = arena_copy(env->scratch, part);
        uint8_t *to = (uint8_t *)(uintptr_t)copy.ptr;
        size_t n = 0;
        for (size_t i = 0; i < copy.len; i++)
            if (copy.ptr[i] != '\t' || i == 0 || part.ptr[i - 1] != '\n')
                to[n++] = copy.ptr[i];
        part = slice_make(to, n);
    }
    if (!pg_prefix_read(prefix, env, part, line))
        return (struct slice){NULL, 0};
    return part;
}

static void take_follower(struct pg_log_record *record, const struct pg_line *line)
{
    const struct pg_log_record *part = &line->record;
    if (slice_equal(part->severity, SLICE("DETAIL")))
        record->detail = part->message;
    else if (slice_equal(part->severity, SLICE("CONTEXT")))
        record->context = part->message;
    else if (slice_equal(part->severity, SLICE("STATEMENT")))
        record->statement = part->message;
}

enum status pg_stderr_message(const struct pg_prefix *prefix, const struct log_env *env,
                              struct slice text, const struct pg_log_record *fallback)
{
    struct pg_line line, follower;
    if (next_part(prefix, env, &text, &line).len == 0)
        return STATUS_MALFORMED;
    while (text.len > 0)
        if (next_part(prefix, env, &text, &follower).len > 0 && follower.follows)
            take_follower(&line.record, &follower);
    if (line.follows)
        return STATUS_NOT_FOUND; /* its message was not seen */
    if (fallback && line.record.session.len == 0)
        line.record.session = fallback->session;
    if (fallback && line.record.time_ns == env->reference_ns)
        line.record.time_ns = fallback->time_ns;
    return pg_log_feed(env, &line.record);
}

static bool init(void *state, struct slice argument, struct slice head)
{
    struct pg_prefix *prefix = state;
    if (argument.len > 0)
        return pg_prefix_compile(prefix, argument);
    pg_prefix_find(prefix, head);
    return true;
}

/* Anything but a continuation and a DETAIL begins a message, also what is not understood. */
static bool begins(const void *state, struct slice line)
{
    struct pg_line read;
    if (line.len > 0 && line.ptr[0] == '\t')
        return false;
    return !pg_prefix_read(state, NULL, line, &read) || !read.follows;
}

static enum status feed(void *state, const struct log_env *env, struct slice record)
{
    return pg_stderr_message(state, env, record, NULL);
}

static void flush(void *state, const struct log_env *env)
{
    (void)state;
    pg_log_flush(env);
}

static bool speaks_like_the_server(struct slice message)
{
    static const char *const beginnings[] = {
        "AUDIT: ", "statement: ", "duration: ", "connection ", "disconnection: ", "execute "};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (slice_starts(message, slice_from(beginnings[i])))
            return true;
    return false;
}

/* Most of the lines that are no continuation have the prefix, and one of them is the server's. */
static enum decoder_verdict probe(struct slice head)
{
    struct pg_prefix prefix;
    struct pg_line line;
    size_t read = 0, other = 0;
    bool server = false;
    pg_prefix_find(&prefix, head);
    for (int i = 0; i < 200 && head.len > 0; i++) {
        struct slice text = log_cut(&head, '\n');
        if (text.len == 0 || text.ptr[0] == '\t')
            continue;
        if (!pg_prefix_read(&prefix, NULL, text, &line)) {
            other++;
            continue;
        }
        read++;
        server |= speaks_like_the_server(line.record.message);
    }
    if (read == 0 || other > read)
        return PROBE_NO;
    return server ? PROBE_YES : PROBE_MAYBE;
}

const struct log_format postgresql_stderr_format = {
    .name = "postgresql-stderr",
    .protocol = "postgresql",
    .help_en = "PostgreSQL text log; :PREFIX gives log_line_prefix",
    .help_zh = "PostgreSQL 文本日志；可用 :PREFIX 给出 log_line_prefix",
    .state_size = sizeof(struct pg_prefix),
    .splitting = LOG_BLOCKS,
    .init = init,
    .probe = probe,
    .begins = begins,
    .feed = feed,
    .flush = flush,
};
