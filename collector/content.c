/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The scanner. Long numbers are found by looking at every third byte: whoever has eleven digits in
 * groups has a group of three. A run without separators is then judged by its length alone; only
 * one with separators, a text with '@' and a text that may hold a street go to PCRE2.
 */
#include "collector/content.h"

#include "base/pattern.h"

#include <stdlib.h>

enum { NUMBER_DIGITS_MIN = 11, STEP = 3 };

struct content_scanner {
    struct pattern *patterns[CONTENT_COUNT];
};

/* What surrounds a number decides as much as it: one character before, two behind. */
struct run {
    struct slice text;
    size_t from, to; /* digits, blanks and hyphens; begins and ends with a digit */
    size_t digits;
};

struct content_scanner *content_scanner_new(void)
{
    struct content_scanner *scanner = calloc(1, sizeof *scanner);
    char error[PATTERN_ERROR_MAX];
    if (!scanner)
        return NULL;
    for (int kind = 0; kind < CONTENT_COUNT; kind++) {
        unsigned flags = kind == CONTENT_address ? PATTERN_UTF8 : 0;
        if (pattern_compile(&scanner->patterns[kind], content_pattern((enum content_kind)kind),
                            flags, error) != STATUS_OK) {
            content_scanner_free(&scanner);
            return NULL;
        }
    }
    return scanner;
}

