/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The coverage ledger in an answer: the number with its causes, assets, blind spots by name.
 */
#ifndef WEB_API_LEDGER_H
#define WEB_API_LEDGER_H

#include "base/json_write.h"
#include "store/reader.h"

/* Members "number", "missing", "assets" and "blind_spots" of the object that is open. */
enum status write_ledger(struct json_writer *w, struct store_reader *reader, int32_t from,
                         int32_t to);

#endif
