/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One epoll descriptor for all sockets, which is the source's own. A sender over TCP has one buffer
 * that holds a message at most, and is read a bounded amount at a time.
 */
#include "collector/sources/syslog_listener.h"

#include "base/log.h"
#include "collector/sources/syslog_frames.h"
#include "collector/sources/syslog_router.h"
#include "collector/sources/syslog_socket.h"
#include "collector/sources/syslog_tls.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    SOCKETS_MAX = 24,
    BATCH = 64,   /* datagrams of one call */
    BATCHES = 16, /* calls before the others' turn */
    DATAGRAM_MAX = 1 << 16,
    BUFFER = 4 * SYSLOG_MESSAGE_MAX,
    READS = 4, /* of one connection, before the others' turn */
    EVENTS = 64,
    ROOM_MIN = 512 << 10,
};
#define HANDSHAKE_NS (10 * NS_PER_S)
#define LOOK_NS      NS_PER_S

enum transport { OVER_UDP, OVER_TCP, OVER_TLS };

/* X(name) */
#define LISTENER_TABLE(X)   \
    X(datagrams)            \
    X(datagrams_lost)       \
    X(accepted)             \
    X(refused_connections)  \
    X(certificates_refused) \
    X(streams_malformed)    \
    X(cut_messages)

/* What epoll tells of: a socket or a connection. */
struct place {
    bool connection;
    int fd;
    enum transport transport;
};

struct connection {
    struct place place; /* first */
    struct connection *next, *previous;
    struct event_address sender;
    struct syslog_tls_session *tls;
    bool greeted;  /* the handshake is over */
    bool readable; /* more may be there, which epoll will not tell of again (TLS) */
    int64_t since_ns;
    struct syslog_frames frames;
    size_t len;
    uint8_t bytes[BUFFER];
};

struct syslog_listener {
    struct log_source source;
    struct log_source_env *env;
    struct syslog_router *router;
    struct syslog_tls *tls;
    struct place sockets[SOCKETS_MAX];
    size_t socket_count;
    struct connection *connections;
    size_t open, open_max;
    int epoll;
    bool paused; /* TCP is not read for want of room */
    int64_t look_ns;
    uint32_t overflow[SOCKETS_MAX]; /* of SO_RXQ_OVFL, as told last */
    uint8_t (*batch)[DATAGRAM_MAX];
#define LISTENER_FIELD(name) uint64_t name;
    LISTENER_TABLE(LISTENER_FIELD)
#undef LISTENER_FIELD
};

static struct syslog_listener *listener_of(struct log_source *source)
{
    return (struct syslog_listener *)source;
}

static enum status bind_all(struct syslog_listener *l, const struct settings_list *list,
                            enum transport transport, struct fault *fault)
{
    for (size_t i = 0; i < list->count; i++) {
        int type = transport == OVER_UDP ? SOCK_DGRAM : SOCK_STREAM;
        int fd = syslog_socket_bind(list->items[i], type, fault);
        if (fd < 0)
            return STATUS_IO;
        l->sockets[l->socket_count++] = (struct place){false, fd, transport};
    }
    return STATUS_OK;
}

enum status syslog_listener_bind(struct syslog_listener **to, const struct settings *s,
                                 struct fault *fault)
{
    struct syslog_listener *l = calloc(1, sizeof *l);
    *to = l;
    if (!l)
        return STATUS_NO_MEMORY;
    l->epoll = -1;
    l->open_max = (size_t)s->collector_syslog_connections;
    enum status status = bind_all(l, &s->collector_syslog_udp, OVER_UDP, fault);
    if (status == STATUS_OK)
        status = bind_all(l, &s->collector_syslog_tcp, OVER_TCP, fault);
    if (status == STATUS_OK)
        status = bind_all(l, &s->collector_syslog_tls, OVER_TLS, fault);
    if (status == STATUS_OK && s->collector_syslog_tls.count > 0)
        status =
            syslog_tls_open(&l->tls, s->collector_syslog_certificate,
                            s->collector_syslog_private_key, s->collector_syslog_client_ca, fault);
    if (status != STATUS_OK)
        syslog_listener_close(to);
    return status;
}

