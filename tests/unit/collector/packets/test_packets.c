/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The same TCP segment in every wrapping, and what is counted when there is none.
 */
#include "collector/packets/packets.h"

#include "support/packets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define PAYLOAD SLICE("select 1 from customers")

static struct frame frame;
static struct packets *packets;
static struct tcp_segment found;

static int setup(void **state)
{
    (void)state;
    packets = packets_new();
    return packets ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    packets_free(&packets);
    return 0;
}

static struct tcp_segment segment_of(const char *from, const char *to)
{
    return (struct tcp_segment){.from = address_of(from, 40000),
                                .to = address_of(to, 5432),
                                .seq = 0xfffffff0,
                                .ack = 77,
                                .flags = TCP_ACK | TCP_PSH};
}

/* Ethernet type 0x0800: an IPv4 packet with the segment. */
static void put_ipv4(void)
{
    struct tcp_segment segment = segment_of("10.0.0.1", "10.0.0.2");
    frame_begin(&frame, PAYLOAD);
    frame_tcp(&frame, &segment);
    frame_ipv4(&frame, "10.0.0.1", "10.0.0.2", 6);
}

static void put_ipv6(void)
{
    struct tcp_segment segment = segment_of("fd00::1", "fd00::2");
    frame_begin(&frame, PAYLOAD);
    frame_tcp(&frame, &segment);
    frame_ipv6(&frame, "fd00::1", "fd00::2", 6);
}

static bool decode(uint32_t link)
{
    struct packet packet = frame_packet(&frame, link, 1234);
    return packets_decode(packets, &packet, &found);
}

static void assert_found(uint32_t link, const char *from, const char *to)
{
    struct tcp_segment want = segment_of(from, to);
    assert_true(decode(link));
    assert_memory_equal(&found.from, &want.from, sizeof want.from);
    assert_memory_equal(&found.to, &want.to, sizeof want.to);
    assert_int_equal(found.seq, want.seq);
    assert_int_equal(found.ack, want.ack);
    assert_int_equal(found.flags, want.flags);
    assert_int_equal(found.time_ns, 1234);
    assert_true(slice_equal(found.payload, PAYLOAD));
    assert_int_equal(found.wire_len, found.payload.len);
}

#define assert_found4(link) assert_found(link, "10.0.0.1", "10.0.0.2")
#define assert_found6(link) assert_found(link, "fd00::1", "fd00::2")

static void test_ethernet(void **state)
{
    (void)state;
    put_ipv4();
    frame_ethernet(&frame, 0x0800);
    assert_found4(LINK_ETHERNET);
    put_ipv6();
    frame_ethernet(&frame, 0x86dd);
    assert_found6(LINK_ETHERNET);
}

static void test_ethernet_padding_is_no_payload(void **state)
{
    (void)state;
    struct tcp_segment segment = segment_of("10.0.0.1", "10.0.0.2");
    frame_begin(&frame, SLICE(""));
    frame_tcp(&frame, &segment);
    frame_ipv4(&frame, "10.0.0.1", "10.0.0.2", 6);
    uint8_t padded[60] = {0};
    struct slice bytes = frame_bytes(&frame);
    memcpy(padded, bytes.ptr, bytes.len);
    frame_begin(&frame, slice_make(padded, sizeof padded));
    frame_ethernet(&frame, 0x0800);
    assert_true(decode(LINK_ETHERNET));
    assert_int_equal(found.payload.len, 0);
    assert_int_equal(found.wire_len, 0);
}

static void test_vlan_tags(void **state)
{
    (void)state;
    put_ipv4();
    frame_vlan(&frame, 7, 0x0800);
    frame_ethernet(&frame, 0x8100);
    assert_found4(LINK_ETHERNET);
    put_ipv6();
    frame_vlan(&frame, 7, 0x86dd);
    frame_vlan(&frame, 8, 0x8100);
    frame_ethernet(&frame, 0x88a8);
    assert_found6(LINK_ETHERNET);
}

static void test_llc_snap(void **state)
{
    (void)state;
    put_ipv4();
    frame_be16(&frame, 0x0800);
    frame_put(&frame, "\xaa\xaa\x03\0\0\0", 6);
    frame_ethernet(&frame, (uint16_t)frame_bytes(&frame).len);
    assert_found4(LINK_ETHERNET);
}

