/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The JSON form: every field there and back, the text as documented, and lines that are not events.
 */
#include "sample_event.h"

#include "base/hash.h"
#include "event/fields.h"
#include "event/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct buffer text;
static struct arena arena;
static struct event_json_input input;
static struct event_site_key site;

static int set_up(void **state)
{
    (void)state;
    buffer_init(&text, 1 << 20);
    arena_init(&arena, 1 << 20);
    memset(site.bytes, 7, sizeof site.bytes);
    input = (struct event_json_input){.site_key = &site};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buffer_release(&text);
    arena_release(&arena);
    return 0;
}

static enum status read_line(const char *line, struct event *e)
{
    return event_from_json(&input, slice_from(line), e, &arena);
}

static struct event must_read(const char *line)
{
    struct event e;
    enum status status = read_line(line, &e);
    if (status != STATUS_OK)
        print_error("%s: %s\n", line, input.error);
    assert_int_equal(status, STATUS_OK);
    return e;
}

static const char *json_of(const struct event *e, bool clear)
{
    buffer_reset(&text);
    assert_int_equal(event_to_json(&text, e, clear), STATUS_OK);
    return buffer_text(&text);
}

/* The running numbers stay out of JSON. */
static void forget_numbers(struct event *e)
{
    struct event_subject *keys = arena_array(&arena, e->key_count, sizeof *keys);
    for (size_t i = 0; i < e->key_count; i++)
        memcpy(keys[i].hash, e->keys[i].hash, sizeof keys[i].hash);
    e->keys = keys;
}

static void every_field_comes_back(void **state)
{
    (void)state;
    for (unsigned row = 0; row < sample_rows(); row++) {
        struct event e = {0};
        sample_fill(&e, row);
        forget_numbers(&e);
        struct event back = must_read(json_of(&e, false));
        sample_assert_equal(&e, &back);
    }
    assert_int_equal(input.unknown_keys, 0);
}

static void the_clear_form_comes_back_as_clear(void **state)
{
    (void)state;
    struct event full = sample_full();
    forget_numbers(&full);
    struct event back = must_read(json_of(&full, true));
    assert_int_equal(back.statement.len, 0);
    full.statement = (struct slice){NULL, 0};
    sample_assert_equal(&full, &back);

    full.params = NULL;
    full.param_count = 0;
    back = must_read(json_of(&full, true));
    assert_true(slice_equal(back.clear, full.clear));
}

static void without_clear_nothing_of_it_is_printed(void **state)
{
    (void)state;
    struct event full = sample_full();
    const char *json = json_of(&full, false);
    assert_null(strstr(json, "42\""));
    assert_null(strstr(json, "params"));
    assert_non_null(strstr(json, "id = ?"));
}

static void every_key_of_the_table_is_printed(void **state)
{
    (void)state;
    struct event full = sample_full();
    const char *json = json_of(&full, false);
#define HAS_KEY(id, kind, member, bit, group, key) \
    if ((key)[0] != '\0')                          \
        assert_non_null(strstr(json, "\"" key "\":"));
    EVENT_FIELD_TABLE(HAS_KEY)
#undef HAS_KEY
}

static void the_text_is_as_documented(void **state)
{
    (void)state;
    struct event e = sample_small();
    assert_string_equal(
        json_of(&e, false),
        "{\"time\":\"2026-11-21T21:50:28.680000001Z\",\"duration_us\":312,"
        "\"source\":{\"kind\":\"capture\",\"name\":\"eth1\",\"sensor\":\"head-office\"},"
        "\"session\":\"00f1e2d3c4b5a697\",\"seq\":12,"
        "\"client\":{\"ip\":\"10.0.0.7\",\"port\":50123},"
        "\"server\":{\"ip\":\"10.0.0.7\",\"port\":50123},"
        "\"protocol\":\"postgresql\",\"account\":\"li.na\",\"database\":\"loans\","
        "\"action\":\"read\",\"statement\":\"select * from customer where id = ?\","
        "\"shape\":\"fedcba9876543210\",\"objects\":[{\"name\":\"loan\"}],\"rows\":1,"
        "\"bytes\":218,\"outcome\":\"success\"}");
    e = (struct event){0};
    assert_string_equal(json_of(&e, true), "{\"time\":\"1970-01-01T00:00:00.000000000Z\","
                                           "\"action\":\"other\",\"outcome\":\"unknown\"}");
}

