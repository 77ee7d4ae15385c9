/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The look-up of keywords.
 */
#include "collector/decoders/sql_keyword.h"

enum { SOFT, RESERVED };
enum { WORD_MAX = 20 }; /* the longest keyword has 19 letters */

struct keyword {
    struct slice text;
    uint8_t rank;
};

static const struct keyword keywords[SQL_KEY_COUNT] = {[SQL_KEY_NONE] = {{NULL, 0}, SOFT},
#define KEYWORD_ROW(word, rank) \
    [SQL_KEY_##word] = {{(const uint8_t *)#word, sizeof #word - 1}, rank},
                                                       SQL_KEYWORD_TABLE(KEYWORD_ROW)
#undef KEYWORD_ROW
};

/* Keywords are ASCII letters and '_' only, so that bit 0x20 lowers all that can match; a byte that
 * becomes a letter or '_' by it without being one (none below 0x80 but '@'..'Z') is sent elsewhere.
 */
static bool lower_word(struct slice word, uint8_t *to)
{
    for (size_t i = 0; i < word.len; i++) {
        uint8_t c = word.ptr[i];
        if (c >= 'A' && c <= 'Z')
            c = (uint8_t)(c | 0x20);
        else if ((c < 'a' || c > 'z') && c != '_')
            return false;
        to[i] = c;
    }
    return true;
}

enum sql_keyword sql_keyword_find(struct slice word)
{
    uint8_t lowered[WORD_MAX];
    if (word.len < 2 || word.len > WORD_MAX || !lower_word(word, lowered))
        return SQL_KEY_NONE;
    struct slice wanted = {lowered, word.len};
    unsigned low = 1, high = SQL_KEY_COUNT;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = slice_compare(wanted, keywords[middle].text);
        if (order == 0)
            return (enum sql_keyword)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return SQL_KEY_NONE;
}

struct slice sql_keyword_text(enum sql_keyword key)
{
    return keywords[key].text;
}

bool sql_keyword_reserved(enum sql_keyword key)
{
    return keywords[key].rank == RESERVED;
}
