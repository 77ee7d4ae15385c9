/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The words of SQL that steer what we make of a statement, in byte order (the look-up is a binary
 * search). A RESERVED word is never a name unless quoted; a SOFT one is a name wherever a name is
 * expected. Words that change nothing for us are left out and read as names.
 */
#ifndef COLLECTOR_DECODERS_SQL_KEYWORD_H
#define COLLECTOR_DECODERS_SQL_KEYWORD_H

#include "base/slice.h"

/* clang-format off */
#define SQL_KEYWORD_TABLE(X)                                                                       \
    X(abort, SOFT)                                                                                 \
    X(add, SOFT)                                                                                   \
    X(all, RESERVED)                                                                               \
    X(alter, SOFT)                                                                                 \
    X(analyze, RESERVED)                                                                           \
    X(and, RESERVED)                                                                               \
    X(any, RESERVED)                                                                               \
    X(array, RESERVED)                                                                             \
    X(as, RESERVED)                                                                                \
    X(asc, RESERVED)                                                                               \
    X(atomic, SOFT)                                                                                \
    X(attach, SOFT)                                                                                \
    X(begin, SOFT)                                                                                 \
    X(between, RESERVED)                                                                           \
    X(binary, RESERVED)                                                                            \
    X(both, RESERVED)                                                                              \
    X(by, RESERVED)                                                                                \
    X(call, RESERVED)                                                                              \
    X(case, RESERVED)                                                                              \
    X(cast, RESERVED)                                                                              \
    X(change, SOFT)                                                                                \
    X(check, RESERVED)                                                                             \
    X(checkpoint, SOFT)                                                                            \
    X(close, SOFT)                                                                                 \
    X(cluster, SOFT)                                                                               \
    X(collate, RESERVED)                                                                           \
    X(column, RESERVED)                                                                            \
    X(columns, SOFT)                                                                               \
    X(comment, SOFT)                                                                               \
    X(commit, SOFT)                                                                                \
    X(concurrently, SOFT)                                                                          \
    X(conflict, SOFT)                                                                              \
    X(connect, SOFT)                                                                               \
    X(constraint, RESERVED)                                                                        \
    X(continue, SOFT)                                                                              \
    X(copy, SOFT)                                                                                  \
    X(create, RESERVED)                                                                            \
    X(cross, RESERVED)                                                                             \
    X(cube, SOFT)                                                                                  \
    X(current, RESERVED)                                                                           \
    X(current_date, RESERVED)                                                                      \
    X(current_time, RESERVED)                                                                      \
    X(current_timestamp, RESERVED)                                                                 \
    X(current_user, RESERVED)                                                                      \
    X(cursor, SOFT)                                                                                \
    X(data, SOFT)                                                                                  \
    X(database, SOFT)                                                                              \
    X(databases, SOFT)                                                                             \
    X(deallocate, SOFT)                                                                            \
    X(declare, SOFT)                                                                               \
    X(default, RESERVED)                                                                           \
    X(delayed, SOFT)                                                                               \
    X(delete, RESERVED)                                                                            \
    X(desc, RESERVED)                                                                              \
    X(describe, RESERVED)                                                                          \
    X(detach, SOFT)                                                                                \
    X(discard, SOFT)                                                                               \
    X(distinct, RESERVED)                                                                          \
    X(distinctrow, RESERVED)                                                                       \
    X(div, RESERVED)                                                                               \
    X(do, SOFT)                                                                                    \
    X(drop, RESERVED)                                                                              \
    X(dumpfile, SOFT)                                                                              \
    X(duplicate, SOFT)                                                                             \
    X(else, RESERVED)                                                                              \
    X(end, RESERVED)                                                                               \
    X(escape, RESERVED)                                                                            \
    X(event, SOFT)                                                                                 \
    X(except, RESERVED)                                                                            \
    X(exec, RESERVED)                                                                              \
    X(execute, SOFT)                                                                               \
    X(exists, RESERVED)                                                                            \
    X(explain, SOFT)                                                                               \
    X(extended, SOFT)                                                                              \
    X(false, RESERVED)                                                                             \
    X(fetch, RESERVED)                                                                             \
    X(fields, SOFT)                                                                                \
    X(flush, SOFT)                                                                                 \
    X(for, RESERVED)                                                                               \
    X(force, RESERVED)                                                                             \
    X(foreign, RESERVED)                                                                           \
    X(format, SOFT)                                                                                \
    X(from, RESERVED)                                                                              \
    X(full, RESERVED)                                                                              \
    X(fulltext, SOFT)                                                                              \
    X(function, SOFT)                                                                              \
    X(grant, RESERVED)                                                                             \
    X(group, RESERVED)                                                                             \
    X(handler, SOFT)                                                                               \
    X(having, RESERVED)                                                                            \
    X(high_priority, RESERVED)                                                                     \
    X(identified, SOFT)                                                                            \
    X(if, RESERVED)                                                                                \
    X(ignore, RESERVED)                                                                            \
    X(ilike, RESERVED)                                                                             \
    X(import, SOFT)                                                                                \
    X(in, RESERVED)                                                                                \
    X(index, RESERVED)                                                                             \
    X(indexes, SOFT)                                                                               \
    X(infile, SOFT)                                                                                \
    X(inner, RESERVED)                                                                             \
    X(insert, RESERVED)                                                                            \
    X(install, SOFT)                                                                               \
    X(intersect, RESERVED)                                                                         \
    X(interval, RESERVED)                                                                          \
    X(into, RESERVED)                                                                              \
    X(is, RESERVED)                                                                                \
    X(isnull, RESERVED)                                                                            \
    X(join, RESERVED)                                                                              \
    X(key, RESERVED)                                                                               \
    X(keys, SOFT)                                                                                  \
    X(kill, SOFT)                                                                                  \
    X(lateral, RESERVED)                                                                           \
    X(leading, RESERVED)                                                                           \
    X(left, RESERVED)                                                                              \
    X(like, RESERVED)                                                                              \
    X(limit, RESERVED)                                                                             \
    X(listen, SOFT)                                                                                \
    X(load, SOFT)                                                                                  \
    X(localtime, RESERVED)                                                                         \
    X(localtimestamp, RESERVED)                                                                    \
    X(lock, RESERVED)                                                                              \
    X(low_priority, RESERVED)                                                                      \
    X(master, SOFT)                                                                                \
    X(matched, SOFT)                                                                               \
    X(materialized, SOFT)                                                                          \
    X(merge, RESERVED)                                                                             \
    X(minus, RESERVED)                                                                             \
    X(mod, RESERVED)                                                                               \
    X(move, SOFT)                                                                                  \
    X(natural, RESERVED)                                                                           \
    X(no, SOFT)                                                                                    \
    X(not, RESERVED)                                                                               \
    X(nothing, SOFT)                                                                               \
    X(notify, SOFT)                                                                                \
    X(notnull, RESERVED)                                                                           \
    X(nowait, SOFT)                                                                                \
    X(null, RESERVED)                                                                              \
    X(of, RESERVED)                                                                                \
    X(offset, RESERVED)                                                                            \
    X(on, RESERVED)                                                                                \
    X(only, RESERVED)                                                                              \
    X(optimize, SOFT)                                                                              \
    X(option, SOFT)                                                                                \
    X(or, RESERVED)                                                                                \
    X(order, RESERVED)                                                                             \
    X(outer, RESERVED)                                                                             \
    X(outfile, SOFT)                                                                               \
    X(over, RESERVED)                                                                              \
    X(overlaps, SOFT)                                                                              \
    X(overwrite, SOFT)                                                                             \
    X(partition, RESERVED)                                                                         \
    X(passwd, SOFT)                                                                                \
    X(password, SOFT)                                                                              \
    X(prepare, SOFT)                                                                               \
    X(primary, RESERVED)                                                                           \
    X(privileges, SOFT)                                                                            \
    X(procedure, SOFT)                                                                             \
    X(pwd, SOFT)                                                                                   \
    X(quick, SOFT)                                                                                 \
    X(reassign, SOFT)                                                                              \
    X(recursive, SOFT)                                                                             \
    X(references, RESERVED)                                                                        \
    X(refresh, SOFT)                                                                               \
    X(regexp, RESERVED)                                                                            \
    X(reindex, SOFT)                                                                               \
    X(release, SOFT)                                                                               \
    X(rename, RESERVED)                                                                            \
    X(repair, SOFT)                                                                                \
    X(replace, RESERVED)                                                                           \
    X(reset, SOFT)                                                                                 \
    X(returning, RESERVED)                                                                         \
    X(revoke, RESERVED)                                                                            \
    X(right, RESERVED)                                                                             \
    X(rlike, RESERVED)                                                                             \
    X(rollback, SOFT)                                                                              \
    X(rollup, RESERVED)                                                                            \
    X(routine, SOFT)                                                                               \
    X(row, SOFT)                                                                                   \
    X(rows, SOFT)                                                                                  \
    X(rule, SOFT)                                                                                  \
    X(savepoint, SOFT)                                                                             \
    X(schema, SOFT)                                                                                \
    X(schemas, SOFT)                                                                               \
    X(secret, SOFT)                                                                                \
    X(select, RESERVED)                                                                            \
    X(sequence, SOFT)                                                                              \
    X(server, SOFT)                                                                                \
    X(session_user, RESERVED)                                                                      \
    X(set, RESERVED)                                                                               \
    X(share, SOFT)                                                                                 \
    X(show, RESERVED)                                                                              \
    X(similar, RESERVED)                                                                           \
    X(skip, SOFT)                                                                                  \
    X(some, RESERVED)                                                                              \
    X(spatial, SOFT)                                                                               \
    X(sql_big_result, RESERVED)                                                                    \
    X(sql_buffer_result, RESERVED)                                                                 \
    X(sql_cache, RESERVED)                                                                         \
    X(sql_calc_found_rows, RESERVED)                                                               \
    X(sql_no_cache, RESERVED)                                                                      \
    X(sql_small_result, RESERVED)                                                                  \
    X(start, SOFT)                                                                                 \
    X(stdin, SOFT)                                                                                 \
    X(stdout, SOFT)                                                                                \
    X(straight_join, RESERVED)                                                                     \
    X(symmetric, SOFT)                                                                             \
    X(table, RESERVED)                                                                             \
    X(tables, SOFT)                                                                                \
    X(tablesample, RESERVED)                                                                       \
    X(temp, SOFT)                                                                                  \
    X(temporary, SOFT)                                                                             \
    X(then, RESERVED)                                                                              \
    X(to, RESERVED)                                                                                \
    X(top, RESERVED)                                                                               \
    X(trailing, RESERVED)                                                                          \
    X(transaction, SOFT)                                                                           \
    X(transactions, SOFT)                                                                          \
    X(trigger, SOFT)                                                                               \
    X(true, RESERVED)                                                                              \
    X(truncate, RESERVED)                                                                          \
    X(type, SOFT)                                                                                  \
    X(unbounded, RESERVED)                                                                         \
    X(uninstall, SOFT)                                                                             \
    X(union, RESERVED)                                                                             \
    X(unique, RESERVED)                                                                            \
    X(unload, SOFT)                                                                                \
    X(unlock, SOFT)                                                                                \
    X(unlogged, SOFT)                                                                              \
    X(update, RESERVED)                                                                            \
    X(upsert, SOFT)                                                                                \
    X(use, RESERVED)                                                                               \
    X(user, SOFT)                                                                                  \
    X(using, RESERVED)                                                                             \
    X(vacuum, SOFT)                                                                                \
    X(value, SOFT)                                                                                 \
    X(values, RESERVED)                                                                            \
    X(verbose, SOFT)                                                                               \
    X(view, SOFT)                                                                                  \
    X(views, SOFT)                                                                                 \
    X(when, RESERVED)                                                                              \
    X(where, RESERVED)                                                                             \
    X(window, RESERVED)                                                                            \
    X(with, RESERVED)                                                                              \
    X(within, RESERVED)                                                                            \
    X(xor, RESERVED)
/* clang-format on */

enum sql_keyword {
    SQL_KEY_NONE,
#define SQL_KEYWORD_ENUM(word, rank) SQL_KEY_##word,
    SQL_KEYWORD_TABLE(SQL_KEYWORD_ENUM)
#undef SQL_KEYWORD_ENUM
        SQL_KEY_COUNT
};

/* The keyword a plain word is, letters of any case; SQL_KEY_NONE for any other. */
enum sql_keyword sql_keyword_find(struct slice word);

/* The word in lower case; "" for SQL_KEY_NONE. */
struct slice sql_keyword_text(enum sql_keyword key);

bool sql_keyword_reserved(enum sql_keyword key);

static inline bool sql_keyword_is_reserved(struct slice word)
{
    return sql_keyword_reserved(sql_keyword_find(word));
}

#endif
