/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the PostgreSQL decoder remembers of one session, shared by its parts:
 *
 *   postgresql.c             the decoder: steps through the bytes of both directions
 *   postgresql_wire.c        framing
 *   postgresql_startup.c     negotiation, start-up, authentication, cancel
 *   postgresql_requests.c    the client's messages and the queue of those without an answer
 *   postgresql_statements.c  prepared statements, portals and bound values
 *   postgresql_results.c     the server's messages: which request they answer, how it ends
 *   postgresql_rows.c        columns and rows
 *   postgresql_copy.c        rows of COPY
 *   postgresql_events.c      the events
 *   postgresql_commands.c    PREPARE, EXECUTE, DECLARE, FETCH as SQL text
 *   postgresql_values.c      binary values as text
 *
 * The client's messages are only queued when they pass; what they do (define a statement, open a
 * portal) is done when the server's answer comes. So a pipeline of which the middle fails leaves
 * what the server has, and nothing has to be taken back.
 *
 * Blobs in the session's memory are never held over a put, a drop or a call to the result watch.
 */
#ifndef COLLECTOR_DECODERS_POSTGRESQL_SESSION_H
#define COLLECTOR_DECODERS_POSTGRESQL_SESSION_H

#include "collector/decoders/postgresql_wire.h"
#include "collector/decoders/sql.h"
#include "collector/sensitivity.h"

enum {
    PG_NAME_MAX = 127,   /* bytes kept of an account, a database, a program */
    PG_RING = 32,        /* requests in the state itself; further ones lie in the memory */
    PG_QUEUE_MAX = 16384 /* requests without an answer; more are not followed: gap "limit" */
};

/* Kinds of keys in the session's memory. */
enum pg_blob {
    PG_BLOB_PAYLOAD = 1, /* by number: a request's text or bound values */
    PG_BLOB_QUEUED,      /* by index: a request beyond the ring */
    PG_BLOB_STATEMENT,   /* by name: struct pg_statement */
    PG_BLOB_PORTAL,      /* by name: struct pg_portal */
    PG_BLOB_CURSOR,      /* by name: the query of an SQL cursor */
    PG_BLOB_COLUMNS,     /* by number of the Parse: the body of the RowDescription */
    PG_BLOB_PARAMETERS   /* by number of the Parse: the body of the ParameterDescription */
};

struct pg_name {
    uint8_t len;
    uint8_t bytes[PG_NAME_MAX];
};

enum pg_request_kind {
    PG_NONE,
    PG_QUERY,
    PG_PARSE,
    PG_BIND,
    PG_DESCRIBE_STATEMENT,
    PG_DESCRIBE_PORTAL,
    PG_EXECUTE,
    PG_CLOSE_STATEMENT,
    PG_CLOSE_PORTAL,
    PG_FUNCTION,
    PG_SYNC
};

enum pg_format { PG_TEXT, PG_BINARY, PG_MIXED };

/* A message of the client that the server answers. */
struct pg_request {
    int64_t time_ns;
    uint64_t name;      /* key of the statement or portal it names; 0: the unnamed one */
    uint64_t statement; /* Bind: key of the statement; 0: the unnamed one */
    uint64_t payload; /* number of a PG_BLOB_PAYLOAD; 0: none. Function call: the function's OID */
    uint16_t gaps;
    uint8_t kind;   /* enum pg_request_kind */
    uint8_t format; /* Bind: of the result columns */
};

struct pg_statement {
    uint64_t text; /* number of the Parse, 0: there is no such statement */
    uint16_t gaps;
    bool named;
};

struct pg_portal {
    struct pg_statement statement;
    uint64_t values; /* number of the Bind's payload; 0: none */
    uint16_t gaps;
    uint8_t format;
    bool open;
};

enum pg_copy { PG_COPY_NONE, PG_COPY_IN, PG_COPY_OUT, PG_COPY_BOTH };

/* The result that is being received. */
struct pg_result {
    uint64_t rows;       /* DataRows, or CopyData of a COPY OUT */
    uint64_t bytes;      /* of the server's messages for it */
    uint32_t part;       /* results of this request before it */
    uint32_t text_at;    /* where its statement begins in the text of a simple query */
    uint32_t row_left;   /* bytes of a long row still to be walked */
    uint16_t row_cells;  /* cells of a long row still to be walked */
    uint16_t row_column; /* the next cell's column */
    bool row_counted;    /* the count of a long row's cells was read */
    uint8_t copy;        /* enum pg_copy */
    bool copy_binary;
    bool copy_header; /* the first row of it holds names */
    bool begun;       /* there were columns or rows */
    bool described;   /* RowDescription was seen: rows go to the client */
    bool watched;     /* the watch was begun */
    bool wanted;      /* and some column of it is still wanted */
    bool split;       /* `several` is known */
    bool several;     /* the simple query has several statements */
    bool over;        /* the answer is complete or an error: nothing more until ReadyForQuery */
    bool limited;     /* something of it went beyond a maximum */
};

