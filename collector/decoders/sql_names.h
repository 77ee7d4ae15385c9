/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a statement names, and which column belongs to which table. Names are collected per query
 * block; when the block ends its columns find their tables by alias or name, those that do not are
 * left to the block around it (a correlated subquery). Fixed memory; what does not fit sets
 * `limit`.
 */
#ifndef COLLECTOR_DECODERS_SQL_NAMES_H
#define COLLECTOR_DECODERS_SQL_NAMES_H

#include "collector/decoders/sql.h"

enum {
    SQL_NAME_PARTS = 4,
    SQL_TABLES_MAX = 128, /* in open query blocks at once */
    SQL_REFERENCES_MAX = 512,
    SQL_ALIASES_MAX = 128,
    SQL_CTES_MAX = 64,
    SQL_COLUMNS_MAX = 512, /* of all objects of a statement */
    SQL_POOL_SIZE = 16384, /* bytes of all resulting names */
};

/* A dotted name as written, quotes included, outermost part first. */
struct sql_name {
    struct slice parts[SQL_NAME_PARTS];
    unsigned count;
    bool star; /* ended by '.*' */
};

struct sql_table {
    struct sql_name name;
    struct slice alias;
    int object;    /* index of the result, or -1: a derived table, a common table expression */
    bool deferred; /* may yet prove to be the alias of another: UPDATE a ... FROM accounts a */
};

struct sql_reference {
    struct slice qualifier; /* empty: a bare column */
    struct slice name;
    bool late; /* after the select list: may be an alias of that */
};

struct sql_column {
    int object;
    struct slice name;
};

/* How much of each there was when a query block began. */
struct sql_mark {
    unsigned tables, references, aliases, ctes;
};

struct sql_names {
    enum sql_dialect dialect;
    struct sql_mark used;
    struct sql_table tables[SQL_TABLES_MAX];
    struct sql_reference references[SQL_REFERENCES_MAX];
    struct slice aliases[SQL_ALIASES_MAX];
    struct slice ctes[SQL_CTES_MAX];

    /* The result: names without quotes, folded as the dialect folds them. */
    struct slice objects[EVENT_MAX_OBJECTS];
    unsigned object_count;
    struct sql_column columns[SQL_COLUMNS_MAX];
    unsigned column_count;
    bool limit;
    size_t pool_used;
    uint8_t pool[SQL_POOL_SIZE];
};

void sql_names_init(struct sql_names *names, enum sql_dialect dialect);

/* A table the block works on. `deferred`: see struct sql_table. */
void sql_names_add_table(struct sql_names *names, const struct sql_name *name, bool deferred);

/* A table that is named but has no columns in this block: SELECT ... INTO it. */
void sql_names_add_object(struct sql_names *names, const struct sql_name *name);

/* Something in a table's place that is none: a subquery, a function. */
void sql_names_add_derived(struct sql_names *names);

/* The alias of the table or derived table added last in this block. */
void sql_names_set_alias(struct sql_names *names, const struct sql_mark *block, struct slice alias);

void sql_names_add_column(struct sql_names *names, const struct sql_name *name, bool late);

/* A bare column that belongs to the first table of the block: UPDATE t SET column. */
void sql_names_add_target_column(struct sql_names *names, const struct sql_mark *block,
                                 const struct sql_name *name);
void sql_names_add_label(struct sql_names *names,
                         struct slice label); /* AS label, in a select list */
void sql_names_add_cte(struct sql_names *names, struct slice name);

/* Ends a query block: gives its columns to its tables. `outermost`: what is left is dropped. */
void sql_names_resolve(struct sql_names *names, const struct sql_mark *block, bool outermost);

#endif
