/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Receivers and their connections.
 */
#include "analyzer/out/forwarder.h"

#include "analyzer/out/notice_text.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RECEIVERS_MAX = 16, MESSAGE_MAX = 1 << 17, STEP_MAX = 100, BACKOFF_MAX_S = 60 };

struct receiver {
    const char *name; /* as in the settings: the cursor's key */
    bool tcp;
    struct sockaddr_storage address;
    socklen_t address_len;
    int fd; /* -1: not connected */
    bool connecting;
    uint64_t sent;         /* sequence of the last notice given to the socket */
    uint64_t acknowledged; /* ... that is surely there; what the store knows */
    struct buffer waiting; /* TCP: bytes the socket did not take yet */
    int64_t again_ns;      /* not before */
    unsigned backoff_s;
    bool told; /* that it is down */
};

struct forwarder {
    struct store_writer *writer;
    struct store_reader *reader;
    unsigned facility;
    char host[256];
    struct receiver receivers[RECEIVERS_MAX];
    size_t count;
};

static const unsigned facility_numbers[] = {1,  3,  4,  10, 16, 17,
                                            18, 19, 20, 21, 22, 23}; /* the setting's words */

static enum status resolve_receiver(struct receiver *r, const char *name, struct fault *fault)
{
    struct settings_target target;
    struct addrinfo hints = {.ai_family = AF_UNSPEC}, *found = NULL;
    char port[8];
    r->name = name;
    r->fd = -1;
    buffer_init(&r->waiting, MESSAGE_MAX * 2);
    if (!settings_target(name, &target))
        return STATUS_INVALID;
    snprintf(port, sizeof port, "%u", (unsigned)target.port);
    r->tcp = target.tcp;
    hints.ai_socktype = target.tcp ? SOCK_STREAM : SOCK_DGRAM;
    int error = getaddrinfo(target.host, port, &hints, &found);
    if (error != 0) {
        fault_set(fault, "forward.syslog", 0, 0, "%s: %s: write an address or fix the name", name,
                  gai_strerror(error));
        return STATUS_NOT_FOUND;
    }
    memcpy(&r->address, found->ai_addr, found->ai_addrlen);
    r->address_len = found->ai_addrlen;
    freeaddrinfo(found);
    return STATUS_OK;
}

enum status forwarder_new(struct forwarder **forwarder, const struct settings *settings,
                          struct store_writer *writer, struct store_reader *reader,
                          struct fault *fault)
{
    struct forwarder *f = calloc(1, sizeof *f);
    enum status status = f ? STATUS_OK : STATUS_NO_MEMORY;
    *forwarder = f;
    if (!f)
        return status;
    f->writer = writer;
    f->reader = reader;
    f->facility = facility_numbers[settings->forward_facility %
                                   (sizeof facility_numbers / sizeof *facility_numbers)];
    if (gethostname(f->host, sizeof f->host - 1) != 0)
        f->host[0] = 0;
    for (size_t i = 0;
         status == STATUS_OK && i < settings->forward_syslog.count && i < RECEIVERS_MAX; i++) {
        struct receiver *r = &f->receivers[f->count++];
        status = resolve_receiver(r, settings->forward_syslog.items[i], fault);
        r->sent = r->acknowledged =
            store_load_forwarded(writer, slice_from(settings->forward_syslog.items[i]));
    }
    if (status != STATUS_OK)
        forwarder_free(forwarder);
    return status;
}

void forwarder_free(struct forwarder **f)
{
    if (!*f)
        return;
    for (size_t i = 0; i < (*f)->count; i++) {
        if ((*f)->receivers[i].fd >= 0)
            close((*f)->receivers[i].fd);
        buffer_release(&(*f)->receivers[i].waiting);
    }
    free(*f);
    *f = NULL;
}

/* What was not acknowledged is sent again over the next connection. */
static void fail(struct receiver *r, int64_t now_ns, int error)
{
    if (r->fd >= 0)
        close(r->fd);
    r->fd = -1;
    r->connecting = false;
    r->sent = r->acknowledged;
    buffer_reset(&r->waiting);
    r->backoff_s =
        r->backoff_s ? (r->backoff_s * 2 < BACKOFF_MAX_S ? r->backoff_s * 2 : BACKOFF_MAX_S) : 1;
    r->again_ns = now_ns + r->backoff_s * NS_PER_S;
    if (!r->told)
        log_warning("%s: %s: alerts wait in the store and are sent when it is back", r->name,
                    strerror(error));
    r->told = true;
}

