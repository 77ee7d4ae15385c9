/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * How fast one core looks for people's numbers, beside PCRE2 with the same patterns and checks over
 * the same text in the same run: dense (each line holds all kinds) and sparse (one in fifty). The
 * kinds compared are the four of numbers and e-mail; addresses are PCRE2's in both.
 */
#include "base/buffer.h"
#include "base/pattern.h"
#include "collector/content.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LINES = 4096, SECONDS = 2, KINDS = CONTENT_email + 1 };

static struct buffer text;
static struct slice lines[LINES];
static struct pattern *patterns[KINDS];
static struct content_scanner *scanner;

static void make_text(size_t every)
{
    size_t ends[LINES];
    buffer_reset(&text);
    for (size_t i = 0; i < LINES; i++) {
        if (i % every == 0)
            buffer_append_format(
                &text, "%zu,11010519491231002X,138%08zu,4111111111111111,u%zu@example.com", i,
                i * 7919, i);
        else
            buffer_append_format(
                &text, "order %zu was sent on 2024-03-%02zu to the shop in row %zu and paid", i,
                i % 28 + 1, i);
        ends[i] = text.len;
    }
    for (size_t i = 0; i < LINES; i++) {
        size_t from = i ? ends[i - 1] : 0;
        lines[i] = slice_part(buffer_slice(&text), from, ends[i] - from);
    }
}

static size_t scan_ours(void)
{
    size_t total = 0;
    for (size_t i = 0; i < LINES; i++) {
        uint32_t found[CONTENT_COUNT];
        content_scan(scanner, lines[i], found);
        for (int kind = 0; kind < KINDS; kind++)
            total += found[kind];
    }
    return total;
}

static size_t count_pattern(enum content_kind kind, struct slice line)
{
    struct pattern_match match;
    size_t from = 0, count = 0;
    while (pattern_find(patterns[kind], line, from, &match) == STATUS_OK) {
        count += content_check(kind, match.groups[0]);
        from = (size_t)(match.groups[0].ptr - line.ptr) + match.groups[0].len;
    }
    return count;
}

static size_t scan_pcre2(void)
{
    size_t total = 0;
    for (size_t i = 0; i < LINES; i++)
        for (int kind = 0; kind < KINDS; kind++)
            total += count_pattern((enum content_kind)kind, lines[i]);
    return total;
}

static double used_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void measure(const char *what, size_t (*scan)(void))
{
    size_t found = scan(), rounds = 0;
    double start = used_time(), seconds = 0;
    while (seconds < SECONDS) {
        scan();
        rounds++;
        seconds = used_time() - start;
    }
    printf("%-20s %8zu found %8.1f MB/s\n", what, found,
           (double)(rounds * text.len) / seconds / 1e6);
}

int main(void)
{
    char error[PATTERN_ERROR_MAX];
    buffer_init(&text, 1 << 20);
    scanner = content_scanner_new();
    for (int kind = 0; kind < KINDS; kind++)
        if (!scanner || pattern_compile(&patterns[kind], content_pattern((enum content_kind)kind),
                                        0, error) != STATUS_OK)
            return 1;
    make_text(1);
    measure("dense, ours", scan_ours);
    measure("dense, PCRE2", scan_pcre2);
    make_text(50);
    measure("sparse, ours", scan_ours);
    measure("sparse, PCRE2", scan_pcre2);
    return 0;
}
