/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the console's handlers share: settings, its own desk, the store it reads, counters. One per
 * process; handlers of several threads use it side by side.
 */
#ifndef WEB_CONSOLE_H
#define WEB_CONSOLE_H

#include "desk/sessions.h"
#include "desk/throttle.h"
#include "store/reader.h"
#include "web/gate.h"

#include <stdatomic.h>

/* X(name, help): what /metrics tells. */
#define CONSOLE_COUNTER_TABLE(X)                                 \
    X(requests, "Requests that were answered.")                  \
    X(refused, "Requests that the gate or the routes refused.")  \
    X(sign_ins, "Successful sign-ins.")                          \
    X(sign_in_failures, "Failed sign-ins.")                      \
    X(throttled, "Sign-ins put off because of failures before.") \
    X(failures, "Requests that failed inside the console.")

struct console_counters {
#define CONSOLE_COUNTER(name, help) atomic_uint_fast64_t name;
    CONSOLE_COUNTER_TABLE(CONSOLE_COUNTER)
#undef CONSOLE_COUNTER
};

enum { CONSOLE_READERS = 16 };

struct console {
    const char *state_dir;
    const char *version;
    struct desk_session_limits limits;
    struct gate gate;
    struct clock clock;
    struct desk desk;
    struct throttle throttle;
    bool has_site_key; /* who-saw can be asked */
    struct event_site_key site_key;
    struct console_counters counters;
    pthread_mutex_t readers_turn;
    struct store_reader *readers[CONSOLE_READERS]; /* open and idle */
    size_t reader_count;
};

/* Settings and desk are the caller's to fill in; false when there is no memory. */
bool console_init(struct console *console);
void console_release(struct console *console);

/* A reader of the store for one request. NOT_FOUND while the analyzer has not written any. To be
 * given back in every case (NULL does nothing). */
enum status console_reader_take(struct console *console, struct store_reader **reader);
void console_reader_give(struct console *console, struct store_reader **reader);

#endif
