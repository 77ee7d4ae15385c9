/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The event loop of a program: timers, signals, descriptors, and a wake-up from other threads.
 * Built on libuv, which no other file knows. All calls but loop_wake() are for the loop's own
 * thread.
 */
#ifndef OS_LOOP_H
#define OS_LOOP_H

#include "base/status.h"

#include <stdint.h>

struct loop;
struct loop_watch;

/* `detail`: the signal's number, the enum loop_events of a descriptor, else 0. A watch may be ended
 * from inside its own call. */
typedef void loop_call(void *context, int detail);

enum loop_events {
    LOOP_READABLE = 1,
    LOOP_WRITABLE = 2,
    LOOP_FAILED = 4 /* the descriptor cannot be watched any more */
};

/* NULL when there is no memory or no descriptor. */
struct loop *loop_new(void);

/* Ends all watches too. */
void loop_free(struct loop **loop);

/* Until loop_stop(), or until nothing is watched. */
void loop_run(struct loop *loop);

/* Does what is ready, without waiting. */
void loop_poll(struct loop *loop);

/* From a call: loop_run() returns when that call is done. */
void loop_stop(struct loop *loop);

/* Each gives NULL on failure (no memory; the descriptor or signal cannot be watched). */
struct loop_watch *loop_timer(struct loop *loop, uint64_t first_ms, uint64_t every_ms,
                              loop_call *call, void *context); /* every_ms 0: once */
struct loop_watch *loop_signal(struct loop *loop, int number, loop_call *call, void *context);
struct loop_watch *loop_descriptor(struct loop *loop, int fd, int events, loop_call *call,
                                   void *context);
struct loop_watch *loop_waker(struct loop *loop, loop_call *call, void *context);

/* From any thread or signal handler: the waker's call comes soon, once for several wakes. */
void loop_wake(struct loop_watch *waker);

/* Other events of a descriptor from now on. */
enum status loop_change(struct loop_watch *descriptor, int events);

/* No further call; *watch becomes NULL. The descriptor stays open, and must until this was called.
 */
void loop_unwatch(struct loop_watch **watch);

#endif
