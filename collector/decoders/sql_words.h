/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the words of SQL do to the walk over a statement (sql_analyse.c), and what they need of it.
 */
#ifndef COLLECTOR_DECODERS_SQL_WORDS_H
#define COLLECTOR_DECODERS_SQL_WORDS_H

#include "collector/decoders/sql_analyse.h"

/* Takes a keyword; false when it is a name where it stands. */
bool sql_word(struct sql_analysis *analysis, enum sql_keyword key);

/* Of sql_analyse.c: a new SELECT in the same block (UNION, INSERT ... SELECT); ';' or the like;
 * ')'. */
void sql_block_restart(struct sql_analysis *analysis);
void sql_statement_end(struct sql_analysis *analysis);
void sql_frame_close(struct sql_analysis *analysis);

#endif
