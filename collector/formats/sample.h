/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The beginning of a log record that was not understood, for a person to see what it was: escaped
 * for a terminal, and with all in it masked that may be a secret. As the record was not understood,
 * nobody knows where secrets would stand: what is in quotes is masked, runs of four or more digits
 * are, and so is everything behind a word that announces a password.
 */
#ifndef COLLECTOR_FORMATS_SAMPLE_H
#define COLLECTOR_FORMATS_SAMPLE_H

#include "base/slice.h"

/* Writes a terminated text of less than `size` bytes. */
void log_sample_text(struct slice record, char *to, size_t size);

#endif
