/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a line of JSON. What is taken for an event must print the same after it was printed
 * and read once more, and survive the binary form.
 */
#include "event/codec.h"
#include "event/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* assert() is compiled out of release builds. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static struct event_site_key site = {{1, 2, 3}};

static void through_frame(const struct event *e, struct arena *arena)
{
    struct buffer frame;
    struct event back;
    buffer_init(&frame, 2 * EVENT_FRAME_MAX);
    if (event_encode(&frame, e, EVENT_ENCODE_numbers) == STATUS_OK) {
        struct reader r = reader_of(buffer_slice(&frame));
        enum status status = event_decode(&r, &back, arena);
        must(status == STATUS_OK);
        must(slice_equal(back.account, e->account) && back.key_count == e->key_count);
    }
    buffer_release(&frame);
}

static void again(const struct event *e, struct arena *arena)
{
    struct event_json_input input = {.site_key = &site};
    struct buffer first, second;
    struct event back;
    buffer_init(&first, 64 << 20);
    buffer_init(&second, 64 << 20);
    enum status status = event_to_json(&first, e, true);
    must(status == STATUS_OK);
    if (first.len <= EVENT_JSON_LINE_MAX) {
        status = event_from_json(&input, buffer_slice(&first), &back, arena);
        must(status == STATUS_OK && input.unknown_keys == 0);
        status = event_to_json(&second, &back, true);
        must(slice_equal(buffer_slice(&first), buffer_slice(&second)));
    }
    buffer_release(&first);
    buffer_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event_json_input input = {.site_key = &site};
    struct arena arena;
    struct event e;
    arena_init(&arena, 64 << 20);
    if (event_from_json(&input, slice_make(data, size), &e, &arena) == STATUS_OK) {
        again(&e, &arena);
        through_frame(&e, &arena);
    }
    arena_release(&arena);
    return 0;
}
