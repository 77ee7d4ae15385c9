/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The TCP header (RFC 9293).
 *
 *   source port 2 | destination port 2 | sequence 4 | acknowledgement 4
 *   | header words 4 bits, reserved 4 | flags 1 | window 2 | checksum 2 | urgent 2 | options | ...
 */
#include "collector/packets/walk.h"

enum { TCP_HEADER = 20 };

enum layer tcp_parse(struct packet_walk *walk)
{
    struct tcp_segment *segment = walk->segment;
    segment->from.port = reader_be16(&walk->in);
    segment->to.port = reader_be16(&walk->in);
    segment->seq = reader_be32(&walk->in);
    segment->ack = reader_be32(&walk->in);
    size_t header = (size_t)(reader_u8(&walk->in) >> 4) * 4;
    segment->flags = reader_u8(&walk->in);
    reader_skip(&walk->in, 6);
    if (header < TCP_HEADER)
        return END_MALFORMED;
    reader_skip(&walk->in, header - TCP_HEADER);
    segment->payload = reader_rest(&walk->in);
    segment->wire_len = segment->payload.len + walk->cut;
    return END_SEGMENT;
}
