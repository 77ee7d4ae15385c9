/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading syslog headers (RFC 3164, RFC 5424).
 */
#include "collector/formats/syslog_line.h"

#include "collector/formats/log_event.h"
#include "collector/formats/log_time.h"

/* "<134>": its length, 0: none. */
static size_t priority_length(struct slice line)
{
    size_t end = slice_find(slice_part(line, 0, 5), '>', 0);
    return line.len > 2 && line.ptr[0] == '<' && end < 5 && end < line.len ? end + 1 : 0;
}

static struct slice rest_of(struct reader *r)
{
    return slice_make(r->at, reader_left(r));
}

/* STRUCTURED-DATA is "-" or one or more "[...]" in which "]" is escaped. */
static bool pass_structured_data(struct slice *text)
{
    if (log_skip(text, SLICE("-")))
        return true;
    bool any = false;
    while (text->len > 0 && text->ptr[0] == '[') {
        size_t at = 1;
        while (at < text->len && text->ptr[at] != ']')
            at += text->ptr[at] == '\\' ? 2 : 1;
        if (at >= text->len)
            return false;
        *text = slice_part(*text, at + 1, text->len);
        any = true;
    }
    return any;
}

static struct slice unless_nil(struct slice s)
{
    return slice_equal(s, SLICE("-")) ? (struct slice){NULL, 0} : s;
}

/* "VERSION TIME HOST APP PROCID MSGID SD MSG" behind "<PRI>". */
static bool read_5424(struct slice line, const struct zone *zone, struct syslog_line *to)
{
    if (!log_skip(&line, SLICE("1 ")))
        return false;
    struct slice time = log_cut(&line, ' ');
    struct reader r = reader_of(time);
    to->time_ns = log_time_iso(&r, zone);
    if (!reader_ok(&r))
        return false;
    to->host = unless_nil(log_cut(&line, ' '));
    to->tag = unless_nil(log_cut(&line, ' '));
    to->pid = unless_nil(log_cut(&line, ' '));
    (void)log_cut(&line, ' ');
    if (!pass_structured_data(&line))
        return false;
    (void)log_skip(&line, SLICE(" "));
    (void)log_skip(&line, SLICE(" ")); /* rsyslog keeps the one behind the colon of RFC 3164 */
    (void)log_skip(&line, SLICE("\xef\xbb\xbf"));
    to->text = line;
    return true;
}

/* "tag[pid]: " or "tag: ". */
static bool read_tag(struct slice line, struct syslog_line *to)
{
    size_t colon = slice_find(line, ':', 0), space = slice_find(line, ' ', 0);
    if (colon >= line.len || space < colon)
        return false;
    struct slice tag = slice_part(line, 0, colon);
    size_t open = slice_find(tag, '[', 0);
    to->tag = slice_part(tag, 0, open);
    to->pid =
        open < tag.len ? slice_part(tag, open + 1, tag.len - open - 2) : (struct slice){NULL, 0};
    to->text = slice_part(line, colon + 1, line.len);
    (void)log_skip(&to->text, SLICE(" "));
    return to->tag.len > 0;
}

static bool read_3164(struct slice line, const struct zone *zone, int64_t reference_ns,
                      struct syslog_line *to)
{
    struct reader r = reader_of(line);
    struct reader again = r;
    to->time_ns = log_time_syslog(&r, zone, reference_ns);
    if (!reader_ok(&r)) {
        r = again;
        to->time_ns = log_time_iso(&r, zone);
    }
    if (!reader_ok(&r) || reader_u8(&r) != ' ')
        return false;
    line = rest_of(&r);
    if (read_tag(line, to))
        return true; /* no host */
    to->host = log_cut(&line, ' ');
    return read_tag(line, to);
}

bool syslog_line_read(struct slice line, const struct zone *zone, int64_t reference_ns,
                      struct syslog_line *to)
{
    *to = (struct syslog_line){0};
    size_t priority = priority_length(line);
    line = slice_part(line, priority, line.len);
    if (priority > 0 && read_5424(line, zone, to))
        return true;
    return read_3164(line, zone, reference_ns, to);
}
