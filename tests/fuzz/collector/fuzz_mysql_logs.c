/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz_log_formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {"mariadb-audit", "mysql-general", "mysql-slow", NULL};
    return fuzz_log(formats, data, size);
}
