/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a collector saw and missed since its last report. The report goes through the spool beside
 * the events, so that it is counted exactly once and stands where it belongs; it is also the
 * sensor's proof of life. docs/store-format.md states the bytes.
 */
#ifndef SPOOL_WATCH_H
#define SPOOL_WATCH_H

#include "base/buffer.h"

#include <stdint.h>

enum {
    WATCH_INTERVAL_S = 10, /* a live collector reports so often */
    WATCH_SILENT_S = 60,   /* without a report for so long it counts as silent */
    WATCH_SPOTS_MAX = 64,
    WATCH_NAME_MAX = 150,
};

/* X(name, en, zh): counts since the last report. */
#define WATCH_COUNTER_TABLE(X)                                                             \
    X(packets, "packets received", "收到的数据包")                                         \
    X(dropped, "packets dropped by the kernel or the interface", "内核或网卡丢弃的数据包") \
    X(lost_bytes, "payload bytes never captured", "未抓到的载荷字节")                      \
    X(given_up, "connections given up for want of room", "因容量不足放弃的连接")           \
    X(sessions, "sessions with payload", "有载荷的会话")                                   \
    X(decoded, "sessions decoded", "已解码的会话")                                         \
    X(encrypted, "sessions encrypted", "加密的会话")                                       \
    X(undecoded, "sessions not understood", "无法解码的会话")

enum watch_counter {
#define WATCH_COUNTER_ENUM(name, en, zh) WATCH_##name,
    WATCH_COUNTER_TABLE(WATCH_COUNTER_ENUM)
#undef WATCH_COUNTER_ENUM
        WATCH_COUNTER_COUNT
};

const char *watch_counter_name(enum watch_counter counter);

/* Sessions that passed by without being understood. */
struct watch_spot {
    struct slice asset;  /* of the inventory; empty for other servers */
    struct slice reason; /* unknown_protocol, encrypted, malformed, unsupported */
    uint16_t port;       /* 0: several, beyond the maximum */
    uint64_t sessions, bytes;
};

struct watch_report {
    struct slice sensor, source; /* as in the events */
    int64_t from_ns, to_ns;      /* what it covers, wall clock */
    bool live;                   /* another one is expected; false for recorded input */
    uint64_t counts[WATCH_COUNTER_COUNT];
    struct watch_spot spots[WATCH_SPOTS_MAX];
    size_t spot_count;
};

void watch_write(struct buffer *to, const struct watch_report *report);

/* Slices point into the record. False: it is none. */
bool watch_read(struct slice record, struct watch_report *report);

#endif
