/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * IPv4 (RFC 791).
 *
 *   version 4 bits | header words 4 bits | service 1 | total length 2 | id 2
 *   | flags 3 bits | offset 13 bits | time to live 1 | protocol 1 | checksum 2
 *   | source 4 | destination 4 | options | ...
 */
#include "collector/packets/walk.h"

enum { IPV4_HEADER = 20, MORE_FRAGMENTS = 0x2000, OFFSET_MASK = 0x1fff };

enum layer ip_parse(struct packet_walk *walk)
{
    struct reader ahead = walk->in;
    uint8_t version = reader_u8(&ahead) >> 4;
    if (!reader_ok(&ahead))
        return END_MALFORMED;
    return version == 4 ? LAYER_IPV4 : version == 6 ? LAYER_IPV6 : END_NOT_IP;
}

static struct event_address read_address(struct reader *in)
{
    struct event_address address = {.family = 4};
    struct slice bytes = reader_bytes(in, 4);
    if (bytes.len == 4)
        memcpy(address.ip, bytes.ptr, 4);
    return address;
}

static enum layer reassemble(struct packet_walk *walk, uint16_t id, uint16_t flags,
                             uint8_t protocol)
{
    struct fragment fragment = {.from = walk->segment->from,
                                .to = walk->segment->to,
                                .id = id,
                                .protocol = protocol,
                                .offset = (size_t)(flags & OFFSET_MASK) * 8,
                                .more = flags & MORE_FRAGMENTS,
                                .cut = walk->cut > 0,
                                .bytes = reader_rest(&walk->in),
                                .time_ns = walk->segment->time_ns};
    struct slice whole;
    if (!fragments_add(walk->fragments, &fragment, &whole))
        return END_FRAGMENT;
    walk->in = reader_of(whole);
    return layer_of_protocol(protocol);
}

enum layer ipv4_parse(struct packet_walk *walk)
{
    size_t on_wire = reader_left(&walk->in) + walk->cut;
    uint8_t first = reader_u8(&walk->in);
    reader_skip(&walk->in, 1);
    size_t total = reader_be16(&walk->in);
    uint16_t id = reader_be16(&walk->in);
    uint16_t flags = reader_be16(&walk->in);
    reader_skip(&walk->in, 1);
    uint8_t protocol = reader_u8(&walk->in);
    reader_skip(&walk->in, 2);
    walk->segment->from = read_address(&walk->in);
    walk->segment->to = read_address(&walk->in);
    size_t header = (first & 15u) * 4;
    if (total == 0) /* left to the network card (segmentation offload) */
        total = on_wire;
    if (first >> 4 != 4 || header < IPV4_HEADER || total < header)
        return END_MALFORMED;
    reader_skip(&walk->in, header - IPV4_HEADER);
    walk_limit(walk, total - header);
    if (flags & (MORE_FRAGMENTS | OFFSET_MASK))
        return reassemble(walk, id, flags, protocol);
    return layer_of_protocol(protocol);
}
