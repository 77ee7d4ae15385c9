/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * PPPoE (RFC 2516), PPP (RFC 1661, with the framing of RFC 1662 where it is there) and MPLS (RFC
 * 3032).
 *
 *   PPPoE  version and type 1 | code 1 | session 2 | length 2 | PPP protocol 2 | ...
 *   MPLS   label 20 bits | class 3 | bottom of stack 1 | time to live 8 | ...
 */
#include "collector/packets/walk.h"

enum layer pppoe_parse(struct packet_walk *walk)
{
    reader_skip(&walk->in, 1);
    uint8_t code = reader_u8(&walk->in);
    reader_skip(&walk->in, 2);
    walk_limit(walk, reader_be16(&walk->in));
    return code == 0 ? LAYER_PPP : END_NOT_IP;
}

enum layer ppp_parse(struct packet_walk *walk)
{
    uint16_t protocol = reader_be16(&walk->in);
    if (protocol == 0xff03) /* address and control */
        protocol = reader_be16(&walk->in);
    switch (protocol) {
    case 0x0021:
        return LAYER_IPV4;
    case 0x0057:
        return LAYER_IPV6;
    case 0x0281:
        return LAYER_MPLS;
    default:
        return END_NOT_IP;
    }
}

/* Nothing names what the labels carry; the first nibble tells: 4 and 6 are IP, 0 is the control
 * word of an Ethernet pseudowire (RFC 4385), anything else an Ethernet frame without one. */
enum layer mpls_parse(struct packet_walk *walk)
{
    bool bottom = false;
    while (!bottom && reader_ok(&walk->in))
        bottom = reader_be32(&walk->in) >> 8 & 1;
    struct reader ahead = walk->in;
    uint8_t first = reader_u8(&ahead) >> 4;
    if (first == 4 || first == 6)
        return LAYER_IP;
    if (first == 0)
        reader_skip(&walk->in, 4);
    return LAYER_ETHERNET;
}
