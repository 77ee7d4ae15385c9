/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is wrong in a file that a person wrote, as one line: "file:line:column: what: what to do".
 * Parts that come from the file are made safe to show; the line is cut at FAULT_MAX bytes.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stddef.h>

enum { FAULT_MAX = 512 };

struct fault {
    char text[FAULT_MAX];
};

/* Line and column count from 1; a 0 is left out, together with what comes after it. */
void fault_set(struct fault *fault, const char *file, size_t line, size_t column,
               const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
