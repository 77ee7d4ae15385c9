/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * libuv closes handles in its own time: a watch is freed by the close callback, never before.
 */
#include "os/loop.h"

#include <assert.h>
#include <stdlib.h>
#include <uv.h>

struct loop {
    uv_loop_t uv;
};

struct loop_watch {
    union {
        uv_handle_t any;
        uv_timer_t timer;
        uv_signal_t signal;
        uv_poll_t poll;
        uv_async_t async;
    };
    loop_call *call;
    void *context;
};

struct loop *loop_new(void)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop && uv_loop_init(&loop->uv) != 0) {
        free(loop);
        return NULL;
    }
    return loop;
}

static void free_watch(uv_handle_t *handle)
{
    free(handle->data);
}

static void close_watch(uv_handle_t *handle, void *context)
{
    (void)context;
    if (!uv_is_closing(handle))
        uv_close(handle, free_watch);
}

void loop_free(struct loop **loop)
{
    if (!*loop)
        return;
    uv_walk(&(*loop)->uv, close_watch, NULL);
    uv_run(&(*loop)->uv, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&(*loop)->uv);
    assert(rc == 0);
    (void)rc;
    free(*loop);
    *loop = NULL;
}

void loop_run(struct loop *loop)
{
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_poll(struct loop *loop)
{
    uv_run(&loop->uv, UV_RUN_NOWAIT);
}

void loop_stop(struct loop *loop)
{
    uv_stop(&loop->uv);
}

static void call(const void *data, int detail)
{
    const struct loop_watch *watch = data;
    watch->call(watch->context, detail);
}

static void on_timer(uv_timer_t *timer)
{
    call(timer->data, 0);
}

static void on_signal(uv_signal_t *signal, int number)
{
    call(signal->data, number);
}

static void on_descriptor(uv_poll_t *poll, int status, int events)
{
    int seen = status < 0 ? LOOP_FAILED : 0;
    if (events & UV_READABLE)
        seen |= LOOP_READABLE;
    if (events & UV_WRITABLE)
        seen |= LOOP_WRITABLE;
    call(poll->data, seen);
}

static void on_wake(uv_async_t *async)
{
    call(async->data, 0);
}

static struct loop_watch *watch_new(loop_call *function, void *context)
{
    struct loop_watch *watch = calloc(1, sizeof *watch);
    if (watch) {
        watch->call = function;
        watch->context = context;
    }
    return watch;
}

/* After uv_*_init() has taken the handle: starts it, or closes it. */
static struct loop_watch *started(struct loop_watch *watch, int rc)
{
    watch->any.data = watch;
    if (rc == 0)
        return watch;
    uv_close(&watch->any, free_watch);
    return NULL;
}

struct loop_watch *loop_timer(struct loop *loop, uint64_t first_ms, uint64_t every_ms,
                              loop_call *function, void *context)
{
    struct loop_watch *watch = watch_new(function, context);
    if (!watch)
        return NULL;
    uv_timer_init(&loop->uv, &watch->timer);
    return started(watch, uv_timer_start(&watch->timer, on_timer, first_ms, every_ms));
}

struct loop_watch *loop_signal(struct loop *loop, int number, loop_call *function, void *context)
{
    struct loop_watch *watch = watch_new(function, context);
    if (!watch)
        return NULL;
    if (uv_signal_init(&loop->uv, &watch->signal) != 0) {
        free(watch);
        return NULL;
    }
    return started(watch, uv_signal_start(&watch->signal, on_signal, number));
}

static int uv_events(int events)
{
    return (events & LOOP_READABLE ? UV_READABLE : 0) | (events & LOOP_WRITABLE ? UV_WRITABLE : 0);
}

struct loop_watch *loop_descriptor(struct loop *loop, int fd, int events, loop_call *function,
                                   void *context)
{
    struct loop_watch *watch = watch_new(function, context);
    if (!watch)
        return NULL;
    if (uv_poll_init(&loop->uv, &watch->poll, fd) != 0) {
        free(watch);
        return NULL;
    }
    return started(watch, uv_poll_start(&watch->poll, uv_events(events), on_descriptor));
}

struct loop_watch *loop_waker(struct loop *loop, loop_call *function, void *context)
{
    struct loop_watch *watch = watch_new(function, context);
    if (!watch)
        return NULL;
    if (uv_async_init(&loop->uv, &watch->async, on_wake) != 0) {
        free(watch);
        return NULL;
    }
    return started(watch, 0);
}

void loop_wake(struct loop_watch *waker)
{
    uv_async_send(&waker->async);
}

enum status loop_change(struct loop_watch *descriptor, int events)
{
    int rc = uv_poll_start(&descriptor->poll, uv_events(events), on_descriptor);
    return rc == 0 ? STATUS_OK : STATUS_IO;
}

void loop_unwatch(struct loop_watch **watch)
{
    if (*watch)
        close_watch(&(*watch)->any, NULL);
    *watch = NULL;
}
