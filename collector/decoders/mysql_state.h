/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the MySQL decoder share: the state of a session and the steps of a call.
 *
 *   mysql.c            the decoder's row: framing, probe, gaps, end
 *   mysql_login.c      handshake, authentication, change of user
 *   mysql_request.c    commands; the queue of requests that wait for their answer
 *   mysql_statement.c  prepared statements and their numbers
 *   mysql_cursor.c     an execution and the fetches of its cursor as one act
 *   mysql_params.c     bound values
 *   mysql_answer.c     answers: where they begin and end
 *   mysql_result.c     their packets: OK, ERR, results, prepared, LOCAL INFILE, streams
 *   mysql_columns.c    column definitions to objects
 *   mysql_row.c        rows: cells to the sensitivity watch, however long
 *   mysql_event.c      events
 *   mysql_resync.c     packet boundaries after lost bytes
 *   mysql_packed.c     the compressed protocol, around all of this
 *
 * In the session's memory lie, by kind: requests (by position in the queue), prepared statements,
 * their column definitions, open cursors and long data (by statement id), and the last result's
 * objects.
 */
#ifndef COLLECTOR_DECODERS_MYSQL_STATE_H
#define COLLECTOR_DECODERS_MYSQL_STATE_H

#include "base/buffer.h"
#include "collector/decoder.h"
#include "collector/decoders/mysql_wire.h"
#include "collector/memory.h"
#include "collector/sensitivity.h"

enum mysql_memory_kind {
    MYSQL_MEMORY_REQUEST = 1,
    MYSQL_MEMORY_STATEMENT,
    MYSQL_MEMORY_COLUMNS,
    MYSQL_MEMORY_CURSOR,
    MYSQL_MEMORY_LONG_DATA,
    MYSQL_MEMORY_OBJECTS,
};

enum {
    MYSQL_NAME_MAX = 256,         /* bytes kept of account, database and program */
    MYSQL_COLUMNS_MAX = 4096,     /* of one result, as in the server */
    MYSQL_TEXT_FALLBACK = 65536,  /* statement bytes kept where the session's memory is small */
    MYSQL_LONG_DATA_KEEP = 65536, /* of one value sent in pieces */
    MYSQL_ROW_WHOLE = 65536,      /* longer rows are read cell by cell */
    MYSQL_CELL_FRONT = 4096,      /* bytes of a long cell that are looked at */
    MYSQL_ANSWER_FRONT = 65536,   /* of an answer's first packet */
    MYSQL_QUEUE_MAX = 1024,       /* requests without answer */
    MYSQL_QUEUE_ONE_WAY = 64,     /* the same while the server was never heard */
};

/* One direction of the connection. */
struct mysql_stream {
    uint64_t skip;    /* payload bytes of the current packet still to pass over */
    bool continues;   /* the next packet continues this one */
    bool lost;        /* packet boundaries are to be found again */
    bool heard;       /* at least one byte was seen */
    uint8_t sequence; /* of the last packet */
};

/* One direction of the compressed protocol. */
struct mysql_packed {
    bool on;
    bool lost;           /* packet boundaries are to be found again */
    bool stored;         /* the current packet is not compressed */
    bool skipping;       /* nor can the rest of it be unpacked */
    uint8_t sequence;    /* of the current or last packet */
    uint32_t left;       /* bytes of the current packet still to come */
    uint32_t plain_left; /* what they still unpack to */
    size_t needed;       /* of kept, before it is worth decoding again */
    struct unpack *unpack;
    struct buffer kept; /* unpacked and not decoded yet */
};

struct mysql_name {
    uint16_t len;
    uint8_t bytes[MYSQL_NAME_MAX];
};

enum mysql_phase { MYSQL_GREETING, MYSQL_AUTHENTICATION, MYSQL_COMMANDS };

/* One request, as it waits in memory; behind it lie its text and its bound values. */
struct mysql_request {
    int64_t time_ns;
    uint64_t seq;
    uint32_t gaps;
    uint32_t statement; /* prepared statement's id */
    uint32_t text_len;
    uint32_t asked; /* rows, by a fetch */
    uint16_t param_count;
    uint16_t command; /* enum mysql_command_code */
    bool cursor;      /* an execution that may open one */
    uint8_t sequence; /* of its last packet; the answer's ids go on from there */
    bool open;        /* its last packet is to come */
    bool deferred;    /* the text is an execution whose statement is still being prepared */
};

