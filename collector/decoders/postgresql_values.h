/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * PostgreSQL's binary values in the server's text form, so that a bound value or a cell reads the
 * same whichever way the client's driver sends it.
 */
#ifndef COLLECTOR_DECODERS_POSTGRESQL_VALUES_H
#define COLLECTOR_DECODERS_POSTGRESQL_VALUES_H

#include "base/arena.h"
#include "base/slice.h"

/* How a type is written in binary; one byte, so that a result's columns are cheap to remember. */
enum pg_type {
    PG_TYPE_UNKNOWN, /* no conversion is known */
    PG_TYPE_SAME,    /* the binary form is the text: text, varchar, json, xml, ... */
    PG_TYPE_BOOL,
    PG_TYPE_BYTEA,
    PG_TYPE_INT2,
    PG_TYPE_INT4,
    PG_TYPE_INT8,
    PG_TYPE_OID,
    PG_TYPE_FLOAT4,
    PG_TYPE_FLOAT8,
    PG_TYPE_NUMERIC,
    PG_TYPE_DATE,
    PG_TYPE_TIME,
    PG_TYPE_TIMETZ,
    PG_TYPE_TIMESTAMP,
    PG_TYPE_TIMESTAMPTZ,
    PG_TYPE_INTERVAL,
    PG_TYPE_UUID,
    PG_TYPE_JSONB,
    PG_TYPE_INET,
    PG_TYPE_ARRAY
};

/* Of a type's OID (pg_type.dat); PG_TYPE_UNKNOWN for those not built in. */
enum pg_type pg_type_of(uint32_t oid);

/* The text of a binary value, in the arena or the value itself. What is of no known type, or is not
 * a value of its type, is "\x" and hexadecimal digits. Time zones are not known here: timestamptz
 * is given in UTC. False (and the empty text) when there is no room. */
bool pg_value_text(uint32_t oid, struct slice value, struct arena *arena, struct slice *text);
bool pg_typed_value_text(enum pg_type type, struct slice value, struct arena *arena,
                         struct slice *text);

#endif
