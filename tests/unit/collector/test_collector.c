/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * From packets to events, and what is told of what was not understood.
 */
#include "collector/collector.h"

#include "base/clock.h"
#include "collector/blind_spots.h"
#include "support/packets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Keeps what matters of each event as text. */
struct recorder {
    struct sink sink; /* first */
    struct buffer text;
    struct buffer sessions; /* ids */
    size_t events;
    enum status answer;
};

static struct recorder recorder;
static struct collector *collector;
static int64_t now;

static enum status record(struct sink *sink, const struct event *event)
{
    struct recorder *r = (struct recorder *)sink;
    r->events++;
    buffer_append_format(&r->text, "%.*s %s", (int)event->protocol.len,
                         (const char *)event->protocol.ptr, event_action_name(event->action));
    for (unsigned i = 0; i < EVENT_GAP_COUNT; i++)
        if (event->gaps >> i & 1)
            buffer_append_format(&r->text, " %s", event_gap_name(i));
    buffer_append_format(&r->text, " %u>%u\n", event->client.port, event->server.port);
    buffer_append_slice(&r->sessions, event->session);
    assert_int_equal(event->session.len, 16);
    assert_int_equal(event->source_kind, EVENT_SOURCE_capture);
    assert_true(slice_equal(event->sensor, SLICE("lab")));
    assert_true(slice_equal(event->source_name, SLICE("test.pcap")));
    assert_int_equal(event->key_count, 0);
    return r->answer;
}

static void make_collector(const struct port_rules *ports, size_t memory)
{
    const struct collector_options options = {
        .sensor = SLICE("lab"), .sink = &recorder.sink, .ports = ports, .memory_bytes_max = memory};
    collector = collector_new(&options);
    assert_non_null(collector);
    collector_set_source(collector, SLICE("test.pcap"));
}

