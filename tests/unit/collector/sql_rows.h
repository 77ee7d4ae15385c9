/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows of the tests of SQL: a statement and all that is said of it.
 */
#ifndef UNIT_COLLECTOR_SQL_ROWS_H
#define UNIT_COLLECTOR_SQL_ROWS_H

#include "collector/decoders/sql.h"

struct sql_row {
    enum sql_dialect dialect;
    const char *text;
    const char *statement; /* normalised; NULL: as the text */
    const char *action;
    const char *objects; /* "table(column,column) table" */
    const char *more; /* "star secret limit grantee=x prepared=x tag=x", what applies; NULL: none */
};

/* Describes the row's text twice (anew and from the cache) and asserts (cmocka) every column. */
void sql_check_rows(const struct sql_row *rows, size_t count);

#endif
