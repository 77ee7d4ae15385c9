/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Segments in any order, with any numbers. The input is a row of
 * { connection and direction 1 | flags 1 | sequence 2 | acknowledgement 2 | length 1 | time 1 }.
 * Whatever comes, each session's calls must come in order, and what was handed on is counted.
 */
#include "base/reader.h"
#include "collector/streams/streams.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct listener {
    bool ended[2];
    struct watch *watch;
};

struct watch {
    uint64_t bytes, lost, open;
};

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void *on_open(void *context, const struct stream_info *info)
{
    struct listener *listener = calloc(1, sizeof *listener);
    require(listener && info->seen[TO_SERVER] + info->seen[TO_CLIENT] > 0);
    listener->watch = context;
    listener->watch->open++;
    return listener;
}

static void on_data(void *session, enum direction direction, struct slice bytes, int64_t time_ns)
{
    struct listener *listener = session;
    (void)time_ns;
    require(bytes.len > 0 && !listener->ended[direction]);
    listener->watch->bytes += bytes.len;
}

static void on_gap(void *session, enum direction direction, size_t lost, enum stream_loss loss,
                   int64_t time_ns)
{
    struct listener *listener = session;
    (void)time_ns;
    (void)loss;
    require(lost > 0 && !listener->ended[direction]);
    listener->watch->lost += lost;
}

static void on_end(void *session, enum direction direction, int64_t time_ns)
{
    struct listener *listener = session;
    (void)time_ns;
    require(!listener->ended[direction]);
    listener->ended[direction] = true;
}

static void on_close(void *session, int64_t time_ns)
{
    struct listener *listener = session;
    (void)time_ns;
    require(listener->ended[TO_SERVER] && listener->ended[TO_CLIENT]);
    listener->watch->open--;
    free(listener);
}

static struct tcp_segment read_segment(struct reader *in, int64_t *now)
{
    static const uint8_t payload[255];
    uint8_t which = reader_u8(in);
    struct event_address client = {.family = 4, .ip = {10, 0, 0, 1}};
    struct event_address server = {.family = 4, .ip = {10, 0, 0, 2}, .port = 5432};
    client.port = (uint16_t)(40000 + (which >> 1) % 8);
    struct tcp_segment segment = {.from = which & 1 ? client : server,
                                  .to = which & 1 ? server : client,
                                  .flags = reader_u8(in)};
    segment.seq = (uint32_t)reader_be16(in) - 0x8000u;
    segment.ack = (uint32_t)reader_be16(in) - 0x8000u;
    uint8_t len = reader_u8(in);
    segment.payload = slice_make(payload, len & 0x80 ? len / 2 : len);
    segment.wire_len = len;
    *now += reader_u8(in) * INT64_C(20000000);
    segment.time_ns = *now;
    return segment;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct watch watch = {0};
    const struct stream_limits limits = {.streams_max = 6, .pending_bytes_max = 4096};
    const struct stream_consumer consumer = {.context = &watch,
                                             .open = on_open,
                                             .data = on_data,
                                             .gap = on_gap,
                                             .end = on_end,
                                             .close = on_close};
    struct streams *streams = streams_new(&limits, &consumer, NULL);
    struct reader in = reader_of(slice_make(data, size));
    int64_t now = 0;
    require(streams != NULL);
    while (reader_left(&in) >= 8) {
        struct tcp_segment segment = read_segment(&in, &now);
        streams_segment(streams, &segment);
    }
    streams_finish(streams);
    const struct stream_counters *counters = streams_counters(streams);
    require(watch.open == 0 && watch.bytes == counters->stream_bytes);
    require(watch.lost == counters->lost_bytes + counters->cut_bytes);
    streams_free(&streams);
    return 0;
}
