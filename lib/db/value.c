/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sealed values.
 */
#include "base/hash.h"
#include "base/reader.h"
#include "db/db.h"

enum { SEAL = 1 + 4 }; /* version, CRC-32C */

void db_seal(struct buffer *to, uint8_t version, struct slice payload)
{
    uint32_t crc = crc32c(crc32c(0, slice_make(&version, 1)), payload);
    buffer_append_byte(to, version);
    buffer_append_slice(to, payload);
    buffer_append_le32(to, crc);
}

enum status db_unseal(struct slice value, uint8_t newest, uint8_t *version, struct slice *payload)
{
    *version = 0;
    *payload = (struct slice){NULL, 0};
    if (value.len < SEAL)
        return STATUS_CORRUPT;
    struct slice sealed = slice_part(value, 0, value.len - 4);
    struct reader crc = reader_of(slice_part(value, sealed.len, 4));
    if (crc32c(0, sealed) != reader_le32(&crc))
        return STATUS_CORRUPT;
    *version = sealed.ptr[0];
    if (*version == 0 || *version > newest)
        return STATUS_VERSION;
    *payload = slice_part(sealed, 1, sealed.len);
    return STATUS_OK;
}
