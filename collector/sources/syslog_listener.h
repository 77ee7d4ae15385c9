/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Receives syslog over UDP (RFC 5426), TCP (RFC 6587) and TLS (RFC 5425). Opened in two steps:
 * sockets and certificates while the process may, the source when the spool is open.
 *
 * While the spool has no room TCP and TLS are not read, so senders wait; UDP is read on, and the
 * spool's policy decides.
 */
#ifndef COLLECTOR_SYSLOG_LISTENER_H
#define COLLECTOR_SYSLOG_LISTENER_H

#include "collector/log_settings.h"
#include "collector/sources/log_source.h"

struct syslog_listener;

/* Binds and listens; the fault names the address and what to do. */
enum status syslog_listener_bind(struct syslog_listener **listener, const struct settings *settings,
                                 struct fault *fault);
void syslog_listener_close(struct syslog_listener **listener);

/* Begins to receive. The source owns the listener from here on (also when it gives NULL: no
 * memory). */
struct log_source *syslog_listener_start(struct syslog_listener **listener,
                                         struct log_source_env *env,
                                         const struct log_settings *settings);

#endif
