/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The decoder's tormentor.
 */
#include "support/decode_every_way.h"

#include "collector/decoders/sql.h"
#include "collector/memory.h"
#include "support/guard.h"
#include "support/random.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { OUT_MAX = 16 << 20, MUTATIONS = 200 };

struct run {
    const struct decoder *decoder;
    void *state;
    struct decoder_env env;
    struct arena scratch;
    struct guard guard;
    struct buffer left[2]; /* not yet consumed, per direction */
    size_t needed[2];      /* of left[], before it is worth calling */
    bool dead;             /* the decoder said that this is not its protocol */
    struct buffer *out;
    size_t before_finish; /* length of out before the connection ended */
};

static void append_field(struct buffer *out, const char *name, struct slice value)
{
    if (value.len == 0)
        return;
    buffer_append_format(out, " %s=", name);
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.ptr[i];
        if (c < ' ' || c == '\\')
            buffer_append_format(out, "\\x%02x", c);
        else
            buffer_append_byte(out, c);
    }
}

static void append_number(struct buffer *out, const char *name, bool known, uint64_t value)
{
    if (known)
        buffer_append_format(out, " %s=%" PRIu64, name, value);
}

static void append_params(const struct event *event, struct buffer *out)
{
    for (size_t i = 0; i < event->param_count; i++)
        if (event->params[i].null)
            buffer_append_text(out, " $NULL");
        else if (event->params[i].text.len == 0)
            buffer_append_text(out, " $=");
        else
            append_field(out, "$", event->params[i].text);
}

static void append_objects(const struct event *event, struct buffer *out)
{
    for (size_t i = 0; i < event->object_count; i++) {
        const struct event_object *object = &event->objects[i];
        append_field(out, "object", object->name);
        for (size_t j = 0; j < object->column_count; j++)
            append_field(out, "column", object->columns[j]);
    }
}

void decoded_line(const struct event *event, struct buffer *out)
{
    uint32_t knows = event->known;
    buffer_append_format(out, "seq=%" PRIu64, event->seq);
    append_number(out, "part", knows & EVENT_KNOWS_part, event->part);
    append_field(out, "account", event->account);
    append_field(out, "database", event->database);
    append_field(out, "program", event->program);
    buffer_append_format(out, " action=%s outcome=%s", event_action_name(event->action),
                         event_outcome_name(event->outcome));
    for (unsigned i = 0; i < EVENT_GAP_COUNT; i++)
        if (event->gaps >> i & 1)
            buffer_append_format(out, " gap=%s", event_gap_name(i));
    append_field(out, "clear", event->clear);
    append_params(event, out);
    append_objects(event, out);
    append_number(out, "rows", knows & EVENT_KNOWS_rows, event->rows);
    append_number(out, "affected", knows & EVENT_KNOWS_affected, event->affected);
    append_number(out, "bytes", knows & EVENT_KNOWS_bytes, event->bytes);
    append_number(out, "duration_us", knows & EVENT_KNOWS_duration, (uint64_t)event->duration_us);
    append_number(out, "status", knows & EVENT_KNOWS_status, event->status);
    append_field(out, "error", event->error_code);
    append_field(out, "text", event->error_text);
    for (unsigned i = 0; i < EVENT_CLASSES; i++)
        if (event->classes[i])
            buffer_append_format(out, " C%u=%" PRIu64, i, event->classes[i]);
    append_number(out, "subjects", knows & EVENT_KNOWS_subjects, event->subjects);
    buffer_append_byte(out, '\n');
}

static void on_event(void *context, const struct event *event)
{
    struct run *run = context;
    if (run->out)
        decoded_line(event, run->out);
}

static void run_start(struct run *run, const struct decoder *decoder, bool mid_session,
                      exchange_setup *setup, struct buffer *out)
{
    *run = (struct run){.decoder = decoder, .out = out};
    run->state = calloc(1, decoder->state_size);
    assert_non_null(run->state);
    arena_init(&run->scratch, 16 << 20);
    guard_init(&run->guard, 1 << 16);
    for (int i = 0; i < 2; i++)
        buffer_init(&run->left[i], SIZE_MAX / 2);
    run->env = (struct decoder_env){.memory = session_memory_new(8 << 20, 4096),
                                    .sql = sql_cache_new(256),
                                    .scratch = &run->scratch,
                                    .clear = true,
                                    .emit = on_event,
                                    .emit_context = run};
    if (setup)
        setup(&run->env);
    decoder->init(run->state, mid_session);
}

