/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Datagrams made whole from IP fragments (RFC 791, RFC 8200), in bounded memory. Where fragments
 * overlap, the first to come wins. A datagram that is not complete after FRAGMENTS_TIMEOUT_NS of
 * capture time, or that is pushed out by others, is dropped and its fragments are counted.
 */
#ifndef COLLECTOR_FRAGMENTS_H
#define COLLECTOR_FRAGMENTS_H

#include "base/clock.h"
#include "base/slice.h"
#include "collector/packets/packets.h"

#define FRAGMENTS_TIMEOUT_NS (30 * NS_PER_S)
enum { FRAGMENTS_DATAGRAMS_MAX = 1024, FRAGMENTS_BYTES_MAX = 8 << 20 };

struct fragment {
    struct event_address from, to; /* ports unset */
    uint32_t id;
    uint8_t protocol; /* IPv4; 0 for IPv6, where it is no part of the datagram's name */
    size_t offset;    /* bytes, a multiple of 8 */
    bool more;        /* others follow */
    bool cut;         /* the capture cut it: its datagram cannot become whole */
    struct slice bytes;
    int64_t time_ns;
};

struct fragments;
struct fragments *fragments_new(struct packet_counters *counters);
void fragments_free(struct fragments **fragments);

/* True when the fragment completes its datagram; `whole` is then valid until the next call. */
bool fragments_add(struct fragments *fragments, const struct fragment *fragment,
                   struct slice *whole);

#endif
