/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What carries mirrored traffic: GRE (RFC 2784, 2890; version 1 of RFC 2637), ERSPAN types I to III
 * (draft-foschiano-erspan-03), and over UDP: VXLAN (RFC 7348), Geneve (RFC 8926), GRE (RFC 8086).
 *
 *   GRE      flags 2 | protocol 2 | [checksum 2, reserved 2] | [key 4] | [sequence 4] | ...
 *   ERSPAN 2 version 4 bits, VLAN 12 | class, session 2 | reserved, index 4 | Ethernet
 *   ERSPAN 3 version 4 bits, VLAN 12 | class, session 2 | time 4 | group 2 | flags 2 | [8] |
 * Ethernet VXLAN    flags 1 | reserved 3 | network 3 | reserved 1 | Ethernet Geneve   version 2
 * bits, option words 6 | flags 1 | protocol 2 | network 3 | reserved 1 | options
 */
#include "collector/packets/walk.h"

enum gre_flag {
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000
};
enum { GRE_ACK = 0x0080, GRE_VERSION = 0x0007 };
enum { GRE_PPP = 0x880b, GRE_ERSPAN = 0x88be, GRE_ERSPAN3 = 0x22eb };

enum layer gre_parse(struct packet_walk *walk)
{
    uint16_t flags = reader_be16(&walk->in);
    uint16_t protocol = reader_be16(&walk->in);
    bool enhanced = (flags & GRE_VERSION) == 1;
    if (flags & GRE_ROUTING)
        return END_OTHER_TRANSPORT;
    if (flags & GRE_CHECKSUM)
        reader_skip(&walk->in, 4);
    if (flags & GRE_KEY)
        reader_skip(&walk->in, 4);
    if (flags & GRE_SEQUENCE)
        reader_skip(&walk->in, 4);
    if (enhanced && flags & GRE_ACK)
        reader_skip(&walk->in, 4);
    switch (protocol) {
    case GRE_PPP:
        return LAYER_PPP;
    case GRE_ERSPAN: /* type I has neither a sequence number nor a header of its own */
        return flags & GRE_SEQUENCE ? LAYER_ERSPAN2 : LAYER_ETHERNET;
    case GRE_ERSPAN3:
        return LAYER_ERSPAN3;
    default:
        return layer_of_ethertype(protocol);
    }
}

enum layer erspan2_parse(struct packet_walk *walk)
{
    reader_skip(&walk->in, 8);
    return LAYER_ETHERNET;
}

enum layer erspan3_parse(struct packet_walk *walk)
{
    reader_skip(&walk->in, 10);
    uint16_t flags = reader_be16(&walk->in);
    if (flags & 1) /* a platform's own subheader */
        reader_skip(&walk->in, 8);
    uint16_t frame_type = flags >> 10 & 31;
    return frame_type == 2 ? LAYER_IP : LAYER_ETHERNET;
}

/* By destination port: the source port of these is chosen for load sharing. */
enum layer udp_parse(struct packet_walk *walk)
{
    reader_skip(&walk->in, 2);
    uint16_t port = reader_be16(&walk->in);
    reader_skip(&walk->in, 4);
    switch (port) {
    case 4789: /* IANA */
    case 8472: /* the kernel's old default */
        return LAYER_VXLAN;
    case 6081:
        return LAYER_GENEVE;
    case 4754:
        return LAYER_GRE;
    default:
        return END_OTHER_TRANSPORT;
    }
}

enum layer vxlan_parse(struct packet_walk *walk)
{
    uint8_t flags = reader_u8(&walk->in);
    reader_skip(&walk->in, 7);
    return flags & 0x08 ? LAYER_ETHERNET : END_OTHER_TRANSPORT;
}

enum layer geneve_parse(struct packet_walk *walk)
{
    uint8_t first = reader_u8(&walk->in);
    reader_skip(&walk->in, 1);
    uint16_t protocol = reader_be16(&walk->in);
    reader_skip(&walk->in, 4);
    reader_skip(&walk->in, (first & 63u) * 4);
    return first >> 6 == 0 ? layer_of_ethertype(protocol) : END_OTHER_TRANSPORT;
}
