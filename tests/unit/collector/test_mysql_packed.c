/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * MySQL's compressed protocol: what is said inside gives the events it gives outside, however it is
 * cut into packets; lost bytes; bombs.
 */
#include "collector/decoders/mysql_value.h"
#include "collector/decoders/mysql_wire.h"
#include "mysql_script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <zlib.h>

#include <cmocka.h>

extern const struct decoder mysql_decoder;

enum {
    PACKED = MYSQL_LONG_PASSWORD | MYSQL_COMPRESS | MYSQL_PROTOCOL_41 | MYSQL_SECURE_CONNECTION |
             MYSQL_CONNECT_WITH_DB | MYSQL_PLUGIN_AUTH | MYSQL_CONNECT_ATTRIBUTES,
    STRING = 0xfd,
    PACK_LEAST = 50,
    HEADER = 7,
};

#define WHO  "account=app database=crm program=crm-ui "
#define OK_0 "\0\0\0\2\0\0\0"
#define DO(n) \
    "action=call outcome=success clear=do " n " rows=0 affected=0 bytes=11 duration_us=1000000\n"

static struct script s;     /* what is on the wire */
static struct script inner; /* what is said next */
static uint8_t id;          /* the next packet's */

static int begin(void **state)
{
    (void)state;
    script_init(&s);
    script_init(&inner);
    return 0;
}

static int end(void **state)
{
    (void)state;
    script_release(&s);
    script_release(&inner);
    return 0;
}

/* A packet with these plain bytes; its length. */
static size_t pack(struct slice plain, uint8_t *to, size_t size)
{
    uLongf len = (uLongf)(size - HEADER);
    assert_int_equal(compress2(to + HEADER, &len, plain.ptr, plain.len, 9), Z_OK);
    bool stored = plain.len < PACK_LEAST || len >= plain.len;
    if (stored) {
        len = plain.len;
        memcpy(to + HEADER, plain.ptr, plain.len);
    }
    size_t unpacked = stored ? 0 : plain.len;
    uint8_t header[HEADER] = {
        (uint8_t)len,      (uint8_t)(len >> 8),      (uint8_t)(len >> 16),     id++,
        (uint8_t)unpacked, (uint8_t)(unpacked >> 8), (uint8_t)(unpacked >> 16)};
    memcpy(to, header, HEADER);
    return HEADER + len;
}

static void put(enum direction direction, struct slice plain)
{
    size_t size = plain.len + 1024;
    uint8_t *packet = malloc(size);
    assert_non_null(packet);
    script_bytes(&s, direction, slice_make(packet, pack(plain, packet, size)));
    free(packet);
}

static void forget(void)
{
    inner.count = inner.used = 0;
}

/* Puts what was said on the wire, in packets of at most `piece` plain bytes. */
static void say(size_t piece)
{
    for (size_t i = 0; i < inner.count; i++) {
        const struct exchange *step = &inner.steps[i];
        id = step->direction == TO_SERVER ? 0 : id;
        for (size_t at = 0; at < step->bytes.len; at += piece)
            put(step->direction, slice_part(step->bytes, at, piece));
    }
    forget();
}

/* The same, of one step in one packet, of which `lost` bytes behind the first `before` are lost. */
static void say_lossy(size_t before, size_t lost)
{
    static uint8_t packet[1 << 16];
    const struct exchange *step = &inner.steps[0];
    assert_int_equal(inner.count, 1);
    size_t len = pack(step->bytes, packet, sizeof packet);
    assert_true(before + lost <= len);
    script_bytes(&s, step->direction, slice_make(packet, before));
    script_lose(&s, step->direction, lost);
    script_bytes(&s, step->direction, slice_part(slice_make(packet, len), before + lost, SIZE_MAX));
    forget();
}

static void do_something(const char *text)
{
    script_packet(&inner, TO_SERVER, 0, slice_from(text));
    SERVER(&inner, 1, OK_0);
}

