/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The log format's tormentor.
 */
#include "support/log_every_way.h"

#include "base/clock.h"
#include "support/decode_every_way.h"
#include "support/random.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { OUT_MAX = 64 << 20, CUTS = 20, MUTATIONS = 60, PREFIXES = 400 };

struct log_surroundings log_surroundings;

struct text_sink {
    struct sink sink;
    struct buffer *out;
};

static void put_address(struct buffer *out, const struct event_address *a)
{
    char ip[INET6_ADDRSTRLEN] = "";
    if (a->family)
        buffer_append_format(out, " client=%s:%u",
                             inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->ip, ip, sizeof ip),
                             (unsigned)a->port);
}

static enum status put(struct sink *sink, const struct event *event)
{
    struct buffer *out = ((struct text_sink *)sink)->out;
    char time[40];
    time_format(event->time_ns, 3, time, sizeof time);
    buffer_append_text(out, time);
    put_address(out, &event->client);
    buffer_append_byte(out, ' ');
    if (log_surroundings.shape && event->statement.len)
        buffer_append_format(out, "masked=%.*s ", (int)event->statement.len,
                             (const char *)event->statement.ptr);
    decoded_line(event, out);
    return STATUS_OK;
}

static struct log_reader *start(const char *format, struct slice head, struct text_sink *sink,
                                struct buffer *out)
{
    static const struct event_site_key key = {{1}};
    *sink = (struct text_sink){{.name = "text", .put = put}, out};
    struct log_reader_options options = {.sensor = SLICE("test"),
                                         .sink = &sink->sink,
                                         .assets = log_surroundings.assets,
                                         .zone = log_surroundings.zone,
                                         .server = log_surroundings.server,
                                         .site_key = &key,
                                         .format = slice_from(format),
                                         .clear = true};
    struct log_reader *reader = log_reader_new(&options);
    assert_non_null(reader);
    /* 2026-12-01 */
    if (log_reader_begin(reader, SLICE("test.log"), head, INT64_C(1796083200) * NS_PER_S))
        log_reader_free(&reader);
    return reader;
}

static void finish(struct log_reader *reader, struct buffer *out)
{
    assert_int_equal(log_reader_end(reader), STATUS_OK);
    assert_int_equal(buffer_status(out), STATUS_OK);
    log_reader_free(&reader);
}

struct log_counters log_events(const char *format, struct slice log, struct buffer *out)
{
    struct text_sink sink;
    struct log_reader *reader = start(format, log, &sink, out);
    assert_non_null(reader);
    assert_int_equal(log_reader_feed(reader, log), STATUS_OK);
    assert_int_equal(log_reader_end(reader), STATUS_OK);
    struct log_counters counters = *log_reader_counters(reader);
    log_reader_free(&reader);
    return counters;
}

static void feed_cut(struct log_reader *reader, struct slice log, struct random *random, size_t max)
{
    while (log.len > 0) {
        size_t n = random ? 1 + random_below(random, max) : 1;
        assert_int_equal(log_reader_feed(reader, slice_part(log, 0, n)), STATUS_OK);
        log = slice_part(log, n, log.len);
    }
}

static void assert_same(const struct buffer *a, const struct buffer *b)
{
    if (a->len == b->len && (a->len == 0 || memcmp(a->ptr, b->ptr, a->len) == 0))
        return;
    print_error("whole:\n%.*s\ncut:\n%.*s\n", (int)a->len, (const char *)a->ptr, (int)b->len,
                (const char *)b->ptr);
    fail();
}

static void check_cut(const char *format, struct slice log, const struct buffer *whole,
                      struct random *random, size_t max)
{
    struct buffer out;
    struct text_sink sink;
    buffer_init(&out, OUT_MAX);
    struct log_reader *reader = start(format, log, &sink, &out);
    assert_non_null(reader);
    feed_cut(reader, log, random, max);
    finish(reader, &out);
    assert_same(whole, &out);
    buffer_release(&out);
}

/* Whatever the bytes: no event is asked for, only that nothing breaks. */
static void survive(const char *format, struct slice log)
{
    struct buffer out;
    struct text_sink sink;
    buffer_init(&out, OUT_MAX);
    struct log_reader *reader = start(format, log, &sink, &out);
    if (reader) {
        assert_int_equal(log_reader_feed(reader, log), STATUS_OK);
        finish(reader, &out);
    }
    buffer_release(&out);
}

static void survive_mutations(const char *format, struct slice log, struct random *random)
{
    uint8_t *copy = malloc(log.len ? log.len : 1);
    assert_non_null(copy);
    for (int i = 0; i < MUTATIONS && log.len > 0; i++) {
        memcpy(copy, log.ptr, log.len);
        for (size_t n = 1 + random_below(random, 8); n > 0; n--)
            copy[random_below(random, log.len)] = (uint8_t)random_next(random);
        survive(format, slice_make(copy, log.len));
    }
    free(copy);
}

void log_every_way(const char *format, struct slice log, const char *expect)
{
    struct buffer whole;
    struct random random = random_start(7);
    buffer_init(&whole, OUT_MAX);
    (void)log_events(format, log, &whole);
    if (expect)
        assert_string_equal(buffer_text(&whole), expect);
    check_cut(format, log, &whole, NULL, 1);
    for (int i = 0; i < CUTS; i++)
        check_cut(format, log, &whole, &random, 1 + random_below(&random, 2 * log.len));
    size_t step = log.len / PREFIXES + 1;
    for (size_t n = 0; n < log.len; n += step)
        survive(format, slice_part(log, 0, n));
    survive_mutations(format, log, &random);
    buffer_release(&whole);
}
