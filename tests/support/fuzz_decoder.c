/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Runs a decoder on a fuzz input the way a session would.
 */
#include "support/fuzz_decoder.h"

#include "base/buffer.h"
#include "base/reader.h"
#include "collector/app_sessions.h"
#include "collector/decoders/sql.h"
#include "collector/memory.h"

#include <stdlib.h>

enum { TO_CLIENT_BIT = 1, LOST_BIT = 2, MID_SESSION_BIT = 4 };

struct run {
    const struct decoder *decoder;
    void *state;
    struct decoder_env env;
    struct arena scratch;
    struct buffer left[2];
    size_t needed[2];
    bool dead;
};

static void on_event(void *context, const struct event *event)
{
    /* Reads every byte that the event claims to have. */
    struct arena copy;
    struct event to;
    (void)context;
    arena_init(&copy, 32 << 20);
    (void)event_copy(&to, event, &copy);
    arena_release(&copy);
}

static void require(bool kept)
{
    if (!kept)
        abort(); /* the decoder broke its contract */
}

static bool call_once(struct run *run, enum direction direction, int64_t time_ns, bool end)
{
    struct buffer *left = &run->left[direction];
    struct decoder_input input = {direction, buffer_slice(left), time_ns, end};
    struct decoder_result result = run->decoder->decode(run->state, &run->env, &input);
    arena_reset(&run->scratch);
    require(result.consumed <= left->len && result.needed <= DECODER_NEED_MAX);
    buffer_consume(left, result.consumed);
    run->needed[direction] = result.needed;
    run->dead = run->dead || result.status != STATUS_OK;
    return !run->dead && result.consumed > 0 && left->len > 0 && left->len >= result.needed;
}

static void feed(struct run *run, enum direction direction, struct slice bytes, int64_t time_ns)
{
    struct buffer *left = &run->left[direction];
    buffer_append_slice(left, bytes);
    if (run->dead || left->len == 0 || left->len < run->needed[direction])
        return;
    while (call_once(run, direction, time_ns, false))
        continue;
}

static void feed_records(struct run *run, struct reader *r, int64_t *time_ns)
{
    while (reader_left(r) > 0 && !run->dead) {
        uint8_t control = reader_u8(r);
        size_t len = reader_le16(r);
        if (len > reader_left(r))
            len = reader_left(r);
        enum direction direction = control & TO_CLIENT_BIT ? TO_CLIENT : TO_SERVER;
        if (control & LOST_BIT) {
            buffer_reset(&run->left[direction]);
            run->needed[direction] = 0;
            run->decoder->gap(run->state, &run->env, direction, 100, *time_ns);
            arena_reset(&run->scratch);
        }
        feed(run, direction, reader_bytes(r, len), (*time_ns)++);
    }
}

static void finish(struct run *run, int64_t time_ns)
{
    for (int direction = 0; direction < 2 && !run->dead; direction++)
        while (call_once(run, (enum direction)direction, time_ns, true))
            continue;
    if (run->decoder->finish && !run->dead)
        run->decoder->finish(run->state, &run->env, time_ns);
}

void fuzz_decoder(const struct decoder *decoder, const uint8_t *data, size_t size)
{
    static const struct event_site_key key = {{1}};
    struct reader r = reader_of(slice_make(data, size));
    struct run run = {.decoder = decoder, .state = calloc(1, decoder->state_size)};
    int64_t time_ns = 1;
    require(run.state != NULL);
    arena_init(&run.scratch, 32 << 20);
    for (int i = 0; i < 2; i++)
        buffer_init(&run.left[i], SIZE_MAX / 2);
    run.env = (struct decoder_env){.memory = session_memory_new(1 << 20, 256),
                                   .sql = sql_cache_new(64),
                                   .app_sessions = app_sessions_new(64),
                                   .scratch = &run.scratch,
                                   .site_key = &key,
                                   .clear = true,
                                   .emit = on_event};
    decoder->init(run.state, size > 0 && (data[0] & MID_SESSION_BIT));
    feed_records(&run, &r, &time_ns);
    finish(&run, time_ns);
    if (decoder->release)
        decoder->release(run.state);
    free(run.state);
    session_memory_free(&run.env.memory);
    sql_cache_free(&run.env.sql);
    app_sessions_free(&run.env.app_sessions);
    arena_release(&run.scratch);
    for (int i = 0; i < 2; i++)
        buffer_release(&run.left[i]);
}
