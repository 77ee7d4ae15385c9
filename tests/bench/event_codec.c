/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * How many events a second the codecs take, on one core: the event of a point select.
 */
#include "event/codec.h"
#include "event/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 2000000, JSON_ROUNDS = 200000 };

static struct event sample(void)
{
    static const struct event_object object = {{(const uint8_t *)"customer", 8}, NULL, 0};
    return (struct event){
        .time_ns = INT64_C(1795297828680000001),
        .known = EVENT_KNOWS_duration | EVENT_KNOWS_rows | EVENT_KNOWS_bytes | EVENT_KNOWS_shape,
        .duration_us = 312,
        .source_kind = EVENT_SOURCE_capture,
        .source_name = SLICE("eth1"),
        .sensor = SLICE("head-office"),
        .session = SLICE("00f1e2d3c4b5a697"),
        .seq = 12,
        .client = {4, {10, 0, 0, 7}, 50123},
        .server = {4, {10, 0, 0, 1}, 5432},
        .protocol = SLICE("postgresql"),
        .account = SLICE("li.na"),
        .database = SLICE("loans"),
        .action = EVENT_ACTION_read,
        .outcome = EVENT_OUTCOME_success,
        .statement = SLICE("select * from customer where id = ?"),
        .shape = UINT64_C(0xfedcba9876543210),
        .objects = &object,
        .object_count = 1,
        .rows = 1,
        .bytes = 218,
    };
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(enum status status)
{
    if (status != STATUS_OK) {
        fprintf(stderr, "bench_event_codec: %s\n", status_text(status));
        exit(1);
    }
}

static void tell(const char *what, unsigned rounds, double start)
{
    printf("%-16s %10.0f events/s\n", what, rounds / (seconds() - start));
}

static void bench_frames(const struct event *e, struct buffer *b, struct arena *arena)
{
    double start = seconds();
    for (unsigned i = 0; i < ROUNDS; i++) {
        buffer_reset(b);
        must(event_encode(b, e, 0));
    }
    tell("frame encode", ROUNDS, start);
    start = seconds();
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct event back;
        struct reader r = reader_of(buffer_slice(b));
        arena_reset(arena);
        must(event_decode(&r, &back, arena));
    }
    tell("frame decode", ROUNDS, start);
    printf("%-16s %10zu bytes\n", "frame", b->len);
}

static void bench_json(const struct event *e, struct buffer *b, struct arena *arena)
{
    double start = seconds();
    for (unsigned i = 0; i < JSON_ROUNDS; i++) {
        buffer_reset(b);
        must(event_to_json(b, e, false));
    }
    tell("JSON write", JSON_ROUNDS, start);
    start = seconds();
    struct event_json_input input = {0};
    for (unsigned i = 0; i < JSON_ROUNDS; i++) {
        struct event back;
        arena_reset(arena);
        must(event_from_json(&input, buffer_slice(b), &back, arena));
    }
    tell("JSON read", JSON_ROUNDS, start);
}

int main(void)
{
    struct event e = sample();
    struct buffer b;
    struct arena arena;
    buffer_init(&b, 1 << 20);
    arena_init(&arena, 1 << 20);
    bench_frames(&e, &b, &arena);
    bench_json(&e, &b, &arena);
    buffer_release(&b);
    arena_release(&arena);
    return 0;
}
