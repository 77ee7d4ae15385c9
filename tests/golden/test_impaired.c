/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One recorded session in some twenty forms: wrapped into tunnels, reordered, repeated, fragmented,
 * and with losses. Where all bytes are there the events must be those of the undamaged capture;
 * where some are lost, an event that does not say so must still be one of them.
 */
#include "base/buffer.h"
#include "collector/collector.h"
#include "event/json.h"
#include "support/shared_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Keeps events as JSON lines, without what differs between two captures of the same session. */
struct lines {
    struct sink sink; /* first */
    struct buffer all;
    struct buffer bare;     /* without the account: who signed in may be among what was lost */
    struct buffer complete; /* of these, the events without gaps */
    size_t count;
};

static enum status lines_put(struct sink *sink, const struct event *event)
{
    struct lines *lines = (struct lines *)sink;
    struct event e = *event;
    e.time_ns = 0;
    e.known &= ~(uint32_t)EVENT_KNOWS_duration;
    e.source_name = e.session = (struct slice){0};
    assert_int_equal(event_to_json(&lines->all, &e, true), STATUS_OK);
    buffer_append_byte(&lines->all, '\n');
    size_t start = lines->bare.len;
    e.account = (struct slice){0};
    assert_int_equal(event_to_json(&lines->bare, &e, true), STATUS_OK);
    buffer_append_byte(&lines->bare, '\n');
    if (!e.gaps)
        buffer_append_slice(&lines->complete,
                            slice_part(buffer_slice(&lines->bare), start, SIZE_MAX));
    lines->count++;
    return STATUS_OK;
}

/* Decodes a capture; the status that ended it. */
static enum status decode(const char *path, struct lines *lines)
{
    char error[SOURCE_ERROR_MAX];
    struct packet packet;
    enum status status;
    *lines = (struct lines){.sink = {.name = "lines", .put = lines_put}};
    buffer_init(&lines->all, 16 << 20);
    buffer_init(&lines->bare, 16 << 20);
    buffer_init(&lines->complete, 16 << 20);
    const struct collector_options options = {
        .sensor = SLICE("test"), .sink = &lines->sink, .clear = true};
    struct collector *collector = collector_new(&options);
    struct source *source = capture_file_open(path, error);
    assert_non_null(collector);
    if (!source)
        fail_msg("%s", error);
    while ((status = source->next(source, &packet)) == STATUS_OK)
        assert_int_equal(collector_packet(collector, &packet), STATUS_OK);
    assert_int_equal(collector_finish(collector), STATUS_OK);
    source_free(&source);
    collector_free(&collector);
    return status;
}

static void release(struct lines *lines)
{
    buffer_release(&lines->all);
    buffer_release(&lines->bare);
    buffer_release(&lines->complete);
}

struct recording {
    const char *whole; /* below captures/ */
    const char *name;  /* below captures/impaired/ */
    size_t events;     /* of the undamaged capture, at least */
};

static const struct recording recordings[] = {
    {"postgresql/pg-c-ext", "pg-c-ext", 9},
    {"mysql/my-c-stmt", "my-c-stmt", 13},
    {"http/http-browse", "http-browse", 16},
};

static void decode_shared(const char *below, struct lines *lines, enum status end)
{
    char path[4096];
    if (!shared_data(below, path))
        skip();
    assert_int_equal(decode(path, lines), end);
}

static void variant_path(char *to, size_t size, const struct recording *recording,
                         const char *variant)
{
    snprintf(to, size, "data/captures/impaired/%s/%s%s", recording->name, recording->name, variant);
}

static void decode_whole(const struct recording *recording, struct lines *lines)
{
    char below[256];
    snprintf(below, sizeof below, "data/captures/%s.pcap", recording->whole);
    decode_shared(below, lines, STATUS_END);
    assert_true(lines->count >= recording->events);
}

static void test_undamaged_forms(void **state)
{
    static const char *const variants[] = {
        ".dup.pcap",     ".dupall.pcap",  ".reorder.pcap", ".frag.pcap",        ".vlan.pcap",
        ".qinq.pcap",    ".gre-ip.pcap",  ".gre-teb.pcap", ".gre-key-seq.pcap", ".vxlan.pcap",
        ".erspan1.pcap", ".erspan2.pcap", ".erspan3.pcap", ".sll.pcap",         ".sll2.pcap",
        ".rawip.pcap",   ".nsec.pcap",    ".pcapng",
    };
    const struct recording *recording = *state;
    struct lines whole, other;
    decode_whole(recording, &whole);
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        char below[256];
        variant_path(below, sizeof below, recording, variants[i]);
        decode_shared(below, &other, STATUS_END);
        assert_string_equal(buffer_text(&other.all), buffer_text(&whole.all));
        release(&other);
    }
    release(&whole);
}

/* Sequence numbers shift where a request was lost. */
static bool same_but_seq(struct slice a, struct slice b)
{
    struct slice rest[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        const char *seq = memmem(rest[i].ptr, rest[i].len, "\"seq\":", 6);
        size_t at = seq ? (size_t)((const uint8_t *)seq - rest[i].ptr) : rest[i].len;
        rest[i] = slice_part(rest[i], slice_find(rest[i], ',', at), SIZE_MAX);
    }
    return slice_equal(rest[0], rest[1]);
}

static struct slice next_line(struct slice *text)
{
    size_t end = slice_find(*text, '\n', 0);
    struct slice line = slice_part(*text, 0, end);
    *text = slice_part(*text, end + 1, SIZE_MAX);
    return line;
}

static bool holds_line(struct slice text, struct slice line)
{
    while (text.len > 0)
        if (same_but_seq(next_line(&text), line))
            return true;
    return false;
}

static void assert_nothing_invented(const struct lines *damaged, const struct lines *whole)
{
    struct slice rest = buffer_slice(&damaged->complete);
    while (rest.len > 0) {
        struct slice line = next_line(&rest);
        if (!holds_line(buffer_slice(&whole->bare), line))
            fail_msg("not in the undamaged capture: %.*s", (int)line.len, (const char *)line.ptr);
    }
}

static void test_damaged_forms(void **state)
{
    static const struct {
        const char *variant;
        enum status end;
    } variants[] = {
        {".drop1.pcap", STATUS_END},  {".drop5.pcap", STATUS_END},
        {".gap.pcap", STATUS_END},    {".midstream.pcap", STATUS_END},
        {".c2s.pcap", STATUS_END},    {".s2c.pcap", STATUS_END},
        {".snap96.pcap", STATUS_END}, {".truncated.pcap", STATUS_TRUNCATED},
    };
    const struct recording *recording = *state;
    struct lines whole, damaged;
    decode_whole(recording, &whole);
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        char below[256];
        variant_path(below, sizeof below, recording, variants[i].variant);
        decode_shared(below, &damaged, variants[i].end);
        assert_true(damaged.count > 0);
        assert_nothing_invented(&damaged, &whole);
        release(&damaged);
    }
    release(&whole);
}

#define OVER(test, i)                                                     \
    {                                                                     \
#test " " #i, test, NULL, NULL, (void *)(uintptr_t)&recordings[i] \
    }

int main(void)
{
    char path[4096];
    if (!shared_data("data/captures/impaired", path))
        return 77;
    const struct CMUnitTest tests[] = {
        OVER(test_undamaged_forms, 0), OVER(test_undamaged_forms, 1), OVER(test_undamaged_forms, 2),
        OVER(test_damaged_forms, 0),   OVER(test_damaged_forms, 1),   OVER(test_damaged_forms, 2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
