/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Notices as messages, with hostile text in them; and their way to receivers over UDP and TCP, one
 * of which is down for a while.
 */
#include "analyzer/out/forwarder.h"
#include "analyzer/out/notice_text.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void expect(void (*escape)(struct buffer *, struct slice), struct slice text, const char *is)
{
    struct buffer to;
    buffer_init(&to, 1000);
    escape(&to, text);
    assert_string_equal(buffer_text(&to), is);
    buffer_release(&to);
}

static void cef_is_escaped(void **state)
{
    (void)state;
    expect(notice_cef_header, SLICE("a|b\\c=d"), "a\\|b\\\\c=d");
    expect(notice_cef_value, SLICE("a|b\\c=d"), "a|b\\\\c\\=d");
    expect(notice_cef_value, SLICE("one\r\ntwo\x1b[31m"), "one  two [31m");
    expect(notice_cef_value, SLICE("\xff"), "\xef\xbf\xbd");
}

static struct store_notice hostile(void)
{
    struct store_notice n = {
        .sequence = 7, .alert = 3, .mark = ALERT_MARK_OPENED, .time_ns = 1700000000 * NS_PER_S};
    n.snapshot = (struct store_alert){
        .id = 3, .employee = SLICE("x\"]\nCEF:0|fake"), .percent = 66, .days = 1};
    n.snapshot.terms[TERM_enum] = 10;
    n.snapshot.sentence[LANGUAGE_EN] = SLICE("4 ids\nsuser=root");
    return n;
}

static void a_message_is_one_line(void **state)
{
    (void)state;
    struct buffer to;
    struct store_notice n = hostile();
    buffer_init(&to, 1 << 16);
    notice_text(&to, &n, 16, "host");
    const char *text = buffer_text(&to);
    assert_non_null(strstr(text, "<130>1 2023-11-14T22:13:20.000000Z host dwell-analyzer - alert "
                                 "[dwell@32473 sequence=\"7\""));
    assert_null(strchr(text, '\n'));
    assert_non_null(strstr(text, "x\\\"\\]"));
    assert_non_null(strstr(text, "|enum|neighbouring numbers|6|"));
    assert_non_null(strstr(text, "msg=4 ids suser\\=root"));
    buffer_release(&to);
}

static int listener(int type, uint16_t *port)
{
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(*port)};
    socklen_t len = sizeof a;
    int one = 1, fd = socket(AF_INET, type, 0);
    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
    if (type == SOCK_STREAM)
        assert_int_equal(listen(fd, 4), 0);
    getsockname(fd, (struct sockaddr *)&a, &len);
    *port = ntohs(a.sin_port);
    struct timeval second = {5, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    return fd;
}

static void put_notices(struct store_writer *w, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct store_notice n = hostile();
        store_put_notice(w, &n);
    }
    assert_int_equal(store_commit(w), STATUS_OK);
}

static void steps(struct forwarder *f, struct store_writer *w, int64_t *now_ns)
{
    for (unsigned i = 0; i < 20; i++) {
        *now_ns += NS_PER_S / 10;
        forwarder_step(f, *now_ns);
        assert_int_equal(store_commit(w), STATUS_OK);
        usleep(2000);
    }
}

/* Reads octet-counted messages until `count` of them are there. */
static void read_messages(int fd, unsigned count, unsigned first)
{
    static char bytes[1 << 16];
    size_t have = 0, at = 0;
    for (unsigned i = 0; i < count;) {
        char *space = memchr(bytes + at, ' ', have - at), sequence[32];
        size_t len = space ? strtoul(bytes + at, NULL, 10) : 0;
        size_t head = space ? (size_t)(space + 1 - (bytes + at)) : 0;
        if (space && at + head + len <= have) {
            snprintf(sequence, sizeof sequence, "sequence=\"%u\"", first + i++);
            assert_non_null(memmem(space, len, sequence, strlen(sequence)));
            at += head + len;
            continue;
        }
        ssize_t n = recv(fd, bytes + have, sizeof bytes - have - 1, 0);
        assert_true(n > 0);
        have += (size_t)n;
    }
}

static void receivers_lose_nothing(void **state)
{
    (void)state;
    char folder[] = "/tmp/dwell-forward-XXXXXX", yaml[256], error[512], command[64], text[4096];
    uint16_t udp_port = 0, tcp_port = 0;
    struct settings settings;
    struct fault fault;
    struct store_writer *w;
    struct store_reader *r;
    struct forwarder *f;
    int64_t now_ns = NS_PER_S;
    assert_non_null(mkdtemp(folder));
    int udp = listener(SOCK_DGRAM, &udp_port), tcp = listener(SOCK_STREAM, &tcp_port);
    close(tcp); /* down at first */
    snprintf(yaml, sizeof yaml, "forward: {syslog: ['udp://127.0.0.1:%u', 'tcp://127.0.0.1:%u']}",
             udp_port, tcp_port);
    assert_int_equal(settings_parse(&settings, slice_from(yaml), "t", &fault), STATUS_OK);
    assert_int_equal(store_writer_open(&w, folder, error), STATUS_OK);
    assert_int_equal(store_reader_open(&r, folder, error, sizeof error), STATUS_OK);
    assert_int_equal(forwarder_new(&f, &settings, w, r, &fault), STATUS_OK);
    put_notices(w, 3);
    steps(f, w, &now_ns);
    for (unsigned i = 1; i <= 3; i++) {
        char sequence[32];
        ssize_t n = recv(udp, text, sizeof text - 1, 0);
        assert_true(n > 0);
        text[n] = 0;
        snprintf(sequence, sizeof sequence, "sequence=\"%u\"", i);
        assert_non_null(strstr(text, sequence));
    }
    assert_int_equal(store_load_forwarded(w, slice_from(settings.forward_syslog.items[0])), 3);
    assert_int_equal(store_load_forwarded(w, slice_from(settings.forward_syslog.items[1])), 0);
    tcp = listener(SOCK_STREAM, &tcp_port); /* it comes up */
    now_ns += 100 * NS_PER_S;
    steps(f, w, &now_ns);
    int connection = accept(tcp, NULL, NULL);
    assert_true(connection >= 0);
    read_messages(connection, 3, 1);
    steps(f, w, &now_ns);
    assert_int_equal(store_load_forwarded(w, slice_from(settings.forward_syslog.items[1])), 3);
    put_notices(w, 2);
    steps(f, w, &now_ns);
    read_messages(connection, 2, 4);
    close(connection);
    close(tcp);
    close(udp);
    forwarder_free(&f);
    store_reader_close(&r);
    store_writer_close(&w);
    settings_release(&settings);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cef_is_escaped),
                                       cmocka_unit_test(a_message_is_one_line),
                                       cmocka_unit_test(receivers_lose_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
