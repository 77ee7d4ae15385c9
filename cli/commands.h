/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each subcommand's row: defined in the file of its name, listed in commands.c.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

extern const struct command decode_command;   /* decode.c */
extern const struct command replay_command;   /* replay.c */
extern const struct command risk_command;     /* risk.c */
extern const struct command explain_command;  /* explain.c */
extern const struct command verdict_command;  /* verdict.c */
extern const struct command backtest_command; /* backtest.c */
extern const struct command events_command;   /* events.c */
extern const struct command alerts_command;   /* alerts.c */
extern const struct command who_saw_command;  /* who_saw.c */
extern const struct command coverage_command; /* coverage.c */
extern const struct command verify_command;   /* verify.c */
extern const struct command report_command;   /* report.c */
extern const struct command status_command;   /* status.c */
extern const struct command check_command;    /* check.c */
extern const struct command sim_command;      /* sim.c */
extern const struct command assign_command;   /* assign.c */
extern const struct command user_command;     /* user.c */
extern const struct command settings_command; /* settings.c */
extern const struct command manual_command;   /* manual.c */

#endif
