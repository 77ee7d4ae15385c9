/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The links that captures make up: Linux cooked (LINKTYPE_LINUX_SLL, _SLL2), BSD loopback
 * (LINKTYPE_NULL, _LOOP) and the netfilter log (LINKTYPE_NFLOG), as tcpdump.org/linktypes describes
 * them.
 *
 *   SLL   packet type 2 | ARPHRD 2 | address length 2 | address 8 | protocol 2 | ...
 *   SLL2  protocol 2 | reserved 2 | interface 4 | ARPHRD 2 | type 1 | address length 1 | address 8
 * | ... NULL  address family 4, in the byte order of the capturing machine (LOOP: network order) |
 * ... NFLOG family 1 | version 1 | resource 2 | { length 2 | type 2 | value, padded to 4 }...
 */
#include "collector/packets/walk.h"

enum layer sll_parse(struct packet_walk *walk)
{
    reader_skip(&walk->in, 14);
    return layer_of_ethertype(reader_be16(&walk->in));
}

enum layer sll2_parse(struct packet_walk *walk)
{
    uint16_t type = reader_be16(&walk->in);
    reader_skip(&walk->in, 18);
    return layer_of_ethertype(type);
}

/* AF_INET is 2 everywhere; AF_INET6 is 10, 24, 28 or 30. In the other byte order the value is
 * large.
 */
enum layer null_parse(struct packet_walk *walk)
{
    uint32_t family = reader_be32(&walk->in);
    if (family > 0xffff)
        family = __builtin_bswap32(family);
    switch (family) {
    case 2:
        return LAYER_IPV4;
    case 10:
    case 24:
    case 28:
    case 30:
        return LAYER_IPV6;
    default:
        return END_NOT_IP;
    }
}

/* The lengths are in the byte order of the capturing machine: little-endian in all that is left. */
enum layer nflog_parse(struct packet_walk *walk)
{
    enum { NFLOG_PAYLOAD = 9 };
    reader_skip(&walk->in, 4);
    while (reader_left(&walk->in) > 0) {
        uint16_t length = reader_le16(&walk->in);
        uint16_t type = reader_le16(&walk->in);
        if (length < 4)
            return END_MALFORMED;
        if (type == NFLOG_PAYLOAD) {
            walk_limit(walk, length - 4u);
            return LAYER_IP;
        }
        reader_skip(&walk->in, (length + 3u) / 4 * 4 - 4);
    }
    return END_NOT_IP;
}
