/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * From a packet of any link type, through VLANs, tunnels and fragments, to the TCP segment in it.
 * Iterative, with a limit to the number of layers; whatever is not understood is counted by reason.
 * Checksums are not tested: captures on a host hold packets that its network card had yet to sign.
 */
#ifndef COLLECTOR_PACKETS_H
#define COLLECTOR_PACKETS_H

#include "base/slice.h"
#include "base/status.h"
#include "collector/sources/source.h"
#include "event/event.h"

enum tcp_flag { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };

struct tcp_segment {
    struct event_address from, to;
    uint32_t seq, ack; /* ack counts only with TCP_ACK */
    uint8_t flags;     /* enum tcp_flag */
    struct slice payload;
    size_t wire_len; /* of the payload; more than payload.len where the capture cut it */
    int64_t time_ns;
};

/* X(name, help): what became of the packets. */
#define PACKET_COUNTER_TABLE(X)                                              \
    X(packets, "packets read")                                               \
    X(bytes, "bytes on the wire")                                            \
    X(segments, "TCP segments found")                                        \
    X(cut, "packets cut by the snap length")                                 \
    X(other_transport, "IP packets that are neither TCP nor a known tunnel") \
    X(not_ip, "frames that hold no IP")                                      \
    X(unknown_link, "packets of a link type that is not supported")          \
    X(malformed, "packets whose headers are damaged or cut")                 \
    X(too_deep, "packets with too many layers")                              \
    X(fragments, "IP fragments")                                             \
    X(fragments_dropped, "IP fragments whose datagram was never complete")   \
    X(fragments_overlapping, "IP fragments that overlap others")

struct packet_counters {
#define PACKET_COUNTER_FIELD(name, help) uint64_t name;
    PACKET_COUNTER_TABLE(PACKET_COUNTER_FIELD)
#undef PACKET_COUNTER_FIELD
};

struct packets;

/* NULL when there is no memory. */
struct packets *packets_new(void);
void packets_free(struct packets **packets);

/* True when the packet holds (or completes) a TCP segment; its payload is valid until the next call
 * or as long as the packet's bytes, whichever ends first. */
bool packets_decode(struct packets *packets, const struct packet *packet,
                    struct tcp_segment *segment);

const struct packet_counters *packets_counters(const struct packets *packets);

#endif
