/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What comes out of a connection, written as text: "<" and bytes to the server, ">" and bytes to
 * the client, "gap", "end" and "close" where they happened.
 */
#include "collector/streams/streams.h"

#include "base/buffer.h"
#include "support/packets.h"
#include "support/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECOND NS_PER_S

static struct streams *streams;
static struct buffer out;
static struct stream_info opened;
static int sessions;
static int64_t now;

static void *on_open(void *context, const struct stream_info *info)
{
    (void)context;
    opened = *info;
    sessions++;
    if (info->mid_session)
        buffer_append_text(&out, "mid ");
    return &sessions;
}

static void on_data(void *session, enum direction direction, struct slice bytes, int64_t time_ns)
{
    (void)session;
    (void)time_ns;
    buffer_append_byte(&out, direction == TO_SERVER ? '<' : '>');
    buffer_append_slice(&out, bytes);
    buffer_append_byte(&out, ' ');
}

static void on_gap(void *session, enum direction direction, size_t lost, enum stream_loss loss,
                   int64_t time_ns)
{
    (void)session;
    (void)time_ns;
    buffer_append_format(&out, "%cgap%zu%s ", direction == TO_SERVER ? '<' : '>', lost,
                         loss == LOSS_CUT ? "cut" : "");
}

static void on_end(void *session, enum direction direction, int64_t time_ns)
{
    (void)session;
    (void)time_ns;
    buffer_append_text(&out, direction == TO_SERVER ? "<end " : ">end ");
}

static void on_close(void *session, int64_t time_ns)
{
    (void)session;
    (void)time_ns;
    buffer_append_text(&out, "close ");
}

static const struct stream_consumer consumer = {
    .open = on_open, .data = on_data, .gap = on_gap, .end = on_end, .close = on_close};

static bool is_server_port(void *context, uint16_t port)
{
    (void)context;
    return port == 50000;
}

static int setup_with(size_t streams_max, size_t pending_max)
{
    const struct stream_limits limits = {streams_max, pending_max};
    streams = streams_new(&limits, &consumer, is_server_port);
    buffer_init(&out, 64 << 20);
    sessions = 0;
    now = SECOND;
    return streams ? 0 : -1;
}

static int setup(void **state)
{
    (void)state;
    return setup_with(64, 8 << 20);
}

static int teardown(void **state)
{
    (void)state;
    streams_free(&streams);
    buffer_release(&out);
    return 0;
}

/* Sequence numbers count from here, to see them wrap. */
enum { CLIENT_BASE = -10, SERVER_BASE = -20 };
static uint16_t client_port = 40000;

static void send(bool to_server, uint8_t flags, int seq, int ack, const char *text)
{
    struct event_address client = address_of("10.0.0.9", client_port);
    struct event_address server = address_of("10.0.0.2", 5432);
    struct tcp_segment segment = {
        .from = to_server ? client : server,
        .to = to_server ? server : client,
        .seq = (uint32_t)(seq + (to_server ? CLIENT_BASE : SERVER_BASE)),
        .ack = (uint32_t)(ack + (to_server ? SERVER_BASE : CLIENT_BASE)),
        .flags = flags,
        .payload = slice_from(text),
        .wire_len = strlen(text),
        .time_ns = now,
    };
    streams_segment(streams, &segment);
}

static void client(int seq, int ack, const char *text)
{
    send(true, TCP_ACK, seq, ack, text);
}

static void server(int seq, int ack, const char *text)
{
    send(false, TCP_ACK, seq, ack, text);
}

/* Both sides' payload begins at 0. */
static void handshake(void)
{
    send(true, TCP_SYN, -1, 0, "");
    send(false, TCP_SYN | TCP_ACK, -1, 0, "");
    client(0, 0, "");
}

#define assert_out(text) assert_string_equal(buffer_text(&out), text)

static void test_plain_exchange(void **state)
{
    (void)state;
    handshake();
    client(0, 0, "ask1");
    server(0, 4, "answer1");
    client(4, 7, "ask2");
    server(7, 8, "answer2");
    send(true, TCP_ACK | TCP_FIN, 8, 14, "");
    send(false, TCP_ACK | TCP_FIN, 14, 9, "");
    client(9, 15, "");
    assert_out("<ask1 >answer1 <ask2 >answer2 <end >end close ");
    assert_int_equal(streams_counters(streams)->streams, 1);
    assert_int_equal(streams_counters(streams)->stream_bytes, 22);
    assert_int_equal(streams_counters(streams)->late, 0);
    assert_int_equal(opened.client.port, 40000);
    assert_false(opened.mid_session);
}

