/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The coverage ledger on a terminal and as JSON lines: shared by `dwell coverage` and `status`.
 */
#ifndef CLI_LEDGER_H
#define CLI_LEDGER_H

#include "cli/query.h"
#include "store/ledger.h"

/* The ledger of the query's period as of now; lives in the arena. */
enum status ledger_of_query(struct query *q, struct ledger *ledger, struct arena *arena);

/* "coverage 87.3 of 100 over 5 assets", and the causes of what is missing. */
void ledger_print_number(const struct ledger *ledger);

/* Named blind spots: sensors that are silent, assets nothing watches, canaries that are overdue,
 * ports nobody understands; at most `most` of the last (0: all). Gives how many there are. */
size_t ledger_print_blind_spots(struct query *q, const struct ledger *ledger, size_t most);

/* A line for the number, each row, each source and each port. */
void ledger_print_json(struct query *q, const struct ledger *ledger);

#endif
