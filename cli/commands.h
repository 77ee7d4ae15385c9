/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each subcommand's row: defined in the file of its name, listed in commands.c.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

extern const struct command decode_command; /* decode.c */
extern const struct command sim_command;    /* sim.c */

#endif
