/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * MySQL: the cells of rows, short and long, as the sensitivity watch gets them. The watch itself is
 * stood in for by one that writes them down (see CMakeLists.txt: --wrap).
 */
#include "collector/decoders/mysql_value.h"
#include "collector/decoders/mysql_wire.h"
#include "collector/sensitivity.h"
#include "mysql_script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

extern const struct decoder mysql_decoder;

enum {
    CLASSIC = MYSQL_LONG_PASSWORD | MYSQL_PROTOCOL_41 | MYSQL_SECURE_CONNECTION |
              MYSQL_CONNECT_WITH_DB | MYSQL_PLUGIN_AUTH | MYSQL_CONNECT_ATTRIBUTES,
    STRING = 0xfd,
    SHOWN = 16, /* bytes of a long cell that are written down */
};

static struct script s;
static struct buffer seen;
static size_t unwanted; /* column nobody asks for */

void __wrap_result_watch_begin(struct result_watch *watch, const struct decoder_env *env,
                               const struct event_object *objects, size_t object_count,
                               const struct result_column *columns, size_t column_count);
bool __wrap_result_watch_wants(const struct result_watch *watch, size_t column);
void __wrap_result_watch_cell(struct result_watch *watch, const struct decoder_env *env,
                              size_t column, struct slice cell);
void __wrap_result_watch_end(struct result_watch *watch, const struct decoder_env *env,
                             struct event *event);

void __wrap_result_watch_begin(struct result_watch *watch, const struct decoder_env *env,
                               const struct event_object *objects, size_t object_count,
                               const struct result_column *columns, size_t column_count)
{
    (void)watch, (void)env, (void)objects;
    buffer_append_format(&seen, "%zu:", object_count);
    for (size_t i = 0; i < column_count; i++)
        buffer_append_format(&seen, " %.*s.%.*s", (int)columns[i].table.len, columns[i].table.ptr,
                             (int)columns[i].name.len, columns[i].name.ptr);
    buffer_append_byte(&seen, '\n');
}

bool __wrap_result_watch_wants(const struct result_watch *watch, size_t column)
{
    (void)watch;
    return column != unwanted;
}

void __wrap_result_watch_cell(struct result_watch *watch, const struct decoder_env *env,
                              size_t column, struct slice cell)
{
    (void)watch, (void)env;
    assert_true(column != unwanted);
    buffer_append_format(&seen, "%zu=%.*s", column, cell.len > SHOWN ? SHOWN : (int)cell.len,
                         cell.ptr);
    if (cell.len > SHOWN)
        buffer_append_format(&seen, "...%zu", cell.len);
    buffer_append_byte(&seen, '\n');
}

void __wrap_result_watch_end(struct result_watch *watch, const struct decoder_env *env,
                             struct event *event)
{
    (void)watch, (void)env, (void)event;
    buffer_append_text(&seen, "end\n");
}

static int begin(void **state)
{
    (void)state;
    script_init(&s);
    buffer_init(&seen, 1 << 20);
    unwanted = SIZE_MAX;
    return 0;
}

static int end(void **state)
{
    (void)state;
    script_release(&s);
    buffer_release(&seen);
    return 0;
}

/* What the watch gets must not depend on the cut either. */
static void check_cells(const char *expect)
{
    struct buffer out;
    buffer_init(&out, 1 << 20);
    decode_exchange(&mysql_decoder, s.steps, s.count, false, NULL, &out);
    assert_string_equal(buffer_text(&seen), expect);
    buffer_release(&out);
}

/* The same bytes in pieces of `piece`. */
static void check_cells_cut(const char *expect, size_t piece)
{
    static struct exchange cut[1 << 16];
    size_t count = 0;
    for (size_t i = 0; i < s.count; i++)
        for (size_t at = 0; at < s.steps[i].bytes.len; at += piece) {
            assert_true(count < sizeof cut / sizeof *cut);
            cut[count++] =
                (struct exchange){s.steps[i].direction, slice_part(s.steps[i].bytes, at, piece), 0};
        }
    struct buffer out;
    buffer_init(&out, 1 << 20);
    buffer_reset(&seen);
    decode_exchange(&mysql_decoder, cut, count, false, NULL, &out);
    assert_string_equal(buffer_text(&seen), expect);
    buffer_release(&out);
}

