/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* Parameters: what is decoded is clean UTF-8 and no longer than what was sent. */
#include "base/text.h"
#include "web/query.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_make(data, size), value;
    struct arena arena;
    uint64_t number;
    arena_init(&arena, 1 << 20);
    if (query_decode(text, true, &arena, &value) == STATUS_OK &&
        (value.len > size || !text_is_utf8(value) || !query_text_ok(value)))
        abort();
    query_value(text, "a", &arena, &value);
    if (query_number(text, "n", 3, 9, 5, &number) == STATUS_OK && (number < 3 || number > 9))
        abort();
    arena_release(&arena);
    return 0;
}