static int setup(void **state)
{
    (void)state;
    recorder = (struct recorder){.sink = {.name = "recorder", .put = record}};
    buffer_init(&recorder.text, 64 << 20);
    buffer_init(&recorder.sessions, 64 << 20);
    now = INT64_C(1795000000) * NS_PER_S;
    make_collector(NULL, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    collector_free(&collector);
    buffer_release(&recorder.text);
    buffer_release(&recorder.sessions);
    return 0;
}

/* One connection of 10.0.0.1:40000, or of another port, to 10.0.0.2. */
struct talk {
    uint16_t client, server;
    uint32_t seq[2];
};

static enum status send_cut(struct talk *talk, bool to_server, uint8_t flags, struct slice payload,
                            size_t cut)
{
    static struct frame frame;
    const char *client = "10.0.0.1", *server = "10.0.0.2";
    struct tcp_segment segment = {.from.port = to_server ? talk->client : talk->server,
                                  .to.port = to_server ? talk->server : talk->client,
                                  .seq = talk->seq[!to_server],
                                  .ack = talk->seq[to_server],
                                  .flags = flags};
    frame_begin(&frame, payload);
    frame_tcp(&frame, &segment);
    frame_ipv4(&frame, to_server ? client : server, to_server ? server : client, 6);
    struct packet packet = frame_packet(&frame, LINK_RAW, now += 1000);
    packet.bytes.len -= cut;
    talk->seq[!to_server] += (uint32_t)payload.len + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
    return collector_packet(collector, &packet);
}

static enum status ask(struct talk *talk, struct slice bytes)
{
    return send_cut(talk, true, TCP_ACK, bytes, 0);
}

static enum status answer(struct talk *talk, struct slice bytes)
{
    return send_cut(talk, false, TCP_ACK, bytes, 0);
}

static struct talk connect_to(uint16_t client, uint16_t server)
{
    struct talk talk = {.client = client, .server = server, .seq = {100, 200}};
    send_cut(&talk, true, TCP_SYN, (struct slice){0}, 0);
    send_cut(&talk, false, TCP_SYN | TCP_ACK, (struct slice){0}, 0);
    return talk;
}

#define LOGIN        SLICE("\0\0\0\x21\0\3\0\0user\0alice\0database\0crm\0\0")
#define WELCOME      SLICE("R\0\0\0\x08\0\0\0\0Z\0\0\0\5I")
#define QUERY        SLICE("Q\0\0\0\x0dselect 1\0")
#define RESULT       SLICE("C\0\0\0\x0dSELECT 0\0Z\0\0\0\5I")
#define CLIENT_HELLO SLICE("\x16\3\1\0\x2f\1\0\0\x2b\3\3..........")

#define assert_events(expected) assert_string_equal(buffer_text(&recorder.text), expected)

static const struct blind_spot *first_blind_spot(void)
{
    const struct blind_spots *spots = collector_blind_spots(collector);
    assert_int_equal(spots->count, 1);
    return &spots->spots[0];
}

static void test_events_are_completed(void **state)
{
    (void)state;
    struct talk talk = connect_to(40000, 5432);
    ask(&talk, LOGIN);
    answer(&talk, WELCOME);
    ask(&talk, QUERY);
    answer(&talk, RESULT);
    collector_finish(collector);
    assert_events("postgresql login 40000>5432\n"
                  "postgresql read 40000>5432\n");
    assert_memory_equal(recorder.sessions.ptr, recorder.sessions.ptr + 16, 16);
    assert_int_equal(collector_blind_spots(collector)->count, 0);
}

static void test_protocol_is_found_by_its_look(void **state)
{
    (void)state;
    struct talk talk = connect_to(40000, 15432);
    ask(&talk, slice_part(LOGIN, 0, 3)); /* too little to tell */
    ask(&talk, slice_part(LOGIN, 3, SIZE_MAX));
    answer(&talk, WELCOME);
    collector_finish(collector);
    assert_events("postgresql login 40000>15432\n");
}

static void test_operator_knows_better(void **state)
{
    (void)state;
    struct port_rules ports = {0};
    assert_int_equal(port_rules_add(&ports, "9999=postgresql"), STATUS_OK);
    collector_free(&collector);
    make_collector(&ports, 0);
    struct talk talk = {.client = 40000, .server = 9999};
    ask(&talk, QUERY); /* nothing but the rule tells what this is */
    answer(&talk, RESULT);
    collector_finish(collector);
    assert_events("postgresql read mid_session 40000>9999\n");
}

static void test_port_rules(void **state)
{
    (void)state;
    struct port_rules ports = {0};
    assert_int_equal(port_rules_add(&ports, "80"), STATUS_INVALID);
    assert_int_equal(port_rules_add(&ports, "0=http"), STATUS_INVALID);
    assert_int_equal(port_rules_add(&ports, "65536=http"), STATUS_INVALID);
    assert_int_equal(port_rules_add(&ports, "80=nothing"), STATUS_NOT_FOUND);
    assert_int_equal(port_rules_add(&ports, "80=mysql"), STATUS_OK);
    assert_int_equal(port_rules_add(&ports, "80=http"), STATUS_OK);
    assert_string_equal(port_rules_find(&ports, 80)->name, "http");
    assert_null(port_rules_find(&ports, 81));
    for (int i = 2; i < PORT_RULES_MAX; i++)
        assert_int_equal(port_rules_add(&ports, "81=http"), STATUS_OK);
    assert_int_equal(port_rules_add(&ports, "82=http"), STATUS_LIMIT);
}

static void test_encrypted_session_is_one_event(void **state)
{
    (void)state;
    struct talk talk = connect_to(40000, 443);
    ask(&talk, slice_part(CLIENT_HELLO, 0, 4));
    ask(&talk, slice_part(CLIENT_HELLO, 4, SIZE_MAX));
    answer(&talk, SLICE("\x16\3\3\0\x05\2...."));
    ask(&talk, SLICE("\x17\3\3\0\x04...."));
    collector_finish(collector);
    assert_events("tls login encrypted 40000>443\n");
    assert_int_equal(first_blind_spot()->reason, BLIND_encrypted);
    assert_int_equal(first_blind_spot()->sessions, 1);
    assert_int_equal(first_blind_spot()->bytes, CLIENT_HELLO.len + 10 + 9);
}

static void test_encryption_after_the_protocol_asked_for_it(void **state)
{
    (void)state;
    struct talk talk = connect_to(40000, 5432);
    ask(&talk, SLICE("\0\0\0\x08\x04\xd2\x16\x2f")); /* SSLRequest */
    answer(&talk, SLICE("S"));
    ask(&talk, CLIENT_HELLO);
    ask(&talk, SLICE("\x17\3\3\0\x04...."));
    collector_finish(collector);
    assert_events("postgresql login encrypted 40000>5432\n");
}

static void test_unknown_protocol_is_a_blind_spot(void **state)
{
    (void)state;
    struct talk talk = connect_to(40000, 7000);
    ask(&talk, SLICE("\xde\xad\xbe\xef nothing we know"));
    answer(&talk, SLICE("\xca\xfe\xba\xbe neither"));
    collector_finish(collector);
    assert_events("");
    assert_int_equal(first_blind_spot()->port, 7000);
    assert_int_equal(first_blind_spot()->reason, BLIND_unknown_protocol);
    assert_int_equal(first_blind_spot()->bytes, 20 + 12);
}

static void test_bytes_cut_by_the_capture(void **state)
{
    (void)state;
    struct talk talk = connect_to(40000, 5432);
    ask(&talk, LOGIN);
    answer(&talk, WELCOME);
    ask(&talk, QUERY);
    send_cut(&talk, false, TCP_ACK, RESULT, 12);
    ask(&talk, QUERY);
    answer(&talk, RESULT);
    collector_finish(collector);
    assert_non_null(strstr(buffer_text(&recorder.text), "truncated"));
    assert_null(strstr(buffer_text(&recorder.text), "lost_bytes"));
}

static void test_one_direction_only(void **state)
{
    (void)state;
    struct talk talk = {.client = 40000, .server = 5432, .seq = {100, 200}};
    send_cut(&talk, true, TCP_SYN, (struct slice){0}, 0);
    ask(&talk, LOGIN);
    ask(&talk, QUERY);
    ask(&talk, QUERY);
    collector_finish(collector);
    assert_true(recorder.events >= 2);
    assert_non_null(strstr(buffer_text(&recorder.text), "one_way"));
}

static void test_sink_failure_is_told(void **state)
{
    (void)state;
    recorder.answer = STATUS_IO;
    struct talk talk = connect_to(40000, 5432);
    assert_int_equal(ask(&talk, LOGIN), STATUS_OK);
    assert_int_equal(answer(&talk, WELCOME), STATUS_IO);
    assert_int_equal(ask(&talk, QUERY), STATUS_IO);
    assert_int_equal(collector_finish(collector), STATUS_IO);
}

static void test_dropped_by_policy_is_no_failure(void **state)
{
    (void)state;
    recorder.answer = STATUS_FULL;
    struct talk talk = connect_to(40000, 5432);
    ask(&talk, LOGIN);
    assert_int_equal(answer(&talk, WELCOME), STATUS_OK);
}

/* Sessions that each leave half a megabyte waiting for its end: the oldest are given up. */
static void test_memory_is_bounded(void **state)
{
    (void)state;
    static uint8_t big[60000];
    collector_free(&collector);
    make_collector(NULL, 6 << 20);
    for (uint16_t i = 0; i < 100; i++) {
        struct talk talk = connect_to((uint16_t)(41000 + i), 5432);
        ask(&talk, LOGIN);
        answer(&talk, WELCOME);
        ask(&talk, SLICE("Q\0\x07\xff\xff"));
        for (int k = 0; k < 8; k++)
            ask(&talk, slice_make(big, sizeof big));
    }
    assert_true(collector_open(collector) < 20);
    assert_true(collector_open(collector) > 0);
    assert_int_equal(collector_finish(collector), STATUS_OK);
    assert_int_equal(collector_open(collector), 0);
}

static void test_summaries(void **state)
{
    (void)state;
    struct talk talk = connect_to(40000, 7000);
    ask(&talk, SLICE("\xde\xad\xbe\xef nothing we know"));
    collector_finish(collector);
    struct buffer out;
    buffer_init(&out, 1 << 20);
    collector_summary(collector, &out);
    assert_non_null(strstr(buffer_text(&out), "           3  packets read\n"));
    assert_non_null(strstr(buffer_text(&out),
                           "blind spot: port 7000: no decoder knows the protocol: 1 sessions, 20 "
                           "bytes\n"));
    buffer_reset(&out);
    collector_summary_json(collector, NULL, &(struct source_stats){10, 2, 1}, 0, &out);
    assert_non_null(strstr(buffer_text(&out), "{\"time\":\"1970-01-01T00:00:00.000Z\",\"open\":0,"
                                              "\"received\":10,\"dropped\":2,"));
    assert_non_null(strstr(buffer_text(&out),
                           "\"blind_spots\":[{\"port\":7000,\"reason\":"
                           "\"unknown_protocol\",\"sessions\":1,\"bytes\":20}],\"logs\":[]}"));
    buffer_release(&out);
}

#define WITH_COLLECTOR(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_COLLECTOR(test_events_are_completed),
        WITH_COLLECTOR(test_protocol_is_found_by_its_look),
        WITH_COLLECTOR(test_operator_knows_better),
        cmocka_unit_test(test_port_rules),
        WITH_COLLECTOR(test_encrypted_session_is_one_event),
        WITH_COLLECTOR(test_encryption_after_the_protocol_asked_for_it),
        WITH_COLLECTOR(test_unknown_protocol_is_a_blind_spot),
        WITH_COLLECTOR(test_bytes_cut_by_the_capture),
        WITH_COLLECTOR(test_one_direction_only),
        WITH_COLLECTOR(test_sink_failure_is_told),
        WITH_COLLECTOR(test_dropped_by_policy_is_no_failure),
        WITH_COLLECTOR(test_memory_is_bounded),
        WITH_COLLECTOR(test_summaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