enum pg_phase {
    PG_STARTING, /* no start-up message yet */
    PG_LOGIN,    /* between the start-up message and the first ReadyForQuery */
    PG_LOGIN_2,  /* the same in version 2.0 */
    PG_READY,
    PG_OVER /* Terminate, a refused login, a cancel request */
};

struct pg_session {
    enum pg_phase phase;
    bool untyped;       /* the client's next message has no type byte */
    bool negotiating;   /* the server's next byte answers an SSLRequest or GSSENCRequest */
    bool mid_session;   /* the beginning was not seen */
    bool first_look[2]; /* after a loss the next bytes may be a start-up message, or TLS */
    bool seen[2];       /* bytes of this direction came */
    bool lost[2];       /* the boundaries of this direction must be found again */
    bool pipelines;     /* this client sends requests before it has the answer */
    bool latin1;        /* client_encoding */
    uint16_t doubt;     /* why queue and answers may not belong together: gaps; 0 where they do */
    uint64_t skip[2];   /* bytes of the present message to pass over */
    int64_t login_ns;   /* the start-up message was complete */
    int64_t logout_ns;  /* Terminate came; 0: not yet */
    uint64_t seq;       /* of the last request that gave an event */
    uint64_t numbers;   /* of payloads */
    uint64_t head;      /* index of the oldest queued request */
    uint64_t tail;      /* and one past the newest */
    uint32_t portals;   /* named ones that are open */
    struct pg_name account, database, program;
    struct pg_statement statement; /* the unnamed one */
    struct pg_portal portal;       /* the unnamed one */
    struct pg_request ring[PG_RING];
    struct pg_result result;
    struct result_watch watch;
    uint8_t cell_type[RESULT_COLUMNS_MAX]; /* enum pg_type of cells sent in binary, else 0 */
};

/* How a request ended. */
struct pg_end {
    enum event_outcome outcome;
    struct slice error_code, error_text;
    struct slice tag; /* of CommandComplete */
    int64_t time_ns;  /* 0: not known */
    uint32_t gaps;
};

/* --- postgresql_startup.c --- */
void pg_name_set(struct pg_name *name, struct slice text);
struct slice pg_name_get(const struct pg_name *name);

/* One message without a type byte. */
struct decoder_result pg_startup_step(struct pg_session *pg, const struct decoder_env *env,
                                      struct slice bytes, int64_t time_ns);
/* The server's one byte ('E', an ErrorResponse, aside). */
struct decoder_result pg_negotiation_step(struct pg_session *pg, struct slice bytes);
/* What follows a start-up message of version 2.0. */
struct decoder_result pg_version_2_step(struct pg_session *pg, const struct decoder_env *env,
                                        enum direction direction, struct slice bytes,
                                        int64_t time_ns);
/* The first bytes of a direction: does a session begin here? */
enum { PG_STARTUP_MIN = 8 }; /* bytes that tell */
enum decoder_verdict pg_startup_probe(struct slice bytes);
void pg_login_end(struct pg_session *pg, const struct decoder_env *env, const struct pg_end *end);
void pg_parameter_status(struct pg_session *pg, const struct pg_message *message);

/* --- postgresql_requests.c --- */
/* How much of a message's body is wanted at once. */
size_t pg_request_front(const struct pg_header *header);
void pg_request_message(struct pg_session *pg, const struct decoder_env *env,
                        const struct pg_message *message);
uint64_t pg_queue_count(const struct pg_session *pg);
/* The request at a place from the oldest; false when there is none. */
bool pg_queue_get(const struct pg_session *pg, const struct decoder_env *env, uint64_t place,
                  struct pg_request *request);
/* Does the server say ReadyForQuery behind it? */
bool pg_ends_group(enum pg_request_kind kind);
/* Takes the oldest request off the queue: _pop no more than that, _discard with what it holds in
 * the memory, _apply after doing what it asked for (a statement defined, a portal opened). */
void pg_queue_pop(struct pg_session *pg, const struct decoder_env *env);
void pg_queue_discard(struct pg_session *pg, const struct decoder_env *env);
void pg_queue_apply(struct pg_session *pg, const struct decoder_env *env);
/* Ends the oldest request without (the rest of) an answer: it is taken as done, an event says that
 * nothing more is known. */
void pg_queue_abandon(struct pg_session *pg, const struct decoder_env *env, uint32_t gaps);
/* Tells the logout when all that was asked before it has its answer. */
void pg_logout_due(struct pg_session *pg, const struct decoder_env *env);
/* Abandons what stands before the newest group (up to a Sync or a simple query). */
void pg_queue_abandon_older(struct pg_session *pg, const struct decoder_env *env, uint32_t gaps);

