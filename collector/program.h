/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The program dwell-collector: packets of an interface (or of files) into the sensor's spool, until
 * SIGTERM or SIGINT. Rights are given up once the capture is open.
 */
#ifndef COLLECTOR_PROGRAM_H
#define COLLECTOR_PROGRAM_H

#include "base/status.h"

/* Returns an exit code (enum exit_code). */
int collector_main(int argc, char **argv);

#endif
