/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as SQL: the first byte chooses the dialect. Checks what is promised of every text.
 */
#include "collector/decoders/sql.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sql_cache *cache;
    if (!cache)
        cache = sql_cache_new(256);
    if (!cache || size == 0)
        return 0;
    enum sql_dialect dialect = (enum sql_dialect)(data[0] % (SQL_MYSQL + 1));
    struct slice text = slice_part(slice_make(data, size), 1, SIZE_MAX);
    const struct sql_description *d = sql_describe(cache, dialect, text);
    uint64_t shape = d->shape;
    check(d->statement.len <= text.len);
    check(d->object_count <= EVENT_MAX_OBJECTS);
    for (size_t i = 0; i < d->object_count; i++)
        check(d->objects[i].name.len > 0 && d->objects[i].column_count <= EVENT_MAX_COLUMNS);
    check(sql_describe(cache, dialect, text)->shape == shape);
    struct slice rest = text, statement;
    while (sql_next_statement(dialect, &rest, &statement))
        check(statement.len > 0 && rest.len < text.len);
    return 0;
}
