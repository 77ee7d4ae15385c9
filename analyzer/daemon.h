/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The program dwell-analyzer: spools in, state and archive out, alerts to syslog. Gives the
 * process's exit code. SIGTERM and SIGINT end it after a commit; SIGHUP reads the directory again.
 */
#ifndef ANALYZER_DAEMON_H
#define ANALYZER_DAEMON_H

int analyzer_main(int argc, char **argv);

#endif
