/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The two reduced forms of a statement: its text without literals, which people read, and its
 * shape, which counts like statements together.
 */
#ifndef COLLECTOR_DECODERS_SQL_NORMALISE_H
#define COLLECTOR_DECODERS_SQL_NORMALISE_H

#include "base/buffer.h"
#include "collector/decoders/sql.h"

/* Appends the text with each literal as '?', and white space and comments as one blank. Never
 * longer than the text. `comment` (may be NULL) gets the comment that a statement tag would be in.
 * Linear. */
void sql_normalise(enum sql_dialect dialect, struct slice text, struct buffer *to,
                   struct slice *comment);

/* Appends the shape's text: of a normalised statement, keywords lowered, one blank between tokens,
 * bound parameters as '?', parentheses of nothing but '?' as (?), and of rows alike one. At most
 * twice as long as the statement. Linear. */
void sql_shape_text(enum sql_dialect dialect, struct slice statement, struct buffer *to);

#endif
