/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The notification datagrams, without libsystemd.
 */
#include "os/notify.h"

#include "base/slice.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

void notify_open(struct notify *notify)
{
    notify->fd = -1;
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof address.sun_path)
        return;
    size_t len = strlen(path);
    memcpy(address.sun_path, path, len);
    if (path[0] == '@')
        address.sun_path[0] = '\0'; /* the abstract namespace */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    if (connect(fd, (const struct sockaddr *)&address, size) == 0)
        notify->fd = fd;
    else
        close(fd);
}

void notify_close(struct notify *notify)
{
    if (notify->fd >= 0)
        close(notify->fd);
    notify->fd = -1;
}

/* A manager that does not read must not stop us: what cannot be sent is lost. */
static void tell(const struct notify *notify, const char *text)
{
    if (notify->fd >= 0)
        (void)!send(notify->fd, text, strlen(text), MSG_NOSIGNAL);
}

void notify_ready(const struct notify *notify)
{
    tell(notify, "READY=1");
}

void notify_reloading(const struct notify *notify)
{
    struct timespec now;
    char text[64];
    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld",
             (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    tell(notify, text);
}

void notify_stopping(const struct notify *notify)
{
    tell(notify, "STOPPING=1");
}

void notify_watchdog(const struct notify *notify)
{
    tell(notify, "WATCHDOG=1");
}

void notify_status(const struct notify *notify, const char *text)
{
    char line[256];
    snprintf(line, sizeof line, "STATUS=%s", text);
    for (char *at = line; *at; at++)
        if ((unsigned char)*at < 0x20)
            *at = ' ';
    tell(notify, line);
}

uint64_t notify_watchdog_ms(void)
{
    const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    uint64_t period, owner;
    if (!usec || !slice_to_u64(slice_make(usec, strlen(usec)), &period) || period == 0)
        return 0;
    if (pid && (!slice_to_u64(slice_make(pid, strlen(pid)), &owner) || owner != (uint64_t)getpid()))
        return 0;
    uint64_t ms = period / 2000;
    return ms > 0 ? ms : 1;
}
