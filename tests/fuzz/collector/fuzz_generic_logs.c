/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz_log_formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {
        "generic-json:fields: {time: t, account: u, statement: s, uri: p, subject: c, client: "
        "i}\nwhen: {k: [a, b]}\n",
        "generic-csv:fields: {time: t, account: u, statement: s}\n",
        "generic-keyvalue:fields: {time: t, account: u, statement: s, duration_ms: d}\n", NULL};
    return fuzz_log(formats, data, size);
}
