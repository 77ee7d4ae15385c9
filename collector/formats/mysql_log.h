/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the logs of MySQL and MariaDB share: the connections they speak of, kept in the log's memory
 * under the connection's number, and the events of statements, sign-ins and sign-outs on them.
 */
#ifndef COLLECTOR_FORMATS_MYSQL_LOG_H
#define COLLECTOR_FORMATS_MYSQL_LOG_H

#include "collector/formats/log_event.h"

enum mysql_log_text {
    MYSQL_LOG_USER,
    MYSQL_LOG_DATABASE,
    MYSQL_LOG_PRINTED, /* server_audit: the user it goes on printing after a change of user */
    MYSQL_LOG_OBJECTS, /* of the query at hand, each ended by a zero byte */
    MYSQL_LOG_TEXTS
};

struct mysql_log_session {
    uint64_t seq;
    struct event_address client;
    bool signing_in; /* told by a line whose success the next one of the connection shows */
    bool refused;    /* no sign-out follows */
    int64_t sign_in_ns;
    uint64_t query;     /* whose objects wait; 0: none */
    int64_t objects_ns; /* when they were told of */
    bool objects_write;
    uint32_t len[MYSQL_LOG_TEXTS];
};

struct mysql_log_work {
    const struct log_env *env;
    uint64_t key;
    struct slice name; /* of the connection, as the log writes it */
    struct mysql_log_session s;
    struct slice text[MYSQL_LOG_TEXTS];
};

/* Takes the connection out of the memory; one that was not heard of is new. */
void mysql_log_load(struct mysql_log_work *w, const struct log_env *env, struct slice name);
void mysql_log_save(struct mysql_log_work *w);
void mysql_log_drop(struct mysql_log_work *w);

/* Appends to MYSQL_LOG_OBJECTS, up to its maximum. */
void mysql_log_add_object(struct mysql_log_work *w, struct slice database, struct slice table);

/* Fills session, number, client, account and database, and hands the event out. */
void mysql_log_emit(struct mysql_log_work *w, struct event *event);

/* A sign-in or sign-out; `code` is the server's error number, empty or "0": success. */
void mysql_log_emit_session(struct mysql_log_work *w, int64_t time_ns, enum event_action action,
                            struct slice code, struct slice text);

#endif
