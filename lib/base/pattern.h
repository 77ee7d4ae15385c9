/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Regular expressions on text from outside: PCRE2, compiled by its JIT where the system allows
 * that, always under limits of work, depth and memory, so a bad pattern on a bad text costs little
 * and says so. Compile before the sandbox is entered (pattern compilation wants executable memory;
 * without it the interpreter does the same, more slowly).
 */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H

#include "base/slice.h"
#include "base/status.h"

enum {
    PATTERN_TEXT_MAX = 4096, /* bytes of a pattern */
    PATTERN_GROUPS_MAX = 32, /* with the whole match, which is group 0 */
    PATTERN_ERROR_MAX = 160
};

enum pattern_flags {
    PATTERN_NOCASE = 1 << 0,
    PATTERN_UTF8 = 1 << 1,  /* characters, not bytes; subjects that are not UTF-8 are matched around
                               their ill-formed parts */
    PATTERN_WHOLE = 1 << 2, /* must match the whole subject */
    PATTERN_LITERAL = 1 << 3,  /* the pattern is the text itself */
    PATTERN_MULTILINE = 1 << 4 /* ^ and $ at each line */
};

struct pattern;

/* On failure: STATUS_INVALID (or STATUS_LIMIT, STATUS_NO_MEMORY) and `error` says what, at which
 * offset. */
enum status pattern_compile(struct pattern **pattern, struct slice text, unsigned flags,
                            char error[PATTERN_ERROR_MAX]);
void pattern_free(struct pattern **pattern);

/* Whether the JIT compiled it. */
bool pattern_is_fast(const struct pattern *pattern);

struct pattern_match {
    size_t count; /* groups that are set, from 0 */
    struct slice groups[PATTERN_GROUPS_MAX];
};

/* Looks for the first match at or after `from`. STATUS_OK; STATUS_NOT_FOUND; STATUS_LIMIT when the
 * limit of work, depth or memory was reached, so that nothing is known; STATUS_NO_MEMORY. `match`
 * may be NULL. A pattern is used by one thread at a time. */
enum status pattern_find(struct pattern *pattern, struct slice subject, size_t from,
                         struct pattern_match *match);

#endif
