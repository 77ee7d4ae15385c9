/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes PostgreSQL's binary values: a 32-bit type OID (little endian), then the value.
 */
#include "base/reader.h"
#include "collector/decoders/postgresql_values.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct slice text;
    struct reader r = reader_of(slice_make(data, size));
    uint32_t oid = reader_le32(&r);
    arena_init(&arena, 1 << 20);
    if (!pg_value_text(oid, reader_rest(&r), &arena, &text) && text.len)
        abort();
    arena_release(&arena);
    return 0;
}
