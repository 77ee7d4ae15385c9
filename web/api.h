/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The handlers, one file of api/ each or a few that belong together. docs/console-api.md states
 * what each answers.
 */
#ifndef WEB_API_H
#define WEB_API_H

#include "web/routes.h"

route_handler api_health, api_metrics;
route_handler api_session, api_setup, api_sign_in, api_sign_out, api_password;
route_handler api_people, api_person, api_day;
route_handler api_alerts, api_alert;
route_handler api_events, api_who_saw;
route_handler api_verdicts, api_verdict_give;
route_handler api_coverage, api_report;
route_handler api_users, api_user_add, api_user_change, api_trail;
route_handler page_asset;

#endif
