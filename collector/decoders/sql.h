/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * SQL as seen from outside: an iterative lexer tolerant of dialects that replaces literals by '?',
 * hashes what stays (the shape) and names action, tables and columns. It is not a parser: it
 * answers for any bytes, in linear time, without recursion.
 */
#ifndef COLLECTOR_DECODERS_SQL_H
#define COLLECTOR_DECODERS_SQL_H

#include "base/arena.h"
#include "base/slice.h"
#include "event/event.h"

enum sql_dialect { SQL_ANSI, SQL_POSTGRESQL, SQL_MYSQL };

/* What one statement says. Slices live in the cache until the next sql_describe() on it. */
struct sql_description {
    enum event_action action;
    struct slice statement; /* literals as '?', white space and comments folded */
    uint64_t shape; /* XXH3-64 of `statement`, lists of literals folded: IN (?, ?, ?) = IN (?) */
    const struct event_object *objects;
    size_t object_count;
    bool star;   /* the select list holds a bare or qualified '*' */
    bool secret; /* names a password (CREATE USER ... PASSWORD '...'); the clear text must not leave
                  */
    bool self_grant_candidate; /* GRANT ... TO: see `grantee` */
    struct slice grantee;      /* as written, quotes included */
    struct slice prepared;     /* the name in PREPARE, EXECUTE, DEALLOCATE, as written */
    struct slice
        tag;    /* the comment a statement tag would be in: the first with '=', else the first */
    bool limit; /* more was named than is kept: the event has the gap "limit" */
};

/* A bounded cache of descriptions by text: at most `max_entries` texts and as many normalised
 * statements of each dialect, least recently used goes; longer texts than 4 KiB are described anew.
 * At worst about 12 KiB an entry. NULL when there is no memory. */
struct sql_cache;
struct sql_cache *sql_cache_new(size_t max_entries);
void sql_cache_free(struct sql_cache **cache);

/* Describes one statement (or several separated by ';': the first names the action, the strongest
 * wins). Never fails: what is not understood has the action "other". Text beyond 1 MiB is cut. */
const struct sql_description *sql_describe(struct sql_cache *cache, enum sql_dialect dialect,
                                           struct slice text);

/* Splits at top-level ';' (outside quotes, comments, dollar quotes, parentheses): gives the next
 * statement and moves `rest` behind it; false when there is none left. Empty ones are passed over.
 */
bool sql_next_statement(enum sql_dialect dialect, struct slice *rest, struct slice *statement);

#endif
