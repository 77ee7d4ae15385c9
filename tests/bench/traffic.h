/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Makes captures to measure with: point and list queries over PostgreSQL and MySQL, pages of a back
 * office over HTTP, on some hundred connections, in frames as large as Ethernet's.
 */
#ifndef BENCH_TRAFFIC_H
#define BENCH_TRAFFIC_H

#include "base/slice.h"

#include <stdio.h>

enum traffic_protocol { TRAFFIC_POSTGRESQL, TRAFFIC_MYSQL, TRAFFIC_HTTP, TRAFFIC_COUNT };

struct traffic {
    uint64_t requests; /* statements or pages, without the logins */
    uint64_t packets;
    uint64_t bytes; /* of the file */
};

const char *traffic_name(enum traffic_protocol protocol);

/* Writes a pcap file of about `bytes`. */
struct traffic traffic_write(enum traffic_protocol protocol, FILE *to, uint64_t bytes);

#endif
