/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The program dwell-web.
 */
#ifndef WEB_PROGRAM_H
#define WEB_PROGRAM_H

/* Runs until it is told to stop (SIGTERM, SIGINT); gives an exit code of base/status.h. */
int web_program(int argc, char **argv);

#endif
