/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A fuzz input as a log of one format: the bytes are fed whole and cut, and must give as many
 * events either way; every byte that an event claims to have is read.
 */
#ifndef FUZZ_COLLECTOR_FUZZ_LOG_FORMATS_H
#define FUZZ_COLLECTOR_FUZZ_LOG_FORMATS_H

#include <stddef.h>
#include <stdint.h>

/* The formats, ended by NULL: NAME or NAME:ARGUMENT; the first byte of the input chooses. */
int fuzz_log(const char *const *formats, const uint8_t *data, size_t size);

#endif
