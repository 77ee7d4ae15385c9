/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The event loop: each kind of watch, ending watches from inside, leaving with watches open.
 */
#include "os/loop.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct seen {
    struct loop *loop;
    struct loop_watch *watch;
    int calls, detail;
    int stop_after;
    int fd;
};

static void note(void *context, int detail)
{
    struct seen *seen = context;
    seen->calls++;
    seen->detail = detail;
    if (seen->calls == seen->stop_after)
        loop_unwatch(&seen->watch);
}

static void timers(void **state)
{
    (void)state;
    struct seen once = {.loop = loop_new()}, thrice = {.stop_after = 3};
    assert_non_null(loop_timer(once.loop, 1, 0, note, &once));
    thrice.watch = loop_timer(once.loop, 1, 1, note, &thrice);
    loop_run(once.loop); /* ends, since nothing repeats any more */
    assert_int_equal(once.calls, 1);
    assert_int_equal(thrice.calls, 3);
    assert_null(thrice.watch);
    loop_free(&once.loop);
    assert_null(once.loop);
}

static void signals(void **state)
{
    (void)state;
    struct seen seen = {.loop = loop_new(), .stop_after = 1};
    seen.watch = loop_signal(seen.loop, SIGUSR1, note, &seen);
    assert_non_null(seen.watch);
    assert_null(loop_signal(seen.loop, SIGKILL, note, &seen));
    raise(SIGUSR1);
    loop_run(seen.loop);
    assert_int_equal(seen.calls, 1);
    assert_int_equal(seen.detail, SIGUSR1);
    loop_free(&seen.loop);
}

static void read_one(void *context, int detail)
{
    struct seen *seen = context;
    char byte;
    assert_int_equal(read(seen->fd, &byte, 1), 1);
    note(context, detail);
}

static void descriptors(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct seen in = {.loop = loop_new(), .stop_after = 2, .fd = ends[0]}, out = {.stop_after = 1};
    in.watch = loop_descriptor(in.loop, ends[0], LOOP_READABLE, read_one, &in);
    out.watch = loop_descriptor(in.loop, ends[1], LOOP_WRITABLE, note, &out);
    assert_non_null(in.watch);
    assert_non_null(out.watch);
    assert_int_equal(write(ends[1], "ab", 2), 2);
    loop_run(in.loop);
    assert_int_equal(in.calls, 2);
    assert_int_equal(in.detail, LOOP_READABLE);
    assert_int_equal(out.detail, LOOP_WRITABLE);
    assert_null(loop_descriptor(in.loop, -1, LOOP_READABLE, note, &in));
    loop_free(&in.loop);
    close(ends[0]);
    close(ends[1]);
}

static void changed_events(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct seen seen = {.loop = loop_new(), .stop_after = 1};
    seen.watch = loop_descriptor(seen.loop, ends[1], 0, note, &seen);
    loop_poll(seen.loop);
    assert_int_equal(seen.calls, 0);
    assert_int_equal(loop_change(seen.watch, LOOP_WRITABLE), STATUS_OK);
    loop_run(seen.loop);
    assert_int_equal(seen.calls, 1);
    loop_free(&seen.loop);
    close(ends[0]);
    close(ends[1]);
}

static void *wake(void *context)
{
    loop_wake(context);
    return NULL;
}

static void wakes_from_a_thread(void **state)
{
    (void)state;
    pthread_t thread;
    struct seen seen = {.loop = loop_new(), .stop_after = 1};
    seen.watch = loop_waker(seen.loop, note, &seen);
    assert_int_equal(pthread_create(&thread, NULL, wake, seen.watch), 0);
    pthread_join(thread, NULL);
    loop_run(seen.loop);
    assert_int_equal(seen.calls, 1);
    loop_free(&seen.loop);
}

static void stop(void *context, int detail)
{
    (void)detail;
    loop_stop(context);
}

static void stops_and_frees_what_is_open(void **state)
{
    (void)state;
    struct loop *loop = loop_new();
    struct seen seen = {.stop_after = -1};
    assert_non_null(loop_timer(loop, 3600000, 0, note, &seen));
    assert_non_null(loop_waker(loop, note, &seen));
    assert_non_null(loop_timer(loop, 1, 1, stop, loop));
    loop_run(loop);
    assert_int_equal(seen.calls, 0);
    loop_free(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers),
        cmocka_unit_test(signals),
        cmocka_unit_test(descriptors),
        cmocka_unit_test(changed_events),
        cmocka_unit_test(wakes_from_a_thread),
        cmocka_unit_test(stops_and_frees_what_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