static void select_begins(void)
{
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\3select a, b, c from t");
    SERVER(&s, 1, "\3");
    script_column(&s, 2, "t", "a", STRING);
    script_column(&s, 3, "t", "b", STRING);
    script_column(&s, 4, "", "expr", STRING);
    script_eof(&s, 5, 0);
}

static void text_cells_are_given_in_order(void **state)
{
    (void)state;
    select_begins();
    SERVER(&s, 6,
           "\1"
           "1\3two\xfb");
    SERVER(&s, 7, "\xfb\0\1x");
    script_eof(&s, 8, 0);
    static const char expect[] = "1: t.a t.b .expr\n0=1\n1=two\n1=\n2=x\nend\n";
    check_cells(expect);
    check_cells_cut(expect, 1);
    buffer_reset(&seen);
    unwanted = 1;
    check_cells("1: t.a t.b .expr\n0=1\n2=x\nend\n");
}

static void execute_begins(void)
{
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\x16select a, b, c from t");
    SERVER(&s, 1, "\0\1\0\0\0\3\0\0\0\0\0\0");
    script_column(&s, 2, "t", "a", MYSQL_TYPE_LONG);
    script_column(&s, 3, "t", "b", STRING);
    script_column(&s, 4, "t", "c", MYSQL_TYPE_DATETIME);
    script_eof(&s, 5, 0);
    CLIENT(&s, 0, "\x17\1\0\0\0\0\1\0\0\0");
    SERVER(&s, 1, "\3");
    script_column(&s, 2, "t", "a", MYSQL_TYPE_LONG);
    script_column(&s, 3, "t", "b", STRING);
    script_column(&s, 4, "t", "c", MYSQL_TYPE_DATETIME);
    script_eof(&s, 5, 0);
}

static void binary_cells_have_text(void **state)
{
    (void)state;
    execute_begins();
    SERVER(&s, 6, "\0\0\x2a\0\0\0\3two\4\xea\x07\x0b\x15");
    SERVER(&s, 7, "\0\x08\xff\xff\xff\xff\0");
    script_eof(&s, 8, 0);
    check_cells("1: t.a t.b t.c\n0=42\n1=two\n2=2026-11-21 00:00...19\n0=-1\n"
                "2=0000-00-00 00:00...19\nend\n");
    buffer_reset(&seen);
    unwanted = 1;
    check_cells("1: t.a t.b t.c\n0=42\n2=2026-11-21 00:00...19\n0=-1\n2=0000-00-00 00:00...19\n"
                "end\n");
}

/* Of a long cell the front is looked at; those behind it are found. */
static void a_long_row_is_read_cell_by_cell(void **state)
{
    static uint8_t row[100000 + 16];
    (void)state;
    select_begins();
    memset(row, 'y', sizeof row);
    memcpy(row, "\1a\xfd\xa0\x86\1", 6);
    memcpy(row + 6 + 100000, "\5after", 6);
    script_packet(&s, TO_CLIENT, 6, slice_make(row, 6 + 100000 + 6));
    SERVER(&s, 7, "\1p\1q\1r");
    script_eof(&s, 8, 0);
    static const char expect[] = "1: t.a t.b .expr\n0=a\n1=yyyyyyyyyyyyyyyy...4096\n2=after\n"
                                 "0=p\n1=q\n2=r\nend\n";
    check_cells(expect);
    check_cells_cut(expect, 7);
    check_cells_cut(expect, 1460);
    script_check(&s, NULL);
}

