/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The walk itself.
 */
#include "collector/packets/packets.h"

#include "collector/packets/walk.h"

#include <stdlib.h>

/* Deep enough for a mirror of a tunnel in a tunnel with VLAN tags at each level. */
enum { LAYERS_MAX = 24 };

struct packets {
    struct packet_counters counters;
    struct fragments *fragments;
};

static enum layer (*const parsers[LAYER_COUNT])(struct packet_walk *walk) = {
#define LAYER_ROW(name, parser) [LAYER_##name] = parser,
    LAYER_TABLE(LAYER_ROW)
#undef LAYER_ROW
};

struct packets *packets_new(void)
{
    struct packets *packets = calloc(1, sizeof *packets);
    if (packets && !(packets->fragments = fragments_new(&packets->counters))) {
        free(packets);
        return NULL;
    }
    return packets;
}

void packets_free(struct packets **packets)
{
    if (!*packets)
        return;
    fragments_free(&(*packets)->fragments);
    free(*packets);
    *packets = NULL;
}

static enum layer layer_of_link(uint32_t link)
{
    switch (link) {
    case LINK_ETHERNET:
        return LAYER_ETHERNET;
    case LINK_SLL:
        return LAYER_SLL;
    case LINK_SLL2:
        return LAYER_SLL2;
    case LINK_NULL:
    case LINK_LOOP:
        return LAYER_NULL;
    case LINK_PPP:
        return LAYER_PPP;
    case LINK_NFLOG:
        return LAYER_NFLOG;
    case LINK_RAW:
    case LINK_IPV4:
    case LINK_IPV6:
        return LAYER_IP;
    default:
        return END_UNKNOWN_LINK;
    }
}

enum layer layer_of_ethertype(uint16_t type)
{
    switch (type) {
    case 0x0800:
        return LAYER_IPV4;
    case 0x86dd:
        return LAYER_IPV6;
    case 0x8100: /* 802.1Q */
    case 0x88a8: /* 802.1ad */
    case 0x9100: /* QinQ before the standard */
    case 0x9200:
        return LAYER_VLAN;
    case 0x8847:
    case 0x8848:
        return LAYER_MPLS;
    case 0x8864:
        return LAYER_PPPOE;
    case 0x6558: /* transparent Ethernet bridging */
        return LAYER_ETHERNET;
    default:
        return END_NOT_IP;
    }
}

enum layer layer_of_protocol(uint8_t protocol)
{
    switch (protocol) {
    case 4:
        return LAYER_IPV4;
    case 6:
        return LAYER_TCP;
    case 17:
        return LAYER_UDP;
    case 41:
        return LAYER_IPV6;
    case 47:
        return LAYER_GRE;
    case 137:
        return LAYER_MPLS;
    default:
        return END_OTHER_TRANSPORT;
    }
}

void walk_limit(struct packet_walk *walk, size_t length)
{
    size_t here = reader_left(&walk->in);
    walk->cut = length > here ? length - here : 0;
    walk->in = reader_nested(&walk->in, length < here ? length : here);
}

static void count_end(struct packet_counters *counters, enum layer end)
{
    switch (end) {
    case END_SEGMENT:
        counters->segments++;
        break;
    case END_NOT_IP:
        counters->not_ip++;
        break;
    case END_OTHER_TRANSPORT:
        counters->other_transport++;
        break;
    case END_UNKNOWN_LINK:
        counters->unknown_link++;
        break;
    case END_MALFORMED:
        counters->malformed++;
        break;
    case END_FRAGMENT:
        break;
    default:
        counters->too_deep++;
    }
}

bool packets_decode(struct packets *packets, const struct packet *packet,
                    struct tcp_segment *segment)
{
    struct packet_walk walk = {
        .in = reader_of(packet->bytes),
        .cut = packet->wire_len > packet->bytes.len ? packet->wire_len - packet->bytes.len : 0,
        .fragments = packets->fragments,
        .segment = segment};
    packets->counters.packets++;
    packets->counters.bytes += packet->bytes.len + walk.cut;
    packets->counters.cut += walk.cut > 0;
    *segment = (struct tcp_segment){.time_ns = packet->time_ns};
    enum layer layer = layer_of_link(packet->link);
    for (int depth = 0; layer < LAYER_COUNT && depth < LAYERS_MAX; depth++) {
        layer = parsers[layer](&walk);
        if (!reader_ok(&walk.in))
            layer = END_MALFORMED;
    }
    count_end(&packets->counters, layer);
    return layer == END_SEGMENT;
}

const struct packet_counters *packets_counters(const struct packets *packets)
{
    return &packets->counters;
}
