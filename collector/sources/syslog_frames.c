/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Framing of syslog over TCP and TLS (RFC 6587, RFC 5425 section 4.3).
 */
#include "collector/sources/syslog_frames.h"

enum { COUNT_DIGITS = 9 };

/* What earlier messages left to be passed over; false while more of it is to come. */
static bool pass_over(struct syslog_frames *frames, struct slice bytes, size_t *used)
{
    *used = frames->skip < bytes.len ? (size_t)frames->skip : bytes.len;
    frames->skip -= *used;
    if (frames->skip > 0)
        return false;
    if (frames->skip_line) {
        size_t end = slice_find(bytes, '\n', *used);
        *used = end < bytes.len ? end + 1 : end;
        frames->skip_line = end == bytes.len;
    }
    return !frames->skip_line;
}

/* Line ends between messages: counting senders may add them, and lines may be empty. */
static void pass_ends(struct slice bytes, size_t *used)
{
    while (*used < bytes.len &&
           (bytes.ptr[*used] == '\n' || bytes.ptr[*used] == '\r' || bytes.ptr[*used] == 0))
        ++*used;
}

static enum status counted(struct syslog_frames *frames, struct slice bytes, size_t *used,
                           struct slice *message)
{
    struct slice rest = slice_part(bytes, *used, bytes.len);
    size_t digits = slice_find(slice_part(rest, 0, COUNT_DIGITS + 1), ' ', 0);
    uint64_t len;
    if (digits == rest.len && digits <= COUNT_DIGITS)
        return STATUS_MORE;
    if (digits > COUNT_DIGITS || !slice_to_u64(slice_part(rest, 0, digits), &len) || len == 0)
        return STATUS_MALFORMED;
    size_t want = len < SYSLOG_MESSAGE_MAX ? (size_t)len : SYSLOG_MESSAGE_MAX;
    *message = slice_part(rest, digits + 1, want);
    if (message->len < want)
        return STATUS_MORE;
    *used += digits + 1 + want;
    frames->skip = len - want;
    return frames->skip > 0 ? STATUS_LIMIT : STATUS_OK;
}

static enum status line(struct syslog_frames *frames, struct slice bytes, size_t *used,
                        struct slice *message)
{
    struct slice rest = slice_part(bytes, *used, bytes.len);
    size_t end = slice_find(rest, '\n', 0);
    size_t zero = slice_find(slice_part(rest, 0, end), 0, 0);
    if (zero < end)
        end = zero;
    if (end > SYSLOG_MESSAGE_MAX) {
        *message = slice_part(rest, 0, SYSLOG_MESSAGE_MAX);
        *used += SYSLOG_MESSAGE_MAX;
        frames->skip_line = true;
        return STATUS_LIMIT;
    }
    if (end == rest.len)
        return STATUS_MORE;
    *message = slice_part(rest, 0, end);
    if (message->len > 0 && message->ptr[message->len - 1] == '\r')
        message->len--;
    *used += end + 1;
    return STATUS_OK;
}

enum status syslog_frames_next(struct syslog_frames *frames, struct slice bytes, size_t *used,
                               struct slice *message)
{
    *message = (struct slice){NULL, 0};
    if (!pass_over(frames, bytes, used))
        return STATUS_MORE;
    pass_ends(bytes, used);
    if (*used == bytes.len)
        return STATUS_MORE;
    bool digit = bytes.ptr[*used] >= '0' && bytes.ptr[*used] <= '9';
    return digit ? counted(frames, bytes, used, message) : line(frames, bytes, used, message);
}
