/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A fuzz input as an exchange: records of one control byte, a 16-bit little-endian length and that
 * many bytes. Control: bit 0 the direction (1: to the client), bit 1 "bytes were lost before this",
 * bit 2 of the first record "the beginning was not seen". The decoder's contract is checked.
 */
#ifndef SUPPORT_FUZZ_DECODER_H
#define SUPPORT_FUZZ_DECODER_H

#include "collector/decoder.h"

void fuzz_decoder(const struct decoder *decoder, const uint8_t *data, size_t size);

#endif