static void works(struct receiver *r)
{
    if (r->told)
        log_notice("%s: is back", r->name);
    r->told = false;
    r->backoff_s = 0;
}

static bool connected(struct receiver *r, int64_t now_ns)
{
    int error = 0;
    socklen_t len = sizeof error;
    if (r->fd < 0) {
        r->fd = socket(r->address.ss_family,
                       (r->tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (r->fd < 0 || (connect(r->fd, (struct sockaddr *)&r->address, r->address_len) != 0 &&
                          errno != EINPROGRESS)) {
            fail(r, now_ns, errno);
            return false;
        }
        r->connecting = r->tcp;
    }
    if (!r->connecting)
        return true;
    struct sockaddr_storage peer;
    socklen_t peer_len = sizeof peer;
    if (getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error != 0) {
        fail(r, now_ns, error);
        return false;
    }
    r->connecting = getpeername(r->fd, (struct sockaddr *)&peer, &peer_len) != 0;
    return !r->connecting;
}

/* The receiver may have closed while nothing was sent. */
static bool still_there(struct receiver *r, int64_t now_ns)
{
    char byte;
    ssize_t n = recv(r->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n > 0)
        recv(r->fd, &byte, 1, MSG_DONTWAIT); /* nothing is expected from it */
    if (n == 0 || (n < 0 && errno != EAGAIN)) {
        fail(r, now_ns, n == 0 ? EPIPE : errno);
        return false;
    }
    return true;
}

static bool send_waiting(struct receiver *r, int64_t now_ns)
{
    while (r->waiting.len > 0) {
        ssize_t n = send(r->fd, r->waiting.ptr, r->waiting.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN)
            return false;
        if (n < 0) {
            fail(r, now_ns, errno);
            return false;
        }
        buffer_consume(&r->waiting, (size_t)n);
    }
    return true;
}

struct sending {
    struct forwarder *f;
    struct receiver *r;
    int64_t now_ns;
    unsigned left;
};

static bool send_datagram(struct sending *s, const struct buffer *text)
{
    if (send(s->r->fd, text->ptr, text->len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
        return true;
    if (errno != EAGAIN)
        fail(s->r, s->now_ns, errno);
    return false;
}

static bool send_notice(void *context, const struct store_notice *notice)
{
    struct sending *s = context;
    struct buffer text;
    bool taken;
    if (s->left-- == 0)
        return false;
    buffer_init(&text, MESSAGE_MAX);
    notice_text(&text, notice, s->f->facility, s->f->host);
    if (s->r->tcp) {
        buffer_append_format(&s->r->waiting, "%zu ", text.len);
        buffer_append_slice(&s->r->waiting, buffer_slice(&text));
        s->r->sent = notice->sequence;
        taken = send_waiting(s->r, s->now_ns);
    } else {
        taken = send_datagram(s, &text);
        if (taken)
            s->r->sent = notice->sequence;
    }
    buffer_release(&text);
    return taken;
}

/* All bytes given to the socket are with the receiver. */
static bool arrived(const struct receiver *r)
{
    int queued = 0;
    if (r->fd < 0 || r->waiting.len > 0)
        return false;
    return !r->tcp || (ioctl(r->fd, SIOCOUTQ, &queued) == 0 && queued == 0);
}

static void step(struct forwarder *f, struct receiver *r, int64_t now_ns)
{
    if (now_ns < r->again_ns || !connected(r, now_ns))
        return;
    if (!still_there(r, now_ns) || !send_waiting(r, now_ns))
        return;
    if (r->sent > r->acknowledged && arrived(r)) {
        r->acknowledged = r->sent;
        store_put_forwarded(f->writer, slice_from(r->name), r->acknowledged);
        works(r);
    }
    struct sending s = {f, r, now_ns, STEP_MAX};
    enum status status = store_notices(f->reader, r->sent, send_notice, &s);
    if (status != STATUS_OK)
        log_error("notices cannot be read: %s", status_text(status));
}

void forwarder_step(struct forwarder *f, int64_t now_ns)
{
    for (size_t i = 0; i < f->count; i++)
        step(f, &f->receivers[i], now_ns);
}