/* 1 + 200 rows, the first of each ten with a long cell. */
static void rows(void)
{
    static uint8_t row[300];
    row[0] = 0xfc;
    row[1] = (uint8_t)(sizeof row - 3);
    row[2] = (uint8_t)((sizeof row - 3) >> 8);
    SERVER(&inner, 1, "\1");
    script_column(&inner, 2, "kinds", "label", STRING);
    script_eof(&inner, 3, 0);
    for (uint8_t i = 0; i < 200; i++) {
        memset(row + 3, 'a' + i % 16, sizeof row - 3);
        if (i % 10)
            SERVER(&inner, (uint8_t)(4 + i), "\5hello");
        else
            script_packet(&inner, TO_CLIENT, (uint8_t)(4 + i), slice_make(row, sizeof row));
    }
    script_eof(&inner, 204, 0);
}

static void read_rows(void)
{
    CLIENT(&inner, 0, "\3select label from kinds where label > 'a long enough text'");
    rows();
}
#define READ(gap)                                                                    \
    "action=read outcome=success " gap                                               \
    "clear=select label from kinds where label > 'a long enough text' object=kinds " \
    "column=label "
#define READ_ALL "rows=200 affected=0 bytes=7952 duration_us=1000000\n"

static void talk(size_t piece)
{
    script_login(&s, PACKED);
    do_something("\3do 1");
    read_rows();
    do_something("\3do 2");
    CLIENT(&inner, 0, "\1");
    say(piece);
    script_check(&s, LOGGED_IN "seq=2 " WHO DO("1") "seq=3 " WHO READ("") READ_ALL
                 "seq=4 " WHO DO("2") "seq=5 " WHO "action=logout outcome=success\n");
}

static void packets_carry_what_is_said(void **state)
{
    (void)state;
    talk(1 << 20);
}

/* Also where a packet ends within a header. */
static void cuts_do_not_matter(void **state)
{
    (void)state;
    talk(101);
}

static void nor_do_packets_of_few_bytes(void **state)
{
    (void)state;
    script_login(&s, PACKED);
    do_something("\3do 1");
    do_something("\3do 2");
    say(3);
    script_check(&s, LOGGED_IN "seq=2 " WHO DO("1") "seq=3 " WHO DO("2"));
}

/* A request in several packets: the server goes on from their number, not from that inside. */
static void ids_follow_the_packets(void **state)
{
    (void)state;
    script_login(&s, PACKED);
    CLIENT(&inner, 0, "\3do 1");
    say(4);
    SERVER(&inner, 3, OK_0);
    say(1 << 20);
    do_something("\3do 2");
    say(1 << 20);
    script_check(&s, LOGGED_IN "seq=2 " WHO DO("1") "seq=3 " WHO DO("2"));
}

/* The server's agreement is needed: without it all stays plain. */
static void an_offer_is_no_agreement(void **state)
{
    (void)state;
    script_login(&s, PACKED & ~MYSQL_COMPRESS);
    for (size_t i = 0; i < s.steps[1].bytes.len; i++)
        if (i == MYSQL_HEADER)
            ((uint8_t *)s.steps[1].bytes.ptr)[i] |= MYSQL_COMPRESS;
    CLIENT(&s, 0, "\3do 1");
    SERVER(&s, 1, OK_0);
    script_check(&s, LOGGED_IN "seq=2 " WHO DO("1"));
}

/* What the packet with the loss held is known to the byte, but not where its packets are. */
static void a_gap_in_a_packet_loses_its_rest(void **state)
{
    (void)state;
    script_login(&s, PACKED);
    CLIENT(&inner, 0, "\3select label from kinds where label > 'a long enough text'");
    say(1 << 20);
    rows();
    say_lossy(60, 20);
    do_something("\3do 2");
    say(1 << 20);
    script_check(&s, NULL);
    struct buffer out;
    buffer_init(&out, 1 << 20);
    decode_exchange(&mysql_decoder, s.steps, s.count, false, NULL, &out);
    const char *text = buffer_text(&out);
    assert_non_null(strstr(text, "outcome=unknown gap=lost_bytes clear=select label from kinds"));
    assert_non_null(strstr(text, "seq=3 " WHO DO("2")));
    buffer_release(&out);
}

