/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Inside the store: records as bytes. Each record's fields are named once, for both directions.
 * Decoded slices point into the bytes.
 */
#ifndef STORE_RECORD_CODEC_H
#define STORE_RECORD_CODEC_H

#include "base/buffer.h"
#include "store/layout.h"

/* encode: appends a sealed value. decode: CORRUPT, VERSION or OK. */
#define RECORD_CODEC(name, type)                                      \
    void record_encode_##name(struct buffer *to, const type *record); \
    enum status record_decode_##name(struct slice value, type *record);

RECORD_CODEC(day, struct store_day)
RECORD_CODEC(person, struct store_person)
RECORD_CODEC(alert, struct store_alert)
RECORD_CODEC(notice, struct store_notice)
RECORD_CODEC(view, struct store_view)
RECORD_CODEC(coverage, struct store_coverage)
RECORD_CODEC(watch, struct store_watch)
RECORD_CODEC(sensor, struct store_sensor)
RECORD_CODEC(account, struct store_account)
RECORD_CODEC(verdict, struct store_verdict)
RECORD_CODEC(status, struct store_status)
RECORD_CODEC(cursor, struct store_cursor)
RECORD_CODEC(head, struct archive_head)
RECORD_CODEC(site, struct store_site)
#undef RECORD_CODEC

/* BLAKE2b-256 of the chain before and of the notice without its own chain. */
void record_chain_notice(const uint8_t before[STORE_HASH_SIZE], const struct store_notice *notice,
                         uint8_t chain[STORE_HASH_SIZE]);

#endif