enum mysql_expect {
    MYSQL_EXPECT_FIRST,   /* an answer's (or a further result's) first packet */
    MYSQL_EXPECT_COLUMNS, /* column definitions */
    MYSQL_EXPECT_ROWS,
    MYSQL_EXPECT_DEFINITIONS, /* of a prepared statement's parameters and columns */
    MYSQL_EXPECT_FIELDS,      /* the definitions of COM_FIELD_LIST */
    MYSQL_EXPECT_STREAM,      /* a binary log */
    MYSQL_EXPECT_END,         /* after lost bytes: anything, until the end shows */
};

enum mysql_eof_style { MYSQL_EOF_UNKNOWN, MYSQL_EOF_CLASSIC, MYSQL_EOF_DEPRECATED };

/* A row longer than MYSQL_ROW_WHOLE, read cell by cell. */
struct mysql_long_row {
    bool active;
    bool begun;           /* the row's header (binary: NULL bitmap) was read */
    bool last_packet;     /* the current packet ends the row */
    uint16_t cell;        /* the next one */
    uint64_t cell_left;   /* bytes of the current cell to pass over */
    uint32_t packet_left; /* bytes of the current packet */
    uint8_t carry[16];    /* the beginning of an item that goes on in the next packet */
    uint8_t carried;
    uint8_t nulls[RESULT_COLUMNS_MAX / 8 + 1];
};

/* The answer that is being read. */
struct mysql_answer {
    bool active;
    bool binary;      /* rows */
    bool result;      /* a result set (or part of one) was seen */
    bool watched;     /* `watch` is begun and cells are wanted */
    bool watch_open;  /* `watch` is begun */
    bool has_objects; /* the objects in memory are this result's */
    bool eof_pending; /* the EOF behind the column definitions may come */
    bool infile;      /* the client was asked for a file */
    bool saw_columns; /* after lost bytes: definitions went by */
    bool preparing;   /* the definitions are those of a statement being prepared */
    uint8_t expect;   /* enum mysql_expect */
    uint32_t part;
    uint32_t gaps;
    uint32_t columns;          /* of the current result */
    uint32_t left;             /* definitions still to come */
    uint32_t prepared_columns; /* whose definitions come behind those of the parameters */
    uint64_t key;              /* where the request lies in memory */
    size_t text_at;            /* where in the text the current result's statement begins */
    uint64_t rows, bytes;
    size_t block_len; /* length and number of definitions that were found whole */
    uint32_t block_count;
    struct mysql_request request;
    struct mysql_long_row row;
    /* From here on set where they are needed. */
    uint8_t types[RESULT_COLUMNS_MAX];
    uint8_t unsigned_of[RESULT_COLUMNS_MAX / 8];
    struct result_watch watch;
};

/* The cursor that was opened or fetched from last, and what its event will say. Its watch is the
 * answer's, and stays begun between the fetches; its text and values lie in memory by statement. */
struct mysql_cursor {
    bool open;
    bool last;   /* what is being fetched is the end */
    bool unsure; /* a fetch had no answer */
    bool watched, watch_open, has_objects, knows_rows;
    uint32_t statement, columns;
    uint64_t rows, bytes;
    int64_t end_ns; /* of what was fetched so far */
    struct mysql_request request;
    struct mysql_name database;
};

struct mysql {
    enum mysql_phase phase;
    enum mysql_eof_style eof;
    bool unknown_account;    /* the login was not seen */
    bool knows_capabilities; /* the handshake was seen */
    bool lost_before;        /* bytes were lost, at any time */
    bool after_gap;          /* request bytes were lost since the last answer began */
    bool login_waits;        /* a login is in the queue */
    bool file_open;          /* the client is sending a file (LOCAL INFILE) */
    bool compresses;         /* both sides agreed to, once the login is done */
    uint32_t server_capabilities, server_extended;
    uint32_t capabilities, extended; /* of both sides */
    uint32_t last_statement;         /* what MariaDB's statement id -1 stands for */
    uint32_t prepares;               /* PREPARE requests in the queue */
    uint32_t orphans;                /* statements prepared whose number was not seen */
    uint64_t file_bytes;
    uint64_t seq;                    /* number of the last request */
    uint64_t queue_head, queue_tail; /* positions: head is the oldest that waits */
    uint64_t open_request; /* position of the request whose last packet is to come, plus 1 */
    uint64_t objects_hash; /* of the definitions the objects in memory were made of */
    struct mysql_stream streams[2]; /* by enum direction */
    struct mysql_packed packed[2];
    struct mysql_name account, database, program;
    struct mysql_cursor cursor;
    struct mysql_answer answer;
};

