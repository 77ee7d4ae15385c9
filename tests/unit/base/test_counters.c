/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Counters: adding from several threads, both outputs.
 */
#include "base/counters.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TEST_COUNTERS(X)             \
    X(seen, "events", "Events seen") \
    X(lost, "bytes", "Bytes lost")

enum { SEEN, LOST, OPEN, COUNT };

static const struct counter_row rows[COUNT] = {
    TEST_COUNTERS(COUNTER_ROW){"open", "", "Open sessions", true}};

enum { THREADS = 4, TIMES = 20000 };

static void *add_many(void *context)
{
    for (int i = 0; i < TIMES; i++) {
        counters_add(context, SEEN, 1);
        counters_add(context, LOST, 3);
    }
    return NULL;
}

static void threads(void **state)
{
    (void)state;
    struct counters *c = counters_new(rows, COUNT);
    pthread_t ids[THREADS];
    uint64_t values[COUNT];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&ids[i], NULL, add_many, c), 0);
    counters_snapshot(c, values);
    assert_true(values[SEEN] <= (uint64_t)THREADS * TIMES);
    for (int i = 0; i < THREADS; i++)
        pthread_join(ids[i], NULL);
    assert_int_equal(counters_get(c, SEEN), THREADS * TIMES);
    assert_int_equal(counters_get(c, LOST), 3 * THREADS * TIMES);
    assert_int_equal(counters_count(c), COUNT);
    counters_free(&c);
    assert_null(c);
}

static void outputs(void **state)
{
    (void)state;
    struct counters *c = counters_new(rows, COUNT);
    struct buffer out;
    uint64_t values[COUNT];
    buffer_init(&out, 4096);
    counters_add(c, SEEN, UINT64_MAX);
    counters_set(c, OPEN, 9);
    counters_set(c, OPEN, 4);
    counters_snapshot(c, values);
    counters_json(rows, values, COUNT, &out);
    assert_string_equal(buffer_text(&out), "{\"seen\":18446744073709551615,\"lost\":0,\"open\":4}");
    buffer_reset(&out);
    counters_prometheus(rows, values, COUNT, "dwell_spool", NULL, (struct slice){NULL, 0}, &out);
    assert_string_equal(buffer_text(&out), "# HELP dwell_spool_seen_events_total Events seen\n"
                                           "# TYPE dwell_spool_seen_events_total counter\n"
                                           "dwell_spool_seen_events_total 18446744073709551615\n"
                                           "# HELP dwell_spool_lost_bytes_total Bytes lost\n"
                                           "# TYPE dwell_spool_lost_bytes_total counter\n"
                                           "dwell_spool_lost_bytes_total 0\n"
                                           "# HELP dwell_spool_open Open sessions\n"
                                           "# TYPE dwell_spool_open gauge\n"
                                           "dwell_spool_open 4\n");
    buffer_reset(&out);
    counters_prometheus(rows, values, 1, "d", "sensor", SLICE("a\"\\\n\xFF"), &out);
    assert_non_null(strstr(buffer_text(&out),
                           "d_seen_events_total{sensor=\"a\\\"\\\\\\n\xEF\xBF\xBD\"} 184467"));
    buffer_release(&out);
    counters_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(threads), cmocka_unit_test(outputs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
