/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Masking samples.
 */
#include "collector/formats/sample.h"

#include "base/text.h"

enum { DIGITS_SHOWN = 3 };

static const char *const announcing[] = {"password", "passwd", "pwd",    "identified",
                                         "secret",   "token",  "cookie", "authorization"};

static bool announces(struct slice rest)
{
    for (size_t i = 0; i < sizeof announcing / sizeof *announcing; i++)
        if (slice_starts_nocase(rest, slice_from(announcing[i])))
            return true;
    return false;
}

static bool is_quote(uint8_t c)
{
    return c == '\'' || c == '"' || c == '`';
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Masks what stands in quotes at the front; gives its length. */
static size_t mask_quoted(struct slice rest, struct buffer *out)
{
    size_t close = slice_find(rest, rest.ptr[0], 1);
    buffer_append_byte(out, rest.ptr[0]);
    buffer_append_text(out, "***");
    if (close == rest.len)
        return rest.len;
    buffer_append_byte(out, rest.ptr[0]);
    return close + 1;
}

/* Masks a long number at the front; gives its length. */
static size_t mask_digits(struct slice rest, struct buffer *out)
{
    size_t n = 0;
    while (n < rest.len && is_digit(rest.ptr[n]))
        n++;
    if (n > DIGITS_SHOWN)
        buffer_append_byte(out, '#');
    else
        buffer_append(out, rest.ptr, n);
    return n;
}

static size_t mask_one(struct slice rest, struct buffer *out)
{
    if (announces(rest)) {
        buffer_append_text(out, "***");
        return rest.len;
    }
    if (is_quote(rest.ptr[0]))
        return mask_quoted(rest, out);
    if (is_digit(rest.ptr[0]))
        return mask_digits(rest, out);
    buffer_append_byte(out, rest.ptr[0]);
    return 1;
}

void log_sample_text(struct slice record, char *to, size_t size)
{
    struct buffer masked, shown;
    buffer_init(&masked, 65536);
    buffer_init(&shown, 65536);
    record = slice_part(record, 0, size);
    while (record.len > 0)
        record = slice_part(record, mask_one(record, &masked), record.len);
    text_append_terminal(&shown, buffer_slice(&masked));
    slice_copy_text(text_cut(buffer_slice(&shown), size - 1), to, size);
    buffer_release(&masked);
    buffer_release(&shown);
}
