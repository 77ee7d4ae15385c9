/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The access event: the one record that runs through everything, from a decoder or a log format to
 * the spool, the archive, the model and the command line. docs/event-format.md describes its JSON
 * and binary forms; fields.h is the table both are made from.
 *
 * All slices are borrowed: an event handed to a function is valid during that call. event_copy()
 * makes a copy that lives in an arena.
 */
#ifndef EVENT_EVENT_H
#define EVENT_EVENT_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

/* X(name): what a request did. "view" is the page of one record in an application. The order is
 * part of the binary form: new ones go to the end. */
#define EVENT_ACTION_TABLE(X) \
    X(other)                  \
    X(login)                  \
    X(logout)                 \
    X(read)                   \
    X(write)                  \
    X(create)                 \
    X(alter)                  \
    X(drop)                   \
    X(grant)                  \
    X(revoke)                 \
    X(call)                   \
    X(copy_in)                \
    X(copy_out)               \
    X(set)                    \
    X(use)                    \
    X(prepare)                \
    X(kill)                   \
    X(view)                   \
    X(search)                 \
    X(download)               \
    X(upload)                 \
    X(command)

enum event_action {
#define EVENT_ACTION_ENUM(name) EVENT_ACTION_##name,
    EVENT_ACTION_TABLE(EVENT_ACTION_ENUM)
#undef EVENT_ACTION_ENUM
        EVENT_ACTION_COUNT
};

enum event_outcome {
    EVENT_OUTCOME_unknown,
    EVENT_OUTCOME_success,
    EVENT_OUTCOME_failure,
    EVENT_OUTCOME_COUNT
};

enum event_source_kind {
    EVENT_SOURCE_unknown,
    EVENT_SOURCE_capture,
    EVENT_SOURCE_log,
    EVENT_SOURCE_COUNT
};

/* Why an event is incomplete; bits of event.gaps. */
#define EVENT_GAP_TABLE(X) \
    X(encrypted)           \
    X(lost_bytes)          \
    X(truncated)           \
    X(mid_session)         \
    X(compressed)          \
    X(one_way)             \
    X(limit)

enum event_gap_index {
#define EVENT_GAP_INDEX(name) EVENT_GAP_INDEX_##name,
    EVENT_GAP_TABLE(EVENT_GAP_INDEX)
#undef EVENT_GAP_INDEX
        EVENT_GAP_COUNT
};

enum event_gap {
#define EVENT_GAP_ENUM(name) EVENT_GAP_##name = 1 << EVENT_GAP_INDEX_##name,
    EVENT_GAP_TABLE(EVENT_GAP_ENUM)
#undef EVENT_GAP_ENUM
};

/* Which of the numbers are known; a number whose bit is absent must not be read. */
enum event_known {
    EVENT_KNOWS_duration = 1 << 0,
    EVENT_KNOWS_part = 1 << 1,
    EVENT_KNOWS_rows = 1 << 2,
    EVENT_KNOWS_affected = 1 << 3,
    EVENT_KNOWS_bytes = 1 << 4,
    EVENT_KNOWS_subjects = 1 << 5,
    EVENT_KNOWS_shape = 1 << 6,
    EVENT_KNOWS_status = 1 << 7,
};

enum { EVENT_CLASSES = 4 };       /* C0..C3 of JR/T 0171-2020, index = class */
enum { EVENT_MAX_OBJECTS = 64 };  /* more are cut, with the gap "limit" */
enum { EVENT_MAX_COLUMNS = 128 }; /* of one object */
enum { EVENT_MAX_PARAMS = 1024 }; /* bound values of one execution that are kept */
enum { EVENT_MAX_KEYS = 65536 };  /* subject keys of one event */

struct event_address {
    uint8_t family; /* 0 unknown, 4 or 6 */
    uint8_t ip[16]; /* network order; the first four bytes for IPv4 */
    uint16_t port;  /* 0 unknown */
};

struct event_object {
    struct slice name; /* table, schema.table, collection, key pattern, URL template */
    const struct slice *columns;
    size_t column_count;
};

/* A bound value in the server's text form, or NULL of SQL. */
struct event_param {
    bool null;
    struct slice text;
};

/* A subject: keyed hash of its key (event_subject_hash), never the key itself. `number` is the
 * internal running number where the asset declares `sequence: true`; it goes to the model only. */
struct event_subject {
    uint8_t hash[16];
    bool has_number;
    uint64_t number;
    uint64_t
        space; /* XXH3-64 of the key space's name: numbers are compared inside one space only */
};

struct event {
    int64_t time_ns; /* since 1970, UTC: the request was complete */
    uint32_t known;  /* enum event_known */
    uint32_t gaps;   /* enum event_gap */
    int64_t duration_us;

    enum event_source_kind source_kind;
    struct slice source_name; /* interface, file, format */
    struct slice sensor;

    struct slice session; /* stable id, text */
    uint64_t seq;         /* request number in the session, from 1 */
    uint32_t part;        /* result number in the request, from 0 */

    struct event_address client, server;
    struct slice protocol;
    struct slice account, database, program;
    enum event_action action;
    enum event_outcome outcome;

    struct slice statement; /* literals as '?' */
    struct slice clear;     /* as sent; only where asked for (--clear), never spooled */
    uint64_t shape;
    const struct event_param *params; /* only where asked for, never spooled */
    size_t param_count;

    const struct event_object *objects;
    size_t object_count;

    uint64_t rows, affected, bytes;
    uint64_t status; /* of HTTP: 200, 404 */
    struct slice error_code, error_text;
    uint64_t classes[EVENT_CLASSES]; /* cells seen per class */

    uint64_t subjects;                /* distinct subjects in the response or address */
    const struct event_subject *keys; /* as many of them as were kept */
    size_t key_count;
};

/* Names; "unknown" outside the tables. */
const char *event_action_name(enum event_action action);
const char *event_outcome_name(enum event_outcome outcome);
const char *event_source_kind_name(enum event_source_kind kind);
const char *event_gap_name(unsigned index);

/* The value of a name; false (and "other", "unknown", 0) when there is none. */
bool event_action_find(struct slice name, enum event_action *action);
bool event_outcome_find(struct slice name, enum event_outcome *outcome);
bool event_source_kind_find(struct slice name, enum event_source_kind *kind);
bool event_gap_find(struct slice name, uint32_t *gap); /* a bit of event.gaps */

/* Deep copy into the arena; STATUS_NO_MEMORY when it does not fit (`to` is then unusable). */
enum status event_copy(struct event *to, const struct event *from, struct arena *arena);

/* The site's key hashes subjects: BLAKE2b-128 keyed (RFC 7693) of "space\0key". The space is the
 * numbering the key belongs to (assets.yaml), empty by default. */
struct event_site_key {
    uint8_t bytes[32];
};
void event_subject_hash(const struct event_site_key *site, struct slice space, struct slice key,
                        uint8_t hash[16]);

#endif
