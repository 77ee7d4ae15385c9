/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Builds packets for tests, from the inside out: payload first, each header in front of what is
 * there. Checksums are left zero.
 */
#ifndef SUPPORT_PACKETS_H
#define SUPPORT_PACKETS_H

#include "base/buffer.h"
#include "collector/packets/packets.h"

enum { FRAME_MAX = 70000, FRAME_ROOM = 4096 };

struct frame {
    uint8_t bytes[FRAME_ROOM + FRAME_MAX];
    size_t at; /* the first byte */
};

void frame_begin(struct frame *frame, struct slice payload);
struct slice frame_bytes(const struct frame *frame);

/* Keeps `len` bytes from `from` of what is there. */
void frame_keep(struct frame *frame, size_t from, size_t len);

void frame_put(struct frame *frame, const void *bytes, size_t len);
void frame_be16(struct frame *frame, uint16_t value);
void frame_be32(struct frame *frame, uint32_t value);

/* "10.0.0.1" or "fd00::1" and a port. */
struct event_address address_of(const char *ip, uint16_t port);

void frame_tcp(struct frame *frame, const struct tcp_segment *segment); /* all but its payload */
void frame_udp(struct frame *frame, uint16_t from, uint16_t to);
void frame_ipv4(struct frame *frame, const char *from, const char *to, uint8_t protocol);
void frame_ipv4_fragment(struct frame *frame, const char *from, const char *to, uint8_t protocol,
                         uint16_t id, size_t offset, bool more);
void frame_ipv6(struct frame *frame, const char *from, const char *to, uint8_t next);
void frame_ethernet(struct frame *frame, uint16_t type);
void frame_vlan(struct frame *frame, uint16_t vlan, uint16_t type); /* before frame_ethernet() */
void frame_gre(struct frame *frame, uint16_t flags, uint16_t protocol);

struct packet frame_packet(const struct frame *frame, uint32_t link, int64_t time_ns);

/* A pcap file (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html). */
struct capture_form {
    uint32_t link;
    bool nanoseconds;
    bool big_endian;
};
void capture_header(struct buffer *to, const struct capture_form *form);
void capture_record(struct buffer *to, const struct capture_form *form,
                    const struct packet *packet);

#endif
