/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 (RFC 3629) and the escapes of the outputs.
 */
#include "base/text.h"

/* The lead bytes: how many bytes follow, and the range of the first of them (Unicode 15, table
 * 3-7). */
static const struct lead {
    uint8_t from, to;
    uint8_t follow;
    uint8_t low, high;
} leads[] = {
    {0xC2, 0xDF, 1, 0x80, 0xBF}, {0xE0, 0xE0, 2, 0xA0, 0xBF}, {0xE1, 0xEC, 2, 0x80, 0xBF},
    {0xED, 0xED, 2, 0x80, 0x9F}, {0xEE, 0xEF, 2, 0x80, 0xBF}, {0xF0, 0xF0, 3, 0x90, 0xBF},
    {0xF1, 0xF3, 3, 0x80, 0xBF}, {0xF4, 0xF4, 3, 0x80, 0x8F},
};

static const struct lead *lead_of(uint8_t byte)
{
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
        if (byte >= leads[i].from && byte <= leads[i].to)
            return &leads[i];
    return NULL;
}

size_t text_decode(struct slice s, uint32_t *code, bool *valid)
{
    *code = TEXT_REPLACEMENT;
    *valid = false;
    if (s.len == 0)
        return 0;
    if (s.ptr[0] < 0x80) {
        *code = s.ptr[0];
        *valid = true;
        return 1;
    }
    const struct lead *lead = lead_of(s.ptr[0]);
    if (!lead)
        return 1;
    uint32_t value = s.ptr[0] & (0x3FU >> lead->follow);
    uint8_t low = lead->low, high = lead->high;
    for (size_t i = 1; i <= lead->follow; i++) {
        if (i >= s.len || s.ptr[i] < low || s.ptr[i] > high)
            return i;
        value = value << 6 | (s.ptr[i] & 0x3FU);
        low = 0x80;
        high = 0xBF;
    }
    *code = value;
    *valid = true;
    return lead->follow + 1U;
}

bool text_is_utf8(struct slice s)
{
    uint32_t code;
    bool valid = true;
    for (size_t at = 0; at < s.len && valid;)
        at += text_decode(slice_part(s, at, s.len), &code, &valid);
    return valid;
}

size_t text_length(struct slice s)
{
    uint32_t code;
    bool valid;
    size_t count = 0;
    for (size_t at = 0; at < s.len; count++)
        at += text_decode(slice_part(s, at, s.len), &code, &valid);
    return count;
}

struct slice text_cut(struct slice s, size_t max)
{
    if (s.len <= max)
        return s;
    size_t len = max;
    while (len > 0 && max - len < 3 && (s.ptr[len] & 0xC0) == 0x80)
        len--;
    if ((s.ptr[len] & 0xC0) == 0x80)
        len = max; /* not UTF-8: nothing to keep whole */
    return slice_part(s, 0, len);
}

void text_append_code(struct buffer *out, uint32_t code)
{
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = TEXT_REPLACEMENT;
    uint8_t bytes[4];
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n - 1; i > 0; i--) {
        bytes[i] = (uint8_t)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    bytes[0] = (uint8_t)(marks[n] | code);
    buffer_append(out, bytes, n);
}

/* Appends what stands for a code point in one output; false leaves it as it is. */
typedef bool replacement(struct buffer *out, uint32_t code);

/* No output replaces these, so they are passed over in runs. */
static bool is_plain(uint32_t code)
{
    return code >= 0x20 && code < 0x7F && !strchr("\"'&<>\\]", (int)code);
}

static void append_replaced(struct buffer *out, struct slice s, replacement *replace)
{
    size_t kept = 0; /* start of the run that goes out unchanged */
    for (size_t at = 0; at < s.len;) {
        uint32_t code;
        bool valid;
        size_t n = text_decode(slice_part(s, at, s.len), &code, &valid);
        if (!valid || !is_plain(code)) {
            buffer_append_slice(out, slice_part(s, kept, at - kept));
            if (!valid || !replace || !replace(out, code))
                text_append_code(out, code);
            kept = at + n;
        }
        at += n;
    }
    buffer_append_slice(out, slice_part(s, kept, s.len));
}

void text_append_utf8(struct buffer *out, struct slice s)
{
    append_replaced(out, s, NULL);
}

/* Turns, isolates, hides or breaks what is shown after it. */
static bool is_deceptive(uint32_t code)
{
    return (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || code == 0x061C || code == 0xFEFF ||
           (code >= 0xE0000 && code <= 0xE007F);
}

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

static bool terminal(struct buffer *out, uint32_t code)
{
    if (code == '\n')
        buffer_append_text(out, "\\n");
    else if (code == '\r')
        buffer_append_text(out, "\\r");
    else if (code == '\t')
        buffer_append_text(out, "\\t");
    else if (is_control(code))
        buffer_append_format(out, "\\x%02X", (unsigned)code);
    else if (is_deceptive(code))
        buffer_append_format(out, "\\u{%04X}", (unsigned)code);
    else
        return false;
    return true;
}

void text_append_terminal(struct buffer *out, struct slice s)
{
    append_replaced(out, s, terminal);
}

static bool csv(struct buffer *out, uint32_t code)
{
    if (code != '"')
        return false;
    buffer_append_text(out, "\"\"");
    return true;
}

static bool csv_needs_quotes(struct slice s)
{
    if (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[s.len - 1] == ' '))
        return true;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == ',' || s.ptr[i] == '"' || s.ptr[i] < 0x20)
            return true;
    return false;
}

void text_append_csv(struct buffer *out, struct slice s)
{
    bool quoted = csv_needs_quotes(s);
    bool formula = s.len > 0 && s.ptr[0] && strchr("=+-@\t\r", s.ptr[0]);
    if (quoted)
        buffer_append_byte(out, '"');
    if (formula)
        buffer_append_byte(out, '\'');
    append_replaced(out, s, csv);
    if (quoted)
        buffer_append_byte(out, '"');
}

static bool html(struct buffer *out, uint32_t code)
{
    switch (code) {
    case '&':
        buffer_append_text(out, "&amp;");
        return true;
    case '<':
        buffer_append_text(out, "&lt;");
        return true;
    case '>':
        buffer_append_text(out, "&gt;");
        return true;
    case '"':
        buffer_append_text(out, "&quot;");
        return true;
    case '\'':
        buffer_append_text(out, "&#39;");
        return true;
    default:
        break;
    }
    if (!is_control(code) || code == '\t' || code == '\n' || code == '\r')
        return false;
    text_append_code(out, TEXT_REPLACEMENT);
    return true;
}

void text_append_html(struct buffer *out, struct slice s)
{
    append_replaced(out, s, html);
}

static bool syslog(struct buffer *out, uint32_t code)
{
    if (code == '"' || code == '\\' || code == ']')
        buffer_append_format(out, "\\%c", (int)code);
    else if (is_control(code))
        buffer_append_format(out, "#%03o", (unsigned)code);
    else
        return false;
    return true;
}

void text_append_syslog(struct buffer *out, struct slice s)
{
    append_replaced(out, s, syslog);
}