static void drop(struct syslog_listener *l, struct connection *c)
{
    if (c->previous)
        c->previous->next = c->next;
    else
        l->connections = c->next;
    if (c->next)
        c->next->previous = c->previous;
    l->open--;
    syslog_tls_end(&c->tls);
    close(c->place.fd);
    free(c);
}

void syslog_listener_close(struct syslog_listener **listener)
{
    struct syslog_listener *l = *listener;
    if (!l)
        return;
    while (l->connections)
        drop(l, l->connections);
    for (size_t i = 0; i < l->socket_count; i++)
        close(l->sockets[i].fd);
    if (l->epoll >= 0)
        close(l->epoll);
    syslog_tls_close(&l->tls);
    syslog_router_free(&l->router);
    free(l->batch);
    free(l);
    *listener = NULL;
}

static bool watch(const struct syslog_listener *l, struct place *place)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = place};
    return epoll_ctl(l->epoll, EPOLL_CTL_ADD, place->fd, &event) == 0;
}

/* The datagrams that the kernel had no room for, ever, as the last message of a batch tells. */
static void note_overflow(struct syslog_listener *l, size_t socket, struct msghdr *message)
{
    uint32_t count;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
            memcpy(&count, CMSG_DATA(c), sizeof count);
            l->datagrams_lost += count - l->overflow[socket];
            l->overflow[socket] = count;
        }
}

/* Messages of one datagram may not hold line ends but at their end (RFC 5426 section 3.1). */
static struct slice without_end(struct slice message)
{
    while (message.len > 0 &&
           (message.ptr[message.len - 1] == '\n' || message.ptr[message.len - 1] == '\r' ||
            message.ptr[message.len - 1] == 0))
        message.len--;
    return message;
}

static enum status receive_batch(struct syslog_listener *l, const struct place *socket, int *count)
{
    struct mmsghdr messages[BATCH] = {0};
    struct iovec parts[BATCH];
    struct sockaddr_storage senders[BATCH];
    uint8_t control[BATCH][64];
    for (size_t i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){l->batch[i], DATAGRAM_MAX};
        messages[i].msg_hdr = (struct msghdr){.msg_name = &senders[i],
                                              .msg_namelen = sizeof senders[i],
                                              .msg_iov = &parts[i],
                                              .msg_iovlen = 1,
                                              .msg_control = control[i],
                                              .msg_controllen = sizeof control[i]};
    }
    *count = recvmmsg(socket->fd, messages, BATCH, MSG_DONTWAIT, NULL);
    enum status status = STATUS_OK;
    for (int i = 0; i < *count && status == STATUS_OK; i++) {
        struct event_address sender = syslog_socket_address(&senders[i]);
        struct slice message = slice_make(l->batch[i], messages[i].msg_len);
        l->datagrams++;
        status = syslog_router_take(l->router, &sender, without_end(message));
    }
    if (*count > 0)
        note_overflow(l, (size_t)(socket - l->sockets), &messages[*count - 1].msg_hdr);
    return status;
}

static enum status receive(struct syslog_listener *l, const struct place *socket)
{
    enum status status = STATUS_OK;
    int count = BATCH;
    for (int i = 0; i < BATCHES && count == BATCH && status == STATUS_OK; i++)
        status = receive_batch(l, socket, &count);
    return status;
}

static void accept_one(struct syslog_listener *l, const struct place *socket, int fd,
                       const struct sockaddr_storage *from)
{
    const int on = 1;
    struct connection *c = l->open < l->open_max ? calloc(1, sizeof *c) : NULL;
    if (!c) {
        if (l->refused_connections++ == 0)
            log_warning("syslog: a connection was refused: raise collector.syslog_connections");
        close(fd);
        return;
    }
    c->place = (struct place){true, fd, socket->transport};
    c->sender = syslog_socket_address(from);
    c->since_ns = clock_monotonic(&l->env->clock);
    c->greeted = socket->transport != OVER_TLS;
    c->next = l->connections;
    if (c->next)
        c->next->previous = c;
    l->connections = c;
    l->open++;
    l->accepted++;
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    if (!c->greeted)
        c->tls = syslog_tls_accept(l->tls, fd);
    if ((!c->greeted && !c->tls) || !watch(l, &c->place))
        drop(l, c);
}

