/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * How the layers of a packet are walked: each layer's parser reads its header from the walk's
 * reader, leaves the reader at what it carries, and names the next layer. Inside packets/ only.
 */
#ifndef COLLECTOR_PACKETS_WALK_H
#define COLLECTOR_PACKETS_WALK_H

#include "base/reader.h"
#include "collector/packets/fragments.h"
#include "collector/packets/packets.h"

/* X(NAME, parser) */
#define LAYER_TABLE(X)          \
    X(ETHERNET, ethernet_parse) \
    X(VLAN, vlan_parse)         \
    X(SLL, sll_parse)           \
    X(SLL2, sll2_parse)         \
    X(NULL, null_parse)         \
    X(NFLOG, nflog_parse)       \
    X(PPPOE, pppoe_parse)       \
    X(PPP, ppp_parse)           \
    X(MPLS, mpls_parse)         \
    X(IP, ip_parse)             \
    X(IPV4, ipv4_parse)         \
    X(IPV6, ipv6_parse)         \
    X(GRE, gre_parse)           \
    X(ERSPAN2, erspan2_parse)   \
    X(ERSPAN3, erspan3_parse)   \
    X(UDP, udp_parse)           \
    X(VXLAN, vxlan_parse)       \
    X(GENEVE, geneve_parse)     \
    X(TCP, tcp_parse)

/* Beyond the layers: where a walk ends. */
enum layer {
#define LAYER_ENUM(name, parser) LAYER_##name,
    LAYER_TABLE(LAYER_ENUM)
#undef LAYER_ENUM
        LAYER_COUNT,
    END_SEGMENT = LAYER_COUNT, /* walk.segment is filled */
    END_NOT_IP,
    END_OTHER_TRANSPORT,
    END_UNKNOWN_LINK,
    END_MALFORMED,
    END_FRAGMENT, /* kept or counted by the fragments */
};

struct packet_walk {
    struct reader in;
    size_t cut; /* bytes the capture cut off behind the reader's end */
    struct fragments *fragments;
    struct tcp_segment *segment; /* addresses and time stand here as soon as known */
};

#define LAYER_PARSER(name, parser) enum layer parser(struct packet_walk *walk);
LAYER_TABLE(LAYER_PARSER)
#undef LAYER_PARSER

/* What an Ethernet type (IEEE 802 numbers), a PPP protocol, an IP protocol number announces. */
enum layer layer_of_ethertype(uint16_t type);
enum layer layer_of_protocol(uint8_t protocol);

/* Ends the reader where a length field says, `length` bytes from where it stands; what lies beyond
 * is padding. */
void walk_limit(struct packet_walk *walk, size_t length);

#endif
