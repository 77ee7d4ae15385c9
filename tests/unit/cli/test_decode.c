/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell decode as a user runs it: what it prints, what it tells, how it ends.
 */
#include "cli/command.h"

#include "base/file.h"
#include "support/packets.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/dwell-test-decode-XXXXXX";
static char capture_path[64], out_path[64], error_path[64];
static struct buffer capture;
static uint32_t seq[2];

static void add_segment(bool to_server, uint8_t flags, struct slice payload)
{
    static struct frame frame;
    static int64_t now = INT64_C(1795000000000000000);
    const struct capture_form form = {.link = LINK_RAW};
    const char *client = "10.0.0.1", *server = "10.0.0.2";
    struct tcp_segment segment = {.from.port = to_server ? 40000 : 15432,
                                  .to.port = to_server ? 15432 : 40000,
                                  .seq = seq[!to_server],
                                  .ack = seq[to_server],
                                  .flags = flags};
    frame_begin(&frame, payload);
    frame_tcp(&frame, &segment);
    frame_ipv4(&frame, to_server ? client : server, to_server ? server : client, 6);
    struct packet packet = frame_packet(&frame, LINK_RAW, now += 1000000);
    capture_record(&capture, &form, &packet);
    seq[!to_server] += (uint32_t)payload.len + (flags & TCP_SYN ? 1 : 0);
}

/* A login and one statement. */
static void make_capture(void)
{
    const struct capture_form form = {.link = LINK_RAW};
    buffer_init(&capture, 1 << 20);
    capture_header(&capture, &form);
    add_segment(true, TCP_SYN, (struct slice){0});
    add_segment(false, TCP_SYN | TCP_ACK, (struct slice){0});
    add_segment(true, TCP_ACK, SLICE("\0\0\0\x21\0\3\0\0user\0alice\0database\0crm\0\0"));
    add_segment(false, TCP_ACK, SLICE("R\0\0\0\x08\0\0\0\0Z\0\0\0\5I"));
    add_segment(true, TCP_ACK, SLICE("Q\0\0\0\x0eselect 42\0"));
    add_segment(false, TCP_ACK, SLICE("C\0\0\0\x0dSELECT 1\0Z\0\0\0\5I"));
}

static void write_capture(size_t len)
{
    assert_int_equal(file_replace(capture_path, slice_part(buffer_slice(&capture), 0, len), 0600),
                     STATUS_OK);
}

static int setup(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(capture_path, sizeof capture_path, "%s/capture", folder);
    snprintf(out_path, sizeof out_path, "%s/out", folder);
    snprintf(error_path, sizeof error_path, "%s/error", folder);
    make_capture();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(capture_path);
    unlink(out_path);
    unlink(error_path);
    buffer_release(&capture);
    return rmdir(folder);
}

static void redirect(int to, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || dup2(fd, to) < 0)
        _exit(99);
}

static char *content(const char *path)
{
    static char text[2][65536];
    static int which;
    char *to = text[which = !which];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(to, 1, sizeof text[0] - 1, file);
    to[len] = '\0';
    fclose(file);
    return to;
}

/* Runs the command in a process of its own; the exit code. */
static int run_to(const char *out, int argc, const char **argv)
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        redirect(STDOUT_FILENO, out);
        redirect(STDERR_FILENO, error_path);
        _exit(command_main(argc, (char **)(uintptr_t)argv));
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

#define ARGUMENTS(...)                                                                          \
    sizeof((const char *[]){"dwell", "decode", __VA_ARGS__}) / sizeof(char *), (const char *[]) \
    {                                                                                           \
        "dwell", "decode", __VA_ARGS__, NULL                                                    \
    }
#define RUN(...) run_to(out_path, ARGUMENTS(__VA_ARGS__))

static size_t lines_in(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static void test_events_are_printed(void **state)
{
    (void)state;
    write_capture(capture.len);
    assert_int_equal(RUN("--port", "15432=postgresql", capture_path), EXIT_DONE);
    assert_int_equal(lines_in(content(out_path)), 2);
    assert_non_null(strstr(content(out_path), "\"account\":\"alice\""));
    assert_non_null(strstr(content(out_path), "\"statement\":\"select ?\""));
    assert_string_equal(content(error_path), "");
    assert_int_equal(RUN("--clear", "-v", capture_path), EXIT_DONE);
    assert_non_null(strstr(content(out_path), "\"statement\":\"select 42\""));
    assert_non_null(strstr(content(error_path), "packets read"));
}

static void test_truncated_capture(void **state)
{
    (void)state;
    write_capture(capture.len - 1);
    assert_int_equal(RUN(capture_path), EXIT_INPUT);
    assert_true(lines_in(content(out_path)) >= 1); /* what was whole */
    assert_int_equal(lines_in(content(error_path)), 1);
    assert_non_null(strstr(content(error_path), "the file ends inside a packet"));
}

static void test_one_bad_file_does_not_hide_the_others(void **state)
{
    (void)state;
    write_capture(capture.len);
    assert_int_equal(RUN("/nonexistent.pcap", capture_path), EXIT_INPUT);
    assert_int_equal(lines_in(content(out_path)), 2);
    assert_int_equal(lines_in(content(error_path)), 1);
    assert_non_null(strstr(content(error_path), "/nonexistent.pcap"));
}

static void test_wrong_usage(void **state)
{
    (void)state;
    assert_int_equal(RUN("--keylog", "keys", capture_path), EXIT_USAGE);
    assert_int_equal(RUN("--format", "csvlog", capture_path), EXIT_USAGE);
    assert_int_equal(RUN("--port", "5432", capture_path), EXIT_USAGE);
    assert_int_equal(RUN("--port", "5432=nothing", capture_path), EXIT_USAGE);
    assert_int_equal(RUN("--clear"), EXIT_USAGE);
    assert_int_equal(lines_in(content(error_path)), 1);
    assert_string_equal(content(out_path), "");
}

static void test_settings_that_are_not_there(void **state)
{
    (void)state;
    write_capture(capture.len);
    assert_int_equal(RUN("--config", "/nonexistent.yaml", capture_path), EXIT_INPUT);
    assert_int_equal(lines_in(content(error_path)), 1);
}

static void test_full_disk(void **state)
{
    (void)state;
    write_capture(capture.len);
    assert_int_equal(run_to("/dev/full", ARGUMENTS(capture_path)), EXIT_INPUT);
    assert_int_equal(lines_in(content(error_path)), 1);
    assert_non_null(strstr(content(error_path), "No space left on device"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_are_printed),
        cmocka_unit_test(test_truncated_capture),
        cmocka_unit_test(test_one_bad_file_does_not_hide_the_others),
        cmocka_unit_test(test_wrong_usage),
        cmocka_unit_test(test_settings_that_are_not_there),
        cmocka_unit_test(test_full_disk),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
