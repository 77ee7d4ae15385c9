/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The record splitter: each byte is looked at once, and moved once more when its record was not
 * complete.
 */
#include "collector/formats/records.h"

#include "base/reader.h"

enum { PIECE_MAX = 1 << 18 };

void records_init(struct records *r, const struct log_format *format, const void *state,
                  void (*take)(void *context, struct slice record, bool cut), void *context)
{
    *r = (struct records){.splitting = format->splitting,
                          .begins = format->begins,
                          .state = state,
                          .take = take,
                          .context = context};
    buffer_init(&r->bytes, LOG_RECORD_MAX + 2 * PIECE_MAX);
}

void records_release(struct records *r)
{
    buffer_release(&r->bytes);
}

static void give(struct records *r, struct slice record, bool cut)
{
    if (record.len > 0 && record.ptr[record.len - 1] == '\r')
        record.len--;
    if (!r->skipping && record.len > 0)
        r->take(r->context, record, cut);
}

/* A record beyond its maximum is given as far as it goes; what follows is read as if a record began
 * there, and passed over: where that is does not depend on how the bytes came. */
static void give_cut(struct records *r)
{
    struct slice record = slice_part(buffer_slice(&r->bytes), r->start, LOG_RECORD_MAX);
    r->start += LOG_RECORD_MAX;
    r->scanned = r->line = r->start;
    r->quoted = r->escaped = false;
    r->depth = 0;
    give(r, record, true);
    r->skipping = r->splitting != LOG_JSON;
}

/* Gives [start, end) and goes on at `next`. */
static void take(struct records *r, size_t end, size_t next)
{
    struct slice record = slice_part(buffer_slice(&r->bytes), r->start, end - r->start);
    if (record.len > LOG_RECORD_MAX) {
        give_cut(r);
        return;
    }
    r->start = next;
    give(r, record, false);
    r->skipping = false;
}

/* An odd number of double quotes in the bytes; eight at a time. */
static bool odd_quotes(struct slice s)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), low = ones * 0x7f;
    struct reader r = reader_of(s);
    unsigned odd = 0;
    while (reader_left(&r) >= 8) {
        uint64_t word;
        memcpy(&word, reader_take(&r, 8), sizeof word);
        word ^= ones * '"';
        /* Exact zero bytes: no carry crosses a byte (Hacker's Delight, 6-1). */
        uint64_t zero = ~(((word & low) + low) | word | low);
        odd ^= (unsigned)((zero >> 7) * ones >> 56); /* the number of them */
    }
    while (reader_left(&r) > 0)
        odd ^= reader_u8(&r) == '"';
    return odd & 1;
}

static void scan_lines(struct records *r)
{
    struct slice all = buffer_slice(&r->bytes);
    for (;;) {
        size_t end = slice_find(all, '\n', r->scanned);
        if (r->splitting == LOG_CSV)
            r->quoted ^= odd_quotes(slice_part(all, r->scanned, end - r->scanned));
        r->scanned = end;
        if (end == all.len)
            return;
        r->scanned = end + 1;
        if (!r->quoted)
            take(r, end, end + 1);
    }
}

static void scan_blocks(struct records *r)
{
    struct slice all = buffer_slice(&r->bytes);
    for (;;) {
        size_t end = slice_find(all, '\n', r->scanned);
        r->scanned = end;
        if (end == all.len)
            return;
        struct slice line = slice_part(all, r->line, end - r->line);
        size_t begin = r->line;
        r->scanned = r->line = end + 1;
        if (begin > r->start && r->begins(r->state, line))
            take(r, begin - 1, begin);
    }
}

/* One byte of JSON; true when it closes the outermost object. */
static bool scan_json_byte(struct records *r, uint8_t c, size_t at)
{
    if (r->quoted) {
        if (r->escaped)
            r->escaped = false;
        else if (c == '\\')
            r->escaped = true;
        else if (c == '"')
            r->quoted = false;
        return false;
    }
    if (c == '{' && r->depth++ == 0)
        r->start = at;
    else if (r->depth > 0 && c == '"')
        r->quoted = true;
    return c == '}' && r->depth > 0 && --r->depth == 0;
}

static void scan_json(struct records *r)
{
    struct slice all = buffer_slice(&r->bytes);
    while (r->scanned < all.len) {
        size_t at = r->scanned++;
        if (scan_json_byte(r, all.ptr[at], at))
            take(r, r->scanned, r->scanned);
        else if (r->depth == 0)
            r->start = r->scanned;
    }
}

static void scan(struct records *r)
{
    if (r->splitting == LOG_JSON)
        scan_json(r);
    else if (r->splitting == LOG_BLOCKS)
        scan_blocks(r);
    else
        scan_lines(r);
}

static void drop_taken(struct records *r)
{
    buffer_consume(&r->bytes, r->start);
    r->scanned -= r->start;
    r->line = r->line > r->start ? r->line - r->start : 0;
    r->start = 0;
}

enum status records_feed(struct records *r, struct slice bytes)
{
    while (bytes.len > 0) {
        buffer_append_slice(&r->bytes, slice_part(bytes, 0, PIECE_MAX));
        if (buffer_status(&r->bytes) != STATUS_OK)
            return buffer_status(&r->bytes);
        bytes = slice_part(bytes, PIECE_MAX, bytes.len);
        scan(r);
        while (r->bytes.len - r->start > LOG_RECORD_MAX) {
            give_cut(r);
            scan(r);
        }
        drop_taken(r);
    }
    return STATUS_OK;
}

void records_idle(struct records *r)
{
    struct slice all = buffer_slice(&r->bytes);
    if (r->splitting != LOG_BLOCKS || all.len == r->start || all.ptr[all.len - 1] != '\n')
        return;
    if (r->line > r->start && r->line < all.len &&
        r->begins(r->state, slice_part(all, r->line, all.len)))
        take(r, r->line - 1, r->line);
    take(r, all.len - 1, all.len);
    drop_taken(r);
}

bool records_waiting(const struct records *r, size_t *bytes)
{
    *bytes = r->bytes.len - r->start;
    return !r->skipping;
}

void records_end(struct records *r)
{
    struct slice all = buffer_slice(&r->bytes);
    if (r->splitting == LOG_BLOCKS && r->line > r->start && r->line < all.len &&
        r->begins(r->state, slice_part(all, r->line, all.len)))
        take(r, r->line - 1, r->line);
    size_t end = all.len;
    if (end > r->start && all.ptr[end - 1] == '\n')
        end--;
    if (end > r->start && (r->splitting != LOG_JSON || r->depth > 0))
        take(r, end, all.len);
    buffer_reset(&r->bytes);
    r->start = r->scanned = r->line = r->depth = 0;
    r->quoted = r->escaped = r->skipping = false;
}
