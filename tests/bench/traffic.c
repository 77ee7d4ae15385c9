/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The traffic's bytes, protocol by protocol.
 */
#include "bench/traffic.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "support/packets.h"

#include <stdlib.h>

enum { CONNECTIONS = 200, SEGMENT = 1448, REQUESTS_PER_VISIT = 8, ROWS = 10 };

struct connection {
    uint16_t port;
    uint32_t seq[2]; /* to the server, to the client */
    bool open;
};

struct writer {
    FILE *to;
    enum traffic_protocol protocol;
    struct traffic traffic;
    struct connection connections[CONNECTIONS];
    struct buffer message;
    struct buffer record;
    int64_t now_ns;
    uint64_t customer;
};

static const struct capture_form form = {.link = LINK_ETHERNET, .nanoseconds = true};
static const uint16_t ports[] = {5432, 3306, 80};

static void put_frame(struct writer *w, struct connection *c, bool to_server, uint8_t flags,
                      struct slice payload)
{
    static struct frame frame;
    const char *client = "10.1.0.9", *server = "10.1.0.2";
    struct tcp_segment segment = {.seq = c->seq[!to_server],
                                  .ack = c->seq[to_server],
                                  .flags = flags,
                                  .from.port = to_server ? c->port : ports[w->protocol],
                                  .to.port = to_server ? ports[w->protocol] : c->port};
    frame_begin(&frame, payload);
    frame_tcp(&frame, &segment);
    frame_ipv4(&frame, to_server ? client : server, to_server ? server : client, 6);
    frame_ethernet(&frame, 0x0800);
    struct packet packet = frame_packet(&frame, form.link, w->now_ns += 2000);
    buffer_reset(&w->record);
    capture_record(&w->record, &form, &packet);
    fwrite(w->record.ptr, 1, w->record.len, w->to);
    c->seq[!to_server] += (uint32_t)payload.len + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
    w->traffic.packets++;
    w->traffic.bytes += w->record.len;
}

/* Sends the message in segments, and an acknowledgement for it. */
static void send_message(struct writer *w, struct connection *c, bool to_server)
{
    struct slice all = buffer_slice(&w->message);
    for (size_t at = 0; at < all.len; at += SEGMENT)
        put_frame(w, c, to_server, TCP_ACK | TCP_PSH, slice_part(all, at, SEGMENT));
    if (all.len > SEGMENT)
        put_frame(w, c, !to_server, TCP_ACK, (struct slice){0});
    buffer_reset(&w->message);
}

static void pg_message(struct writer *w, uint8_t type, struct slice body)
{
    uint32_t len = (uint32_t)body.len + 4;
    buffer_append_byte(&w->message, type);
    buffer_append_le32(&w->message, __builtin_bswap32(len));
    buffer_append_slice(&w->message, body);
}

static void pg_open(struct writer *w, struct connection *c)
{
    static const char startup[] = "\0\0\0\x2b\0\3\0\0user\0alice\0database\0crm\0client\0xx\0\0";
    buffer_append(&w->message, startup, 0x2b);
    send_message(w, c, true);
    pg_message(w, 'R', slice_make("\0\0\0\0", 4));
    pg_message(w, 'Z', SLICE("I"));
    send_message(w, c, false);
}

static void pg_request(struct writer *w, struct connection *c)
{
    static const char description[] = "\0\4id\0\0\0\x40\0\0\1\0\0\0\x17\0\4\xff\xff\xff\xff\0\0"
                                      "name\0\0\0\x40\0\0\2\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0"
                                      "phone\0\0\0\x40\0\0\3\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0"
                                      "note\0\0\0\x40\0\0\4\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0";
    char text[256];
    int n = snprintf(text, sizeof text,
                     "select id, name, phone, note from crm.customers where branch = 17 and id > "
                     "%llu order by id limit 10",
                     (unsigned long long)w->customer);
    pg_message(w, 'Q', slice_make(text, (size_t)n + 1));
    send_message(w, c, true);
    pg_message(w, 'T', slice_make(description, sizeof description - 1));
    for (int i = 0; i < ROWS; i++) {
        struct buffer row;
        char id[24];
        buffer_init(&row, 4096);
        int len = snprintf(id, sizeof id, "%llu", (unsigned long long)++w->customer);
        const char *cells[] = {id, "Customer Name of some length", "+86 138 0013 8000",
                               "called on Tuesday, promised to pay the instalment on the 25th"};
        buffer_append(&row, "\0\4", 2);
        for (int k = 0; k < 4; k++) {
            uint32_t cell = k ? (uint32_t)strlen(cells[k]) : (uint32_t)len;
            buffer_append_le32(&row, __builtin_bswap32(cell));
            buffer_append(&row, cells[k], cell);
        }
        pg_message(w, 'D', buffer_slice(&row));
        buffer_release(&row);
    }
    pg_message(w, 'C', slice_make("SELECT 10", 10));
    pg_message(w, 'Z', SLICE("I"));
    send_message(w, c, false);
}

static void my_packet(struct writer *w, uint8_t number, struct slice body)
{
    buffer_append_le32(&w->message, (uint32_t)body.len | (uint32_t)number << 24);
    buffer_append_slice(&w->message, body);
}

