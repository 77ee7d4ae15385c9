/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Between libmicrohttpd and the exchange: hands over requests, queues answers with the security
 * headers. Everything is judged before a body is read; a body is kept up to its route's limit.
 */
#include "web/server.h"

#include "base/log.h"
#include "web/exchange.h"
#include "web/routes.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    CONNECTIONS_MOST = 2000,
    CONNECTIONS_PER_ADDRESS = 200,
    CONNECTION_MEMORY = 32 * 1024,
    IDLE_S = 60,
    STREAM_BLOCK = 64 * 1024,
    STREAM_PART_MOST = 256 << 20,
};

static const char tls_priorities[] =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:"
    "-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:-MAC-ALL:+AEAD:"
    "-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:%SERVER_PRECEDENCE";

struct server {
    struct MHD_Daemon *daemon;
    struct console *console;
};

/* One request under way. */
struct transfer {
    struct exchange exchange;
    bool begun;
    struct buffer body;
    struct buffer part; /* of a streamed answer */
    size_t part_sent;
    bool stream_done;
};

static const struct {
    const char *name, *value;
} headers_always[] = {
    {"Strict-Transport-Security", "max-age=31536000"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Embedder-Policy", "require-corp"},
    {"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"},
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
     "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
     "require-trusted-types-for 'script'; trusted-types 'none'"},
};

/* The request line, before anything is decoded: what is returned here is the request's context. */
static void *uri_came(void *context, const char *uri, struct MHD_Connection *connection)
{
    struct server *server = context;
    (void)connection;
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer)
        return NULL;
    exchange_init(&transfer->exchange, server->console);
    struct http_request *request = &transfer->exchange.request;
    struct slice whole = arena_copy(&transfer->exchange.arena, slice_from(uri));
    size_t mark = slice_find(whole, '?', 0);
    request->path = slice_part(whole, 0, mark);
    request->query = slice_part(whole, mark + 1, whole.len);
    return transfer;
}

static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   size_t name_len, const char *value, size_t value_len)
{
    struct http_request *request = context;
    (void)kind;
    request->header_count++;
    request->header_bytes += name_len + value_len;
    for (enum http_header h = 0; h < HTTP_HEADER_COUNT; h++) {
        if (!slice_equal_nocase(slice_make(name, name_len), slice_from(http_header_name(h))))
            continue;
        request->seen[h]++;
        request->headers[h] = slice_make(value, value_len);
    }
    return MHD_YES;
}

static void take_peer(struct http_request *request, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (!info || !info->client_addr)
        return;
    if (info->client_addr->sa_family == AF_INET) {
        struct sockaddr_in peer;
        memcpy(&peer, info->client_addr, sizeof peer);
        inet_ntop(AF_INET, &peer.sin_addr, request->peer, sizeof request->peer);
        request->loopback = ntohl(peer.sin_addr.s_addr) >> 24 == 127;
    } else if (info->client_addr->sa_family == AF_INET6) {
        struct sockaddr_in6 peer;
        memcpy(&peer, info->client_addr, sizeof peer);
        inet_ntop(AF_INET6, &peer.sin6_addr, request->peer, sizeof request->peer);
        request->loopback = IN6_IS_ADDR_LOOPBACK(&peer.sin6_addr);
    }
}

/* Hands the next bytes of a streamed answer to the library. */
static ssize_t stream_read(void *context, uint64_t position, char *to, size_t room)
{
    struct transfer *transfer = context;
    struct http_response *response = &transfer->exchange.response;
    (void)position;
    while (transfer->part_sent == transfer->part.len) {
        if (transfer->stream_done)
            return MHD_CONTENT_READER_END_OF_STREAM;
        buffer_reset(&transfer->part);
        transfer->part_sent = 0;
        enum status status =
            response->next(response->stream, &transfer->part, &transfer->stream_done);
        if (status != STATUS_OK) {
            log_error("a report was cut: %s", status_text(status));
            return MHD_CONTENT_READER_END_WITH_ERROR;
        }
    }
    struct slice left = slice_part(buffer_slice(&transfer->part), transfer->part_sent, room);
    memcpy(to, left.ptr, left.len);
    transfer->part_sent += left.len;
    return (ssize_t)left.len;
}

/* The bytes of an answer stay with the transfer, which outlives the sending. */
static struct MHD_Response *make_response(struct transfer *transfer)
{
    struct http_response *response = &transfer->exchange.response;
    if (response->stream)
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, stream_read,
                                                 transfer, NULL);
    struct slice bytes = response->fixed.len ? response->fixed : buffer_slice(&response->body);
    return MHD_create_response_from_buffer(bytes.len, (void *)(uintptr_t)bytes.ptr,
                                           MHD_RESPMEM_PERSISTENT);
}