static void run_stop(struct run *run)
{
    if (run->decoder->release)
        run->decoder->release(run->state);
    free(run->state);
    session_memory_free(&run->env.memory);
    sql_cache_free(&run->env.sql);
    arena_release(&run->scratch);
    guard_release(&run->guard);
    for (int i = 0; i < 2; i++)
        buffer_release(&run->left[i]);
}

/* One call, with the contract's promises checked; false when nothing more can come of these bytes.
 */
static bool call_once(struct run *run, enum direction direction, int64_t time_ns, bool end)
{
    struct buffer *left = &run->left[direction];
    struct decoder_input input = {.direction = direction,
                                  .bytes = guard_place(&run->guard, buffer_slice(left)),
                                  .time_ns = time_ns,
                                  .end = end};
    struct decoder_result result = run->decoder->decode(run->state, &run->env, &input);
    arena_reset(&run->scratch);
    assert_true(result.consumed <= left->len);
    assert_true(result.needed <= DECODER_NEED_MAX);
    buffer_consume(left, result.consumed);
    run->needed[direction] = result.needed;
    if (result.status != STATUS_OK)
        run->dead = true;
    return !run->dead && result.consumed > 0 && left->len > 0 && left->len >= result.needed;
}

static void pump(struct run *run, enum direction direction, int64_t time_ns)
{
    struct buffer *left = &run->left[direction];
    if (run->dead || left->len == 0 || left->len < run->needed[direction])
        return;
    while (call_once(run, direction, time_ns, false))
        continue;
    /* What is not consumed may not grow beyond what the decoder may ask for. */
    if (!run->dead)
        assert_true(left->len <= DECODER_NEED_MAX);
}

static void feed(struct run *run, enum direction direction, struct slice bytes, int64_t time_ns)
{
    if (run->dead)
        return;
    buffer_append_slice(&run->left[direction], bytes);
    pump(run, direction, time_ns);
}

static void lose(struct run *run, enum direction direction, size_t lost, int64_t time_ns)
{
    if (run->dead)
        return;
    buffer_reset(&run->left[direction]);
    run->needed[direction] = 0;
    run->decoder->gap(run->state, &run->env, direction, lost, time_ns);
    arena_reset(&run->scratch);
}

static void finish(struct run *run, int64_t time_ns)
{
    run->before_finish = run->out ? run->out->len : 0;
    for (int direction = 0; direction < 2 && !run->dead; direction++)
        while (call_once(run, (enum direction)direction, time_ns, true))
            continue;
    if (run->decoder->finish && !run->dead)
        run->decoder->finish(run->state, &run->env, time_ns);
}

/* Feeds the exchange cut into pieces of `piece` bytes (0: whole; SIZE_MAX: random), at most `limit`
 * bytes of it in all. */
static void feed_cut(struct run *run, const struct exchange *exchange, size_t count, size_t piece,
                     size_t limit, struct random *random)
{
    for (size_t i = 0; i < count; i++) {
        int64_t time_ns = (int64_t)(i + 1) * 1000000000;
        if (exchange[i].lost)
            lose(run, exchange[i].direction, exchange[i].lost, time_ns);
        struct slice bytes = slice_part(exchange[i].bytes, 0, limit);
        limit -= bytes.len;
        for (size_t at = 0; at < bytes.len;) {
            size_t n = piece == 0          ? bytes.len
                       : piece == SIZE_MAX ? 1 + random_below(random, 40)
                                           : piece;
            struct slice part = slice_part(bytes, at, n);
            feed(run, exchange[i].direction, part, time_ns);
            at += part.len;
        }
        if (limit == 0)
            break;
    }
    finish(run, (int64_t)(count + 1) * 1000000000);
}