static void text_from_outside_is_safe_to_print(void **state)
{
    (void)state;
    struct event e = {.account = SLICE("a\x1b[2J\n\x00\xff\xe2\x80\xae\x7f")};
    const char *json = json_of(&e, false);
    assert_non_null(strstr(json, "\"a\\u001b[2J\\n\\u0000\xef\xbf\xbd\\u202e\\u007f\""));
    struct event back = must_read(json);
    assert_true(slice_equal(back.account, SLICE("a\x1b[2J\n\x00\xef\xbf\xbd\xe2\x80\xae\x7f")));
}

static void an_error_is_one_string(void **state)
{
    (void)state;
    static const struct {
        struct slice code, text;
        const char *json;
    } cases[] = {
        {SLICE("1146"), SLICE("Table 'x' is gone"), "\"1146: Table 'x' is gone\""},
        {SLICE("ORA-00942"), SLICE(""), "\"ORA-00942\""},
        {SLICE(""), SLICE("no such user: li"), "\"no such user: li\""},
    };
    for (size_t i = 0; i < 3; i++) {
        struct event e = {.error_code = cases[i].code, .error_text = cases[i].text};
        const char *json = json_of(&e, false);
        assert_non_null(strstr(json, cases[i].json));
        struct event back = must_read(json);
        assert_true(slice_equal(back.error_code, e.error_code));
        assert_true(slice_equal(back.error_text, e.error_text));
    }
}

static void subject_ids_are_hashed_as_they_are_read(void **state)
{
    (void)state;
    struct event e = must_read("{\"time\":\"2026-03-01\",\"subject_ids\":[\"10042\",\"loan:7\","
                               "\"loan:A-7\",\"1234567890123456\"],\"subject_keys\":"
                               "[\"000102030405060708090a0b0c0d0e0f\"]}");
    uint8_t hash[16];
    assert_int_equal(e.key_count, 5);
    assert_int_equal(e.subjects, 5);
    assert_true(e.known & EVENT_KNOWS_subjects);
    assert_int_equal(e.keys[0].hash[15], 15);
    assert_false(e.keys[0].has_number);
    event_subject_hash(&site, SLICE(""), SLICE("10042"), hash);
    assert_memory_equal(e.keys[1].hash, hash, 16);
    assert_true(e.keys[1].has_number);
    assert_int_equal(e.keys[1].number, 10042);
    assert_int_equal(e.keys[1].space, hash64(SLICE("")));
    event_subject_hash(&site, SLICE("loan"), SLICE("7"), hash);
    assert_memory_equal(e.keys[2].hash, hash, 16);
    assert_int_equal(e.keys[2].number, 7);
    assert_int_equal(e.keys[2].space, hash64(SLICE("loan")));
    assert_false(e.keys[3].has_number);
    assert_false(e.keys[4].has_number); /* 16 digits are no running number */
    assert_null(strstr(json_of(&e, true), "10042"));
}

static void a_count_that_is_told_is_kept(void **state)
{
    (void)state;
    struct event e = must_read("{\"time\":\"2026-03-01\",\"subjects\":9,\"subject_ids\":[\"1\"]}");
    assert_int_equal(e.subjects, 9);
    e = must_read("{\"time\":\"2026-03-01\"}");
    assert_int_equal(e.known, 0);
}

static void subject_ids_without_a_site_key_are_refused(void **state)
{
    (void)state;
    struct event e;
    input.site_key = NULL;
    assert_int_equal(read_line("{\"time\":\"2026-03-01\",\"subject_ids\":[\"1\"]}", &e),
                     STATUS_INVALID);
    assert_non_null(strstr(input.error, "subject_ids"));
}

static void keys_that_are_not_known_are_counted(void **state)
{
    (void)state;
    must_read("{\"time\":\"2026-03-01\",\"extra\":1,\"source\":{\"kind\":\"log\",\"line\":3},"
              "\"client\":{\"ip\":\"::1\",\"mac\":\"x\"},\"objects\":[{\"name\":\"t\",\"x\":0}],"
              "\"classes\":{\"C3\":1,\"C4\":1},\"rows\":null}");
    assert_int_equal(input.unknown_keys, 5);
}

