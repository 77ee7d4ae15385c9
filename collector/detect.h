/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which protocol a session speaks: as the operator said for the port, as the inventory says for the
 * server, as the first bytes look where the usual port agrees or says nothing.
 */
#ifndef COLLECTOR_DETECT_H
#define COLLECTOR_DETECT_H

#include "collector/decoder.h"
#include "collector/ports.h"

enum { DETECT_BYTES_MAX = 512 }; /* more of a beginning does not make a guess better */

enum detect_answer {
    DETECT_FOUND,   /* `decoder` is set */
    DETECT_MORE,    /* the bytes are too few */
    DETECT_UNKNOWN, /* none of ours */
    DETECT_TLS,     /* encrypted from the beginning; `decoder` is what is expected, or NULL */
};

struct detection {
    const struct port_rules *ports;
    const struct asset *asset;
    uint16_t server_port;
    bool mid_session;
    bool last; /* no more bytes of this direction will be shown */
};

/* `bytes`: the beginning of what was seen of one direction. */
enum detect_answer detect_protocol(const struct detection *detection, enum direction direction,
                                   struct slice bytes, const struct decoder **decoder);

/* A TLS record (RFC 8446, section 5.1) begins here: a handshake, or in mid-session any. */
bool looks_like_tls(struct slice bytes, bool mid_session);

#endif
