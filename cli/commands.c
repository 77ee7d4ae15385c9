/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The table of subcommands, in the order --help shows them.
 */
#include "cli/commands.h"

const struct command *const commands[] = {
    &decode_command,
    &replay_command,
    &risk_command,
    &explain_command,
    &verdict_command,
    &backtest_command,
    &events_command,
    &alerts_command,
    &who_saw_command,
    &coverage_command,
    &verify_command,
    &report_command,
    &status_command,
    &check_command,
    &sim_command,
    &assign_command,
    &user_command,
    &settings_command,
    &manual_command,
    NULL,
};
