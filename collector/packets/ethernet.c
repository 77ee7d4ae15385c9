/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Ethernet II and its tags (IEEE 802.3, 802.1Q, 802.1ad).
 *
 *   destination 6 | source 6 | type 2 | ...          tag: priority and VLAN 2 | type 2 | ...
 *
 * A "type" below 1536 is a length, followed by LLC; IP in SNAP (RFC 1042) is followed.
 */
#include "collector/packets/walk.h"

enum { ETHERNET_LENGTH_MAX = 1535 };

static enum layer llc_parse(struct packet_walk *walk, uint16_t length)
{
    walk_limit(walk, length);
    uint16_t access_points = reader_be16(&walk->in);
    uint8_t control = reader_u8(&walk->in);
    uint32_t organisation = reader_be16(&walk->in);
    organisation = organisation << 8 | reader_u8(&walk->in);
    uint16_t type = reader_be16(&walk->in);
    if (!reader_ok(&walk->in) || access_points != 0xaaaa || control != 3 || organisation != 0) {
        walk->in.failed = false; /* some other protocol: not damaged */
        return END_NOT_IP;
    }
    return layer_of_ethertype(type);
}

static enum layer follow_type(struct packet_walk *walk)
{
    uint16_t type = reader_be16(&walk->in);
    return type > ETHERNET_LENGTH_MAX ? layer_of_ethertype(type) : llc_parse(walk, type);
}

enum layer ethernet_parse(struct packet_walk *walk)
{
    reader_skip(&walk->in, 12);
    return follow_type(walk);
}

enum layer vlan_parse(struct packet_walk *walk)
{
    reader_skip(&walk->in, 2);
    return follow_type(walk);
}
