/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Binding, and reading addresses.
 */
#include "collector/sources/syslog_socket.h"

#include "base/settings.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

enum {
    UDP_BUFFER = 64 << 20, /* half a second of 200,000 messages a second with room to spare */
    BACKLOG = 128,
};

/* The kernel's own limit (net.core.rmem_max) holds for who is not root. */
static void enlarge(int fd)
{
    int size = UDP_BUFFER;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

static socklen_t make_address(const char *text, struct sockaddr_storage *to)
{
    char host[46];
    uint16_t port;
    *to = (struct sockaddr_storage){0};
    if (!settings_address(text, host, &port))
        return 0;
    struct sockaddr_in *v4 = (struct sockaddr_in *)to;
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        return sizeof *v4;
    }
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    return inet_pton(AF_INET6, host, &v6->sin6_addr) == 1 ? sizeof *v6 : 0;
}

static bool set_up(int fd, int type)
{
    const int on = 1;
    if (type == SOCK_STREAM)
        return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
    enlarge(fd);
    return setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on) == 0;
}

int syslog_socket_bind(const char *text, int type, struct fault *fault)
{
    struct sockaddr_storage address;
    socklen_t len = make_address(text, &address);
    int fd = len ? socket(address.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) : -1;
    if (fd >= 0 && set_up(fd, type) && bind(fd, (struct sockaddr *)&address, len) == 0 &&
        (type != SOCK_STREAM || listen(fd, BACKLOG) == 0))
        return fd;
    fault_set(fault, text, 0, 0, "cannot listen for syslog: %s: %s",
              len ? strerror(errno) : "not an address",
              errno == EACCES ? "ports below 1024 need root at the start"
                              : "choose another address or port");
    if (fd >= 0)
        close(fd);
    return -1;
}

struct event_address syslog_socket_address(const struct sockaddr_storage *from)
{
    struct event_address to = {0};
    if (from->ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;
        to.family = 4;
        memcpy(to.ip, &v4->sin_addr, 4);
        to.port = ntohs(v4->sin_port);
        return to;
    }
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;
    bool mapped = IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr);
    to.family = mapped ? 4 : 6;
    memcpy(to.ip, v6->sin6_addr.s6_addr + (mapped ? 12 : 0), mapped ? 4 : 16);
    to.port = ntohs(v6->sin6_port);
    return to;
}
