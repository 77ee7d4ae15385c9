/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * How a kind of capture file is read: one file and one row in capture_file.c each.
 */
#ifndef COLLECTOR_CAPTURE_FORMAT_H
#define COLLECTOR_CAPTURE_FORMAT_H

#include "collector/sources/capture_input.h"
#include "collector/sources/source.h"

/* No packet is larger, as in libpcap: what claims to be is damage. */
enum { CAPTURE_PACKET_MAX = 262144, CAPTURE_MAGIC_SIZE = 4 };

struct capture_format {
    size_t state_size; /* zeroed before open() */

    /* Whether a file whose first four bytes are these is of this kind. */
    bool (*is)(struct slice magic);

    /* Reads what stands before the first packet. */
    enum status (*open)(void *state, struct capture_input *in);

    /* OK with a packet; END between two records; else TRUNCATED, MALFORMED or LIMIT, said with
     * capture_input_fail(). The input stands at the start of what could not be read. */
    enum status (*next)(void *state, struct capture_input *in, struct packet *packet);
};

extern const struct capture_format pcap_format;
extern const struct capture_format pcapng_format;

#endif
