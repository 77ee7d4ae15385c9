/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One write(2) an entry, so entries of several threads or processes do not mix.
 */
#include "base/log.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { MESSAGE_MAX = 4096, LINE_MAX_BYTES = 4 * MESSAGE_MAX + 256 };

static _Atomic int max_level = LOG_LEVEL_NOTICE;
static const char *_Atomic program = "dwell";

void log_set_level(enum log_level level)
{
    atomic_store(&max_level, (int)level);
}

void log_set_program(const char *name)
{
    atomic_store(&program, name);
}

__attribute__((format(printf, 2, 0))) static void put(enum log_level level, const char *format,
                                                      va_list args)
{
    static const char *const names[] = {"error", "warning", "notice", "debug"};
    if ((int)level > atomic_load(&max_level))
        return;
    char message[MESSAGE_MAX];
    int n = vsnprintf(message, sizeof message, format, args);
    if (n < 0)
        return;
    size_t len = (size_t)n < sizeof message ? (size_t)n : sizeof message - 1;
    struct buffer line;
    buffer_init(&line, LINE_MAX_BYTES);
    buffer_append_format(&line, "%s: %s ", atomic_load(&program), names[level]);
    text_append_terminal(&line, slice_make(message, len));
    buffer_append_byte(&line, '\n');
    ssize_t written = write(STDERR_FILENO, line.ptr, line.len);
    (void)written; /* there is nowhere to tell it */
    buffer_release(&line);
}

#define LOG_FUNCTION(name, level)            \
    void log_##name(const char *format, ...) \
    {                                        \
        va_list args;                        \
        va_start(args, format);              \
        put(level, format, args);            \
        va_end(args);                        \
    }

LOG_FUNCTION(error, LOG_LEVEL_ERROR)
LOG_FUNCTION(warning, LOG_LEVEL_WARNING)
LOG_FUNCTION(notice, LOG_LEVEL_NOTICE)
LOG_FUNCTION(debug, LOG_LEVEL_DEBUG)
