/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The spool as a sink: group commits, and what the two policies do at the bound.
 */
#include "collector/sinks/spool.h"
#include "spool/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];
static char error[DB_ERROR_SIZE];
static struct spool_sink sink;

static void open_sink(enum spool_policy policy)
{
    struct spool_options options = {.max_bytes = 1 << 20, .policy = policy};
    assert_int_equal(spool_sink_open(&sink, folder, &options, error), STATUS_OK);
    sink.clock = clock_manual(1);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/dwell-sink-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"data.mdb", "lock.mdb", "writer.lock", "acknowledged"};
    char path[128];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static enum status put(uint64_t number)
{
    static const uint8_t text[500];
    struct event e = {.time_ns = (int64_t)number, .seq = number, .statement = {text, sizeof text}};
    return sink.sink.put(&sink.sink, &e);
}

static uint64_t waiting(void)
{
    struct spool_feed *feed;
    uint64_t count, lost;
    assert_int_equal(spool_feed_open(&feed, folder, error), STATUS_OK);
    assert_int_equal(spool_feed_backlog(feed, 0, &count, &lost), STATUS_OK);
    spool_feed_close(&feed);
    return count;
}

static void a_group_is_committed_by_number_and_by_time(void **state)
{
    (void)state;
    open_sink(SPOOL_DROP_NEW);
    for (uint64_t n = 1; n < SPOOL_GROUP_EVENTS; n++)
        assert_int_equal(put(n), STATUS_OK);
    assert_int_equal(waiting(), 0);
    assert_int_equal(put(SPOOL_GROUP_EVENTS), STATUS_OK);
    assert_int_equal(waiting(), SPOOL_GROUP_EVENTS);
    assert_int_equal(put(SPOOL_GROUP_EVENTS + 1), STATUS_OK);
    clock_set(&sink.clock, 1 + SPOOL_GROUP_NS);
    assert_int_equal(put(SPOOL_GROUP_EVENTS + 2), STATUS_OK);
    assert_int_equal(waiting(), SPOOL_GROUP_EVENTS + 2);
    assert_int_equal(put(SPOOL_GROUP_EVENTS + 3), STATUS_OK);
    assert_int_equal(sink.sink.commit(&sink.sink), STATUS_OK);
    assert_int_equal(waiting(), SPOOL_GROUP_EVENTS + 3);
    assert_int_equal(put(SPOOL_GROUP_EVENTS + 4), STATUS_OK);
    sink.sink.close(&sink.sink);
    assert_int_equal(waiting(), SPOOL_GROUP_EVENTS + 4);
}

static uint64_t put_until(enum status want)
{
    for (uint64_t n = 1; n < 100000; n++) {
        enum status status = put(n);
        if (status != STATUS_OK) {
            assert_int_equal(status, want);
            return n;
        }
    }
    fail_msg("never full");
    return 0;
}

static void a_full_spool_drops_and_counts(void **state)
{
    (void)state;
    open_sink(SPOOL_DROP_NEW);
    put_until(STATUS_FULL);
    struct spool_state spool;
    spool_state(sink.spool, &spool);
    assert_int_equal(spool.lost, 1);
    assert_true(sink.dropping);
    sink.sink.close(&sink.sink);
}

static bool stop_waiting(void *context)
{
    return --*(int *)context > 0;
}

/* The analyzer, while the collector waits. */
static bool acknowledge_all(void *context)
{
    struct spool_feed *feed;
    uint64_t count, lost;
    assert_int_equal(spool_feed_open(&feed, folder, error), STATUS_OK);
    assert_int_equal(spool_feed_backlog(feed, 0, &count, &lost), STATUS_OK);
    assert_int_equal(spool_feed_acknowledge(feed, count), STATUS_OK);
    spool_feed_close(&feed);
    ++*(int *)context;
    return true;
}

static void a_source_that_can_wait_waits_until_there_is_room(void **state)
{
    (void)state;
    int rounds = 3;
    open_sink(SPOOL_WAIT);
    sink.keep_waiting = stop_waiting;
    sink.wait_context = &rounds;
    uint64_t refused = put_until(STATUS_BUSY);
    assert_int_equal(rounds, 0);
    assert_int_equal(waiting(), refused - 1);
    sink.keep_waiting = acknowledge_all;
    for (uint64_t n = refused; n < 3 * refused; n++)
        assert_int_equal(put(n), STATUS_OK);
    assert_true(rounds >= 2);
    struct spool_state spool;
    spool_state(sink.spool, &spool);
    assert_int_equal(spool.lost, 0);
    sink.sink.close(&sink.sink);
    assert_int_equal(waiting(), 3 * refused - 1); /* as many numbers were given */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_group_is_committed_by_number_and_by_time),
        TEST(a_full_spool_drops_and_counts),
        TEST(a_source_that_can_wait_waits_until_there_is_room),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
