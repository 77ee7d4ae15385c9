/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The one table of the event's fields: the binary codec, the JSON form, event_copy() and the round
 * trip tests are made from it. docs/event-format.md describes the forms.
 *
 * X(id, kind, member, known, group, key)
 *   id      tag in the binary form; ids ascend, are never reused, and new ones go to the end of
 *           the numbers (not of the table). 0 to 4095.
 *   kind    what the codecs call: encode_KIND, decode_KIND, write_KIND, read_KIND...
 *   member  of struct event
 *   known   the bit of event.known that says it is there, 0 where the value itself says so
 *   group   the JSON object the key stands in, "" for the event itself
 *   key     JSON key, "" where the field is not part of the JSON form
 *
 * The order of the rows is the order in both forms.
 */
#ifndef EVENT_FIELDS_H
#define EVENT_FIELDS_H

#define EVENT_FIELD_TABLE(X)                                             \
    X(1, TIME, time_ns, 0, "", "time")                                   \
    X(2, DURATION, duration_us, EVENT_KNOWS_duration, "", "duration_us") \
    X(3, SOURCE_KIND, source_kind, 0, "source", "kind")                  \
    X(4, TEXT, source_name, 0, "source", "name")                         \
    X(5, TEXT, sensor, 0, "source", "sensor")                            \
    X(6, TEXT, session, 0, "", "session")                                \
    X(7, SEQ, seq, 0, "", "seq")                                         \
    X(8, PART, part, EVENT_KNOWS_part, "", "part")                       \
    X(9, ADDRESS, client, 0, "", "client")                               \
    X(10, ADDRESS, server, 0, "", "server")                              \
    X(11, TEXT, protocol, 0, "", "protocol")                             \
    X(12, TEXT, account, 0, "", "account")                               \
    X(13, TEXT, database, 0, "", "database")                             \
    X(14, TEXT, program, 0, "", "program")                               \
    X(15, ACTION, action, 0, "", "action")                               \
    X(16, STATEMENT, statement, 0, "", "statement")                      \
    X(17, SHAPE, shape, EVENT_KNOWS_shape, "", "shape")                  \
    X(18, OBJECTS, objects, 0, "", "objects")                            \
    X(19, NUMBER, rows, EVENT_KNOWS_rows, "", "rows")                    \
    X(20, NUMBER, affected, EVENT_KNOWS_affected, "", "affected")        \
    X(21, NUMBER, bytes, EVENT_KNOWS_bytes, "", "bytes")                 \
    X(22, OUTCOME, outcome, 0, "", "outcome")                            \
    X(23, ERROR, error_code, 0, "", "error")                             \
    X(24, CLASSES, classes, 0, "", "classes")                            \
    X(25, NUMBER, subjects, EVENT_KNOWS_subjects, "", "subjects")        \
    X(26, KEYS, keys, 0, "", "subject_keys")                             \
    X(27, NUMBERS, keys, 0, "", "")                                      \
    X(28, GAPS, gaps, 0, "", "gaps")                                     \
    X(29, NUMBER, status, EVENT_KNOWS_status, "", "status")

#endif
