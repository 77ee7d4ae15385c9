/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading journal entries. A line that is not complete is waited for, up to LINE_MAX_BYTES; of a
 * binary value the front is kept.
 */
#include "collector/sources/journal_export.h"

#include "base/clock.h"
#include "base/reader.h"

enum { LINE_MAX_BYTES = JOURNAL_VALUE_MAX + JOURNAL_SHORT_MAX, PIECE = 1 << 16 };

static const struct {
    const char *name;
    size_t max;
} fields[JOURNAL_FIELDS] = {
    [JOURNAL_MESSAGE] = {"MESSAGE", JOURNAL_VALUE_MAX},
    [JOURNAL_IDENTIFIER] = {"SYSLOG_IDENTIFIER", JOURNAL_SHORT_MAX},
    [JOURNAL_COMMAND] = {"_COMM", JOURNAL_SHORT_MAX},
    [JOURNAL_PID] = {"_PID", JOURNAL_SHORT_MAX},
    [JOURNAL_SYSLOG_PID] = {"SYSLOG_PID", JOURNAL_SHORT_MAX},
    [JOURNAL_HOST] = {"_HOSTNAME", JOURNAL_SHORT_MAX},
    [JOURNAL_SOURCE_TIME] = {"_SOURCE_REALTIME_TIMESTAMP", JOURNAL_SHORT_MAX},
    [JOURNAL_TIME] = {"__REALTIME_TIMESTAMP", JOURNAL_SHORT_MAX},
};

void journal_export_init(struct journal_export *j, void (*take)(void *context, struct slice line),
                         void *context)
{
    *j = (struct journal_export){.into = -1, .take = take, .context = context};
    buffer_init(&j->bytes, LINE_MAX_BYTES + 2 * PIECE);
    buffer_init(&j->line, JOURNAL_VALUE_MAX + 8 * JOURNAL_SHORT_MAX);
    for (size_t i = 0; i < JOURNAL_FIELDS; i++)
        buffer_init(&j->values[i], fields[i].max);
}

void journal_export_release(struct journal_export *j)
{
    buffer_release(&j->bytes);
    buffer_release(&j->line);
    for (size_t i = 0; i < JOURNAL_FIELDS; i++)
        buffer_release(&j->values[i]);
}

static int find_field(struct slice name)
{
    for (int i = 0; i < JOURNAL_FIELDS; i++)
        if (slice_equal(name, slice_from(fields[i].name)))
            return i;
    return -1;
}

static void add_value(struct journal_export *j, int field, struct slice value)
{
    j->any = true;
    if (field < 0)
        return;
    struct buffer *to = &j->values[field];
    size_t room = fields[field].max - to->len;
    j->cut += value.len > room;
    buffer_append_slice(to, slice_part(value, 0, room));
}

static struct slice first_of(const struct journal_export *j, enum journal_field a,
                             enum journal_field b)
{
    struct slice first = buffer_slice(&j->values[a]);
    return first.len > 0 ? first : buffer_slice(&j->values[b]);
}

/* Tags and hosts are words in a syslog line. */
static void append_word(struct buffer *to, struct slice word)
{
    for (size_t i = 0; i < word.len; i++) {
        uint8_t c = word.ptr[i];
        buffer_append_byte(to, c <= ' ' || c == ':' || c == '[' || c == ']' ? '_' : c);
    }
    if (word.len == 0)
        buffer_append_byte(to, '-');
}

static void end_entry(struct journal_export *j)
{
    char time[40];
    uint64_t us = 0;
    struct slice pid = first_of(j, JOURNAL_PID, JOURNAL_SYSLOG_PID);
    (void)slice_to_u64(first_of(j, JOURNAL_SOURCE_TIME, JOURNAL_TIME), &us);
    if (us > INT64_MAX / 1000)
        us = 0;
    buffer_reset(&j->line);
    buffer_append(&j->line, time, time_format((int64_t)us * 1000, 6, time, sizeof time));
    buffer_append_byte(&j->line, ' ');
    append_word(&j->line, buffer_slice(&j->values[JOURNAL_HOST]));
    buffer_append_byte(&j->line, ' ');
    append_word(&j->line, first_of(j, JOURNAL_IDENTIFIER, JOURNAL_COMMAND));
    if (pid.len > 0) {
        buffer_append_byte(&j->line, '[');
        append_word(&j->line, pid);
        buffer_append_byte(&j->line, ']');
    }
    buffer_append_text(&j->line, ": ");
    buffer_append_slice(&j->line, buffer_slice(&j->values[JOURNAL_MESSAGE]));
    if (j->any && buffer_status(&j->line) == STATUS_OK)
        j->take(j->context, buffer_slice(&j->line));
    j->any = false;
    for (size_t i = 0; i < JOURNAL_FIELDS; i++)
        buffer_reset(&j->values[i]);
}

/* What of a binary value is there; the last byte is its line end. */
static void take_binary(struct journal_export *j, struct reader *r)
{
    size_t here = j->binary < reader_left(r) ? (size_t)j->binary : reader_left(r);
    struct slice part = reader_bytes(r, here);
    j->binary -= here;
    if (j->binary == 0 && part.len > 0)
        part.len--;
    add_value(j, j->into, part);
}

/* False: more bytes are needed. */
static bool take_line(struct journal_export *j, struct reader *r)
{
    struct reader at = *r;
    struct slice line = reader_until(&at, '\n');
    if (!reader_ok(&at)) {
        if (reader_left(r) <= LINE_MAX_BYTES)
            return false;
        j->malformed++;
        (void)reader_rest(r);
        return true;
    }
    size_t sign = slice_find(line, '=', 0);
    if (line.len == 0) {
        end_entry(j);
    } else if (sign < line.len) {
        add_value(j, find_field(slice_part(line, 0, sign)), slice_part(line, sign + 1, line.len));
    } else {
        uint64_t len = reader_le64(&at);
        if (!reader_ok(&at))
            return false;
        j->into = find_field(line);
        j->malformed += len == UINT64_MAX;
        j->binary = len == UINT64_MAX ? len : len + 1;
    }
    *r = at;
    return true;
}

static void take_fields(struct journal_export *j)
{
    struct reader r = reader_of(buffer_slice(&j->bytes));
    bool more = true;
    while (more && reader_left(&r) > 0) {
        if (j->binary > 0)
            take_binary(j, &r);
        else
            more = take_line(j, &r);
    }
    buffer_consume(&j->bytes, reader_offset(&r));
}

enum status journal_export_feed(struct journal_export *j, struct slice bytes)
{
    while (bytes.len > 0) {
        buffer_append_slice(&j->bytes, slice_part(bytes, 0, PIECE));
        if (buffer_status(&j->bytes) != STATUS_OK)
            return buffer_status(&j->bytes);
        bytes = slice_part(bytes, PIECE, bytes.len);
        take_fields(j);
    }
    return STATUS_OK;
}