static void test_handshake_alone_opens_nothing(void **state)
{
    (void)state;
    handshake();
    send(true, TCP_ACK | TCP_RST, 0, 0, "");
    streams_finish(streams);
    assert_int_equal(sessions, 0);
    assert_out("");
}

static void test_reordered_segments(void **state)
{
    (void)state;
    handshake();
    client(3, 0, "def");
    client(9, 0, "jkl");
    assert_out("");
    client(0, 0, "abc");
    client(6, 0, "ghi");
    assert_out("<abc <def <ghi <jkl ");
    assert_int_equal(streams_counters(streams)->out_of_order, 2);
    assert_int_equal(streams_counters(streams)->gaps, 0);
}

static void test_retransmissions_and_overlaps(void **state)
{
    (void)state;
    handshake();
    client(0, 0, "abcd");
    client(0, 0, "abcd");
    client(2, 0, "cdef");
    client(5, 0, ""); /* keep-alive */
    client(5, 0, "f");
    assert_out("<abcd <ef ");
    assert_int_equal(streams_counters(streams)->duplicate_bytes, 7);
}

static void test_first_bytes_win_where_waiting_segments_overlap(void **state)
{
    (void)state;
    handshake();
    client(4, 0, "EF");
    client(8, 0, "IJ");
    client(2, 0, "cdXXghXXkl"); /* over and around both */
    client(0, 0, "ab");
    assert_out("<ab <cd <EF <gh <IJ <kl ");
    assert_int_equal(streams_counters(streams)->conflicting, 1);
    assert_int_equal(streams_counters(streams)->duplicate_bytes, 4);
}

static void test_answer_waits_for_its_request(void **state)
{
    (void)state;
    handshake();
    server(0, 4, "answer1"); /* captured before the request it answers */
    assert_out("");
    client(0, 0, "ask1");
    assert_out("<ask1 >answer1 ");
}

static void test_request_waits_for_the_answer_it_acknowledges(void **state)
{
    (void)state;
    handshake();
    client(0, 0, "ask1");
    client(4, 7, "ask2");
    server(0, 4, "answer1");
    assert_out("<ask1 >answer1 <ask2 ");
}

static void test_pipelined_requests_need_not_wait(void **state)
{
    (void)state;
    handshake();
    client(0, 0, "ask1");
    client(4, 0, "ask2");
    server(0, 4, "answer1");
    assert_out("<ask1 <ask2 >answer1 ");
}

static void test_acknowledged_hole_is_given_up(void **state)
{
    (void)state;
    handshake();
    client(0, 0, "ask1");
    server(0, 8, "answer2"); /* the server has ask2, the capture does not */
    client(8, 7, "ask3");
    assert_out("<ask1 ");
    now += 3 * SECOND;
    streams_tick(streams, now);
    assert_out("<ask1 <gap4 >answer2 <ask3 ");
    assert_int_equal(streams_counters(streams)->lost_bytes, 4);
}

static void test_hole_is_split_at_what_the_other_side_needs(void **state)
{
    (void)state;
    handshake();
    client(0, 0, "ask1");
    client(4, 7, "ask2");  /* has seen answer1, which was not captured */
    server(10, 8, "wer2"); /* nor was the beginning of answer2 */
    now += 3 * SECOND;
    streams_tick(streams, now);
    assert_out("<ask1 >gap7 <ask2 "); /* the rest may still come */
    client(8, 14, "");
    now += 3 * SECOND;
    streams_tick(streams, now);
    assert_out("<ask1 >gap7 <ask2 >gap3 >wer2 ");
}

static void test_unacknowledged_hole_is_waited_for(void **state)
{
    (void)state;
    handshake();
    client(0, 0, "ask1");
    server(0, 4, "answer1");
    client(8, 7, "ask3");
    now += 20 * SECOND;
    streams_tick(streams, now);
    assert_out("<ask1 >answer1 ");
    client(4, 7, "ask2"); /* sent again */
    assert_out("<ask1 >answer1 <ask2 <ask3 ");
}

static void test_one_way_capture(void **state)
{
    (void)state;
    send(true, TCP_SYN, -1, 0, "");
    client(0, 0, "ask1");
    client(4, 700, "ask2"); /* acknowledges what nobody captures */
    client(12, 800, "ask4");
    assert_out("<ask1 <ask2 ");
    now += 3 * SECOND;
    streams_tick(streams, now);
    assert_out("<ask1 <ask2 <gap4 <ask4 ");
    streams_finish(streams);
    assert_out("<ask1 <ask2 <gap4 <ask4 <end >end close ");
}

