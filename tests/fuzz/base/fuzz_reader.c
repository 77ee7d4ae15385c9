/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The reader: the first half of the input says what is read from the second, checked against
 * plain\n * arithmetic on offsets; varints that are read are written the same.
 */
#include "base/buffer.h"
#include "base/reader.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_varint(struct reader *r)
{
    const uint8_t *from = r->at;
    uint64_t value = reader_varint(r);
    if (!reader_ok(r)) {
        require(value == 0);
        return;
    }
    size_t len = (size_t)(r->at - from);
    struct buffer again;
    buffer_init(&again, 10);
    buffer_append_varint(&again, value);
    require(again.len <= len);
    require(again.len < len || memcmp(again.ptr, from, len) == 0); /* longer: padded with zeros */
    buffer_release(&again);
}

/* One read; how many bytes it takes when they are there, or SIZE_MAX when that is not known before.
 */
static size_t do_read(struct reader *r, uint8_t op)
{
    struct reader nested;
    switch (op & 15) {
    case 0:
        reader_u8(r);
        return 1;
    case 1:
        reader_be16(r);
        return 2;
    case 2:
        reader_le16(r);
        return 2;
    case 3:
        reader_le24(r);
        return 3;
    case 4:
        reader_be32(r);
        return 4;
    case 5:
        reader_le32(r);
        return 4;
    case 6:
        reader_be64(r);
        return 8;
    case 7:
        reader_le64(r);
        return 8;
    case 8:
        nested = reader_nested(r, op >> 4);
        require(reader_left(&nested) == (reader_ok(r) ? op >> 4 : 0U));
        return op >> 4;
    case 9:
        reader_cstring(r);
        return SIZE_MAX;
    case 10:
        reader_until(r, op);
        return SIZE_MAX;
    case 11:
        check_varint(r);
        return SIZE_MAX;
    default:
        reader_skip(r, op >> 4);
        return op >> 4;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t half = size / 2;
    struct reader r = reader_of(slice_make(data + half, size - half));
    for (size_t i = 0; i < half; i++) {
        bool good = reader_ok(&r);
        size_t left = reader_left(&r);
        size_t taken = do_read(&r, data[i]);
        require(reader_left(&r) <= left);
        require(reader_offset(&r) + reader_left(&r) == size - half);
        if (taken == SIZE_MAX)
            continue;
        require(reader_ok(&r) == (good && taken <= left));
        require(!reader_ok(&r) || reader_left(&r) == left - taken);
    }
    return 0;
}