static void accept_all(struct syslog_listener *l, const struct place *socket)
{
    for (int i = 0; i < EVENTS; i++) {
        struct sockaddr_storage from;
        socklen_t len = sizeof from;
        int fd = accept4(socket->fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        accept_one(l, socket, fd, &from);
    }
}

/* The messages that are whole. */
static enum status take_messages(struct syslog_listener *l, struct connection *c,
                                 enum status *stream)
{
    struct slice bytes = slice_make(c->bytes, c->len), message;
    enum status status = STATUS_OK;
    size_t used;
    do {
        *stream = syslog_frames_next(&c->frames, bytes, &used, &message);
        bytes = slice_part(bytes, used, bytes.len);
        l->cut_messages += *stream == STATUS_LIMIT;
        if ((*stream == STATUS_OK || *stream == STATUS_LIMIT) && message.len > 0)
            status = syslog_router_take(l->router, &c->sender, message);
    } while (status == STATUS_OK && (*stream == STATUS_OK || *stream == STATUS_LIMIT));
    memmove(c->bytes, bytes.ptr, bytes.len);
    c->len = bytes.len;
    return status;
}

static enum status read_some(struct connection *c, size_t *len)
{
    if (c->tls)
        return syslog_tls_read(c->tls, c->bytes + c->len, sizeof c->bytes - c->len, len);
    ssize_t n = recv(c->place.fd, c->bytes + c->len, sizeof c->bytes - c->len, 0);
    *len = n > 0 ? (size_t)n : 0;
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? STATUS_MORE : STATUS_END;
    return n == 0 ? STATUS_END : STATUS_OK;
}

/* The last message of a sender that does not end its lines. */
static enum status take_rest(struct syslog_listener *l, struct connection *c)
{
    struct slice rest = without_end(slice_make(c->bytes, c->len));
    bool counted = rest.len > 0 && rest.ptr[0] >= '0' && rest.ptr[0] <= '9';
    if (rest.len == 0 || counted || c->frames.skip_line || c->frames.skip > 0)
        return STATUS_OK;
    return syslog_router_take(l->router, &c->sender, rest);
}

/* False: the handshake goes on, or failed and the connection is gone. */
static bool greet(struct syslog_listener *l, struct connection *c)
{
    if (c->greeted)
        return true;
    enum status status = syslog_tls_handshake(c->tls);
    c->greeted = status == STATUS_OK;
    if (status != STATUS_DENIED)
        return c->greeted;
    if (l->certificates_refused++ == 0)
        log_warning("syslog: a TLS sender was refused: its certificate is missing or not signed by "
                    "collector.syslog_client_ca");
    drop(l, c);
    return false;
}

static enum status serve(struct syslog_listener *l, struct connection *c)
{
    enum status status = STATUS_OK, got = STATUS_OK, stream = STATUS_MORE;
    if (!greet(l, c))
        return STATUS_OK;
    for (int i = 0; i < READS && status == STATUS_OK && got == STATUS_OK; i++) {
        size_t len;
        got = read_some(c, &len);
        c->len += len;
        if (len > 0)
            status = take_messages(l, c, &stream);
        if (stream == STATUS_MALFORMED)
            got = STATUS_MALFORMED;
    }
    c->readable = got == STATUS_OK;
    if (got == STATUS_OK || got == STATUS_MORE || status != STATUS_OK)
        return status;
    if (got == STATUS_MALFORMED && l->streams_malformed++ == 0)
        log_warning("syslog: a TCP sender was cut off: its framing is neither octet counting nor "
                    "lines");
    if (got == STATUS_END)
        status = take_rest(l, c);
    drop(l, c);
    return status;
}

static bool has_room(const struct syslog_listener *l)
{
    return !l->env->sink->disk_full && spool_room(l->env->sink->spool) >= ROOM_MIN;
}

static enum status serve_place(struct syslog_listener *l, struct place *place)
{
    if (place->connection)
        return l->paused ? STATUS_OK : serve(l, (struct connection *)place);
    if (place->transport == OVER_UDP)
        return receive(l, place);
    accept_all(l, place);
    return STATUS_OK;
}

/* TLS may hold bytes that the socket no longer does. */
static enum status serve_readable(struct syslog_listener *l, bool *more)
{
    enum status status = STATUS_OK;
    struct connection *next;
    for (struct connection *c = l->connections; c && status == STATUS_OK && !l->paused; c = next) {
        next = c->next;
        if (c->tls && c->readable) {
            *more = true;
            status = serve(l, c);
        }
    }
    return status;
}

static void drop_slow_handshakes(struct syslog_listener *l, int64_t now)
{
    struct connection *next;
    for (struct connection *c = l->connections; c; c = next) {
        next = c->next;
        if (!c->greeted && now - c->since_ns > HANDSHAKE_NS) {
            l->certificates_refused++;
            drop(l, c);
        }
    }
}

static enum status look(struct syslog_listener *l)
{
    int64_t now = clock_monotonic(&l->env->clock);
    if (now < l->look_ns)
        return STATUS_OK;
    l->look_ns = now + LOOK_NS;
    drop_slow_handshakes(l, now);
    return syslog_router_idle(l->router);
}

static enum status work(struct log_source *source)
{
    struct syslog_listener *l = listener_of(source);
    struct epoll_event events[EVENTS];
    bool more = false;
    l->paused = !has_room(l);
    int count = epoll_wait(l->epoll, events, EVENTS, 0);
    enum status status = STATUS_OK;
    for (int i = 0; i < count && status == STATUS_OK; i++)
        status = serve_place(l, events[i].data.ptr);
    if (status == STATUS_OK)
        status = serve_readable(l, &more);
    if (status == STATUS_OK)
        status = look(l);
    l->source.fd = l->paused ? -1 : l->epoll; /* what is not read shall not wake */
    bool idle = (count <= 0 || l->paused) && !more;
    return status == STATUS_OK && idle ? STATUS_TIMEOUT : status;
}

static enum status finish(struct log_source *source)
{
    return syslog_router_end(listener_of(source)->router);
}

static void describe(const struct log_source *source, struct json_writer *json)
{
    const struct syslog_listener *l = (const struct syslog_listener *)source;
    json_write_object_open(json);
    json_write_key(json, "kind");
    json_write_text(json, source->kind);
    json_write_key(json, "name");
    json_write_text(json, source->name);
    log_source_number(json, "connections_open", l->open);
#define LISTENER_JSON(name) log_source_number(json, #name, l->name);
    LISTENER_TABLE(LISTENER_JSON)
#undef LISTENER_JSON
    syslog_router_describe(l->router, json);
    json_write_object_close(json);
}

static void free_source(struct log_source *source)
{
    struct syslog_listener *l = listener_of(source);
    syslog_listener_close(&l);
}

struct log_source *syslog_listener_start(struct syslog_listener **listener,
                                         struct log_source_env *env,
                                         const struct log_settings *settings)
{
    struct syslog_listener *l = *listener;
    *listener = NULL;
    l->env = env;
    l->router = syslog_router_new(env, settings);
    l->batch = calloc(BATCH, sizeof *l->batch);
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    bool ok = l->router && l->batch && l->epoll >= 0;
    for (size_t i = 0; ok && i < l->socket_count; i++)
        ok = watch(l, &l->sockets[i]);
    if (!ok) {
        syslog_listener_close(&l);
        return NULL;
    }
    l->source = (struct log_source){
        .kind = "syslog",
        .name = "syslog",
        .fd = l->epoll,
        .work = work,
        .finish = finish,
        .describe = describe,
        .free = free_source,
    };
    return &l->source;
}
