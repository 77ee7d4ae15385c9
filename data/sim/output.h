/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The files of the simulated lender.
 */
#ifndef SIM_OUTPUT_H
#define SIM_OUTPUT_H

#include "sim/day.h"

#include <stdio.h>

/* One act as one line of event JSON. `seq` counts the requests of its session. */
void output_event(FILE *file, const struct day *day, const struct act *act, uint64_t seq);

/* directory/, answer-key.csv, site.key and dwell.yaml in the folder. */
enum status output_directory(const struct organisation *o, const char *folder, struct fault *fault);

#endif
