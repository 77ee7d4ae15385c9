/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a statement does and to what: one pass over the tokens with a stack of open parentheses,
 * each of which knows what a name means inside it. Not a grammar: words that mean nothing to us are
 * passed over, so that dialects may differ.
 */
#ifndef COLLECTOR_DECODERS_SQL_ANALYSE_H
#define COLLECTOR_DECODERS_SQL_ANALYSE_H

#include "collector/decoders/sql_keyword.h"
#include "collector/decoders/sql_lex.h"
#include "collector/decoders/sql_names.h"

enum { SQL_DEPTH_MAX = 256 }; /* parentheses nested deeper are passed over, with `limit` */

enum sql_frame_kind {
    SQL_FRAME_QUERY,   /* a statement or a subquery: has names of its own */
    SQL_FRAME_GROUP,   /* parentheses in an expression or a join */
    SQL_FRAME_CALL,    /* arguments of a function */
    SQL_FRAME_COLUMNS, /* column definitions of a table */
    SQL_FRAME_IGNORED, /* names in it are none of ours */
};

/* What a name means. */
enum sql_clause {
    SQL_CLAUSE_NONE,    /* nothing */
    SQL_CLAUSE_SELECT,  /* column of a select list */
    SQL_CLAUSE_EXPR,    /* column */
    SQL_CLAUSE_ON,      /* column; a ',' leads back to the tables */
    SQL_CLAUSE_LATE,    /* column or label of the select list: GROUP BY, HAVING, ORDER BY */
    SQL_CLAUSE_FROM,    /* table */
    SQL_CLAUSE_TARGETS, /* table to be changed, may be an alias declared later */
    SQL_CLAUSE_TABLES,  /* one of a list of tables without a query */
};

enum sql_cte_state { SQL_CTE_NONE, SQL_CTE_NAME, SQL_CTE_AS, SQL_CTE_BODY };

struct sql_frame {
    enum sql_frame_kind kind;
    enum sql_clause clause;
    enum sql_keyword verb; /* the statement's first word; SQL_KEY_NONE before it */
    enum sql_cte_state cte;
    bool recursive;
    bool expect_table; /* the next name is a table */
    bool may_alias;    /* a table stands before: the next name is its alias */
    bool as_name;      /* AS stands before: the next name is an alias or a type */
    bool skip_name;    /* the next name is a type, a collation, a window ... */
    bool operand;      /* an operand stands before: a name is its alias */
    bool prefix;       /* TOP, DISTINCT ON: what follows belongs to the word, it is no operand */
    bool assign;       /* SET of an UPDATE: the next bare name is a column of its target */
    bool item_start;   /* the next name is a column that is defined */
    bool is_extract;   /* EXTRACT(field FROM ...) */
    struct slice cte_name;
    struct sql_mark block;
};

struct sql_analysis {
    struct sql_names names;
    struct sql_lexer lexer;
    struct sql_frame frames[SQL_DEPTH_MAX];
    unsigned depth;                   /* index of the innermost frame */
    size_t too_deep;                  /* parentheses open beyond the stack */
    enum sql_keyword key, key_before; /* of the last tokens */
    bool name_before;                 /* the last token was a name that may be called */
    struct slice name_text;

    /* of the statement */
    enum event_action statement_action;
    bool explain, analyze, prepare, routine, password_column;
    unsigned password_near; /* tokens for which a string would be a password */

    /* the result */
    enum event_action action;
    bool star, secret, grants;
    struct slice grantee;  /* as written */
    struct slice prepared; /* name of PREPARE, EXECUTE, DEALLOCATE, as written */
};

void sql_analyse(struct sql_analysis *analysis, enum sql_dialect dialect, struct slice text);

/* One of the two stronger: GRANT over DROP over ... over a read over anything else. */
enum event_action sql_stronger(enum event_action first, enum event_action second);

#endif
