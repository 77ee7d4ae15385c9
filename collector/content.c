/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The scanner. One look at all bytes, eight at once, tells what a text may hold. Long numbers are
 * found by looking at every third byte: whoever has eleven digits in groups has a group of three. A
 * run without separators is then judged by its length alone; only one with separators, a text with
 * '@' and a text that may hold a street go to PCRE2.
 */
#include "collector/content.h"

#include "base/pattern.h"

#include <endian.h>
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

/* --- the first look --- */

/* What a text may hold, told by its bytes alone. */
struct look {
    size_t digits;
    bool at_sign;
    bool address;
};

enum { EIGHT = 8 };

#define ALL_BYTES(byte) (UINT64_C(0x0101010101010101) * (byte))
#define HIGH_BITS       ALL_BYTES(0x80)

/* Missing bytes are NUL. */
static uint64_t load_eight(struct slice text, size_t at)
{
    uint64_t eight = 0;
    if (text.len - at >= EIGHT)
        memcpy(&eight, text.ptr + at, EIGHT);
    else
        memcpy(&eight, text.ptr + at, text.len - at);
    return le64toh(eight);
}

/* The high bit of each of eight bytes that lies in a range of ASCII. No sum carries over to the
 * next byte. */
static inline uint64_t bytes_between(uint64_t eight, uint8_t first, uint8_t last)
{
    uint64_t low = eight & ~HIGH_BITS;
    uint64_t from_first = low + ALL_BYTES(0x80u - first),
             behind_last = low + ALL_BYTES(0x7fu - last);
    return from_first & ~behind_last & ~eight & HIGH_BITS;
}

/* How many of eight bytes have their high bit set, and nothing else. */
static inline size_t count_marks(uint64_t marks)
{
    return (size_t)((marks >> 7) * ALL_BYTES(1) >> 56);
}

/* An English street: "digit, blank, capital" or the like before the capital at `i`. */
static bool begins_street(struct slice text, size_t i)
{
    uint8_t before = i >= 2 ? text.ptr[i - 2] : 0;
    uint8_t earlier = i >= 3 ? text.ptr[i - 3] : 0;
    return is_digit(before) || is_digit(earlier) || before == ',';
}

/* A Chinese street needs a character beyond ASCII, an English one a capital behind a blank. */
static struct look look_at(struct slice text)
{
    struct look look = {0};
    uint64_t blank_before = 0; /* the byte before these eight is a blank */
    for (size_t at = 0; at < text.len; at += EIGHT) {
        uint64_t eight = load_eight(text, at);
        uint64_t blanks = bytes_between(eight, ' ', ' ');
        uint64_t starts = bytes_between(eight, 'A', 'Z') & (blanks << 8 | blank_before);
        look.digits += count_marks(bytes_between(eight, '0', '9'));
        look.at_sign |= bytes_between(eight, '@', '@') != 0;
        look.address |= (eight & HIGH_BITS) != 0;
        for (; starts && !look.address; starts &= starts - 1)
            look.address = begins_street(text, at + (size_t)__builtin_ctzll(starts) / EIGHT);
        blank_before = blanks >> 56;
    }
    return look;
}

size_t content_scan(struct content_scanner *scanner, struct slice text,
                    uint32_t found[CONTENT_COUNT])
{
    size_t total = 0;
    memset(found, 0, CONTENT_COUNT * sizeof *found);
    text = slice_part(text, 0, CONTENT_TEXT_MAX);
    struct look look = look_at(text);
    if (look.digits >= NUMBER_DIGITS_MIN)
        scan_numbers(scanner, text, found);
    if (look.at_sign)
        found[CONTENT_email] = count_matches(scanner, CONTENT_email, text);
    if (look.address)
        found[CONTENT_address] = count_matches(scanner, CONTENT_address, text);
    for (int kind = 0; kind < CONTENT_COUNT; kind++)
        total += found[kind];
    return total;
}