static void lines_that_are_not_events_are_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "[]",
        "nonsense",
        "{\"time\":\"2026-03-01\"} x",
        "{}",
        "{\"time\":null}",
        "{\"time\":1}",
        "{\"time\":\"yesterday\"}",
        "{\"time\":\"2026-03-01\",\"time\":\"2026-03-01\"}",
        "{\"time\":\"2026-03-01\",\"rows\":-1}",
        "{\"time\":\"2026-03-01\",\"rows\":1.5}",
        "{\"time\":\"2026-03-01\",\"rows\":9223372036854775808}",
        "{\"time\":\"2026-03-01\",\"part\":4294967296}",
        "{\"time\":\"2026-03-01\",\"account\":5}",
        "{\"time\":\"2026-03-01\",\"source\":\"eth0\"}",
        "{\"time\":\"2026-03-01\",\"client\":\"10.0.0.1\"}",
        "{\"time\":\"2026-03-01\",\"client\":{\"ip\":\"10.0.0\"}}",
        "{\"time\":\"2026-03-01\",\"client\":{\"ip\":\"10.0.0.1\\u0000\"}}",
        "{\"time\":\"2026-03-01\",\"client\":{\"port\":65536}}",
        "{\"time\":\"2026-03-01\",\"action\":\"steal\"}",
        "{\"time\":\"2026-03-01\",\"shape\":\"12\"}",
        "{\"time\":\"2026-03-01\",\"shape\":\"FEDCBA9876543210\"}",
        "{\"time\":\"2026-03-01\",\"objects\":[\"t\"]}",
        "{\"time\":\"2026-03-01\",\"objects\":[{\"name\":\"t\",\"columns\":[1]}]}",
        "{\"time\":\"2026-03-01\",\"classes\":[1]}",
        "{\"time\":\"2026-03-01\",\"gaps\":[\"hole\"]}",
        "{\"time\":\"2026-03-01\",\"subject_keys\":[\"12\"]}",
        "{\"time\":\"2026-03-01\",\"subject_ids\":\"12\"}",
        "{\"time\":\"2026-03-01\",\"subject_ids\":[12]}",
        "{\"time\":\"2026-03-01\",\"statement\":\"x\",\"params\":[1]}",
        "{\"time\":\"2026-03-01\",\"account\":\"\xff\"}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct event e;
        enum status status = read_line(lines[i], &e);
        if (status != STATUS_MALFORMED)
            print_error("%s: %s\n", lines[i], status_text(status));
        assert_int_equal(status, STATUS_MALFORMED);
        assert_true(input.error[0] != '\0');
    }
}

static void deep_and_long_lines_are_refused(void **state)
{
    (void)state;
    struct event e;
    char *deep = malloc(100001);
    memset(deep, '[', 100000);
    deep[100000] = '\0';
    assert_int_equal(read_line(deep, &e), STATUS_MALFORMED);
    free(deep);
    char *line = malloc(EVENT_JSON_LINE_MAX + 1);
    memset(line, ' ', EVENT_JSON_LINE_MAX + 1);
    assert_int_equal(event_from_json(&input, slice_make(line, EVENT_JSON_LINE_MAX + 1), &e, &arena),
                     STATUS_LIMIT);
    free(line);
}

static void an_arena_too_small_is_told(void **state)
{
    (void)state;
    struct event full = sample_full(), e;
    const char *json = json_of(&full, true);
    unsigned refused = 0;
    for (size_t max = 0; max < 4096; max += 32) {
        struct arena small;
        arena_init(&small, max);
        enum status status = event_from_json(&input, slice_from(json), &e, &small);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY ||
                    status == STATUS_MALFORMED);
        refused += status != STATUS_OK;
        arena_release(&small);
    }
    assert_true(refused > 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_field_comes_back),
        TEST(the_clear_form_comes_back_as_clear),
        TEST(without_clear_nothing_of_it_is_printed),
        TEST(every_key_of_the_table_is_printed),
        TEST(the_text_is_as_documented),
        TEST(text_from_outside_is_safe_to_print),
        TEST(an_error_is_one_string),
        TEST(subject_ids_are_hashed_as_they_are_read),
        TEST(a_count_that_is_told_is_kept),
        TEST(subject_ids_without_a_site_key_are_refused),
        TEST(keys_that_are_not_known_are_counted),
        TEST(lines_that_are_not_events_are_refused),
        TEST(deep_and_long_lines_are_refused),
        TEST(an_arena_too_small_is_told),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
