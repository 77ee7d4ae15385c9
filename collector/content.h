/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a text holds by its content: numbers and addresses of people that a column's name does not
 * give away. Candidates are found by runs of digits and by '@', confirmed by PCRE2 or by hand where
 * the run has no separators, and then checked: citizen id by GB 11643 (region, date, ISO 7064
 * MOD 11-2), bank card by issuer range and Luhn (ISO/IEC 7812-1).
 */
#ifndef COLLECTOR_CONTENT_H
#define COLLECTOR_CONTENT_H

#include "base/slice.h"

/* X(name, class of JR/T 0171-2020) */
#define CONTENT_TABLE(X) \
    X(citizen_id, 2)     \
    X(bank_card, 2)      \
    X(mobile, 2)         \
    X(email, 2)          \
    X(address, 2)

enum content_kind {
#define CONTENT_ENUM(name, class) CONTENT_##name,
    CONTENT_TABLE(CONTENT_ENUM)
#undef CONTENT_ENUM
        CONTENT_COUNT
};

enum { CONTENT_TEXT_MAX = 4096 }; /* of one text, no more is looked at */

struct content_scanner;

/* Compiles the patterns (before a sandbox forbids it); NULL when there is no memory. Used by one
 * thread at a time. */
struct content_scanner *content_scanner_new(void);
void content_scanner_free(struct content_scanner **scanner);

/* How often each kind stands in the text. Gives the number of all. */
size_t content_scan(struct content_scanner *scanner, struct slice text,
                    uint32_t found[CONTENT_COUNT]);

const char *content_name(enum content_kind kind);
uint8_t content_class(enum content_kind kind);

/* The pattern a kind is defined by, and the check a match must pass (`text` is one match). The
 * scanner finds what these find, in another way. */
struct slice content_pattern(enum content_kind kind);
bool content_check(enum content_kind kind, struct slice text);

#endif