static void a_long_binary_row_is_read_cell_by_cell(void **state)
{
    static uint8_t row[100000 + 32];
    (void)state;
    execute_begins();
    memset(row, 'y', sizeof row);
    memcpy(row, "\0\0\x2a\0\0\0\xfd\xa0\x86\1", 10);
    memcpy(row + 10 + 100000, "\4\xea\x07\x0b\x15", 5);
    script_packet(&s, TO_CLIENT, 6, slice_make(row, 10 + 100000 + 5));
    script_eof(&s, 7, 0);
    static const char expect[] = "1: t.a t.b t.c\n0=42\n1=yyyyyyyyyyyyyyyy...4096\n"
                                 "2=2026-11-21 00:00...19\nend\n";
    check_cells(expect);
    check_cells_cut(expect, 7);
    script_check(&s, NULL);
}

/* A row over two packets: a length lies across their border. */
static void a_row_may_take_several_packets(void **state)
{
    enum { FIRST = MYSQL_PAYLOAD_MAX, LONG = FIRST - 1 - 4 - 1 }; /* "x" as a, the head of c left */
    (void)state;
    select_begins();
    size_t size = FIRST + 64;
    uint8_t *bytes = malloc(size);
    assert_non_null(bytes);
    memset(bytes, 'y', size);
    memcpy(bytes, "\xff\xff\xff\6\xfb\xfd", 6);
    bytes[6] = (uint8_t)LONG;
    bytes[7] = (uint8_t)(LONG >> 8);
    bytes[8] = (uint8_t)(LONG >> 16);
    size_t at = 4 + FIRST - 1;
    memcpy(bytes + at,
           "\xfc"
           "\x07\0\0\7"
           "\5\0after"
           "\5\0\0\x08\xfe\0\0\2\0",
           21);
    s.steps[s.count] = (struct exchange){TO_CLIENT, {bytes, at + 21}, 0};
    s.count++;
    check_cells("1: t.a t.b .expr\n1=yyyyyyyyyyyyyyyy...4096\n2=after\nend\n");
    buffer_reset(&seen);
    check_cells_cut("1: t.a t.b .expr\n1=yyyyyyyyyyyyyyyy...4096\n2=after\nend\n", 1001);
    free(bytes);
}

/* One watch sees what all fetches of a cursor bring, and another one what comes behind it. */
static void one_watch_spans_the_fetches_of_a_cursor(void **state)
{
    (void)state;
    script_login(&s, CLASSIC);
    CLIENT(&s, 0, "\x16select a from t");
    SERVER(&s, 1, "\0\1\0\0\0\1\0\0\0\0\0\0");
    script_column(&s, 2, "t", "a", STRING);
    script_eof(&s, 3, 0);
    CLIENT(&s, 0, "\x17\1\0\0\0\1\1\0\0\0");
    SERVER(&s, 1, "\1");
    script_column(&s, 2, "t", "a", STRING);
    script_eof(&s, 3, MYSQL_STATUS_CURSOR_EXISTS);
    for (int i = 0; i < 2; i++) {
        CLIENT(&s, 0, "\x1c\1\0\0\0\1\0\0\0");
        SERVER(&s, 1, "\0\0\3one");
        script_eof(&s, 2, MYSQL_STATUS_CURSOR_EXISTS);
    }
    CLIENT(&s, 0, "\3select b from t");
    SERVER(&s, 1, "\1");
    script_column(&s, 2, "t", "b", STRING);
    script_eof(&s, 3, 0);
    SERVER(&s, 4, "\3two");
    script_eof(&s, 5, 0);
    CLIENT(&s, 0, "\x1c\1\0\0\0\1\0\0\0");
    SERVER(&s, 1, "\0\0\5three");
    script_eof(&s, 2, MYSQL_STATUS_LAST_ROW_SENT);
    static const char expect[] = "1: t.a\n0=one\n0=one\nend\n1: t.b\n0=two\nend\n"
                                 "1: t.a\n0=three\nend\n";
    check_cells(expect);
    check_cells_cut(expect, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(text_cells_are_given_in_order),   CASE(binary_cells_have_text),
        CASE(a_long_row_is_read_cell_by_cell), CASE(a_long_binary_row_is_read_cell_by_cell),
        CASE(a_row_may_take_several_packets),  CASE(one_watch_spans_the_fetches_of_a_cursor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
