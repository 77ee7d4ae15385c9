/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the subcommands that look into a state directory share: its options, the reader, a period,
 * JSON lines and aligned columns that are safe on a terminal.
 */
#ifndef CLI_QUERY_H
#define CLI_QUERY_H

#include "base/json_write.h"
#include "cli/command.h"
#include "store/reader.h"

enum { QUERY_COLUMNS = 10 };

struct query {
    const struct command *command;
    const char *state, *from, *to;
    bool json;
    struct command_list operands;
    struct store_reader *reader;
    struct store_status status;
    bool has_status;
    int64_t from_ns, to_ns;   /* from <= t < to; to 0: no end */
    int32_t from_day, to_day; /* both included */
    struct buffer line;       /* of JSON */
    struct buffer cells;      /* the table: cells as text, each ended by a zero byte */
    size_t cell_count, columns;
    bool right[QUERY_COLUMNS]; /* numbers stand at the right */
};

/* Options of all queries; a subcommand's own follow in its table. */
#define QUERY_OPTIONS(q)                                                          \
    {"state", OPTION_TEXT, &(q)->state, 0}, {"from", OPTION_TEXT, &(q)->from, 0}, \
        {"to", OPTION_TEXT, &(q)->to, 0},                                         \
    {                                                                             \
        "json", OPTION_FLAG, &(q)->json, 0                                        \
    }

#define QUERY_HELP_EN                                                        \
    "  --state DIR      the state directory (default /var/lib/dwell)\n"      \
    "  --from T         from this day or time on (2026-11-21 or RFC 3339)\n" \
    "  --to T           up to this day (included) or time\n"                 \
    "  --json           JSON lines\n"
#define QUERY_HELP_ZH                                                         \
    "  --state DIR      状态目录（默认 /var/lib/dwell）\n"            \
    "  --from T         起始日期或时间（2026-11-21 或 RFC 3339）\n" \
    "  --to T           截止日期（含当日）或时间\n"               \
    "  --json           输出 JSON 行\n"

/* Reads the command line, opens the state. False: `code` is what to return. */
bool query_begin(struct query *q, const struct command *command,
                 const struct command_option *options, int argc, char **argv, int *code);

/* Tells an error of the store; gives the exit code, `good` when there is none. Releases all. */
int query_end(struct query *q, enum status status, int good);

/* The table: headings first, then cell by cell; query_table_print() ends it. Headings that begin
 * with '>' stand, with their column, at the right. */
void query_table(struct query *q, const char *const *headings);
void query_cell(struct query *q, struct slice text);
/* A number after a prefix ("#"), or nothing where it is not known. */
void query_cell_number(struct query *q, bool known, const char *prefix, uint64_t number);
void query_cell_format(struct query *q, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void query_table_print(struct query *q);

/* One JSON line: between the two, write into the writer. */
struct json_writer query_json(struct query *q);
void query_json_print(struct query *q);

/* "2026-11-21" of a day; "2026-11-21T09:30:00Z" of a time. Static storage, four at a time. */
const char *query_day_text(int32_t day);
const char *query_time_text(int64_t ns);

/* {code: points, ...} under "terms". */
void query_json_terms(struct json_writer *w, const double points[TERM_COUNT]);

/* Text from outside, to standard output. */
void query_print(struct slice text);

enum language query_language(void);

bool query_day_of(const char *text, int32_t *day);

#endif
