/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What counts as a number of a person, and that the scanner finds what the patterns and checks find
 * when they are run over the whole text.
 */
#include "base/pattern.h"
#include "collector/content.h"
#include "support/guard.h"
#include "support/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* All numbers are made up: regions, dates and check digits fit, the people do not exist. */
struct row {
    const char *text;
    uint32_t found[CONTENT_COUNT]; /* citizen_id bank_card mobile email address */
};

static const struct row rows[] = {
    {"", {0}},
    {"11010519491231002X", {1, 0, 0, 0, 0}},
    {"id 11010519491231002x.", {1, 0, 0, 0, 0}},
    {"440524188001010014", {0}}, /* a date before 1900 */
    {"110105194912310021", {0}}, /* the check mark is wrong */
    {"11010519491331002X", {0}}, /* month 13 */
    {"a11010519491231002X", {0}},
    {"11010519491231002Xa", {0}},
    {"1101051949123100210", {0}},
    {"4111111111111111", {0, 1, 0, 0, 0}},
    {"4111 1111 1111 1111", {0, 1, 0, 0, 0}},
    {"4111-1111-1111-1111, 4111111111111112", {0, 1, 0, 0, 0}},
    {"6222020000000000002", {0}},
    {"3782 822463 10005", {0, 1, 0, 0, 0}},
    {"1234567890123", {0}}, /* milliseconds */
    {"1700000000000", {0}},
    {"13800138000", {0, 0, 1, 0, 0}},
    {"+86 138 0013 8000 / +8613800138000 / 008613800138000", {0, 0, 3, 0, 0}},
    {"138-0013-8000", {0, 0, 1, 0, 0}},
    {"138001380001", {0}},
    {"12800138000", {0}},
    {"x13800138000", {0}},
    {"13800138000,13900139000;15000150000", {0, 0, 3, 0, 0}},
    {"mail a.b+c@example.co.uk now", {0, 0, 0, 1, 0}},
    {"@ a@ @b a@b a@b.c", {0}},
    {"a@b.cn,c@d.com", {0, 0, 0, 2, 0}},
    {"北京市朝阳区建国路88号", {0, 0, 0, 0, 1}},
    {"上海市浦东新区世纪大道100号2栋 13800138000", {0, 0, 1, 0, 1}},
    {"北京市", {0}},
    {"12 Long Hill Road", {0, 0, 0, 0, 1}},
    {"room 12 is free", {0}},
    {"1 2 3 4 5 6 7 8 9 0 1 2 3 4 5", {0}},
};

static void test_rows(void **state)
{
    (void)state;
    struct content_scanner *scanner = content_scanner_new();
    assert_non_null(scanner);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t found[CONTENT_COUNT];
        content_scan(scanner, slice_from(rows[i].text), found);
        for (int kind = 0; kind < CONTENT_COUNT; kind++)
            if (found[kind] != rows[i].found[kind])
                fail_msg("%s: %s %u, not %u", rows[i].text, content_name((enum content_kind)kind),
                         found[kind], rows[i].found[kind]);
    }
    content_scanner_free(&scanner);
    assert_null(scanner);
}

/* The definition, in the plain way. */
struct oracle {
    struct pattern *patterns[CONTENT_COUNT];
};

static uint32_t oracle_count(struct oracle *oracle, enum content_kind kind, struct slice text)
{
    struct pattern_match match;
    uint32_t count = 0;
    size_t from = 0;
    while (from <= text.len &&
           pattern_find(oracle->patterns[kind], text, from, &match) == STATUS_OK) {
        count += content_check(kind, match.groups[0]);
        from = (size_t)(match.groups[0].ptr - text.ptr) + match.groups[0].len;
    }
    return count;
}

static void oracle_init(struct oracle *oracle)
{
    char error[PATTERN_ERROR_MAX];
    for (int kind = 0; kind < CONTENT_COUNT; kind++)
        assert_int_equal(pattern_compile(&oracle->patterns[kind],
                                         content_pattern((enum content_kind)kind),
                                         kind == CONTENT_address ? PATTERN_UTF8 : 0, error),
                         STATUS_OK);
}

/* Pieces that are, or are nearly, what is looked for, and what stands between. */
static const char *const pieces[] = {
    "11010519491231002X",
    "11010519491231002x",
    "110105194912310021",
    "4111111111111111",
    "4111 1111 1111 1111",
    "378282246310005",
    "13800138000",
    "+86",
    "0086",
    "86",
    "138-0013-8000",
    "138 0013 8000",
    "a@b.cn",
    "x.y@example.com",
    "@",
    " ",
    "-",
    ",",
    "X",
    "a",
    "\n",
    "1",
    "12",
    "2024-01-01",
    "\xe5\xb8\x82",
    "\xe8\xb7\xaf"
    "5"
    "\xe5\x8f\xb7",
    "12 Long Road",
    "\xff",
    "0000000000000000000000000",
    "  ",
    "--",
    "1 2 3 4",
};

static void test_against_the_patterns(void **state)
{
    (void)state;
    struct random random = random_start(20261122);
    struct content_scanner *scanner = content_scanner_new();
    struct oracle oracle;
    struct guard guard;
    char text[512];
    oracle_init(&oracle);
    guard_init(&guard, sizeof text);
    for (int i = 0; i < 40000; i++) {
        size_t len = 0, count = random_below(&random, 9);
        for (size_t k = 0; k < count; k++)
            len +=
                (size_t)snprintf(text + len, sizeof text - len, "%s",
                                 pieces[random_below(&random, sizeof pieces / sizeof pieces[0])]);
        struct slice placed = guard_place(&guard, slice_make(text, len));
        uint32_t found[CONTENT_COUNT];
        content_scan(scanner, placed, found);
        for (int kind = 0; kind < CONTENT_COUNT; kind++) {
            uint32_t want = oracle_count(&oracle, (enum content_kind)kind, placed);
            if (found[kind] != want)
                fail_msg("%.*s: %s %u, the pattern %u", (int)len, text,
                         content_name((enum content_kind)kind), found[kind], want);
        }
    }
    for (int kind = 0; kind < CONTENT_COUNT; kind++)
        pattern_free(&oracle.patterns[kind]);
    guard_release(&guard);
    content_scanner_free(&scanner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_against_the_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
