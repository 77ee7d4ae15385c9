/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The packet builder.
 */
#include "support/packets.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <assert.h>

void frame_begin(struct frame *frame, struct slice payload)
{
    assert(payload.len <= FRAME_MAX);
    frame->at = sizeof frame->bytes;
    frame_put(frame, payload.ptr, payload.len);
}

struct slice frame_bytes(const struct frame *frame)
{
    return slice_make(frame->bytes + frame->at, sizeof frame->bytes - frame->at);
}

void frame_keep(struct frame *frame, size_t from, size_t len)
{
    uint8_t copy[FRAME_MAX];
    struct slice part = slice_part(frame_bytes(frame), from, len);
    memcpy(copy, part.ptr, part.len);
    frame_begin(frame, slice_make(copy, part.len));
}

void frame_put(struct frame *frame, const void *bytes, size_t len)
{
    assert(len <= frame->at);
    frame->at -= len;
    if (len)
        memcpy(frame->bytes + frame->at, bytes, len);
}

void frame_be16(struct frame *frame, uint16_t value)
{
    value = htons(value);
    frame_put(frame, &value, sizeof value);
}

void frame_be32(struct frame *frame, uint32_t value)
{
    value = htonl(value);
    frame_put(frame, &value, sizeof value);
}

struct event_address address_of(const char *ip, uint16_t port)
{
    struct event_address address = {.family = 4, .port = port};
    if (inet_pton(AF_INET, ip, address.ip) != 1) {
        int ok = inet_pton(AF_INET6, ip, address.ip);
        assert(ok == 1);
        (void)ok;
        address.family = 6;
    }
    return address;
}

static void put_address(struct frame *frame, const char *ip)
{
    struct event_address address = address_of(ip, 0);
    frame_put(frame, address.ip, address.family == 4 ? 4 : 16);
}

void frame_tcp(struct frame *frame, const struct tcp_segment *segment)
{
    frame_be32(frame, 0);     /* checksum, urgent */
    frame_be16(frame, 65535); /* window */
    frame_be16(frame, (uint16_t)(5 << 12 | segment->flags));
    frame_be32(frame, segment->ack);
    frame_be32(frame, segment->seq);
    frame_be16(frame, segment->to.port);
    frame_be16(frame, segment->from.port);
}

void frame_udp(struct frame *frame, uint16_t from, uint16_t to)
{
    size_t len = frame_bytes(frame).len + 8;
    frame_be16(frame, 0);
    frame_be16(frame, (uint16_t)len);
    frame_be16(frame, to);
    frame_be16(frame, from);
}

void frame_ipv4_fragment(struct frame *frame, const char *from, const char *to, uint8_t protocol,
                         uint16_t id, size_t offset, bool more)
{
    size_t len = frame_bytes(frame).len + 20;
    put_address(frame, to);
    put_address(frame, from);
    frame_be16(frame, 0);
    frame_be16(frame, (uint16_t)(64 << 8 | protocol));
    frame_be16(frame, (uint16_t)(offset / 8 | (more ? 0x2000 : 0)));
    frame_be16(frame, id);
    frame_be16(frame, (uint16_t)len);
    frame_be16(frame, 0x4500);
}

void frame_ipv4(struct frame *frame, const char *from, const char *to, uint8_t protocol)
{
    frame_ipv4_fragment(frame, from, to, protocol, 0, 0, false);
}

void frame_ipv6(struct frame *frame, const char *from, const char *to, uint8_t next)
{
    size_t len = frame_bytes(frame).len;
    put_address(frame, to);
    put_address(frame, from);
    frame_be16(frame, (uint16_t)(next << 8 | 64));
    frame_be16(frame, (uint16_t)len);
    frame_be32(frame, 0x60000000);
}

void frame_ethernet(struct frame *frame, uint16_t type)
{
    frame_be16(frame, type);
    frame_put(frame, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02", 12);
}

void frame_vlan(struct frame *frame, uint16_t vlan, uint16_t type)
{
    frame_be16(frame, type);
    frame_be16(frame, vlan);
}

void frame_gre(struct frame *frame, uint16_t flags, uint16_t protocol)
{
    for (uint16_t option = 0x1000; option; option = (uint16_t)(option << 1))
        if (flags & option & 0xb000)
            frame_be32(frame, option);
    frame_be16(frame, protocol);
    frame_be16(frame, flags);
}

struct packet frame_packet(const struct frame *frame, uint32_t link, int64_t time_ns)
{
    struct slice bytes = frame_bytes(frame);
    return (struct packet){.bytes = bytes, .wire_len = bytes.len, .time_ns = time_ns, .link = link};
}

static void append_u32(struct buffer *to, const struct capture_form *form, uint32_t value)
{
    buffer_append_le32(to, form->big_endian ? __builtin_bswap32(value) : value);
}

void capture_header(struct buffer *to, const struct capture_form *form)
{
    append_u32(to, form, form->nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
    append_u32(to, form, form->big_endian ? 0x00020004 : 0x00040002); /* version 2.4 */
    append_u32(to, form, 0);
    append_u32(to, form, 0);
    append_u32(to, form, 262144);
    append_u32(to, form, form->link);
}

void capture_record(struct buffer *to, const struct capture_form *form, const struct packet *packet)
{
    int64_t fraction = packet->time_ns % NS_PER_S;
    append_u32(to, form, (uint32_t)(packet->time_ns / NS_PER_S));
    append_u32(to, form, (uint32_t)(form->nanoseconds ? fraction : fraction / 1000));
    append_u32(to, form, (uint32_t)packet->bytes.len);
    append_u32(to, form, (uint32_t)packet->wire_len);
    buffer_append_slice(to, packet->bytes);
}