void decode_exchange(const struct decoder *decoder, const struct exchange *exchange, size_t count,
                     bool mid_session, exchange_setup *setup, struct buffer *out)
{
    struct run run;
    run_start(&run, decoder, mid_session, setup, out);
    feed_cut(&run, exchange, count, 0, SIZE_MAX, NULL);
    run_stop(&run);
}

struct torture {
    const struct decoder *decoder;
    const struct exchange *exchange;
    size_t count;
    bool mid_session;
    exchange_setup *setup;
    struct random random;
    struct buffer whole; /* the events of the exchange fed whole */
};

static void assert_same_cut(struct torture *t, size_t piece)
{
    struct run run;
    struct buffer out;
    buffer_init(&out, OUT_MAX);
    run_start(&run, t->decoder, t->mid_session, t->setup, &out);
    feed_cut(&run, t->exchange, t->count, piece, SIZE_MAX, &t->random);
    run_stop(&run);
    assert_string_equal(buffer_text(&out), buffer_text(&t->whole));
    buffer_release(&out);
}

/* A connection that ends early gives, until its end, the first events of the whole one. */
static void assert_prefix(struct torture *t, size_t limit)
{
    struct run run;
    struct buffer out;
    buffer_init(&out, OUT_MAX);
    run_start(&run, t->decoder, t->mid_session, t->setup, &out);
    feed_cut(&run, t->exchange, t->count, 0, limit, NULL);
    size_t before = run.before_finish;
    run_stop(&run);
    assert_true(before <= t->whole.len);
    if (before)
        assert_memory_equal(out.ptr, t->whole.ptr, before);
    buffer_release(&out);
}

static struct slice mutated(struct torture *t, struct slice bytes, struct buffer *copy)
{
    buffer_reset(copy);
    buffer_append_slice(copy, bytes);
    for (size_t n = 1 + random_below(&t->random, 4); n > 0 && copy->len > 0; n--) {
        size_t at = random_below(&t->random, copy->len);
        if (random_below(&t->random, 4) == 0)
            copy->len = at;
        else
            copy->ptr[at] = (uint8_t)random_next(&t->random);
    }
    return buffer_slice(copy);
}

/* Damaged bytes: any events will do, the contract must hold. */
static void mutate_once(struct torture *t)
{
    struct run run;
    struct buffer copy;
    size_t victim = random_below(&t->random, t->count);
    buffer_init(&copy, SIZE_MAX / 2);
    run_start(&run, t->decoder, t->mid_session, t->setup, NULL);
    for (size_t i = 0; i < t->count; i++) {
        struct slice bytes = t->exchange[i].bytes;
        bool hurt = i == victim || random_below(&t->random, 4) == 0;
        feed(&run, t->exchange[i].direction, hurt ? mutated(t, bytes, &copy) : bytes, (int64_t)i);
        if (random_below(&t->random, 16) == 0)
            lose(&run, t->exchange[i].direction, 100, (int64_t)i);
    }
    finish(&run, (int64_t)t->count);
    run_stop(&run);
    buffer_release(&copy);
}

static size_t total_bytes(const struct torture *t)
{
    size_t total = 0;
    for (size_t i = 0; i < t->count; i++)
        total += t->exchange[i].bytes.len;
    return total;
}

void decode_every_way(const struct decoder *decoder, const struct exchange *exchange, size_t count,
                      bool mid_session, exchange_setup *setup, const char *expect)
{
    struct torture t = {.decoder = decoder,
                        .exchange = exchange,
                        .count = count,
                        .mid_session = mid_session,
                        .setup = setup,
                        .random = random_start(20261121)};
    buffer_init(&t.whole, OUT_MAX);
    decode_exchange(decoder, exchange, count, mid_session, setup, &t.whole);
    if (expect)
        assert_string_equal(buffer_text(&t.whole), expect);
    assert_same_cut(&t, 1);
    for (int i = 0; i < 5; i++)
        assert_same_cut(&t, SIZE_MAX);
    size_t total = total_bytes(&t);
    for (size_t limit = 1; limit < total; limit += 1 + total / 2000)
        assert_prefix(&t, limit);
    for (int i = 0; i < MUTATIONS; i++)
        mutate_once(&t);
    buffer_release(&t.whole);
}
