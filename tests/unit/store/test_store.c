/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The store: what is written is found by every index, pages go on where they stopped, a stop before
 * the commit leaves no trace, chains hold, and retention leaves the rest verifiable.
 */
#include "base/clock.h"
#include "store/reader.h"
#include "store/writer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DAYS = 3, EVENTS_A_DAY = 2600, FIRST_DAY = 20000, PEOPLE = 7, OBJECTS = 5, SUBJECTS = 11 };

static char folder[64];

static int make(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/dwell-store-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int clear(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? 0 : -1;
}

static struct store_writer *open_writer(void)
{
    struct store_writer *w;
    char error[512] = "";
    if (store_writer_open(&w, folder, error) != STATUS_OK)
        fail_msg("%s", error);
    return w;
}

static struct store_reader *open_reader(void)
{
    struct store_reader *r;
    char why[512] = "";
    if (store_reader_open(&r, folder, why, sizeof why) != STATUS_OK)
        fail_msg("%s", why);
    return r;
}

static void put_event(struct store_writer *w, unsigned n)
{
    char employee[16], name[16];
    int32_t day = FIRST_DAY + (int32_t)(n / EVENTS_A_DAY);
    struct event_object object;
    struct event_subject subject = {.has_number = true, .number = 12345, .space = 1};
    snprintf(employee, sizeof employee, "E%u", n % PEOPLE);
    snprintf(name, sizeof name, "table%u", n % OBJECTS);
    object = (struct event_object){.name = slice_from(name)};
    memset(subject.hash, (int)(n % SUBJECTS), sizeof subject.hash);
    struct store_event e = {
        .employee = slice_from(employee),
        .asset = SLICE("crm"),
        .sensor = SLICE("site"),
        .sequence = n + 1,
        .confidence = 95,
        .event = {.time_ns = day * NS_PER_DAY + (int64_t)(n % EVENTS_A_DAY) * NS_PER_S,
                  .session = SLICE("s"),
                  .action = EVENT_ACTION_read,
                  .objects = &object,
                  .object_count = 1,
                  .keys = &subject,
                  .key_count = 1}};
    store_put_event(w, day, &e);
}

static void put_cursor(struct store_writer *w, uint64_t sequence)
{
    struct store_cursor c = {.sensor = SLICE("site"), .spool = 9, .sequence = sequence};
    store_put_cursor(w, &c);
}

struct counted {
    size_t count, stop_at;
    uint64_t last;
    char next[STORE_PAGE_KEY_SIZE];
};

static bool count(void *context, const struct store_event *e, const char *next)
{
    struct counted *c = context;
    assert_true(e->sequence > c->last); /* in the order they came, none twice */
    assert_false(e->event.keys[0].has_number);
    c->last = e->sequence;
    c->count++;
    snprintf(c->next, sizeof c->next, "%s", next);
    return c->count != c->stop_at;
}

static size_t count_of(struct store_reader *r, struct store_event_filter f)
{
    struct counted c = {0};
    assert_int_equal(store_events(r, &f, count, &c), STATUS_OK);
    return c.count;
}

static size_t expected(unsigned modulus, unsigned rest, unsigned total)
{
    size_t n = 0;
    for (unsigned i = 0; i < total; i++)
        n += i % modulus == rest;
    return n;
}

static void note(void *context, const char *line)
{
    (void)context;
    print_message("%s\n", line);
}

static struct store_verification verify(void)
{
    struct store_verification v;
    struct store_reader *r = open_reader();
    assert_int_equal(store_verify(r, note, NULL, &v), STATUS_OK);
    store_reader_close(&r);
    return v;
}

/* Commits of odd sizes, and a stop after each with events that were not committed. */
static void events_survive_stops(void **state)
{
    (void)state;
    unsigned n = 0, total = DAYS * EVENTS_A_DAY;
    while (n < total) {
        struct store_writer *w = open_writer();
        struct store_cursor c = {0};
        assert_int_equal(store_load_cursor(w, SLICE("site"), &c), n > 0);
        assert_int_equal(c.sequence, n);
        for (unsigned i = 0; i < 777 && n < total; i++) {
            put_event(w, n++);
            if (i % 300 == 299) {
                put_cursor(w, n);
                assert_int_equal(store_commit(w), STATUS_OK);
            }
        }
        put_cursor(w, n);
        assert_int_equal(store_commit(w), STATUS_OK);
        for (unsigned i = 0; i < 2100 && n + i < total; i++) /* enough to close a block */
            put_event(w, n + i);
        store_writer_close(&w);
    }
    struct store_verification v = verify();
    assert_int_equal(v.faults, 0);
    assert_int_equal(v.events, total);
    assert_int_equal(v.days, DAYS);
}

static void every_index_finds_all(void **state)
{
    (void)state;
    unsigned total = DAYS * EVENTS_A_DAY;
    uint8_t subject[16];
    struct store_reader *r = open_reader();
    memset(subject, 4, sizeof subject);
    assert_int_equal(count_of(r, (struct store_event_filter){.after = NULL}), total);
    assert_int_equal(count_of(r, (struct store_event_filter){.employee = SLICE("E3")}),
                     expected(PEOPLE, 3, total));
    assert_int_equal(count_of(r, (struct store_event_filter){.object = SLICE("table2")}),
                     expected(OBJECTS, 2, total));
    assert_int_equal(count_of(r, (struct store_event_filter){.subject = subject}),
                     expected(SUBJECTS, 4, total));
    assert_int_equal(count_of(r, (struct store_event_filter){.employee = SLICE("E3"),
                                                             .object = SLICE("table2")}),
                     expected(PEOPLE * OBJECTS, 17, total));
    assert_int_equal(count_of(r, (struct store_event_filter){.employee = SLICE("E")}), 0);
    assert_int_equal(
        count_of(
            r, (struct store_event_filter){.from_ns = (FIRST_DAY + 1) * NS_PER_DAY,
                                           .to_ns = (FIRST_DAY + 1) * NS_PER_DAY + 100 * NS_PER_S}),
        100);
    store_reader_close(&r);
}

static void pages_go_on(void **state)
{
    (void)state;
    struct store_reader *r = open_reader();
    struct counted c = {.stop_at = 100};
    struct store_event_filter f = {.employee = SLICE("E1")};
    size_t all = 0;
    do {
        c.count = 0;
        assert_int_equal(store_events(r, &f, count, &c), STATUS_OK);
        all += c.count;
        f.after = c.next;
    } while (c.count == 100);
    assert_int_equal(all, expected(PEOPLE, 1, DAYS * EVENTS_A_DAY));
    f.after = "nonsense";
    assert_int_equal(store_events(r, &f, count, &c), STATUS_INVALID);
    store_reader_close(&r);
}

static bool take_notice(void *context, const struct store_notice *n)
{
    assert_int_equal(n->sequence, ++*(uint64_t *)context);
    assert_true(slice_equal(n->snapshot.sentence[LANGUAGE_ZH], SLICE("导出")));
    return true;
}

static void notices_are_numbered_and_chained(void **state)
{
    (void)state;
    uint64_t last = 0;
    for (unsigned i = 0; i < 3; i++) {
        struct store_writer *w = open_writer();
        struct store_notice n = {
            .alert = i, .mark = ALERT_MARK_OPENED, .snapshot = {.employee = SLICE("E1")}};
        n.snapshot.sentence[LANGUAGE_ZH] = SLICE("导出");
        store_put_notice(w, &n);
        assert_int_equal(n.sequence, i + 1);
        store_put_forwarded(w, SLICE("udp://a:1"), i);
        assert_int_equal(store_commit(w), STATUS_OK);
        assert_int_equal(store_load_forwarded(w, SLICE("udp://a:1")), i);
        store_writer_close(&w);
    }
    struct store_reader *r = open_reader();
    assert_int_equal(store_notices(r, 0, take_notice, &last), STATUS_OK);
    assert_int_equal(last, 3);
    last = 2;
    assert_int_equal(store_notices(r, 2, take_notice, &last), STATUS_OK);
    assert_int_equal(last, 3);
    store_reader_close(&r);
    assert_int_equal(verify().faults, 0);
}

static void a_day_comes_back_as_it_was(void **state)
{
    (void)state;
    struct arena arena;
    struct store_day day = {.employee = SLICE("E1"),
                            .day = -5,
                            .learning = true,
                            .score = 1.25,
                            .percent = 42,
                            .mark = ALERT_MARK_JOINED,
                            .group = SLICE("a/b"),
                            .measures = {.views = 3, .hours = 7}};
    struct store_day back;
    day.terms[TERM_exp] =
        (struct store_term){.measured = true, .points = 2.5, .sentence = {SLICE("x"), SLICE("y")}};
    struct store_writer *w = open_writer();
    store_put_day(w, &day);
    assert_int_equal(store_commit(w), STATUS_OK);
    store_writer_close(&w);
    struct store_reader *r = open_reader();
    arena_init(&arena, 1 << 16);
    assert_int_equal(store_day_get(r, SLICE("E1"), -5, &arena, &back), STATUS_OK);
    assert_int_equal(back.day, -5);
    assert_true(back.learning && !back.running);
    assert_true(back.score >= 1.25 && back.score <= 1.25);
    assert_int_equal(back.measures.hours, 7);
    assert_true(slice_equal(back.group, SLICE("a/b")));
    assert_true(back.terms[TERM_exp].measured && !back.terms[TERM_rows].measured);
    assert_true(slice_equal(back.terms[TERM_exp].sentence[LANGUAGE_ZH], SLICE("y")));
    assert_int_equal(store_day_get(r, SLICE("E1"), -4, &arena, &back), STATUS_NOT_FOUND);
    arena_release(&arena);
    store_reader_close(&r);
}

static void retention_removes_whole_days(void **state)
{
    (void)state;
    size_t removed;
    struct store_writer *w = open_writer();
    assert_int_equal(store_retire(w, FIRST_DAY + 1, &removed), STATUS_OK);
    assert_int_equal(removed, 1);
    store_writer_close(&w);
    struct store_reader *r = open_reader();
    assert_int_equal(count_of(r, (struct store_event_filter){.after = NULL}),
                     (DAYS - 1) * EVENTS_A_DAY);
    store_reader_close(&r);
    assert_int_equal(verify().faults, 0); /* the head knows what left */
}

static void a_missing_day_is_found(void **state)
{
    (void)state;
    char command[192];
    snprintf(command, sizeof command, "rm -rf %s/archive/2024-10-05", folder); /* day 20001 */
    assert_int_equal(system(command), 0);
    assert_true(verify().faults > 0);
}

static void no_state_is_told(void **state)
{
    (void)state;
    struct store_reader *r;
    char why[256] = "";
    assert_int_equal(store_reader_open(&r, "/nonexistent", why, sizeof why), STATUS_NOT_FOUND);
    assert_null(r);
    assert_true(strlen(why) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_survive_stops),
        cmocka_unit_test(every_index_finds_all),
        cmocka_unit_test(pages_go_on),
        cmocka_unit_test(notices_are_numbered_and_chained),
        cmocka_unit_test(a_day_comes_back_as_it_was),
        cmocka_unit_test(retention_removes_whole_days),
        cmocka_unit_test(a_missing_day_is_found),
        cmocka_unit_test(no_state_is_told),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
