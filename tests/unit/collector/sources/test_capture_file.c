/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Capture files in all their forms, whole and damaged.
 */
#include "collector/sources/source.h"

#include "base/clock.h"
#include "support/packets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#define TIME INT64_C(1795000000123456789)

static char path[] = "/tmp/dwell-test-capture-XXXXXX";
static char error[SOURCE_ERROR_MAX];
static struct buffer capture;

static int setup(void **state)
{
    (void)state;
    strcpy(path + sizeof path - 7, "XXXXXX");
    int fd = mkstemp(path);
    buffer_init(&capture, 1 << 20);
    return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
    (void)state;
    buffer_release(&capture);
    return unlink(path);
}

static void write_file(size_t len)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    if (len)
        assert_int_equal(fwrite(capture.ptr, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

/* Three packets of 10, 20 and 30 bytes; the second was cut by 5. */
static void make_capture(const struct capture_form *form)
{
    static const uint8_t bytes[30] = "0123456789abcdefghijklmnopqrs";
    buffer_reset(&capture);
    capture_header(&capture, form);
    for (int i = 1; i <= 3; i++) {
        struct packet packet = {.bytes = slice_make(bytes, (size_t)i * 10),
                                .wire_len = (size_t)(i * 10 + (i == 2 ? 5 : 0)),
                                .time_ns = TIME + i * NS_PER_S};
        capture_record(&capture, form, &packet);
    }
}

/* Reads all packets; the status that ended it. */
static enum status read_all(int *count, int64_t precision_ns)
{
    struct source *source = capture_file_open(path, error);
    struct packet packet;
    enum status status;
    *count = 0;
    assert_non_null(source);
    while ((status = source->next(source, &packet)) == STATUS_OK) {
        int i = ++*count;
        assert_int_equal(packet.bytes.len, i * 10);
        assert_int_equal(packet.wire_len, i * 10 + (i == 2 ? 5 : 0));
        assert_int_equal(packet.time_ns, TIME / precision_ns * precision_ns + i * NS_PER_S);
        assert_int_equal(packet.link, LINK_SLL2);
        assert_memory_equal(packet.bytes.ptr, "0123456789", 10);
    }
    snprintf(error, sizeof error, "%s", source->error);
    source_free(&source);
    assert_null(source);
    return status;
}

static void test_every_pcap_form(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct capture_form form = {LINK_SLL2, i & 1, i & 2};
        int count;
        make_capture(&form);
        write_file(capture.len);
        assert_int_equal(read_all(&count, form.nanoseconds ? 1 : 1000), STATUS_END);
        assert_int_equal(count, 3);
    }
}

/* Kuznetzov's records have eight bytes more. */
static void test_kuznetzov(void **state)
{
    (void)state;
    int count;
    make_capture(&(struct capture_form){.link = LINK_SLL2});
    struct buffer other;
    buffer_init(&other, 1 << 20);
    buffer_append(&other, capture.ptr, 24);
    memcpy(other.ptr, "\x34\xcd\xb2\xa1", 4);
    for (size_t i = 1, at = 24; i <= 3; at += 16 + 10 * i++) {
        buffer_append(&other, capture.ptr + at, 16);
        buffer_append(&other, "\3\0\0\0\0\x08\0\0", 8);
        buffer_append(&other, capture.ptr + at + 16, 10 * i);
    }
    buffer_release(&capture);
    capture = other;
    write_file(capture.len);
    assert_int_equal(read_all(&count, 1000), STATUS_END);
    assert_int_equal(count, 3);
}

/* Version 2.2 had the two lengths the other way round. */
static void test_old_order_of_lengths(void **state)
{
    (void)state;
    int count;
    make_capture(&(struct capture_form){.link = LINK_SLL2});
    capture.ptr[6] = 2;
    for (size_t i = 1, at = 24; i <= 3; at += 16 + 10 * i++) {
        uint8_t lengths[8];
        memcpy(lengths, capture.ptr + at + 12, 4);
        memcpy(lengths + 4, capture.ptr + at + 8, 4);
        memcpy(capture.ptr + at + 8, lengths, 8);
    }
    write_file(capture.len);
    assert_int_equal(read_all(&count, 1000), STATUS_END);
    assert_int_equal(count, 3);
}

static void append_block(uint32_t type, const void *body, size_t len)
{
    buffer_append_le32(&capture, type);
    buffer_append_le32(&capture, (uint32_t)(len + 12));
    buffer_append(&capture, body, len);
    buffer_append_le32(&capture, (uint32_t)(len + 12));
}

/* Section header, interface (nanoseconds), enhanced packet. */
static void test_pcapng(void **state)
{
    (void)state;
    struct buffer body;
    int count;
    buffer_init(&body, 1000);
    append_block(0x0a0d0d0a, "\x4d\x3c\x2b\x1a\1\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", 16);
    append_block(1, "\x14\x01\0\0\0\0\4\0\x09\0\1\0\x09\0\0\0\0\0\0\0", 20);
    buffer_append_le32(&body, 0);
    buffer_append_le32(&body, (uint32_t)((uint64_t)(TIME + NS_PER_S) >> 32));
    buffer_append_le32(&body, (uint32_t)((uint64_t)(TIME + NS_PER_S)));
    buffer_append_le32(&body, 10);
    buffer_append_le32(&body, 10);
    buffer_append(&body, "0123456789\0\0", 12);
    append_block(6, body.ptr, body.len);
    buffer_release(&body);
    write_file(capture.len);
    assert_int_equal(read_all(&count, 1), STATUS_END);
    assert_int_equal(count, 1);
}

static void test_gzip(void **state)
{
    (void)state;
    int count;
    make_capture(&(struct capture_form){.link = LINK_SLL2});
    gzFile gz = gzopen(path, "wb");
    assert_non_null(gz);
    assert_int_equal(gzwrite(gz, capture.ptr, (unsigned)capture.len), capture.len);
    assert_int_equal(gzclose(gz), Z_OK);
    assert_int_equal(read_all(&count, 1000), STATUS_END);
    assert_int_equal(count, 3);
    buffer_reset(&capture); /* now cut the compressed bytes */
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    uint8_t bytes[1000];
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    buffer_append(&capture, bytes, len);
    write_file(len - 9);
    assert_int_equal(read_all(&count, 1000), STATUS_TRUNCATED);
    assert_non_null(strstr(error, path));
}

/* Wherever the file is cut, all whole packets come, and only a cut between packets is no error. */
static void test_every_truncation(void **state)
{
    (void)state;
    make_capture(&(struct capture_form){.link = LINK_SLL2});
    const size_t ends[] = {24, 50, 86, 132};
    assert_int_equal(capture.len, ends[3]);
    for (size_t len = 24; len <= capture.len; len++) {
        int count, whole = 0;
        while (whole < 3 && ends[whole + 1] <= len)
            whole++;
        write_file(len);
        enum status status = read_all(&count, 1000);
        assert_int_equal(count, whole);
        assert_int_equal(status, len == ends[whole] ? STATUS_END : STATUS_TRUNCATED);
        if (status != STATUS_END)
            assert_non_null(strstr(error, "the file ends inside a packet"));
    }
}

static void test_what_is_no_capture(void **state)
{
    (void)state;
    assert_null(capture_file_open("/nonexistent/x.pcap", error));
    assert_non_null(strstr(error, "/nonexistent/x.pcap: No such file"));
    write_file(0);
    assert_null(capture_file_open(path, error));
    assert_non_null(strstr(error, "the file is empty"));
    buffer_append_text(&capture, "this is a text, and no capture at all");
    write_file(capture.len);
    assert_null(capture_file_open(path, error));
    assert_non_null(strstr(error, "not a pcap or pcapng capture"));
    assert_null(capture_file_open("/tmp", error));
    assert_true(strlen(error) > 0);
}

static void test_damaged_record(void **state)
{
    (void)state;
    int count;
    make_capture(&(struct capture_form){.link = LINK_SLL2});
    capture.ptr[50 + 11] = 0x7f; /* the second packet claims two gigabytes */
    write_file(capture.len);
    enum status status = read_all(&count, 1000);
    assert_true(status == STATUS_MALFORMED || status == STATUS_TRUNCATED);
    assert_int_equal(count, 1);
}

static void test_interface_that_is_not_there(void **state)
{
    (void)state;
    const struct capture_live_options options = {.interface = "dwell-none0",
                                                 .buffer_bytes = 1 << 20,
                                                 .snap_bytes = 65535,
                                                 .timeout_ms = 100};
    assert_null(capture_live_open(&options, error));
    assert_non_null(strstr(error, "dwell-none0"));
}

static void test_link_numbers(void **state)
{
    (void)state;
    assert_int_equal(link_type_of_dlt(12), LINK_RAW);
    assert_int_equal(link_type_of_dlt(1), LINK_ETHERNET);
}

#define WITH_FILE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FILE(test_every_pcap_form),
        WITH_FILE(test_kuznetzov),
        WITH_FILE(test_old_order_of_lengths),
        WITH_FILE(test_pcapng),
        WITH_FILE(test_gzip),
        WITH_FILE(test_every_truncation),
        WITH_FILE(test_what_is_no_capture),
        WITH_FILE(test_damaged_record),
        cmocka_unit_test(test_interface_that_is_not_there),
        cmocka_unit_test(test_link_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
