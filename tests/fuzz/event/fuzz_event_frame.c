/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a frame's body, under a checksum that is right. What is taken for an event must be
 * the same after it was encoded and decoded once more.
 */
#include "base/hash.h"
#include "event/codec.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* assert() is compiled out of release builds. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static void frame_around(struct buffer *frame, struct slice body)
{
    buffer_append_byte(frame, EVENT_FRAME_MAGIC);
    buffer_append_byte(frame, EVENT_FRAME_VERSION);
    buffer_append_le32(frame, (uint32_t)body.len);
    buffer_append_slice(frame, body);
    buffer_append_le32(frame, crc32c(0, buffer_slice(frame)));
}

static void again(const struct event *e, struct arena *arena)
{
    struct buffer first, second;
    struct event back;
    buffer_init(&first, 2 * EVENT_FRAME_MAX);
    buffer_init(&second, 2 * EVENT_FRAME_MAX);
    if (event_encode(&first, e, EVENT_ENCODE_numbers) == STATUS_OK) {
        struct reader r = reader_of(buffer_slice(&first));
        enum status status = event_decode(&r, &back, arena);
        must(status == STATUS_OK);
        status = event_encode(&second, &back, EVENT_ENCODE_numbers);
        must(status == STATUS_OK);
        must(slice_equal(buffer_slice(&first), buffer_slice(&second)));
    }
    buffer_release(&first);
    buffer_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer frame;
    struct arena arena;
    struct event e;
    buffer_init(&frame, EVENT_FRAME_MAX);
    arena_init(&arena, 16 << 20);
    struct reader plain = reader_of(slice_make(data, size));
    while (event_decode(&plain, &e, &arena) == STATUS_OK)
        ;
    frame_around(&frame, slice_make(data, size));
    struct reader r = reader_of(buffer_slice(&frame));
    if (buffer_status(&frame) == STATUS_OK && event_decode(&r, &e, &arena) == STATUS_OK)
        again(&e, &arena);
    arena_release(&arena);
    buffer_release(&frame);
    return 0;
}
