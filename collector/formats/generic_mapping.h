/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A mapping from the fields of a log to those of the event, written by the site (YAML,
 * docs/log-formats.md), so that a log of its own needs no code. In memory it is one flat struct:
 * texts are offsets into its pool.
 */
#ifndef COLLECTOR_FORMATS_GENERIC_MAPPING_H
#define COLLECTOR_FORMATS_GENERIC_MAPPING_H

#include "base/fault.h"
#include "collector/decoders/sql.h"
#include "collector/formats/format.h"

enum {
    MAPPING_POOL = 16384,
    MAPPING_FIELDS = 48,
    MAPPING_WORDS = 128,
    MAPPING_CONDITIONS = 32,
    MAPPING_COLUMNS = 256,
};

/* X(name): what a field of the log may fill. */
#define MAPPING_TARGET_TABLE(X) \
    X(time)                     \
    X(account)                  \
    X(database)                 \
    X(program)                  \
    X(session)                  \
    X(client)                   \
    X(client_port)              \
    X(server)                   \
    X(server_port)              \
    X(statement)                \
    X(object)                   \
    X(action)                   \
    X(outcome)                  \
    X(error)                    \
    X(error_text)               \
    X(rows)                     \
    X(affected)                 \
    X(bytes)                    \
    X(duration_s)               \
    X(duration_ms)              \
    X(duration_us)              \
    X(subject)                  \
    X(method)                   \
    X(uri)

enum mapping_target {
#define MAPPING_TARGET_ENUM(name) MAPPING_##name,
    MAPPING_TARGET_TABLE(MAPPING_TARGET_ENUM)
#undef MAPPING_TARGET_ENUM
        MAPPING_TARGETS
};

struct mapping_text {
    uint16_t at, len;
};

/* Where a target's value comes from: a field of the log, or a fixed text. */
struct mapping_field {
    enum mapping_target target;
    bool fixed;
    struct mapping_text text;
};

/* A word of the log and the action or outcome it means. */
struct mapping_word {
    bool outcome;
    uint8_t value;
    struct mapping_text text;
};

/* Of the conditions on one field one must hold; of each field one. */
struct mapping_condition {
    struct mapping_text field, value;
};

struct generic_mapping {
    enum sql_dialect dialect;
    uint8_t separator;
    struct mapping_text protocol, space;
    struct mapping_field field[MAPPING_FIELDS];
    struct mapping_word word[MAPPING_WORDS];
    struct mapping_condition condition[MAPPING_CONDITIONS];
    struct mapping_text column[MAPPING_COLUMNS];
    size_t fields, words, conditions, columns;
    size_t used;
    uint8_t pool[MAPPING_POOL];
};

/* Reads a mapping; on failure the fault says "name:line:column: what". */
enum status generic_mapping_read(struct generic_mapping *mapping, struct slice text,
                                 const char *name, struct fault *fault);

/* Keeps a text in the pool; false when it is full. */
bool generic_mapping_keep(struct generic_mapping *mapping, struct slice s, struct mapping_text *to);

static inline struct slice mapping_slice(const struct generic_mapping *m, struct mapping_text text)
{
    return slice_part(slice_make(m->pool, sizeof m->pool), text.at, text.len);
}

#endif
