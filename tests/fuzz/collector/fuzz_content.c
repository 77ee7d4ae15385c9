/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a cell: the scanner must find what the patterns and checks find.
 */
#include "base/pattern.h"
#include "collector/content.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pattern *patterns[CONTENT_COUNT];
static struct content_scanner *scanner;

static void set_up(void)
{
    char error[PATTERN_ERROR_MAX];
    scanner = content_scanner_new();
    for (int kind = 0; scanner && kind < CONTENT_COUNT; kind++)
        if (pattern_compile(&patterns[kind], content_pattern((enum content_kind)kind),
                            kind == CONTENT_address ? PATTERN_UTF8 : 0, error) != STATUS_OK)
            abort();
}

/* False when PCRE2 reached a limit, so that nothing is known. */
static bool count(enum content_kind kind, struct slice text, uint32_t *found)
{
    struct pattern_match match;
    size_t from = 0;
    *found = 0;
    for (;;) {
        enum status status = pattern_find(patterns[kind], text, from, &match);
        if (status != STATUS_OK)
            return status == STATUS_NOT_FOUND;
        *found += content_check(kind, match.groups[0]);
        from = (size_t)(match.groups[0].ptr - text.ptr) + match.groups[0].len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t found[CONTENT_COUNT], want;
    if (!scanner)
        set_up();
    if (!scanner)
        return 0;
    struct slice text = slice_part(slice_make(data, size), 0, CONTENT_TEXT_MAX);
    content_scan(scanner, text, found);
    for (int kind = 0; kind < CONTENT_COUNT; kind++)
        if (count((enum content_kind)kind, text, &want) && found[kind] != want)
            abort();
    return 0;
}
