/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Composing the line of a fault.
 */
#include "base/fault.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

void fault_set(struct fault *fault, const char *file, size_t line, size_t column,
               const char *format, ...)
{
    char what[FAULT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);

    struct buffer text;
    buffer_init(&text, (size_t)16 * FAULT_MAX);
    text_append_terminal(&text, slice_make(file, strlen(file)));
    if (line > 0)
        buffer_append_format(&text, ":%zu", line);
    if (line > 0 && column > 0)
        buffer_append_format(&text, ":%zu", column);
    buffer_append_text(&text, ": ");
    text_append_terminal(&text, slice_make(what, strlen(what)));
    slice_copy_text(text_cut(buffer_slice(&text), FAULT_MAX - 1), fault->text, FAULT_MAX);
    buffer_release(&text);
}