/* --- postgresql_statements.c --- */
uint64_t pg_payload_put(struct pg_session *pg, const struct decoder_env *env, struct slice body,
                        uint16_t *gaps);
struct slice pg_payload_get(const struct decoder_env *env, uint64_t number);
void pg_payload_drop(const struct decoder_env *env, uint64_t number);
void pg_statement_define(struct pg_session *pg, const struct decoder_env *env, uint64_t key,
                         uint64_t text, uint16_t gaps);
void pg_statement_close(struct pg_session *pg, const struct decoder_env *env, uint64_t key);
struct pg_statement pg_statement_find(const struct pg_session *pg, const struct decoder_env *env,
                                      uint64_t key);
void pg_portal_open(struct pg_session *pg, const struct decoder_env *env,
                    const struct pg_request *bind);
void pg_portal_close(struct pg_session *pg, const struct decoder_env *env, uint64_t key);
struct pg_portal pg_portal_find(const struct pg_session *pg, const struct decoder_env *env,
                                uint64_t key);
/* The text of a Parse. */
struct slice pg_statement_text(const struct decoder_env *env, uint64_t text);
/* The bound values as text, in env->scratch; *limited where some could not be kept. */
const struct event_param *pg_bound_values(const struct decoder_env *env,
                                          const struct pg_statement *statement, uint64_t values,
                                          size_t *count, bool *limited);
/* Of the result columns of a Bind, from its payload where they differ. */
bool pg_column_binary(struct slice formats, enum pg_format format, size_t column);
struct slice pg_result_formats(const struct decoder_env *env, const struct pg_portal *portal);

/* --- postgresql_results.c --- */
size_t pg_answer_front(const struct pg_session *pg, const struct pg_header *header);
void pg_answer_message(struct pg_session *pg, const struct decoder_env *env,
                       const struct pg_message *message);
/* Forgets the result being received. */
void pg_result_reset(struct pg_session *pg);
/* The oldest request, where a message of this type can answer it. */
bool pg_result_request(struct pg_session *pg, const struct decoder_env *env, uint8_t type,
                       struct pg_request *request);

/* --- postgresql_rows.c --- */
size_t pg_row_front(const struct pg_session *pg, const struct pg_header *header);
void pg_data_row(struct pg_session *pg, const struct decoder_env *env,
                 const struct pg_message *message);
/* A step inside a row that is too long to be seen whole. */
struct decoder_result pg_long_row_step(struct pg_session *pg, const struct decoder_env *env,
                                       struct slice bytes);
/* A result begins: with a RowDescription (`request` may be NULL), or with the first row of a
 * portal, whose columns are known where it or its statement was described at any time before. */
void pg_result_begin(struct pg_session *pg, const struct decoder_env *env,
                     const struct pg_request *request, struct slice columns);
void pg_result_begin_portal(struct pg_session *pg, const struct decoder_env *env,
                            const struct pg_request *request);
/* Begins the watch over these columns. `request` may be NULL. */
void pg_result_watch(struct pg_session *pg, const struct decoder_env *env,
                     const struct pg_request *request, const struct result_column *columns,
                     size_t count);
void pg_cell(struct pg_session *pg, const struct decoder_env *env, size_t column,
             struct slice cell);

/* --- postgresql_copy.c --- */
void pg_copy_begin(struct pg_session *pg, const struct decoder_env *env,
                   const struct pg_message *message);
size_t pg_copy_front(const struct pg_session *pg, const struct pg_header *header);
void pg_copy_data(struct pg_session *pg, const struct decoder_env *env,
                  const struct pg_message *message);

/* --- postgresql_events.c --- */
/* The event of a request's result. `request` NULL: nothing is known of what was asked. */
void pg_emit_result(struct pg_session *pg, const struct decoder_env *env,
                    const struct pg_request *request, const struct pg_end *end);
/* One that is not about a statement. */
void pg_emit_plain(struct pg_session *pg, const struct decoder_env *env, enum event_action action,
                   int64_t time_ns, const struct pg_end *end, struct slice object);
/* The statement that the result being received belongs to; empty when not known. */
struct slice pg_result_text(struct pg_session *pg, const struct decoder_env *env,
                            const struct pg_request *request);
/* What it does and touches, looked through EXECUTE and FETCH; NULL when nothing is known. */
const struct sql_description *pg_effect(const struct decoder_env *env, struct slice text);

/* --- postgresql_commands.c --- */
/* The text that EXECUTE or FETCH stands for; empty when it is neither, or not known. */
struct slice pg_command_target(const struct decoder_env *env, struct slice text);
/* Does a statement with this tag define or close something for later ones? Then it was done. */
bool pg_command_defines(struct slice tag);
void pg_command_done(struct pg_session *pg, const struct decoder_env *env, struct slice tag,
                     struct slice text);

#endif