/* One call of the decoder. */
struct mysql_call {
    struct mysql *m;
    const struct decoder_env *env;
    struct reader in;
    int64_t time_ns;
    size_t needed; /* set by what could not go on */
    bool end;
    bool stop; /* what follows is compressed */
    enum status status;
};

/* mysql.c: the packets themselves, as they are or unpacked; `why` they are missing is a gap. */
struct decoder_result mysql_decode_plain(struct mysql *m, const struct decoder_env *env,
                                         const struct decoder_input *input);
void mysql_lose_plain(struct mysql *m, const struct decoder_env *env, enum direction direction,
                      size_t lost, int64_t time_ns, uint32_t why);

/* mysql_packed.c */
struct decoder_result mysql_packed_decode(struct mysql *m, const struct decoder_env *env,
                                          const struct decoder_input *input);
void mysql_packed_gap(struct mysql *m, const struct decoder_env *env, enum direction direction,
                      size_t lost, int64_t time_ns);
void mysql_packed_release(struct mysql *m);

/* The packet at the front of the input; nothing is consumed by looking. */
struct mysql_packet {
    uint32_t len;
    uint8_t sequence;
    uint8_t first;        /* of the payload; 0 when that is empty */
    bool cut;             /* the input ends inside the packet for good */
    struct slice payload; /* as much of its front as was wanted */
};

/* Looks at the next packet with at least `want` bytes of its payload (or all of it); false, with
 * call->needed set, when they are not there yet. */
bool mysql_packet_peek(struct mysql_call *call, size_t want, struct mysql_packet *packet);

/* Consumes what was seen of it; the rest is passed over as it comes. */
void mysql_packet_take(struct mysql_call *call, enum direction direction,
                       const struct mysql_packet *packet);

/* Passes over the rest of a packet; true when it is passed. */
bool mysql_stream_pass(struct mysql_call *call, struct mysql_stream *stream, uint64_t *passed);

/* How a request, or one result of it, ended. */
struct mysql_ending {
    enum event_outcome outcome;
    bool more; /* a further result follows */
    bool rest; /* the cursor has more rows to give */
    bool has_affected;
    uint64_t affected;
    const struct mysql_error *error;
};

/* mysql_login.c */
void mysql_login_believe(struct mysql_call *call);
bool mysql_greeting(struct mysql_call *call);
bool mysql_login_request(struct mysql_call *call);
void mysql_change_user(struct mysql_call *call, const struct mysql_packet *packet);
void mysql_login_answer(struct mysql_call *call, const struct mysql_packet *packet);
void mysql_name_set(struct mysql_name *name, struct slice bytes);
struct slice mysql_name_slice(const struct mysql_name *name);

/* mysql_request.c: one step each; false when it cannot go on with what is there. */
bool mysql_request_step(struct mysql_call *call);
void mysql_request_put(struct mysql_call *call, struct mysql_request *request, struct slice text,
                       struct slice params);
bool mysql_request_next(struct mysql_call *call);
struct slice mysql_request_text(const struct mysql_call *call, uint64_t key,
                                struct mysql_request *request, struct slice *params);
void mysql_requests_unanswered(struct mysql_call *call, uint64_t keep, uint32_t gaps);
bool mysql_command_known(uint8_t code);

/* Kinds of answer a command gets, and what its event is. */
enum mysql_answer_kind {
    MYSQL_ANSWER_RESULT, /* OK, ERR, LOCAL INFILE or a result set */
    MYSQL_ANSWER_NONE,
    MYSQL_ANSWER_LOGIN,
    MYSQL_ANSWER_PREPARED,
    MYSQL_ANSWER_FIELDS,
    MYSQL_ANSWER_ROWS,
    MYSQL_ANSWER_TEXT,
    MYSQL_ANSWER_STREAM,
};
struct mysql_command {
    uint16_t code;
    uint8_t answer;           /* enum mysql_answer_kind */
    bool silent;              /* no event when it succeeds */
    bool sql;                 /* the text is SQL */
    enum event_action action; /* where there is no SQL that tells */
};
const struct mysql_command *mysql_command_find(uint16_t code);

/* mysql_statement.c */
void mysql_statement_execute(struct mysql_call *call, struct mysql_request *request,
                             struct slice payload);
