/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What passed by without being understood: sessions by asset, server port and reason. Bounded:
 * beyond BLIND_SPOTS_MAX different ones the rest is counted under port 0.
 */
#ifndef COLLECTOR_BLIND_SPOTS_H
#define COLLECTOR_BLIND_SPOTS_H

#include "base/slice.h"

/* X(name, text) */
#define BLIND_REASON_TABLE(X)                                  \
    X(unknown_protocol, "no decoder knows the protocol")       \
    X(encrypted, "the session is encrypted")                   \
    X(malformed, "the bytes are not of the protocol expected") \
    X(unsupported, "a form of the protocol that is not supported")

enum blind_reason {
#define BLIND_REASON_ENUM(name, text) BLIND_##name,
    BLIND_REASON_TABLE(BLIND_REASON_ENUM)
#undef BLIND_REASON_ENUM
        BLIND_REASON_COUNT
};

enum { BLIND_SPOTS_MAX = 256, BLIND_ASSET_MAX = 64 };

struct blind_spot {
    char asset[BLIND_ASSET_MAX]; /* of the inventory; "": another server */
    uint16_t port;
    enum blind_reason reason;
    uint64_t sessions, bytes;
};

struct blind_spots {
    struct blind_spot spots[BLIND_SPOTS_MAX + BLIND_REASON_COUNT];
    size_t count;
};

/* Counts one session, and the payload bytes of it that were not decoded. */
void blind_spots_add(struct blind_spots *spots, struct slice asset, uint16_t port,
                     enum blind_reason reason, uint64_t bytes);

const char *blind_reason_name(enum blind_reason reason);
const char *blind_reason_text(enum blind_reason reason);

#endif