static void my_open(struct writer *w, struct connection *c)
{
    static const char greeting[] = "\x0a"
                                   "5.5.5-10.11.6\0\1\0\0\0abcdefgh\0\xff\xf7\x21\2\0\xff\x81\x15"
                                   "\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0mysql_native_password";
    static const char login[] = "\x85\xa2\x0b\0\0\0\0\1\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                "\0\0\0\0alice\0\x14"
                                "0123456789abcdefghijmysql_native_password";
    my_packet(w, 0, slice_make(greeting, sizeof greeting));
    send_message(w, c, false);
    my_packet(w, 1, slice_make(login, sizeof login));
    send_message(w, c, true);
    my_packet(w, 2, slice_make("\0\0\0\2\0\0\0", 7));
    send_message(w, c, false);
}

static void my_text(struct buffer *to, const char *text)
{
    buffer_append_byte(to, (uint8_t)strlen(text));
    buffer_append_text(to, text);
}

static void my_request(struct writer *w, struct connection *c)
{
    static const char *const names[] = {"id", "name", "phone", "note"};
    struct buffer body;
    uint8_t number = 1;
    buffer_init(&body, 4096);
    buffer_append_format(&body,
                         "\x03select id, name, phone, note from customers where branch = 17 "
                         "and id > %llu order by id limit 10",
                         (unsigned long long)w->customer);
    my_packet(w, 0, buffer_slice(&body));
    send_message(w, c, true);
    my_packet(w, number++, slice_make("\4", 1));
    for (int k = 0; k < 4; k++) {
        buffer_reset(&body);
        my_text(&body, "def");
        my_text(&body, "crm");
        my_text(&body, "customers");
        my_text(&body, "customers");
        my_text(&body, names[k]);
        my_text(&body, names[k]);
        buffer_append(&body, "\x0c\x21\0\xff\0\0\0\xfd\0\0\0\0\0", 13);
        my_packet(w, number++, buffer_slice(&body));
    }
    my_packet(w, number++, slice_make("\xfe\0\0\2\0", 5));
    for (int i = 0; i < ROWS; i++) {
        char id[24];
        snprintf(id, sizeof id, "%llu", (unsigned long long)++w->customer);
        buffer_reset(&body);
        my_text(&body, id);
        my_text(&body, "Customer Name of some length");
        my_text(&body, "+86 138 0013 8000");
        my_text(&body, "called on Tuesday, promised to pay the instalment on the 25th");
        my_packet(w, number++, buffer_slice(&body));
    }
    my_packet(w, number, slice_make("\xfe\0\0\2\0", 5));
    send_message(w, c, false);
    buffer_release(&body);
}

static void http_request(struct writer *w, struct connection *c)
{
    struct buffer body;
    buffer_init(&body, 8192);
    buffer_append_format(&w->message,
                         "GET /crm/customers/%llu HTTP/1.1\r\nHost: crm.example\r\n"
                         "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0\r\n"
                         "Accept: text/html\r\nCookie: sid=%u5f0e7c1a2b3d\r\n\r\n",
                         (unsigned long long)++w->customer, c->port);
    send_message(w, c, true);
    buffer_append_format(&body, "<html><head><title>Customer %llu</title></head><body><dl>",
                         (unsigned long long)w->customer);
    for (int i = 0; i < 20; i++)
        buffer_append_format(&body, "<dt>Field %d</dt><dd>Some value of a usual length</dd>\n", i);
    buffer_append_text(&body, "</dl></body></html>");
    buffer_append_format(&w->message,
                         "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
                         "Content-Length: %zu\r\nServer: nginx\r\n\r\n",
                         body.len);
    buffer_append_slice(&w->message, buffer_slice(&body));
    send_message(w, c, false);
    buffer_release(&body);
}

static void http_open(struct writer *w, struct connection *c)
{
    (void)w;
    (void)c;
}

static const struct {
    const char *name;
    void (*open)(struct writer *, struct connection *);
    void (*request)(struct writer *, struct connection *);
} protocols[TRAFFIC_COUNT] = {
    [TRAFFIC_POSTGRESQL] = {"postgresql", pg_open, pg_request},
    [TRAFFIC_MYSQL] = {"mysql", my_open, my_request},
    [TRAFFIC_HTTP] = {"http", http_open, http_request},
};

const char *traffic_name(enum traffic_protocol protocol)
{
    return protocols[protocol].name;
}

static void open_connection(struct writer *w, struct connection *c)
{
    put_frame(w, c, true, TCP_SYN, (struct slice){0});
    put_frame(w, c, false, TCP_SYN | TCP_ACK, (struct slice){0});
    put_frame(w, c, true, TCP_ACK, (struct slice){0});
    protocols[w->protocol].open(w, c);
    c->open = true;
}

struct traffic traffic_write(enum traffic_protocol protocol, FILE *to, uint64_t bytes)
{
    struct writer *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    *w = (struct writer){.to = to, .protocol = protocol, .now_ns = INT64_C(1795000000) * NS_PER_S};
    buffer_init(&w->message, 1 << 20);
    buffer_init(&w->record, 1 << 20);
    capture_header(&w->record, &form);
    fwrite(w->record.ptr, 1, w->record.len, to);
    for (size_t i = 0; w->traffic.bytes < bytes; i = (i + 1) % CONNECTIONS) {
        struct connection *c = &w->connections[i];
        c->port = (uint16_t)(20000 + i);
        if (!c->open)
            open_connection(w, c);
        for (int k = 0; k < REQUESTS_PER_VISIT; k++, w->traffic.requests++)
            protocols[protocol].request(w, c);
    }
    struct traffic traffic = w->traffic;
    buffer_release(&w->message);
    buffer_release(&w->record);
    free(w);
    return traffic;
}
