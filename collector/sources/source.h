/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where packets come from: a capture file or a live interface. A source gives one packet at a time;
 * the packet's bytes stay valid until the next call.
 */
#ifndef COLLECTOR_SOURCE_H
#define COLLECTOR_SOURCE_H

#include "base/slice.h"
#include "base/status.h"

/* Link types by their number in capture files (https://www.tcpdump.org/linktypes.html). */
enum link_type {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_PPP = 9,
    LINK_RAW = 101,
    LINK_LOOP = 108,
    LINK_SLL = 113,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_NFLOG = 239,
    LINK_SLL2 = 276,
};

struct packet {
    struct slice bytes; /* as captured */
    size_t wire_len;    /* as it was on the wire; more than bytes.len where the capture cut it */
    int64_t time_ns;    /* since 1970, UTC */
    uint32_t link;      /* enum link_type, or a number not in it */
};

/* What the kernel saw and lost since the source was opened; a file has neither. */
struct source_stats {
    uint64_t received;
    uint64_t dropped;           /* for want of room in the ring */
    uint64_t interface_dropped; /* by the interface or its driver */
};

enum { SOURCE_ERROR_MAX = 512 };

struct source {
    const char *name; /* the file or the interface; lives as long as the source */
    int fd;           /* readable when packets are there (live); -1 */

    /* OK with a packet; END; TIMEOUT: nothing came for a while (live). Anything else ends the
     * source, and `error` says what and where: TRUNCATED (the file ends inside a record), MALFORMED
     * or IO. */
    enum status (*next)(struct source *source, struct packet *packet);

    void (*stats)(struct source *source, struct source_stats *stats);
    void (*free)(struct source *source);
    char error[SOURCE_ERROR_MAX]; /* one line: what and where */
};

/* Opens a pcap or pcapng file, compressed with gzip or not; "-" is standard input. NULL: `error`
 * (SOURCE_ERROR_MAX bytes) says why. */
struct source *capture_file_open(const char *path, char *error);

struct capture_live_options {
    const char *interface;
    const char *filter;    /* BPF expression; NULL or empty: everything */
    uint32_t buffer_bytes; /* of the kernel's ring */
    uint32_t snap_bytes;   /* the most taken of a packet */
    uint32_t timeout_ms;   /* a packet waits at most so long in the ring */
    bool promiscuous;
};

struct source *capture_live_open(const struct capture_live_options *options, char *error);

/* Link type numbers as libpcap gives them for its own platform, made those of files. */
uint32_t link_type_of_dlt(int dlt);

void source_free(struct source **source);

#endif
