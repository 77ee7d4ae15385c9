/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A small office: twelve agents who look at the customers assigned to them, five days a week; one
 * of them counts through the register one day. Deterministic.
 */
#ifndef SCENARIO_OFFICE_H
#define SCENARIO_OFFICE_H

#include "analyzer/engine.h"

#include <stdio.h>

enum { OFFICE_AGENTS = 12, OFFICE_DAYS = 33, OFFICE_FIRST_DAY = 20514 /* 2026-03-02, a Monday */ };
enum { OFFICE_INSIDER = 3, OFFICE_BAD_DAY = 30 };

struct office {
    char folder[64]; /* temporary: directory/ and states below it */
    struct settings settings;
    struct event_site_key key;
};

void office_make(struct office *office);
void office_remove(struct office *office);

/* Who gets the events: the engine, or a spool. */
typedef enum status office_take(void *context, uint64_t sequence, const struct event *event);

/* The engine as a taker; `context` is the engine. */
enum status office_engine(void *context, uint64_t sequence, const struct event *event);

/* Plays the days first..last (from 0), from event number `from` on; stops before event number `to`
 * (0: at the end). Gives the number behind the last one. */
uint64_t office_play(const struct office *office, int first, int last, uint64_t from, uint64_t to,
                     office_take *take, void *context);

/* An event of an agent at a second of a day; `customer` 0: none. */
enum status office_event(const struct office *office, uint64_t sequence, int agent, int day,
                         double second, unsigned customer, office_take *take, void *context);

/* Everything in the store that is a number of a day, as bytes; the buffer is made here. */
void office_days(const char *state_dir, struct buffer *to);

#endif
