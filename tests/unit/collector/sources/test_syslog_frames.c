/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Framing of syslog streams and of the journal's export format: whole, and byte by byte.
 */
#include "collector/sources/journal_export.h"
#include "collector/sources/syslog_frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* What comes out of a stream that is given in pieces of `step` bytes, each message ended by '|'. */
static enum status frames_of(struct slice bytes, size_t step, struct buffer *out)
{
    struct syslog_frames frames = {0};
    struct buffer held;
    struct slice message;
    enum status status = STATUS_MORE;
    size_t used;
    buffer_init(&held, 1 << 20);
    buffer_init(out, 1 << 20);
    for (size_t at = 0; at < bytes.len && status != STATUS_MALFORMED; at += step) {
        buffer_append_slice(&held, slice_part(bytes, at, step));
        do {
            status = syslog_frames_next(&frames, buffer_slice(&held), &used, &message);
            if (status == STATUS_OK || status == STATUS_LIMIT) {
                buffer_append_slice(out, message);
                buffer_append_byte(out, '|');
            }
            buffer_consume(&held, used);
        } while (status == STATUS_OK || status == STATUS_LIMIT);
    }
    buffer_release(&held);
    return status;
}

static void assert_frames(struct slice bytes, const char *want)
{
    struct buffer out;
    const size_t steps[] = {1, 2, 7, bytes.len};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(frames_of(bytes, steps[i], &out), STATUS_MORE);
        assert_string_equal(buffer_text(&out), want);
        buffer_release(&out);
    }
}

static void test_lines_and_counts(void **state)
{
    (void)state;
    assert_frames(SLICE("<34>a\n<35>bc\r\n\n<36>d"), "<34>a|<35>bc|");
    assert_frames(SLICE("5 <34>a6 <35>\nb\n"), "<34>a|<35>\nb|");
    assert_frames(SLICE("5 <34>a<35>line\n5 <36>c"), "<34>a|<35>line|<36>c|");
    assert_frames(SLICE("<34>a\0<35>b\0"), "<34>a|<35>b|");
}

static void test_wrong_counts(void **state)
{
    struct buffer out;
    const struct slice wrong[] = {SLICE("0 <34>a\n"), SLICE("12345678901 x"), SLICE("5x<34>a ")};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(frames_of(wrong[i], wrong[i].len, &out), STATUS_MALFORMED);
        assert_int_equal(out.len, 0);
        buffer_release(&out);
    }
}

/* Long messages are given cut, and the next one is found. */
static void test_long_messages(void **state)
{
    struct buffer in, out;
    (void)state;
    for (int counted = 0; counted < 2; counted++) {
        buffer_init(&in, 1 << 20);
        if (counted)
            buffer_append_text(&in, "100000 ");
        for (int i = 0; i < 100000; i++)
            buffer_append_byte(&in, 'x');
        buffer_append_text(&in, counted ? "3 end" : "\nend\n");
        assert_int_equal(frames_of(buffer_slice(&in), 4096, &out), STATUS_MORE);
        assert_int_equal(out.len, SYSLOG_MESSAGE_MAX + 1 + 4);
        assert_string_equal(buffer_text(&out) + SYSLOG_MESSAGE_MAX, "|end|");
        buffer_release(&in);
        buffer_release(&out);
    }
}

static void take_entry(void *context, struct slice line)
{
    buffer_append_slice(context, line);
    buffer_append_byte(context, '|');
}

static void test_journal_entries(void **state)
{
    static const char export[] =
        "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795295812222333\n_HOSTNAME=db 1\n_PID=77\n"
        "SYSLOG_IDENTIFIER=sshd\nMESSAGE=Accepted a=b\n\n"
        "__REALTIME_TIMESTAMP=1795295813000000\n_COMM=app\nMESSAGE\n\x05\0\0\0\0\0\0\0a\nb\nc\n\n"
        "OTHER=1\n";
    const struct slice bytes = {(const uint8_t *)export, sizeof export - 1};
    struct journal_export journal;
    struct buffer out;
    (void)state;
    for (size_t step = 1; step <= bytes.len; step += 40) {
        buffer_init(&out, 1 << 16);
        journal_export_init(&journal, take_entry, &out);
        for (size_t at = 0; at < bytes.len; at += step)
            assert_int_equal(journal_export_feed(&journal, slice_part(bytes, at, step)), STATUS_OK);
        assert_string_equal(buffer_text(&out),
                            "2026-11-21T21:16:52.222333Z db_1 sshd[77]: Accepted a=b|"
                            "2026-11-21T21:16:53.000000Z - app: a\nb\nc|");
        assert_int_equal(journal.malformed, 0);
        journal_export_release(&journal);
        buffer_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_and_counts),
        cmocka_unit_test(test_wrong_counts),
        cmocka_unit_test(test_long_messages),
        cmocka_unit_test(test_journal_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
