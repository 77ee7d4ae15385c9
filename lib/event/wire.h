/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * How the fields of a frame lie on the wire, shared by encode.c and decode.c alone.
 *
 *   frame   magic u8 | version u8 | length of body u32 le | body | CRC-32C of all before u32 le
 *   body    fields, ids ascending
 *   field   varint(id << 2 | wire) | value
 *   value   varint | u64 le | varint(length) bytes
 *
 *   ADDRESS  family u8 (0, 4, 6) | ip (0, 4, 16 bytes) | port u16 le
 *   OBJECTS  count | count x { text name | columns | columns x text }      text = length | bytes
 *   ERROR    text code | rest: text
 *   CLASSES  four varints, C0 to C3
 *   KEYS     16-byte hashes
 *   NUMBERS  n x { varint: index of the key less the index before, less one | varint: number |
 *            u64 le: space }
 */
#ifndef EVENT_WIRE_H
#define EVENT_WIRE_H

enum wire { WIRE_VARINT, WIRE_FIXED64, WIRE_BYTES };

#define WIRE_TIME        WIRE_FIXED64
#define WIRE_DURATION    WIRE_VARINT
#define WIRE_SOURCE_KIND WIRE_VARINT
#define WIRE_TEXT        WIRE_BYTES
#define WIRE_SEQ         WIRE_VARINT
#define WIRE_PART        WIRE_VARINT
#define WIRE_ADDRESS     WIRE_BYTES
#define WIRE_ACTION      WIRE_VARINT
#define WIRE_STATEMENT   WIRE_BYTES
#define WIRE_SHAPE       WIRE_FIXED64
#define WIRE_OBJECTS     WIRE_BYTES
#define WIRE_NUMBER      WIRE_VARINT
#define WIRE_OUTCOME     WIRE_VARINT
#define WIRE_ERROR       WIRE_BYTES
#define WIRE_CLASSES     WIRE_BYTES
#define WIRE_KEYS        WIRE_BYTES
#define WIRE_NUMBERS     WIRE_BYTES
#define WIRE_GAPS        WIRE_VARINT

#endif
