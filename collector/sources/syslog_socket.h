/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sockets of the syslog listener: bound, non-blocking, with large buffers.
 */
#ifndef COLLECTOR_SYSLOG_SOCKET_H
#define COLLECTOR_SYSLOG_SOCKET_H

#include "base/fault.h"
#include "base/status.h"
#include "event/event.h"

#include <sys/socket.h>

/* "0.0.0.0:514". The descriptor, or -1 and a fault. */
int syslog_socket_bind(const char *address, int type, struct fault *fault);

struct event_address syslog_socket_address(const struct sockaddr_storage *from);

#endif
