/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The parts that MySQL packets are made of: lengths, OK, EOF, ERR, column definitions.
 */
#include "collector/decoders/mysql_wire.h"

enum { SESSION_TRACK_SCHEMA = 1, COLUMN_UNSIGNED = 0x20 };

uint64_t mysql_lenenc_long(struct reader *r, uint8_t first)
{
    switch (first) {
    case 0xfc:
        return reader_le16(r);
    case 0xfd:
        return reader_le24(r);
    case 0xfe:
        return reader_le64(r);
    default:
        reader_fail(r);
        return 0;
    }
}

/* session state info: type (1), data (lenenc bytes), again and again; a schema's data is its name.
 */
static void read_state_changes(struct slice info, struct mysql_ok *ok)
{
    struct reader r = reader_of(info);
    while (reader_ok(&r) && reader_left(&r) > 0) {
        uint8_t type = reader_u8(&r);
        struct reader data = reader_of(mysql_lenenc_bytes(&r));
        struct slice name = mysql_lenenc_bytes(&data);
        if (type == SESSION_TRACK_SCHEMA && reader_ok(&r) && reader_ok(&data)) {
            ok->changes_schema = true;
            ok->schema = name;
        }
    }
}

/* OK: header, affected rows, last insert id, status (2), warnings (2), info, state changes. */
bool mysql_read_ok(struct slice payload, uint32_t capabilities, struct mysql_ok *ok)
{
    *ok = (struct mysql_ok){0};
    struct reader r = reader_of(payload);
    uint8_t first = reader_u8(&r);
    if (mysql_is_eof((uint32_t)payload.len, first, capabilities)) {
        reader_le16(&r);
        ok->status = reader_le16(&r);
        return true; /* before 4.1 it is one byte and has no status */
    }
    ok->has_affected = true;
    ok->affected = mysql_lenenc(&r);
    mysql_lenenc(&r);
    if (capabilities & (MYSQL_PROTOCOL_41 | MYSQL_TRANSACTIONS))
        ok->status = reader_le16(&r);
    if (capabilities & MYSQL_PROTOCOL_41)
        reader_le16(&r);
    if (!reader_ok(&r))
        return false;
    if ((capabilities & MYSQL_SESSION_TRACK) && (ok->status & MYSQL_STATUS_STATE_CHANGED)) {
        mysql_lenenc_bytes(&r);
        read_state_changes(mysql_lenenc_bytes(&r), ok);
    }
    return true;
}

bool mysql_is_eof(uint32_t len, uint8_t first, uint32_t capabilities)
{
    return first == MYSQL_BYTE_EOF && len == (capabilities & MYSQL_PROTOCOL_41 ? 5u : 1u);
}

bool mysql_is_ok_eof(uint32_t len, uint8_t first)
{
    return first == MYSQL_BYTE_EOF && len >= 7 && len < MYSQL_PAYLOAD_MAX;
}

/* ERR: 0xff, code (2), '#' and SQLSTATE (5) since 4.1, text. */
bool mysql_read_error(struct slice payload, struct mysql_error *error)
{
    *error = (struct mysql_error){0};
    struct reader r = reader_of(payload);
    reader_u8(&r);
    error->code = reader_le16(&r);
    if (!reader_ok(&r))
        return false;
    struct reader state = r;
    if (reader_u8(&state) == '#') {
        error->state = reader_bytes(&state, 5);
        if (reader_ok(&state))
            r = state;
    }
    error->text = reader_rest(&r);
    return true;
}

bool mysql_is_progress(struct slice payload)
{
    struct reader r = reader_of(payload);
    return reader_u8(&r) == MYSQL_BYTE_ERROR && reader_le16(&r) == 0xffff && reader_ok(&r);
}

/* Before 4.1: table, name, length (1 + 3), type (1 + 1), flags and decimals. */
static bool read_old_column(struct slice payload, struct mysql_column *column)
{
    struct reader r = reader_of(payload);
    column->table = mysql_lenenc_bytes(&r);
    column->name = mysql_lenenc_bytes(&r);
    column->original = column->table.len > 0;
    mysql_lenenc_bytes(&r);
    struct slice type = mysql_lenenc_bytes(&r);
    column->type = type.len ? type.ptr[0] : 0;
    return reader_ok(&r);
}

bool mysql_read_column(struct slice payload, uint32_t capabilities, uint32_t extended,
                       struct mysql_column *column)
{
    *column = (struct mysql_column){0};
    if (!(capabilities & MYSQL_PROTOCOL_41))
        return read_old_column(payload, column);
    struct reader r = reader_of(payload);
    mysql_lenenc_bytes(&r); /* catalog: "def" */
    column->schema = mysql_lenenc_bytes(&r);
    mysql_lenenc_bytes(&r); /* table's alias */
    column->table = mysql_lenenc_bytes(&r);
    struct slice label = mysql_lenenc_bytes(&r);
    struct slice name = mysql_lenenc_bytes(&r);
    column->original = name.len > 0 && column->table.len > 0;
    column->name = name.len ? name : label;
    if (extended & MARIADB_EXTENDED_METADATA)
        mysql_lenenc_bytes(&r);
    mysql_lenenc(&r);       /* length of what follows */
    reader_skip(&r, 2 + 4); /* character set, display length */
    column->type = reader_u8(&r);
    column->is_unsigned = reader_le16(&r) & COLUMN_UNSIGNED;
    return reader_ok(&r);
}

bool mysql_is_column(struct slice payload)
{
    return slice_starts(payload, SLICE("\003def"));
}