static void test_middle_of_a_session(void **state)
{
    (void)state;
    server(5, 100, "rows");
    client(100, 9, "ask");
    assert_out("mid >rows <ask ");
    assert_int_equal(opened.client.port, 40000); /* the higher port, nothing else being known */
    assert_int_equal(streams_counters(streams)->streams_mid_session, 1);
}

static void test_known_port_tells_the_server(void **state)
{
    (void)state;
    struct tcp_segment segment = {.from = address_of("10.0.0.9", 1024),
                                  .to = address_of("10.0.0.2", 50000),
                                  .flags = TCP_ACK,
                                  .payload = SLICE("ask"),
                                  .wire_len = 3,
                                  .time_ns = now};
    streams_segment(streams, &segment);
    assert_int_equal(opened.server.port, 50000);
    assert_out("mid <ask ");
}

static void test_data_on_the_syn(void **state)
{
    (void)state;
    send(true, TCP_SYN, -1, 0, "ask1");
    send(false, TCP_SYN | TCP_ACK, -1, 4, "");
    client(4, 0, "ask2");
    assert_out("<ask1 <ask2 ");
}

static void test_cut_segments_are_gaps(void **state)
{
    (void)state;
    handshake();
    struct tcp_segment segment = {.from = address_of("10.0.0.9", client_port),
                                  .to = address_of("10.0.0.2", 5432),
                                  .seq = (uint32_t)CLIENT_BASE,
                                  .flags = TCP_PSH,
                                  .payload = SLICE("abc"),
                                  .wire_len = 10,
                                  .time_ns = now};
    streams_segment(streams, &segment);
    client(10, 0, "next");
    assert_out("<abc <gap7cut <next ");
    assert_int_equal(streams_counters(streams)->cut_bytes, 7);
}

static void test_reset_ends_only_in_sequence(void **state)
{
    (void)state;
    handshake();
    client(0, 0, "ask1");
    send(false, TCP_RST, 40000000, 0, ""); /* a blind guess */
    server(0, 4, "answer1");
    send(false, TCP_RST, 7, 0, "");
    assert_out("<ask1 >answer1 <end >end close ");
    assert_int_equal(streams_counters(streams)->resets_ignored, 1);
}

static void test_addresses_used_again(void **state)
{
    (void)state;
    handshake();
    client(0, 0, "ask1");
    send(true, TCP_SYN, 5000, 0, "");
    send(false, TCP_SYN | TCP_ACK, 9000, 5001, "");
    client(5001, 9001, "ask2");
    assert_out("<ask1 <end >end close <ask2 ");
    assert_int_equal(sessions, 2);
    assert_int_equal(streams_counters(streams)->streams_reused, 1);
}

static void test_repeated_syn_is_the_same_connection(void **state)
{
    (void)state;
    handshake();
    client(0, 0, "ask1");
    send(true, TCP_SYN, -1, 0, "");
    client(4, 0, "ask2");
    assert_out("<ask1 <ask2 ");
}

static void test_late_segments_begin_nothing(void **state)
{
    (void)state;
    handshake();
    client(0, 0, "ask1");
    send(true, TCP_RST, 4, 0, "");
    client(4, 0, "late");
    assert_out("<ask1 <end >end close ");
    assert_int_equal(streams_counters(streams)->late, 1);
    now += 60 * SECOND;
    client(4, 0, "new");
    assert_out("<ask1 <end >end close mid <new ");
}

static void test_end_of_input_delivers_what_waits(void **state)
{
    (void)state;
    handshake();
    client(0, 0, "ask1");
    client(8, 0, "ask3");
    server(0, 4, "answer");
    streams_finish(streams);
    assert_out("<ask1 >answer <gap4 <ask3 <end >end close ");
}

static void test_lost_tail_is_told(void **state)
{
    (void)state;
    handshake();
    client(0, 0, "ask1");
    server(0, 4, "rows");
    client(4, 1000, ""); /* 996 more bytes were received */
    streams_finish(streams);
    assert_out("<ask1 >rows >gap996 <end >end close ");
}

static void test_waiting_is_bounded(void **state)
{
    (void)state;
    static char big[60001];
    memset(big, 'x', sizeof big - 1);
    handshake();
    for (int i = 0; i < 30; i++)
        client(100 + i * 60000, 0, big);
    assert_int_equal(streams_counters(streams)->pending_limit, 1);
    assert_int_equal(streams_counters(streams)->lost_bytes, 100);
    assert_int_equal(streams_counters(streams)->stream_bytes, 30 * 60000);
}

