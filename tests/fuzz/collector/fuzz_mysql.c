/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the MySQL decoder.
 */
#include "support/fuzz_decoder.h"

extern const struct decoder mysql_decoder;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_decoder(&mysql_decoder, data, size);
    return 0;
}
