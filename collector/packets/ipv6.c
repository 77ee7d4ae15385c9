/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * IPv6 and its extension headers (RFC 8200, AH of RFC 4302).
 *
 *   version 4 bits | class, flow 28 bits | payload length 2 | next header 1 | hop limit 1
 *   | source 16 | destination 16 | { next header 1 | length 1 | ... }... | ...
 *   fragment header: next header 1 | reserved 1 | offset 13 bits, reserved 2, more 1 | id 4
 */
#include "collector/packets/walk.h"

enum next_header {
    HOP_BY_HOP = 0,
    ROUTING = 43,
    FRAGMENT = 44,
    AUTHENTICATION = 51,
    DESTINATION = 60,
    MOBILITY = 135,
    HOST_IDENTITY = 139,
    SHIM6 = 140,
};

static struct event_address read_address(struct reader *in)
{
    struct event_address address = {.family = 6};
    struct slice bytes = reader_bytes(in, 16);
    if (bytes.len == 16)
        memcpy(address.ip, bytes.ptr, 16);
    return address;
}

/* Passes over a fragment header, or keeps the fragment; true when the walk can go on behind it. */
static bool pass_fragment(struct packet_walk *walk, uint8_t *next)
{
    uint8_t carried = reader_u8(&walk->in);
    reader_skip(&walk->in, 1);
    uint16_t offset = reader_be16(&walk->in);
    uint32_t id = reader_be32(&walk->in);
    *next = carried;
    if (!reader_ok(&walk->in) || (offset & 0xfff9) == 0) /* the only one (RFC 6946) */
        return true;
    struct fragment fragment = {.from = walk->segment->from,
                                .to = walk->segment->to,
                                .id = id,
                                .offset = offset & 0xfff8,
                                .more = offset & 1,
                                .cut = walk->cut > 0,
                                .bytes = reader_rest(&walk->in),
                                .time_ns = walk->segment->time_ns};
    struct slice whole;
    if (!fragments_add(walk->fragments, &fragment, &whole))
        return false;
    walk->in = reader_of(whole);
    return true;
}

static void pass_extension(struct packet_walk *walk, uint8_t *next)
{
    bool authentication = *next == AUTHENTICATION;
    *next = reader_u8(&walk->in);
    size_t length = reader_u8(&walk->in);
    reader_skip(&walk->in, authentication ? (length + 2) * 4 - 2 : (length + 1) * 8 - 2);
}

/* Each header passed is at least eight bytes long, so this ends. */
static enum layer follow_headers(struct packet_walk *walk, uint8_t next)
{
    while (reader_ok(&walk->in)) {
        switch (next) {
        case HOP_BY_HOP:
        case ROUTING:
        case AUTHENTICATION:
        case DESTINATION:
        case MOBILITY:
        case HOST_IDENTITY:
        case SHIM6:
            pass_extension(walk, &next);
            break;
        case FRAGMENT:
            if (!pass_fragment(walk, &next))
                return END_FRAGMENT;
            break;
        default:
            return layer_of_protocol(next);
        }
    }
    return END_MALFORMED;
}

enum layer ipv6_parse(struct packet_walk *walk)
{
    size_t on_wire = reader_left(&walk->in) + walk->cut;
    uint8_t first = reader_u8(&walk->in);
    reader_skip(&walk->in, 3);
    size_t length = reader_be16(&walk->in);
    uint8_t next = reader_u8(&walk->in);
    reader_skip(&walk->in, 1);
    walk->segment->from = read_address(&walk->in);
    walk->segment->to = read_address(&walk->in);
    if (!reader_ok(&walk->in) || first >> 4 != 6)
        return END_MALFORMED;
    walk_limit(walk, length ? length : on_wire - 40); /* 0: a jumbogram or segmentation offload */
    return follow_headers(walk, next);
}
