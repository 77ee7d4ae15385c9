/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What log formats share in making events: statements described, secrets masked, addresses read,
 * session ids made. Everything lives in env->scratch or the input.
 */
#ifndef COLLECTOR_FORMATS_LOG_EVENT_H
#define COLLECTOR_FORMATS_LOG_EVENT_H

#include "collector/decoders/sql.h"
#include "collector/formats/format.h"

/* Fills statement, shape, action and objects from the text of a statement, and with env->clear the
 * clear text, unless it names a password: then the masked statement stands there, and true is
 * returned: its values must not leave either. */
bool log_event_statement(struct event *event, const struct log_env *env, enum sql_dialect dialect,
                         struct slice text);

/* Adds an object that is not yet among the event's; "crm.customers" and "customers" are the same,
 * and the longer name stays. */
void log_event_object(struct event *event, const struct log_env *env, struct slice name);

/* Adds the objects of a further statement that the same act ran. */
void log_event_objects_of(struct event *event, const struct log_env *env, enum sql_dialect dialect,
                          struct slice text);

/* The subject of the event, given by its key as it stands in an address (percent-encoded or not):
 * one record was seen. `sequence`: the key is an internal running number. */
void log_event_subject(struct event *event, const struct log_env *env, struct slice space,
                       struct slice key, bool sequence);

/* "10.0.0.1", "fd00::1", "10.0.0.1:5432", "10.0.0.1(5432)", "[fd00::1]:5432"; false for anything
 * else, such as "[local]" or a host name. */
bool log_address(struct slice text, struct event_address *address);

/* "10.0.0.1:5432" and "fd00::1:5432": the last colon is before a port, also of a bare IPv6 address.
 */
bool log_address_port(struct slice text, struct event_address *address);

/* The 16 hex digits of a session: of what the log calls it, and of the log's sensor-wide name. */
struct slice log_session_id(const struct log_env *env, struct slice protocol, struct slice name);

/* A decimal number; false for anything else. */
bool log_number(struct slice text, uint64_t *value);

/* "1.092" of a unit of `unit_us` microseconds, as microseconds. */
bool log_duration(struct slice text, int64_t unit_us, int64_t *us);

/* Takes what stands before `stop` off the front of *text, and the stop too; all of it when there is
 * none. */
struct slice log_cut(struct slice *text, uint8_t stop);

/* Removes `prefix` from the front; false when it is not there. */
bool log_skip(struct slice *text, struct slice prefix);

#endif
