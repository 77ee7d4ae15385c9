/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Packets of any link type. The input is a row of { link 1 | time 1 | length 2 | bytes }.
 */
#include "base/reader.h"
#include "collector/packets/packets.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint32_t links[] = {LINK_ETHERNET, LINK_RAW, LINK_SLL,   LINK_SLL2,
                                 LINK_NULL,     LINK_PPP, LINK_NFLOG, LINK_LOOP};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct packets *packets = packets_new();
    struct reader in = reader_of(slice_make(data, size));
    uint64_t read = 0;
    if (!packets)
        abort();
    while (reader_left(&in) > 0 && reader_ok(&in)) {
        uint8_t link = reader_u8(&in);
        uint8_t time = reader_u8(&in);
        uint16_t len = reader_be16(&in);
        size_t there = reader_left(&in) < len ? reader_left(&in) : len;
        struct packet packet = {.bytes = reader_bytes(&in, there),
                                .wire_len = len,
                                .time_ns = time * INT64_C(1000000000),
                                .link = links[link % (sizeof links / sizeof *links)]};
        struct tcp_segment segment;
        read++;
        if (packets_decode(packets, &packet, &segment)) {
            volatile uint8_t sum = 0; /* every byte of the payload can be read */
            for (size_t i = 0; i < segment.payload.len; i++)
                sum = (uint8_t)(sum + segment.payload.ptr[i]);
            if (segment.wire_len < segment.payload.len)
                abort();
        }
    }
    if (packets_counters(packets)->packets != read)
        abort();
    packets_free(&packets);
    return 0;
}