static void test_waiting_is_bounded_over_all(void **state)
{
    (void)state;
    static char big[60001];
    memset(big, 'x', sizeof big - 1);
    teardown(NULL);
    setup_with(64, 300000);
    for (int i = 0; i < 20; i++) {
        client_port = (uint16_t)(41000 + i);
        handshake();
        client(100, 0, big);
    }
    client_port = 40000;
    assert_true(streams_counters(streams)->pending_limit >= 14);
    assert_int_equal(streams_counters(streams)->stream_bytes,
                     60000 * streams_counters(streams)->pending_limit);
}

static void test_scans_do_not_push_out_sessions(void **state)
{
    (void)state;
    handshake();
    client(0, 0, "ask1");
    for (int i = 0; i < 1000; i++) {
        client_port = (uint16_t)(41000 + i);
        send(true, TCP_SYN, -1, 0, "");
    }
    client_port = 40000;
    client(4, 0, "ask2");
    assert_out("<ask1 <ask2 ");
}

static void test_oldest_session_goes_first(void **state)
{
    (void)state;
    for (int i = 0; i < 65; i++) {
        client_port = (uint16_t)(41000 + i);
        client(0, 0, "x");
    }
    client_port = 40000;
    assert_int_equal(streams_counters(streams)->streams_evicted, 1);
    assert_true(slice_ends(buffer_slice(&out), SLICE("<end >end close mid <x ")));
    assert_true(streams_evict(streams));
    assert_int_equal(streams_open(streams), 63);
}

static void test_idle_sessions_expire(void **state)
{
    (void)state;
    client(0, 0, "x");
    streams_tick(streams, now + 25 * 3600 * SECOND);
    assert_out("mid <x <end >end close ");
    assert_int_equal(streams_counters(streams)->streams_expired, 1);
}

/* Any order and any cut of two directions give the same bytes, once, when all of them come. */
static void test_random_orders(void **state)
{
    (void)state;
    struct random random = random_start(7);
    const char *text = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (int round = 0; round < 2000; round++) {
        teardown(NULL);
        setup(NULL);
        handshake();
        bool sent[36] = {false};
        for (size_t left = 36; left > 0;) {
            size_t at = random_below(&random, 36);
            size_t len = 1 + random_below(&random, 36 - at < 9 ? 36 - at : 9);
            char part[40];
            snprintf(part, sizeof part, "%.*s", (int)len, text + at);
            client((int)at, 0, part);
            for (size_t i = at; i < at + len; i++) {
                left -= !sent[i];
                sent[i] = true;
            }
        }
        char got[40] = "";
        size_t n = 0;
        for (size_t i = 0; i < out.len; i++)
            if (out.ptr[i] != '<' && out.ptr[i] != ' ' && n < sizeof got - 1)
                got[n++] = (char)out.ptr[i];
        assert_string_equal(got, text);
        assert_int_equal(streams_counters(streams)->gaps, 0);
    }
}

#define WITH_STREAMS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STREAMS(test_plain_exchange),
        WITH_STREAMS(test_handshake_alone_opens_nothing),
        WITH_STREAMS(test_reordered_segments),
        WITH_STREAMS(test_retransmissions_and_overlaps),
        WITH_STREAMS(test_first_bytes_win_where_waiting_segments_overlap),
        WITH_STREAMS(test_answer_waits_for_its_request),
        WITH_STREAMS(test_request_waits_for_the_answer_it_acknowledges),
        WITH_STREAMS(test_pipelined_requests_need_not_wait),
        WITH_STREAMS(test_acknowledged_hole_is_given_up),
        WITH_STREAMS(test_hole_is_split_at_what_the_other_side_needs),
        WITH_STREAMS(test_unacknowledged_hole_is_waited_for),
        WITH_STREAMS(test_one_way_capture),
        WITH_STREAMS(test_middle_of_a_session),
        WITH_STREAMS(test_known_port_tells_the_server),
        WITH_STREAMS(test_data_on_the_syn),
        WITH_STREAMS(test_cut_segments_are_gaps),
        WITH_STREAMS(test_reset_ends_only_in_sequence),
        WITH_STREAMS(test_addresses_used_again),
        WITH_STREAMS(test_repeated_syn_is_the_same_connection),
        WITH_STREAMS(test_late_segments_begin_nothing),
        WITH_STREAMS(test_end_of_input_delivers_what_waits),
        WITH_STREAMS(test_lost_tail_is_told),
        WITH_STREAMS(test_waiting_is_bounded),
        WITH_STREAMS(test_waiting_is_bounded_over_all),
        WITH_STREAMS(test_scans_do_not_push_out_sessions),
        WITH_STREAMS(test_oldest_session_goes_first),
        WITH_STREAMS(test_idle_sessions_expire),
        WITH_STREAMS(test_random_orders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