void mysql_statement_resolve(struct mysql_call *call);
void mysql_statement_prepared(struct mysql_call *call, uint32_t id, uint16_t columns,
                              uint16_t params);
void mysql_statement_failed(struct mysql_call *call);
void mysql_statement_orphan(struct mysql_call *call, struct slice text);
void mysql_statement_adopt(struct mysql_call *call);
uint32_t mysql_statement_gap(const struct mysql *m);
void mysql_statement_close(struct mysql_call *call, uint32_t id);

/* In memory: this, `params` types of two bytes, the text. */
struct mysql_prepared {
    uint16_t params;
    uint16_t columns;
    bool typed; /* the types are known */
};
bool mysql_statement_find(const struct mysql_call *call, uint32_t id,
                          struct mysql_prepared *prepared, struct slice *types, struct slice *text);
void mysql_statement_store(struct mysql_call *call, uint32_t id,
                           const struct mysql_prepared *prepared, struct slice types,
                           struct slice text);

/* mysql_cursor.c */

/* The execution that was answered has opened a cursor: it is told with what is fetched. */
void mysql_cursor_open(struct mysql_call *call);

/* The answer to a fetch begins; and ends (or one result of it, which is all it has). */
void mysql_cursor_fetch(struct mysql_call *call);
void mysql_cursor_fetched(struct mysql_call *call, const struct mysql_ending *ending);

/* Tells what was fetched so far, if there is a cursor, as something else comes. */
void mysql_cursor_tell(struct mysql_call *call);

/* The same, but after the answers that are still awaited. */
void mysql_cursor_stop(struct mysql_call *call);

/* A fetch whose answer is not seen belongs to a cursor that will be told. */
bool mysql_cursor_takes(struct mysql *m, const struct mysql_request *request, uint32_t gaps);

/* Text and values of the execution that opened the statement's cursor; their number. */
struct slice mysql_cursor_text(const struct mysql_call *call, uint32_t statement,
                               struct slice *params, uint16_t *param_count);
void mysql_cursor_forget(struct mysql_call *call, uint32_t statement);

/* mysql_params.c: values are packed for the request's place in memory and read back for its event.
 * What they could not hold is in the request's gaps. */
struct slice mysql_params_bind(struct mysql_call *call, struct mysql_request *request,
                               struct reader *r, uint16_t flags);
size_t mysql_params_read(const struct decoder_env *env, struct slice params, size_t count,
                         const struct event_param **out);
void mysql_params_long_data(struct mysql_call *call, struct slice payload);
void mysql_params_forget(struct mysql_call *call, uint32_t id);

/* mysql_answer.c */
bool mysql_answer_step(struct mysql_call *call);
bool mysql_answer_begin(struct mysql_call *call);

void mysql_answer_end(struct mysql_call *call);

/* Ends the answer that is being read, whose end will not be seen. */
void mysql_answer_abandon(struct mysql_call *call, uint32_t gaps);

/* Ends the current result with its event; the answer too where no further result follows. */
void mysql_answer_result(struct mysql_call *call, const struct mysql_ending *ending);

/* mysql_result.c */
void mysql_result_packet(struct mysql_call *call, const struct mysql_packet *packet);

/* mysql_columns.c */
bool mysql_columns_step(struct mysql_call *call);
void mysql_columns_cached(struct mysql_call *call, uint32_t statement);
size_t mysql_objects_read(struct mysql_call *call, const struct event_object **out);

/* mysql_row.c */
void mysql_row(struct mysql_call *call, struct slice payload);
void mysql_row_begin_long(struct mysql_call *call, const struct mysql_packet *packet);
bool mysql_row_step(struct mysql_call *call);
bool mysql_row_lose(struct mysql_answer *answer, size_t lost);

/* mysql_event.c */
struct slice mysql_statement_text(struct mysql_call *call, struct slice text, bool more,
                                  size_t *next);
void mysql_emit_result(struct mysql_call *call, const struct mysql_ending *ending);
void mysql_emit_login(struct mysql_call *call, const struct mysql_ending *ending);
void mysql_emit_plain(struct mysql_call *call, const struct mysql_request *request,
                      enum event_outcome outcome);
void mysql_emit_cursor(struct mysql_call *call, const struct mysql_ending *ending);
void mysql_emit_unanswered(struct mysql_call *call, uint64_t key, uint32_t gaps);

/* mysql_resync.c */
bool mysql_resync_request(struct mysql_call *call);
bool mysql_resync_answer(struct mysql_call *call);

#endif
