/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The table of subcommands, in the order --help shows them.
 */
#include "cli/commands.h"

const struct command *const commands[] = {
    &decode_command,
    &sim_command,
    NULL,
};
