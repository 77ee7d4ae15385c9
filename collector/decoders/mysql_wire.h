/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The words of the MySQL wire: numbers with a name, and the parts that packets are made of. After
 * the MySQL source's "Client/Server Protocol" pages and MariaDB's "Client/Server Protocol".
 *
 *   packet   length of payload (3 bytes, little-endian), sequence id (1 byte), payload
 *            a payload of 0xffffff bytes is continued by the next packet
 */
#ifndef COLLECTOR_DECODERS_MYSQL_WIRE_H
#define COLLECTOR_DECODERS_MYSQL_WIRE_H

#include "base/reader.h"

enum { MYSQL_HEADER = 4, MYSQL_PAYLOAD_MAX = 0xffffff };

/* Capability flags of the handshake that change how later bytes are read. */
enum mysql_capability {
    MYSQL_LONG_PASSWORD = 1 << 0, /* absent on both sides: MariaDB's extended flags are there */
    MYSQL_CONNECT_WITH_DB = 1 << 3,
    MYSQL_COMPRESS = 1 << 5,
    MYSQL_PROTOCOL_41 = 1 << 9,
    MYSQL_SSL = 1 << 11,
    MYSQL_TRANSACTIONS = 1 << 13,
    MYSQL_SECURE_CONNECTION = 1 << 15,
    MYSQL_MULTI_STATEMENTS = 1 << 16,
    MYSQL_PLUGIN_AUTH = 1 << 19,
    MYSQL_CONNECT_ATTRIBUTES = 1 << 20,
    MYSQL_AUTH_LENENC = 1 << 21,
    MYSQL_SESSION_TRACK = 1 << 23,
    MYSQL_DEPRECATE_EOF = 1 << 24,
    MYSQL_OPTIONAL_METADATA = 1 << 25,
    MYSQL_ZSTD = 1 << 26,
    MYSQL_QUERY_ATTRIBUTES = 1 << 27,
};

/* MariaDB's extended capability flags (bits 32 and up of its documentation). */
enum mysql_mariadb_capability {
    MARIADB_EXTENDED_METADATA = 1 << 3,
    MARIADB_CACHE_METADATA = 1 << 4,
};

enum mysql_server_status {
    MYSQL_STATUS_MORE_RESULTS = 0x0008,
    MYSQL_STATUS_CURSOR_EXISTS = 0x0040,
    MYSQL_STATUS_LAST_ROW_SENT = 0x0080,
    MYSQL_STATUS_STATE_CHANGED = 0x4000,
};

enum mysql_command_code {
    COM_QUIT = 0x01,
    COM_INIT_DB = 0x02,
    COM_QUERY = 0x03,
    COM_FIELD_LIST = 0x04,
    COM_CREATE_DB = 0x05,
    COM_DROP_DB = 0x06,
    COM_REFRESH = 0x07,
    COM_SHUTDOWN = 0x08,
    COM_STATISTICS = 0x09,
    COM_PROCESS_INFO = 0x0a,
    COM_PROCESS_KILL = 0x0c,
    COM_DEBUG = 0x0d,
    COM_PING = 0x0e,
    COM_CHANGE_USER = 0x11,
    COM_BINLOG_DUMP = 0x12,
    COM_TABLE_DUMP = 0x13,
    COM_REGISTER_SLAVE = 0x15,
    COM_STMT_PREPARE = 0x16,
    COM_STMT_EXECUTE = 0x17,
    COM_STMT_SEND_LONG_DATA = 0x18,
    COM_STMT_CLOSE = 0x19,
    COM_STMT_RESET = 0x1a,
    COM_SET_OPTION = 0x1b,
    COM_STMT_FETCH = 0x1c,
    COM_BINLOG_DUMP_GTID = 0x1e,
    COM_RESET_CONNECTION = 0x1f,
    COM_CLONE = 0x20,
    COM_STMT_BULK_EXECUTE = 0xfa,
    /* Not on the wire: the login, and an answer whose request was not seen. */
    MYSQL_LOGIN = 0x100,
    MYSQL_UNSEEN = 0x101,
};

/* First byte of an answer. */
enum mysql_answer_byte {
    MYSQL_BYTE_OK = 0x00,
    MYSQL_BYTE_AUTH_MORE = 0x01,
    MYSQL_BYTE_NULL = 0xfb, /* in a row; at an answer's beginning: LOCAL INFILE */
    MYSQL_BYTE_INFILE = 0xfb,
    MYSQL_BYTE_EOF = 0xfe, /* also: authentication switch */
    MYSQL_BYTE_ERROR = 0xff,
};

/* A length-encoded integer: one byte below 0xfb, else 0xfc, 0xfd, 0xfe and 2, 3, 8 bytes; 0xfb and
 * 0xff fail. */
uint64_t mysql_lenenc_long(struct reader *r, uint8_t first);

static inline uint64_t mysql_lenenc(struct reader *r)
{
    uint8_t first = reader_u8(r);
    return first < 0xfb ? first : mysql_lenenc_long(r, first);
}

/* That many bytes. */
static inline struct slice mysql_lenenc_bytes(struct reader *r)
{
    uint64_t len = mysql_lenenc(r);
    if (len > reader_left(r)) {
        reader_fail(r);
        return (struct slice){NULL, 0};
    }
    return reader_bytes(r, (size_t)len);
}

/* OK, or the EOF that stands for it. `schema` is the database the session changed to, if it says.
 */
struct mysql_ok {
    bool has_affected; /* the classic EOF has none */
    uint64_t affected;
    uint16_t status;
    bool changes_schema;
    struct slice schema;
};
bool mysql_read_ok(struct slice payload, uint32_t capabilities, struct mysql_ok *ok);

/* The classic EOF is known by its length; with DEPRECATE_EOF an OK takes its place. */
bool mysql_is_eof(uint32_t len, uint8_t first, uint32_t capabilities);
bool mysql_is_ok_eof(uint32_t len, uint8_t first);

struct mysql_error {
    uint16_t code;
    struct slice state; /* SQLSTATE, five characters, or empty */
    struct slice text;
};
bool mysql_read_error(struct slice payload, struct mysql_error *error);

/* MariaDB's progress report looks like an error with the code 0xffff. */
bool mysql_is_progress(struct slice payload);

struct mysql_column {
    struct slice schema;
    struct slice table; /* the original one; empty for an expression */
    struct slice name;  /* original where there is one, else the label */
    bool original;
    uint8_t type;
    bool is_unsigned;
};
bool mysql_read_column(struct slice payload, uint32_t capabilities, uint32_t extended,
                       struct mysql_column *column);

/* Does the payload look like a column definition of protocol 4.1? */
bool mysql_is_column(struct slice payload);

#endif