/* Whole packets are missing, of both sides. */
static void the_next_packet_is_found(void **state)
{
    (void)state;
    script_login(&s, PACKED);
    do_something("\3do 1");
    say(1 << 20);
    script_lose(&s, TO_SERVER, 60);
    script_lose(&s, TO_CLIENT, 600);
    script_bytes(&s, TO_CLIENT, SLICE("\x9c\x78\0\0\1\2\0\0\0rest of a packet"));
    read_rows();
    do_something("\3do 2");
    say(1 << 20);
    script_check(&s, NULL);
    struct buffer out;
    buffer_init(&out, 1 << 20);
    decode_exchange(&mysql_decoder, s.steps, s.count, false, NULL, &out);
    const char *text = buffer_text(&out);
    assert_non_null(strstr(text, READ("gap=lost_bytes ") "rows=200 "));
    assert_non_null(strstr(text, DO("2")));
    buffer_release(&out);
}

/* The login's answer is among what was lost. */
static void compression_begins_unseen(void **state)
{
    (void)state;
    script_login(&s, PACKED);
    s.count--;
    script_lose(&s, TO_CLIENT, 11);
    do_something("\3do 1");
    do_something("\3do 2");
    say(1 << 20);
    script_check(&s, NULL);
    struct buffer out;
    buffer_init(&out, 1 << 20);
    decode_exchange(&mysql_decoder, s.steps, s.count, false, NULL, &out);
    assert_non_null(strstr(buffer_text(&out), "clear=do 1"));
    assert_non_null(strstr(buffer_text(&out), "clear=do 2 rows=0 affected=0 bytes=11"));
    buffer_release(&out);
}

static void bytes_that_do_not_unpack_are_lost(void **state)
{
    (void)state;
    script_login(&s, PACKED);
    CLIENT(&inner, 0, "\3select label from kinds where label > 'a long enough text'");
    say(1 << 20);
    script_bytes(&s, TO_CLIENT,
                 SLICE("\x0a\0\0\1\x64\0\0\x78\xda\xff\xff\xff\xff\xff\xff\xff\xff"));
    do_something("\3do 2");
    say(1 << 20);
    struct buffer out;
    buffer_init(&out, 1 << 20);
    decode_exchange(&mysql_decoder, s.steps, s.count, false, NULL, &out);
    assert_non_null(strstr(buffer_text(&out), "outcome=unknown gap=lost_bytes clear=select label"));
    assert_non_null(strstr(buffer_text(&out), "clear=do 2 rows=0 affected=0 bytes=11"));
    buffer_release(&out);
}

/* A row of a few kilobytes that unpacks to 15 MiB: what is beyond the limit is passed over, and as
 * its length is known, nothing else is lost. */
static void a_bomb_is_not_unpacked(void **state)
{
    enum { BOMB = 15 << 20 };
    (void)state;
    uint8_t *row = calloc(1, BOMB);
    assert_non_null(row);
    size_t payload = BOMB - MYSQL_HEADER, cell = payload - 4;
    uint8_t head[] = {(uint8_t)payload, (uint8_t)(payload >> 8), (uint8_t)(payload >> 16), 4, 0xfd,
                      (uint8_t)cell,    (uint8_t)(cell >> 8),    (uint8_t)(cell >> 16)};
    memcpy(row, head, sizeof head);
    script_login(&s, PACKED);
    CLIENT(&inner, 0, "\3select body from notes");
    SERVER(&inner, 1, "\1");
    script_column(&inner, 2, "notes", "body", STRING);
    script_eof(&inner, 3, 0);
    say(1 << 20);
    put(TO_CLIENT, slice_make(row, BOMB));
    script_eof(&inner, 5, 0);
    say(1 << 20);
    do_something("\3do 2");
    say(1 << 20);
    free(row);
    struct buffer out;
    buffer_init(&out, 1 << 20);
    decode_exchange(&mysql_decoder, s.steps, s.count, false, NULL, &out);
    const char *text = buffer_text(&out);
    assert_non_null(strstr(text, "outcome=success gap=limit clear=select body from notes "
                                 "object=notes column=body rows=1 "));
    assert_non_null(strstr(text, "seq=3 " WHO DO("2")));
    buffer_release(&out);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(packets_carry_what_is_said),        CASE(cuts_do_not_matter),
        CASE(nor_do_packets_of_few_bytes),       CASE(ids_follow_the_packets),
        CASE(an_offer_is_no_agreement),          CASE(a_gap_in_a_packet_loses_its_rest),
        CASE(the_next_packet_is_found),          CASE(compression_begins_unseen),
        CASE(bytes_that_do_not_unpack_are_lost), CASE(a_bomb_is_not_unpacked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
