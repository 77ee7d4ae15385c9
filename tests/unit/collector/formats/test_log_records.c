/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collector/formats/records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void take(void *context, struct slice record, bool cut)
{
    struct buffer *out = context;
    buffer_append_byte(out, cut ? '!' : '[');
    buffer_append_slice(out, slice_part(record, 0, 40));
    buffer_append_byte(out, ']');
}

static bool begins(const void *state, struct slice line)
{
    (void)state;
    return line.len > 0 && line.ptr[0] == '#';
}

static void check(enum log_splitting splitting, struct slice log, const char *expect)
{
    const struct log_format format = {.splitting = splitting, .begins = begins};
    for (size_t piece = 1; piece <= log.len + 1; piece = piece * 2 + 1) {
        struct buffer out;
        struct records records;
        buffer_init(&out, 1 << 20);
        records_init(&records, &format, NULL, take, &out);
        for (size_t at = 0; at < log.len; at += piece)
            assert_int_equal(records_feed(&records, slice_part(log, at, piece)), STATUS_OK);
        records_end(&records);
        assert_string_equal(buffer_text(&out), expect);
        records_release(&records);
        buffer_release(&out);
    }
}

static void splits_lines_on_lf_only(void **state)
{
    (void)state;
    check(LOG_LINES,
          SLICE("a\r\nb\n\n\xc2\x85 c\xe2\x80\xa8"
                "d\re\nlast"),
          "[a][b][\xc2\x85 c\xe2\x80\xa8"
          "d\re][last]");
    check(LOG_LINES, SLICE(""), "");
}

static void joins_quoted_lines(void **state)
{
    (void)state;
    check(LOG_CSV, SLICE("1,\"a\nb\"\"\n\",2\n3,x\n\"open\n"), "[1,\"a\nb\"\"\n\",2][3,x][\"open]");
}

static void finds_objects(void **state)
{
    (void)state;
    check(LOG_JSON, SLICE("[\n{\"a\":\"}\\\"{\"},\n {\"b\":{\"c\":1}\n}] {\"open\":"),
          "[{\"a\":\"}\\\"{\"}][{\"b\":{\"c\":1}\n}][{\"open\":]");
}

static void joins_blocks(void **state)
{
    (void)state;
    check(LOG_BLOCKS, SLICE("lead\n#1\n a\n\n b\n#2\n#3\nx"), "[lead][#1\n a\n\n b][#2][#3\nx]");
}

/* A record without an end is given cut, and reading goes on behind it, wherever the bytes were cut.
 */
static void cuts_what_is_too_long(void **state)
{
    (void)state;
    size_t len = LOG_RECORD_MAX * 2 + 100;
    uint8_t *log = malloc(len + 6);
    assert_non_null(log);
    for (int splitting = LOG_LINES; splitting <= LOG_BLOCKS; splitting++) {
        if (splitting == LOG_JSON)
            continue;
        const struct log_format format = {.splitting = (enum log_splitting)splitting,
                                          .begins = begins};
        for (size_t piece = 70001; piece < 4 * len; piece *= 9) {
            struct buffer out;
            struct records records;
            memset(log, 'x', len);
            memcpy(log, "#\"", 2);
            memcpy(log + len, "\n#ok\n", 5);
            buffer_init(&out, 1 << 20);
            records_init(&records, &format, NULL, take, &out);
            for (size_t at = 0; at < len + 5; at += piece)
                assert_int_equal(
                    records_feed(&records, slice_part(slice_make(log, len + 5), at, piece)),
                    STATUS_OK);
            records_end(&records);
            assert_string_equal(buffer_text(&out),
                                "!#\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx][#ok]");
            records_release(&records);
            buffer_release(&out);
        }
    }
    free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_lines_on_lf_only), cmocka_unit_test(joins_quoted_lines),
        cmocka_unit_test(finds_objects),           cmocka_unit_test(joins_blocks),
        cmocka_unit_test(cuts_what_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
