/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * log_line_prefix of PostgreSQL (manual, "What to Log"): reads what stands before "LOG:  " by a
 * given format, or by one that is found from the lines themselves: the best of some that are in
 * use, or one put together from what a line's prefix looks like. "%*" stands for a word of no
 * interest.
 */
#ifndef COLLECTOR_FORMATS_POSTGRESQL_PREFIX_H
#define COLLECTOR_FORMATS_POSTGRESQL_PREFIX_H

#include "collector/formats/postgresql_log.h"

enum { PG_PREFIX_TOKENS = 48, PG_PREFIX_TEXT = 256 };

struct pg_prefix_token {
    char field;       /* of the escape; 0: a literal */
    uint16_t at, len; /* of a literal, in the text */
};

struct pg_prefix {
    char text[PG_PREFIX_TEXT];
    struct pg_prefix_token token[PG_PREFIX_TOKENS];
    size_t count;
};

/* False: too long, or an escape that does not exist. */
bool pg_prefix_compile(struct pg_prefix *prefix, struct slice format);

/* The prefix that most of the lines have. Never fails: at worst the empty one. */
void pg_prefix_find(struct pg_prefix *prefix, struct slice lines);

/* The length of a field with a form of its own at the front of the text; 0: it is not there. */
size_t pg_prefix_field_length(char field, struct slice text);

/* What a line of the log is. */
struct pg_line {
    struct pg_log_record record; /* what the prefix says, severity and message */
    bool follows;                /* DETAIL, STATEMENT, ...: part of the message before */
};

/* Reads a line; false when it is not PREFIX SEVERITY: message. */
bool pg_prefix_read(const struct pg_prefix *prefix, const struct log_env *env, struct slice line,
                    struct pg_line *to);

#endif
