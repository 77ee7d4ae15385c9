/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * `dwell explain --recompute`: a day scored again from the archive, beside what the store says.
 */
#ifndef CLI_RECOMPUTE_H
#define CLI_RECOMPUTE_H

#include "cli/query.h"

/* EXIT_DONE: the same to the last bit; EXIT_WRONG: it is not, or cannot be made again; EXIT_INPUT.
 */
int recompute_print(struct query *q, const char *config, const struct store_day *stored);

#endif