static void add_headers(struct MHD_Response *answer, const struct http_response *response)
{
    char text[160];
    for (size_t i = 0; i < sizeof headers_always / sizeof *headers_always; i++)
        MHD_add_response_header(answer, headers_always[i].name, headers_always[i].value);
    MHD_add_response_header(answer, "Content-Type", response->content_type);
    MHD_add_response_header(answer, "Cache-Control", response->etag[0] ? "no-cache" : "no-store");
    if (response->etag[0]) {
        MHD_add_response_header(answer, "ETag", response->etag);
        MHD_add_response_header(answer, "Vary", "Accept-Encoding");
    }
    if (response->encoding)
        MHD_add_response_header(answer, "Content-Encoding", response->encoding);
    if (response->cookie[0])
        MHD_add_response_header(answer, "Set-Cookie", response->cookie);
    if (response->status == 405)
        MHD_add_response_header(answer, "Allow", "GET, HEAD, POST");
    if (response->filename[0]) {
        snprintf(text, sizeof text, "attachment; filename=\"%s\"", response->filename);
        MHD_add_response_header(answer, "Content-Disposition", text);
    }
    if (response->retry_after_s) {
        snprintf(text, sizeof text, "%u", response->retry_after_s);
        MHD_add_response_header(answer, "Retry-After", text);
    }
}

static enum MHD_Result queue(struct transfer *transfer, struct MHD_Connection *connection)
{
    struct MHD_Response *answer = make_response(transfer);
    if (!answer)
        return MHD_NO;
    add_headers(answer, &transfer->exchange.response);
    enum MHD_Result result =
        MHD_queue_response(connection, transfer->exchange.response.status, answer);
    MHD_destroy_response(answer);
    return result;
}

static enum MHD_Result begin(struct transfer *transfer, struct MHD_Connection *connection,
                             const char *method)
{
    struct http_request *request = &transfer->exchange.request;
    transfer->begun = true;
    request->method = http_method_of(method);
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, take_header, request);
    take_peer(request, connection);
    buffer_init(&transfer->part, STREAM_PART_MOST);
    if (!exchange_admit(&transfer->exchange)) {
        buffer_init(&transfer->body, 0);
        return queue(transfer, connection);
    }
    buffer_init(&transfer->body, transfer->exchange.route->body_limit);
    return MHD_YES;
}

/* Called when the headers are there, for each piece of the body, and when it is whole. */
static enum MHD_Result request_came(void *context, struct MHD_Connection *connection,
                                    const char *path, const char *method, const char *version,
                                    const char *piece, size_t *piece_len, void **of_request)
{
    struct transfer *transfer = *of_request;
    (void)context;
    (void)path;
    (void)version;
    if (!transfer)
        return MHD_NO;
    if (!transfer->begun)
        return begin(transfer, connection, method);
    if (*piece_len) {
        buffer_append(&transfer->body, piece, *piece_len);
        *piece_len = 0;
        return buffer_status(&transfer->body) == STATUS_OK ? MHD_YES : MHD_NO;
    }
    transfer->exchange.request.body = buffer_slice(&transfer->body);
    exchange_answer(&transfer->exchange);
    return queue(transfer, connection);
}

static void request_over(void *context, struct MHD_Connection *connection, void **of_request,
                         enum MHD_RequestTerminationCode how)
{
    struct transfer *transfer = *of_request;
    (void)context;
    (void)connection;
    (void)how;
    if (!transfer)
        return;
    if (transfer->body.ptr)
        secret_wipe(transfer->body.ptr, transfer->body.len);
    buffer_release(&transfer->body);
    buffer_release(&transfer->part);
    exchange_release(&transfer->exchange);
    free(transfer);
    *of_request = NULL;
}

/* Addresses are judged as they were sent; query.c decodes what is looked at. */
static size_t leave_encoded(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

/* What the library complains of is a client's doing (scanners, cut connections). */
static void library_says(void *context, const char *format, va_list arguments)
{
    char text[256];
    (void)context;
    vsnprintf(text, sizeof text, format, arguments);
    log_debug("%s", text);
}

enum status server_start(struct server **server, struct console *console,
                         const struct server_options *options)
{
    struct server *made = calloc(1, sizeof *made);
    *server = NULL;
    if (!made)
        return STATUS_NO_MEMORY;
    made->console = console;
    unsigned flags = MHD_USE_TLS | MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG;
    made->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, request_came, made, MHD_OPTION_EXTERNAL_LOGGER, library_says, NULL,
        MHD_OPTION_LISTEN_SOCKET, options->socket, MHD_OPTION_HTTPS_MEM_CERT, options->certificate,
        MHD_OPTION_HTTPS_MEM_KEY, options->key, MHD_OPTION_HTTPS_PRIORITIES, tls_priorities,
        MHD_OPTION_THREAD_POOL_SIZE, options->threads > 1 ? options->threads : 0U,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MOST, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_PER_ADDRESS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT,
        1, MHD_OPTION_URI_LOG_CALLBACK, uri_came, made, MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded,
        NULL, MHD_OPTION_NOTIFY_COMPLETED, request_over, NULL, MHD_OPTION_END);
    if (!made->daemon) {
        free(made);
        return STATUS_INVALID;
    }
    *server = made;
    return STATUS_OK;
}

void server_stop(struct server **server)
{
    if (!*server)
        return;
    MHD_stop_daemon((*server)->daemon);
    free(*server);
    *server = NULL;
}