static void test_cooked_links(void **state)
{
    (void)state;
    put_ipv4();
    frame_put(&frame, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\0", 16);
    assert_found4(LINK_SLL);
    put_ipv4();
    frame_put(&frame, "\x08\0\0\0\0\0\0\2\0\1\0\6\2\0\0\0\0\1\0\0", 20);
    assert_found4(LINK_SLL2);
}

static void test_raw_and_loopback(void **state)
{
    (void)state;
    put_ipv4();
    assert_found4(LINK_RAW);
    assert_found4(LINK_IPV4);
    put_ipv6();
    assert_found6(LINK_RAW);
    frame_be32(&frame, 30);
    assert_found6(LINK_LOOP);
    put_ipv4();
    frame_put(&frame, "\2\0\0\0", 4);
    assert_found4(LINK_NULL);
}

static void test_nflog(void **state)
{
    (void)state;
    put_ipv4();
    uint16_t len = (uint16_t)(frame_bytes(&frame).len + 4);
    frame_put(&frame, "\x09\0", 2);
    frame_put(&frame, &len, 2);
    frame_put(&frame, "\5\0\1\0x\0\0\0", 8); /* another attribute, padded */
    frame_be32(&frame, 0x02000000);
    assert_found4(LINK_NFLOG);
}

static void test_pppoe_and_mpls(void **state)
{
    (void)state;
    put_ipv4();
    frame_be16(&frame, 0x0021);
    frame_be16(&frame, (uint16_t)frame_bytes(&frame).len);
    frame_be32(&frame, 0x11000001);
    frame_ethernet(&frame, 0x8864);
    assert_found4(LINK_ETHERNET);
    put_ipv4();
    frame_be32(&frame, 0x00010140); /* bottom of the stack */
    frame_be32(&frame, 0x00020040);
    frame_ethernet(&frame, 0x8847);
    assert_found4(LINK_ETHERNET);
    put_ipv4();
    frame_ethernet(&frame, 0x0800);
    frame_be32(&frame, 0); /* pseudowire control word */
    frame_be32(&frame, 0x00010140);
    frame_ethernet(&frame, 0x8847);
    assert_found4(LINK_ETHERNET);
}

/* Wraps what is there into GRE between two routers. */
static void put_gre(uint16_t flags, uint16_t protocol)
{
    frame_gre(&frame, flags, protocol);
    frame_ipv4(&frame, "192.0.2.1", "192.0.2.2", 47);
    frame_ethernet(&frame, 0x0800);
}

static void test_gre(void **state)
{
    (void)state;
    put_ipv4();
    put_gre(0, 0x0800);
    assert_found4(LINK_ETHERNET);
    put_ipv4();
    frame_ethernet(&frame, 0x0800);
    put_gre(0, 0x6558);
    assert_found4(LINK_ETHERNET);
    put_ipv6();
    put_gre(0xb000, 0x86dd); /* checksum, key and sequence number */
    assert_found6(LINK_ETHERNET);
}

static void test_erspan(void **state)
{
    (void)state;
    put_ipv4();
    frame_ethernet(&frame, 0x0800);
    put_gre(0, 0x88be);
    assert_found4(LINK_ETHERNET); /* type I */
    put_ipv4();
    frame_ethernet(&frame, 0x0800);
    frame_put(&frame, "\x10\x01\0\x01\0\0\0\0", 8);
    put_gre(0x1000, 0x88be);
    assert_found4(LINK_ETHERNET);
    put_ipv4();
    frame_ethernet(&frame, 0x0800);
    frame_put(&frame, "\x20\x01\0\x01\0\0\0\0\0\0\0\0", 12);
    put_gre(0x1000, 0x22eb);
    assert_found4(LINK_ETHERNET);
    put_ipv4();
    frame_ethernet(&frame, 0x0800);
    frame_put(&frame, "platform", 8);
    frame_put(&frame, "\x20\x01\0\x01\0\0\0\0\0\0\0\1", 12);
    put_gre(0x1000, 0x22eb);
    assert_found4(LINK_ETHERNET);
}

static void put_udp(uint16_t port)
{
    frame_udp(&frame, 54321, port);
    frame_ipv4(&frame, "192.0.2.1", "192.0.2.2", 17);
    frame_ethernet(&frame, 0x0800);
}

static void test_udp_tunnels(void **state)
{
    (void)state;
    put_ipv4();
    frame_ethernet(&frame, 0x0800);
    frame_put(&frame, "\x08\0\0\0\0\0\x2a\0", 8);
    put_udp(4789);
    assert_found4(LINK_ETHERNET);
    put_ipv6();
    frame_be32(&frame, 0xdeadbeef); /* an option */
    frame_put(&frame, "\x01\0\x86\xdd\0\0\x2a\0", 8);
    put_udp(6081);
    assert_found6(LINK_ETHERNET);
    put_ipv4();
    frame_gre(&frame, 0, 0x0800);
    put_udp(4754);
    assert_found4(LINK_ETHERNET);
}

static void test_ip_in_ip(void **state)
{
    (void)state;
    put_ipv4();
    frame_ipv6(&frame, "fd00::9", "fd00::a", 4);
    assert_found4(LINK_RAW);
    put_ipv6();
    frame_ipv4(&frame, "192.0.2.1", "192.0.2.2", 41);
    assert_found6(LINK_RAW);
}

static void test_ipv6_extension_headers(void **state)
{
    (void)state;
    struct tcp_segment segment = segment_of("fd00::1", "fd00::2");
    frame_begin(&frame, PAYLOAD);
    frame_tcp(&frame, &segment);
    frame_put(&frame, "\6\2\0\0\0\0\0\1\0\0\0\1\0\0\0\0", 16);   /* authentication */
    frame_put(&frame, "\x33\0\0\0\0\0\0\1", 8);                  /* an atomic fragment */
    frame_put(&frame, "\x2c\0\1\4\0\0\0\0", 8);                  /* destination options */
    frame_put(&frame, "\x3c\1\5\2\0\0\0\0\0\0\0\0\0\0\0\0", 16); /* hop by hop */
    frame_ipv6(&frame, "fd00::1", "fd00::2", 0);
    assert_found6(LINK_RAW);
}

static void test_offloaded_length(void **state)
{
    (void)state;
    put_ipv4();
    frame.bytes[frame.at + 2] = frame.bytes[frame.at + 3] = 0;
    assert_found4(LINK_RAW);
}

static void test_snap_length(void **state)
{
    (void)state;
    put_ipv4();
    struct packet packet = frame_packet(&frame, LINK_RAW, 1);
    packet.bytes.len -= 10;
    assert_true(packets_decode(packets, &packet, &found));
    assert_int_equal(found.payload.len, PAYLOAD.len - 10);
    assert_int_equal(found.wire_len, PAYLOAD.len);
    assert_int_equal(packets_counters(packets)->cut, 1);
}

/* The IPv4 payload of put_ipv4() from `from`, as a fragment of datagram `id`. */
static bool decode_fragment(uint16_t id, size_t from, size_t len, bool more, int64_t time_ns)
{
    put_ipv4();
    frame_keep(&frame, 20 + from, len);
    frame_ipv4_fragment(&frame, "10.0.0.1", "10.0.0.2", 6, id, from, more);
    struct packet packet = frame_packet(&frame, LINK_RAW, time_ns);
    return packets_decode(packets, &packet, &found);
}

static void assert_whole(void)
{
    assert_true(slice_equal(found.payload, PAYLOAD));
    assert_int_equal(found.from.port, 40000);
}

static void test_fragments_in_any_order(void **state)
{
    (void)state;
    assert_false(decode_fragment(1, 0, 16, true, 1));
    assert_false(decode_fragment(2, 24, 100, false, 1)); /* of another datagram, the last first */
    assert_false(decode_fragment(1, 16, 8, true, 1));
    assert_true(decode_fragment(1, 24, 100, false, 1));
    assert_whole();
    assert_false(decode_fragment(2, 16, 8, true, 1));
    assert_false(decode_fragment(2, 16, 8, true, 1)); /* again */
    assert_true(decode_fragment(2, 0, 16, true, 1));
    assert_whole();
    assert_int_equal(packets_counters(packets)->fragments, 7);
    assert_int_equal(packets_counters(packets)->fragments_overlapping, 1);
    assert_int_equal(packets_counters(packets)->fragments_dropped, 0);
}

static void test_overlapping_fragments_first_wins(void **state)
{
    (void)state;
    assert_false(decode_fragment(1, 0, 24, true, 1));
    put_ipv4();
    frame_keep(&frame, 20 + 16, 100);
    memset(frame.bytes + frame.at, 'X', 8); /* 16..24 came before, and otherwise */
    frame_ipv4_fragment(&frame, "10.0.0.1", "10.0.0.2", 6, 1, 16, false);
    assert_true(decode(LINK_RAW));
    assert_whole();
}

static void test_fragments_that_no_datagram_has(void **state)
{
    (void)state;
    uint8_t bytes[65000] = {0};
    assert_false(decode_fragment(1, 0, 9, true, 1)); /* not whole blocks */
    frame_begin(&frame, slice_make(bytes, sizeof bytes));
    frame_ipv4_fragment(&frame, "10.0.0.1", "10.0.0.2", 6, 1, 1000, true); /* beyond 65,535 */
    assert_false(decode(LINK_RAW));
    assert_false(decode_fragment(3, 16, 8, true, 1));
    assert_false(decode_fragment(3, 8, 8, false, 1)); /* an end before what is there already */
    assert_int_equal(packets_counters(packets)->fragments_dropped, 3);
}

static void test_fragments_time_out(void **state)
{
    (void)state;
    assert_false(decode_fragment(1, 0, 16, true, 0));
    assert_false(decode_fragment(1, 16, 100, false, 31 * INT64_C(1000000000)));
    assert_int_equal(packets_counters(packets)->fragments_dropped, 1);
}

static void test_many_fragments_stay_bounded(void **state)
{
    (void)state;
    for (unsigned id = 0; id < 5000; id++)
        assert_false(decode_fragment((uint16_t)id, 0, 16, true, 1));
    assert_int_equal(packets_counters(packets)->fragments_dropped, 5000 - 1024);
    assert_true(decode_fragment(4999, 16, 100, false, 1));
    assert_whole();
}

static void test_ipv6_fragments(void **state)
{
    (void)state;
    struct tcp_segment segment = segment_of("fd00::1", "fd00::2");
    for (int last = 1; last >= 0; last--) {
        frame_begin(&frame, PAYLOAD);
        frame_tcp(&frame, &segment);
        frame_keep(&frame, last ? 24 : 0, last ? 100 : 24);
        frame_be32(&frame, 99);
        frame_be16(&frame, last ? 24 : 1);
        frame_be16(&frame, 0x0600);
        frame_ipv6(&frame, "fd00::1", "fd00::2", 44);
        assert_int_equal(decode(LINK_RAW), !last);
    }
    assert_whole();
}

static void test_what_is_not_tcp_is_counted(void **state)
{
    (void)state;
    const struct packet_counters *counters = packets_counters(packets);
    frame_begin(&frame, PAYLOAD);
    frame_ethernet(&frame, 0x0806);
    assert_false(decode(LINK_ETHERNET));
    assert_int_equal(counters->not_ip, 1);
    assert_false(decode(147));
    assert_int_equal(counters->unknown_link, 1);
    frame_begin(&frame, PAYLOAD);
    frame_udp(&frame, 1, 53);
    frame_ipv4(&frame, "10.0.0.1", "10.0.0.2", 17);
    assert_false(decode(LINK_RAW));
    assert_int_equal(counters->other_transport, 1);
    frame_begin(&frame, SLICE("short"));
    frame_ipv4(&frame, "10.0.0.1", "10.0.0.2", 6);
    assert_false(decode(LINK_RAW));
    assert_int_equal(counters->malformed, 1);
    assert_int_equal(counters->packets, 4);
    assert_int_equal(counters->segments, 0);
}

static void test_depth_is_limited(void **state)
{
    (void)state;
    put_ipv4();
    for (int i = 0; i < 40; i++)
        frame_vlan(&frame, 7, i == 0 ? 0x0800 : 0x8100);
    frame_ethernet(&frame, 0x8100);
    assert_false(decode(LINK_ETHERNET));
    assert_int_equal(packets_counters(packets)->too_deep, 1);
}

/* Every prefix of a deep packet: no read beyond it (run under a sanitizer), nothing found too
 * early. */
static void test_every_prefix(void **state)
{
    (void)state;
    put_ipv4();
    frame_vlan(&frame, 7, 0x0800);
    frame_ethernet(&frame, 0x8100);
    frame_put(&frame, "\x08\0\0\0\0\0\x2a\0", 8);
    put_udp(4789);
    struct slice bytes = frame_bytes(&frame);
    for (size_t len = 0; len < bytes.len; len++) {
        uint8_t *copy = malloc(len ? len : 1);
        assert_non_null(copy);
        memcpy(copy, bytes.ptr, len);
        struct packet packet = {
            .bytes = slice_make(copy, len), .wire_len = len, .link = LINK_ETHERNET};
        bool ok = packets_decode(packets, &packet, &found);
        assert_true(!ok || len >= bytes.len - PAYLOAD.len);
        free(copy);
    }
}

#define WITH_PACKETS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PACKETS(test_ethernet),
        WITH_PACKETS(test_ethernet_padding_is_no_payload),
        WITH_PACKETS(test_vlan_tags),
        WITH_PACKETS(test_llc_snap),
        WITH_PACKETS(test_cooked_links),
        WITH_PACKETS(test_raw_and_loopback),
        WITH_PACKETS(test_nflog),
        WITH_PACKETS(test_pppoe_and_mpls),
        WITH_PACKETS(test_gre),
        WITH_PACKETS(test_erspan),
        WITH_PACKETS(test_udp_tunnels),
        WITH_PACKETS(test_ip_in_ip),
        WITH_PACKETS(test_ipv6_extension_headers),
        WITH_PACKETS(test_offloaded_length),
        WITH_PACKETS(test_snap_length),
        WITH_PACKETS(test_fragments_in_any_order),
        WITH_PACKETS(test_overlapping_fragments_first_wins),
        WITH_PACKETS(test_fragments_that_no_datagram_has),
        WITH_PACKETS(test_fragments_time_out),
        WITH_PACKETS(test_many_fragments_stay_bounded),
        WITH_PACKETS(test_ipv6_fragments),
        WITH_PACKETS(test_what_is_not_tcp_is_counted),
        WITH_PACKETS(test_depth_is_limited),
        WITH_PACKETS(test_every_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
