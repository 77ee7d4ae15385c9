/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the four forms of the PostgreSQL log share: each reads its form into a pg_log_record; the
 * acts make events of them. Documents: PostgreSQL manual, "Error Reporting and Logging"; pgaudit
 * README, "Format".
 *
 * One act is one event: the lines of one statement (statement, AUDIT, duration, ERROR) are put
 * together per session until its next statement begins. Messages are read in English
 * (lc_messages = C or en_*).
 *
 * - postgresql_messages.c   which message says what
 * - postgresql_audit.c      the AUDIT line
 * - postgresql_acts.c       the act of each session, in the log's memory
 * - postgresql_act_event.c  the event of an act
 */
#ifndef COLLECTOR_FORMATS_POSTGRESQL_LOG_H
#define COLLECTOR_FORMATS_POSTGRESQL_LOG_H

#include "collector/formats/log_event.h"

/* One message of the server with what its form of the log says about it; empty = not said. */
struct pg_log_record {
    int64_t time_ns;
    struct slice session; /* session id, else process id; empty: one session for the whole log */
    struct slice user, database, program;
    struct event_address client;
    struct slice severity, code;
    struct slice message, detail, context, statement;
    struct slice tag; /* command tag, as %i */
};

/* Texts that a session keeps between records. */
enum pg_log_text {
    PG_LOG_SESSION,
    PG_LOG_USER,
    PG_LOG_DATABASE,
    PG_LOG_PROGRAM,
    PG_LOG_STATEMENT, /* of the act */
    PG_LOG_PREPARED,  /* what an EXECUTE runs */
    PG_LOG_DETAIL,    /* "$1 = '42', $2 = NULL" */
    PG_LOG_PARAMETER, /* the same as pgaudit writes it: CSV */
    PG_LOG_OBJECTS,   /* names, each ended by a zero byte */
    PG_LOG_NESTED,    /* further statements, each ended by a zero byte */
    PG_LOG_CODE,
    PG_LOG_ERROR,
    PG_LOG_TEXTS
};

/* What is known of the statement at hand. */
struct pg_log_act {
    bool open;
    bool stated; /* a statement line, or an ERROR's STATEMENT, gave the text */
    bool timed;  /* its duration is known: it is over */
    bool failed;
    bool later; /* something of the session followed: had it failed, that would be known */
    bool has_rows, has_affected, has_duration;
    uint8_t rank; /* of the AUDIT line that gave the text */
    uint32_t gaps;
    uint64_t audit; /* pgaudit's STATEMENT_ID; 0: none yet */
    int64_t time_ns, began_ns, duration_us;
    uint64_t rows, affected;
};

struct pg_log_session {
    uint64_t seq;
    struct event_address client;
    bool authorized;
    bool states_reads; /* log_statement = all: each act has its statement line */
    struct pg_log_act act;
    uint32_t len[PG_LOG_TEXTS];
};

/* A session taken out of memory, to be worked on during one record. */
struct pg_log_work {
    const struct log_env *env;
    uint64_t key;
    struct pg_log_session s;
    struct slice text[PG_LOG_TEXTS];
};

/* Takes one record. OK, NOT_FOUND (tells of no access), MALFORMED. */
enum status pg_log_feed(const struct log_env *env, const struct pg_log_record *record);

/* Emits the acts that wait, of all sessions. */
void pg_log_flush(const struct log_env *env);

/* postgresql_messages.c */
enum status pg_log_message(struct pg_log_work *w, const struct pg_log_record *record);

/* postgresql_audit.c: the text behind "AUDIT: ". */
enum status pg_log_audit(struct pg_log_work *w, const struct pg_log_record *record,
                         struct slice text);

/* postgresql_acts.c: ends the act at hand (emitting it) and begins another. */
void pg_log_act_end(struct pg_log_work *w, bool later);
void pg_log_act_begin(struct pg_log_work *w, const struct pg_log_record *record,
                      struct slice statement);
void pg_log_text_add(struct pg_log_work *w, enum pg_log_text which, struct slice text);

/* The same statement, whatever ends it. */
bool pg_log_same_text(struct slice a, struct slice b);

/* postgresql_act_event.c */
void pg_log_emit_act(struct pg_log_work *w);
void pg_log_emit_session(struct pg_log_work *w, const struct pg_log_record *record,
                         enum event_action action, enum event_outcome outcome);

#endif
