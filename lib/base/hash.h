/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Hashes: XXH3-64 for tables and shapes (not for secrets), CRC-32C (RFC 3720 appendix B.4) for
 * stored values, keyed BLAKE2b (RFC 7693) for subjects and hash chains.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/slice.h"

uint64_t hash64(struct slice s);
uint64_t hash64_seeded(struct slice s, uint64_t seed);

/* CRC-32C of the bytes, continuing from `crc` (0 to begin). Hardware where the CPU has it. */
uint32_t crc32c(uint32_t crc, struct slice s);

/* The same without the CPU's instruction, for comparison. */
uint32_t crc32c_portable(uint32_t crc, struct slice s);

/* BLAKE2b of up to three parts, one after the other, under a 32-byte key (NULL: none) into 16 to 64
 * bytes. */
void blake2b(uint8_t *out, size_t out_len, const uint8_t *key32, struct slice a, struct slice b,
             struct slice c);

#endif
