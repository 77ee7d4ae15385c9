/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The reads that are too long to be inlined.
 */
#include "base/reader.h"

struct slice reader_until(struct reader *r, uint8_t stop)
{
    struct slice left = {r->at, reader_left(r)};
    size_t n = slice_find(left, stop, 0);
    if (n == left.len) {
        reader_fail(r);
        return (struct slice){NULL, 0};
    }
    struct slice found = reader_bytes(r, n);
    reader_skip(r, 1);
    return found;
}

uint64_t reader_varint(struct reader *r)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = reader_u8(r);
        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return reader_ok(r) ? value : 0;
    }
    reader_fail(r);
    return 0;
}