void content_scanner_free(struct content_scanner **scanner)
{
    if (!*scanner)
        return;
    for (int kind = 0; kind < CONTENT_COUNT; kind++)
        pattern_free(&(*scanner)->patterns[kind]);
    free(*scanner);
    *scanner = NULL;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static uint8_t byte_at(struct slice text, size_t at)
{
    return at < text.len ? text.ptr[at] : 0;
}

/* Counts the matches that pass the check. */
static uint32_t count_matches(struct content_scanner *scanner, enum content_kind kind,
                              struct slice text)
{
    struct pattern_match match;
    uint32_t count = 0;
    size_t from = 0;
    while (from < text.len &&
           pattern_find(scanner->patterns[kind], text, from, &match) == STATUS_OK) {
        struct slice hit = match.groups[0];
        count += content_check(kind, hit);
        from = (size_t)(hit.ptr - text.ptr) + (hit.len ? hit.len : 1);
    }
    return count;
}

/* --- numbers --- */

/* The next digit at or after `from` that a group of three digits cannot hide from; or text.len. */
static size_t find_digit(struct slice text, size_t from)
{
    size_t at = from + STEP - 1;
    while (at < text.len && !is_digit(text.ptr[at]))
        at += STEP;
    return at < text.len ? at : text.len;
}

static bool joins_digits(uint8_t c)
{
    return is_digit(c) || c == ' ' || c == '-';
}

/* The widest run around a digit, not reaching before `begin`. Gives where the search goes on. */
static size_t widen(struct run *run, size_t begin, size_t digit)
{
    size_t end = digit;
    run->digits = 0;
    run->from = digit;
    for (size_t at = digit; at > begin && joins_digits(run->text.ptr[at - 1]); at--)
        if (is_digit(run->text.ptr[at - 1]))
            run->from = at - 1;
    while (end < run->text.len && joins_digits(run->text.ptr[end]))
        end++;
    for (size_t at = run->from; at < end; at++) {
        if (!is_digit(run->text.ptr[at]))
            continue;
        run->digits++;
        run->to = at + 1;
    }
    return end;
}

static bool begins_mobile(const struct run *run, size_t skip)
{
    struct slice s = slice_part(run->text, run->from, run->to - run->from);
    return s.len == skip + 11 && slice_ends(slice_part(s, 0, skip), SLICE("86")) == (skip > 0) &&
           (skip < 4 || slice_starts(s, SLICE("0086"))) && s.ptr[skip] == '1' &&
           s.ptr[skip + 1] >= '3';
}

/* A run of digits alone: its length says what it can be. */
static void judge_plain(const struct run *run, uint32_t found[CONTENT_COUNT])
{
    struct slice number = slice_part(run->text, run->from, run->digits);
    uint8_t behind = byte_at(run->text, run->to);
    bool marked = (behind == 'X' || behind == 'x') && run->digits == 17;
    uint8_t last = byte_at(run->text, run->to + marked);
    if ((run->from > 0 && is_letter(run->text.ptr[run->from - 1])) || is_letter(last) ||
        (marked && is_digit(last)))
        return;
    number.len += marked;
    if (number.len == 18 && content_check(CONTENT_citizen_id, number))
        found[CONTENT_citizen_id]++;
    else if (!marked && run->digits >= 13 && run->digits <= 19)
        found[CONTENT_bank_card] += content_check(CONTENT_bank_card, number);
    found[CONTENT_mobile] +=
        begins_mobile(run, 0) || begins_mobile(run, 2) || begins_mobile(run, 4);
}

static void judge_grouped(struct content_scanner *scanner, const struct run *run,
                          uint32_t found[CONTENT_COUNT])
{
    size_t before = run->from > 0;
    struct slice part = slice_part(run->text, run->from - before, run->to - run->from + before + 2);
    found[CONTENT_citizen_id] += count_matches(scanner, CONTENT_citizen_id, part);
    found[CONTENT_bank_card] += count_matches(scanner, CONTENT_bank_card, part);
    found[CONTENT_mobile] += count_matches(scanner, CONTENT_mobile, part);
}

static void scan_numbers(struct content_scanner *scanner, struct slice text,
                         uint32_t found[CONTENT_COUNT])
{
    struct run run = {.text = text};
    size_t at = 0;
    for (;;) {
        size_t digit = find_digit(text, at);
        if (digit == text.len)
            return;
        at = widen(&run, at, digit);
        if (run.digits < NUMBER_DIGITS_MIN)
            continue;
        if (run.digits == run.to - run.from)
            judge_plain(&run, found);
        else
            judge_grouped(scanner, &run, found);
    }
}

/* --- streets --- */

/* An English street: "digit, blank, capital" or the like around the blank at `i`. */
static bool begins_street(struct slice text, size_t i)
{
    uint8_t next = byte_at(text, i + 1);
    if (i == 0 || text.ptr[i] != ' ' || next < 'A' || next > 'Z')
        return false;
    uint8_t before = text.ptr[i - 1];
    uint8_t earlier = i >= 2 ? text.ptr[i - 2] : 0;
    return is_digit(before) || is_digit(earlier) || before == ',';
}

enum { EIGHT = 8 };

#define ALL_BYTES(byte) (UINT64_C(0x0101010101010101) * (byte))

static uint64_t load_eight(struct slice text, size_t at)
{
    uint64_t eight;
    memcpy(&eight, text.ptr + at, EIGHT);
    return eight;
}

/* Whether any of eight blanks has a capital in the same place of `next`; both are ASCII, so that no
 * sum carries over to the next byte. */
static bool blank_before_capital(uint64_t eight, uint64_t next)
{
    uint64_t others = (eight ^ ALL_BYTES(' ')) + ALL_BYTES(0x7f);
    uint64_t from_a = next + ALL_BYTES(0x80 - 'A'), behind_z = next + ALL_BYTES(0x7f - 'Z');
    return (~others & from_a & ~behind_z & ALL_BYTES(0x80)) != 0;
}

/* A Chinese street needs a character beyond ASCII, an English one a blank before a capital. */
static bool may_hold_address(struct slice text)
{
    size_t at = 0;
    for (; text.len - at > EIGHT; at += EIGHT) {
        uint64_t eight = load_eight(text, at), next = load_eight(text, at + 1);
        if ((eight | next) & ALL_BYTES(0x80))
            return true;
        if (!blank_before_capital(eight, next))
            continue;
        for (size_t i = at; i < at + EIGHT; i++)
            if (begins_street(text, i))
                return true;
    }
    for (; at < text.len; at++)
        if (text.ptr[at] >= 0x80 || begins_street(text, at))
            return true;
    return false;
}

size_t content_scan(struct content_scanner *scanner, struct slice text,
                    uint32_t found[CONTENT_COUNT])
{
    size_t total = 0;
    memset(found, 0, CONTENT_COUNT * sizeof *found);
    text = slice_part(text, 0, CONTENT_TEXT_MAX);
    scan_numbers(scanner, text, found);
    if (slice_find(text, '@', 0) < text.len)
        found[CONTENT_email] = count_matches(scanner, CONTENT_email, text);
    if (may_hold_address(text))
        found[CONTENT_address] = count_matches(scanner, CONTENT_address, text);
    for (int kind = 0; kind < CONTENT_COUNT; kind++)
        total += found[kind];
    return total;
}
