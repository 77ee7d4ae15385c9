/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the simulation writes.
 */
#ifndef SIM_OUTPUT_H
#define SIM_OUTPUT_H

#include "base/buffer.h"
#include "sim/day.h"

/* Appends one event as a JSON object, without a line end. */
enum status output_event(struct buffer *line, const struct day *day, const struct act *act,
                         uint64_t seq);

/* Appends the same act as a line of nginx's JSON access log, without a line end; nothing where it
 * is no request of the web application. */
enum status output_access(struct buffer *line, const struct day *day, const struct act *act);

/* directory/, site.key and dwell.yaml. */
enum status output_directory(const struct organisation *o, const char *folder, struct fault *fault);

/* answer-key.csv and answer-days.csv: what really happened, so after the last day. */
enum status output_answers(const struct organisation *o, const char *folder, struct fault *fault);

#endif
