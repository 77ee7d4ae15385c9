/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tells the service manager how the program does (sd_notify(3), the datagram protocol behind
 * $NOTIFY_SOCKET); does nothing where there is none. notify_open() comes before the sandbox.
 */
#ifndef OS_NOTIFY_H
#define OS_NOTIFY_H

#include <stdint.h>

struct notify {
    int fd; /* -1: nobody listens */
};

void notify_open(struct notify *notify);
void notify_close(struct notify *notify);

void notify_ready(const struct notify *notify);
void notify_reloading(const struct notify *notify); /* followed by notify_ready() */
void notify_stopping(const struct notify *notify);
void notify_watchdog(const struct notify *notify);

/* One line, shown by systemctl status; control characters become spaces. */
void notify_status(const struct notify *notify, const char *text);

/* How often notify_watchdog() is due, in milliseconds: half of what the manager allows
 * ($WATCHDOG_USEC); 0 when it does not watch. */
uint64_t notify_watchdog_ms(void);

#endif
