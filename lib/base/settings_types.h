/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Inside the settings engine: the rows of the table and the types of values. Adding a type is a row
 * in settings_types.c, its C type in settings.h and a line in settings_table.h.
 */
#ifndef BASE_SETTINGS_TYPES_H
#define BASE_SETTINGS_TYPES_H

#include "base/settings.h"
#include "base/yaml.h"

enum setting_type {
    SETTING_TYPE_STRING,
    SETTING_TYPE_PATH,
    SETTING_TYPE_INTEGER,
    SETTING_TYPE_REAL,
    SETTING_TYPE_BOOLEAN,
    SETTING_TYPE_DURATION,
    SETTING_TYPE_BYTES,
    SETTING_TYPE_CHOICE,
    SETTING_TYPE_LIST,
    SETTING_TYPE_RECORDS,
    SETTING_TYPE_ADDRESS,
    SETTING_TYPE_TARGETS,
    SETTING_TYPE_TIMEZONE,
    SETTING_TYPE_COUNT
};

struct setting_row {
    enum setting_type type;
    const char *name;
    const char *unit;
    double low, high;
    const char *initial; /* the default, as in a file */
    const char *help[2]; /* by enum settings_language */
    size_t offset;       /* in struct settings */
};

extern const struct setting_row setting_rows[SETTING_COUNT];

/* What a value is read from, and with. */
struct setting_source {
    const struct setting_row *row;
    const struct yaml_node *node;
    struct slice folder; /* where relative paths begin */
    struct arena *arena;
};

enum setting_result { SETTING_READ, SETTING_WRONG_TYPE, SETTING_OUT_OF_RANGE, SETTING_NO_MEMORY };

struct setting_type_row {
    const char *name[2];  /* by language */
    const char *write;    /* what to write instead, completing "write ..." */
    const char *schema;   /* the JSON schema's type, as JSON */
    const char *low_high; /* what the range counts: a unit, or NULL for no range */
    enum setting_result (*read)(const struct setting_source *from, void *to);
};

extern const struct setting_type_row setting_types[SETTING_TYPE_COUNT];

/* Is its value a YAML sequence? */
bool setting_is_sequence(const struct setting_row *row);

/* The unit of the range of a row; NULL when it has none. */
const char *setting_range_unit(const struct setting_row *row);

/* Reads any row's node into its member. */
enum setting_result setting_read(const struct setting_source *from, struct settings *to);

#endif
