/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The console's own audit trail: who signed in, looked at which person or subject, exported what. A
 * hash chain: each entry carries the BLAKE2b-256 of the hash before it and its own bytes, so that
 * no entry can be altered or taken out of the middle unseen.
 */
#ifndef DESK_TRAIL_H
#define DESK_TRAIL_H

#include "desk/desk.h"

/* X(name): what was done. */
#define TRAIL_ACTION_TABLE(X) \
    X(setup)                  \
    X(sign_in)                \
    X(sign_in_failed)         \
    X(sign_out)               \
    X(password_changed)       \
    X(person_viewed)          \
    X(day_viewed)             \
    X(alert_viewed)           \
    X(events_queried)         \
    X(who_saw)                \
    X(report_exported)        \
    X(user_added)             \
    X(user_changed)           \
    X(trail_viewed)           \
    X(verdict_given)          \
    X(account_assigned)

enum trail_action {
#define TRAIL_ACTION_ENUM(name) TRAIL_##name,
    TRAIL_ACTION_TABLE(TRAIL_ACTION_ENUM)
#undef TRAIL_ACTION_ENUM
        TRAIL_ACTION_COUNT
};

enum { TRAIL_HASH_SIZE = 32, TRAIL_TEXT_MAX = 512 };

struct trail_entry {
    uint64_t number; /* 1, 2, ... */
    int64_t time_ns;
    enum trail_action action;
    struct slice who;     /* account; empty: nobody signed in */
    struct slice address; /* of the client */
    struct slice object;  /* person, day, hash of a subject, period; cut at TRAIL_TEXT_MAX */
    uint8_t hash[TRAIL_HASH_SIZE];
};

const char *trail_action_name(enum trail_action action);

/* On the disk when it returns OK. A caller that shows something first writes here, and shows
 * nothing when this fails. */
enum status trail_append(struct desk *desk, enum trail_action action, struct slice who,
                         struct slice address, struct slice object);

/* Entries with a number below `before` (0: all), the newest first. */
typedef bool trail_visit(void *context, const struct trail_entry *entry);
enum status trail_each(struct desk *desk, uint64_t before, trail_visit *visit, void *context);

/* Checks the whole chain; `*broken` is the number of the first entry that does not fit, 0: none. */
enum status trail_verify(struct desk *desk, uint64_t *entries, uint64_t *broken);

#endif
