/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A scored day as a row of the store: numbers, terms, sentences.
 */
#ifndef ANALYZER_DAY_ROW_H
#define ANALYZER_DAY_ROW_H

#include "analyzer/day_book.h"

/* `user` of the score is the struct day_entry. Texts live as long as the scoring. */
void day_row(const struct model_score *score, bool running, struct store_day *day);

#endif
